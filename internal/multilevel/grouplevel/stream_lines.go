package grouplevel

// lines gathers the analysis of variance of complete tables of one shape, group by
// group.
type lines struct {
	shape                     shape // of all groups so far
	uneven                    bool  // another shape came, or empty cells
	mean, between             float64
	member, session, residual float64
}

// add takes in one group. Means are joined one by one (Welford 1962).
func (l *lines) add(b *block) {
	sh := shape{members: len(b.members), sessions: len(b.sessions)}
	if l.shape.groups == 0 {
		l.shape.members, l.shape.sessions = sh.members, sh.sessions
	}
	if l.uneven = l.uneven || sh.members != l.shape.members || sh.sessions != l.shape.sessions || len(b.cells) != sh.members*sh.sessions; l.uneven {
		return
	}
	l.shape.groups++
	rows, cols, z := make([]float64, sh.members), make([]float64, sh.sessions), b.grid()
	mean := marginals(z, rows, cols)
	d := mean - l.mean
	l.mean += d / float64(l.shape.groups)
	l.between += d * (mean - l.mean)
	for i, r := range rows {
		l.member += float64(sh.sessions) * sq(r-mean)
		for j, c := range cols {
			l.residual += sq(z[i*sh.sessions+j] - r - c + mean)
		}
	}
	for _, c := range cols {
		l.session += float64(sh.members) * sq(c-mean)
	}
}

// strata returns the lines, as crossedStrata does, of so many ratings.
func (l *lines) strata(ratings int) (out [4]stratum, sh shape, ok bool) {
	sh = l.shape
	g, m, s := float64(sh.groups), float64(sh.members), float64(sh.sessions)
	return [4]stratum{
		{group, clean(m*s*l.between, ratings), g - 1},
		{member, clean(l.member, ratings), g * (m - 1)},
		{session, clean(l.session, ratings), g * (s - 1)},
		{residual, clean(l.residual, ratings), g * (m - 1) * (s - 1)},
	}, sh, !l.uneven && sh.members > 1 && sh.sessions > 1
}

// spectra gathers a spectrum group by group. Of coordinates of one weight, as those of
// complete tables are, the sum of squares is all that any statistic needs.
type spectra struct {
	spectrum

	large bool            // a group has too many units
	at    map[float64]int // the place of a weight of complete tables
}

// add takes in one group.
func (s *spectra) add(b *block, unit, other level) {
	var of spectrum
	if s.large = s.large || !of.add(b, unit, other); s.large {
		return
	}
	s.ss += of.ss
	s.sse += of.sse
	s.df += of.df
	s.dfe += of.dfe
	if len(b.cells) != len(b.members)*len(b.sessions) {
		s.weight, s.square = append(s.weight, of.weight...), append(s.square, of.square...)
		return
	}
	for i, w := range of.weight {
		if s.at == nil {
			s.at = map[float64]int{}
		}
		k, known := s.at[w]
		if !known {
			k, s.at[w] = len(s.weight), len(s.weight)
			s.weight, s.square = append(s.weight, w), append(s.square, 0)
		}
		s.square[k] += of.square[i]
	}
}
