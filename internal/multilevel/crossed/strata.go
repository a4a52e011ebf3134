package crossed

// Stratum is one line of the analysis of variance of complete tables.
type Stratum struct {
	Component Component
	SS        float64
	DF        int
	MS        *float64 // nil without degrees of freedom
	// Coefficient holds the expected mean square, sum_c Coefficient[c] variance[c];
	// nil where groups of several shapes were pooled.
	Coefficient *Variances
}

// Strata returns the analysis of variance where every group is complete, from
// group to residual. The group's line is there only if all groups have one shape
// and there are two at least. ok is false for incomplete tables, and for numbers
// that cannot be expressed in the unit of the ratings.
func (s *Summary) Strata() (strata []Stratum, ok bool) {
	if len(s.incomplete) > 0 {
		return nil, false
	}
	byComponent := make([]Stratum, components)
	for i := range s.shapes {
		sh, p := &s.shapes[i], &s.pools[i]
		list, n := s.eigens(sh)
		ss := [components]float64{p.group, p.member, p.session, p.residual}
		for _, e := range list[:n] {
			to := &byComponent[e.component]
			to.SS += ss[e.component]
			to.DF += e.df * sh.count
			if len(s.shapes) == 1 {
				to.Coefficient = &Variances{e.coefficient[0], e.coefficient[1], e.coefficient[2], 1}
			}
		}
	}
	byComponent[Group].DF--
	for c := range components {
		st := byComponent[c]
		st.Component = c
		if c == Group && (len(s.shapes) > 1 || s.count == 1) || c == Session && !s.shared {
			continue
		}
		var err error
		if st.SS, err = s.scale.square(st.SS); err != nil {
			return nil, false
		}
		if st.DF > 0 {
			st.MS = new(st.SS / float64(st.DF))
		}
		strata = append(strata, st)
	}
	return strata, true
}
