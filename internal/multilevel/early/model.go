package early

import (
	"cmp"
	"math"
	"slices"

	"holon/internal/multilevel/clustered"
)

// Predictor names one alliance score by one kind of rater.
type Predictor struct {
	Score string
	Title string
	Rater string // "member" or "therapist"
}

// Member is one member with an outcome before and one by the end of the window.
type Member struct {
	Group    string
	Name     string
	Alliance []float64 // early, in the order of the predictors; NaN where there is none
	Baseline float64   // the outcome before
	Change   float64   // by the end of the window
	Final    float64   // NaN where there is none
}

// Table is what is analysed. The first predictor is the one asked about. Parts are
// named, so that none is put beside the total that it is in.
type Table struct {
	Predictors []Predictor
	Parts      []string // scores that are parts of the alliance, such as bond, task and goal
	Members    []Member
}

// ordered returns the members by group and name.
func (t *Table) ordered() []Member {
	out := slices.Clone(t.Members)
	slices.SortFunc(out, func(a, b Member) int { return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Name, b.Name)) })
	return out
}

// sample are the members with all of some predictors, in columns: the outcome
// before, the change, the predictors, and the final outcome last.
type sample struct {
	group   []int
	columns [][]float64
	groups  int
}

// sampleOf gathers members by group, whatever their order.
func (t *Table) sampleOf(predictors ...int) sample {
	members := t.ordered()
	s := sample{columns: make([][]float64, 3+len(predictors))}
	last := ""
	for i := range members {
		m := &members[i]
		if math.IsNaN(m.Final) || slices.ContainsFunc(predictors, func(p int) bool { return math.IsNaN(m.Alliance[p]) }) {
			continue
		}
		if len(s.group) == 0 || m.Group != last {
			s.groups++
			last = m.Group
		}
		s.group = append(s.group, s.groups-1)
		row := []float64{m.Baseline, m.Change}
		for _, p := range predictors {
			row = append(row, m.Alliance[p])
		}
		for j, v := range append(row, m.Final) {
			s.columns[j] = append(s.columns[j], v)
		}
	}
	return s
}

// centred takes the mean of every group out, or the mean of all.
func (s *sample) centred(within bool) sample {
	out := sample{group: s.group, groups: s.groups}
	for _, column := range s.columns {
		v := slices.Clone(column)
		for first := 0; first < len(v); {
			last := first
			for last < len(v) && (!within || s.group[last] == s.group[first]) {
				last++
			}
			clustered.Centre(v[first:last])
			first = last
		}
		out.columns = append(out.columns, v)
	}
	return out
}

// means returns the sample of groups' means.
func (s *sample) means() sample {
	out := sample{groups: s.groups, columns: make([][]float64, len(s.columns))}
	for first := 0; first < len(s.group); {
		last := first
		for last < len(s.group) && s.group[last] == s.group[first] {
			last++
		}
		out.group = append(out.group, s.group[first])
		for j := range s.columns {
			part := slices.Clone(s.columns[j][first:last])
			mean, _ := clustered.Centre(part)
			out.columns[j] = append(out.columns[j], mean)
		}
		first = last
	}
	return out
}

// fit regresses the final outcome on the other columns, of which the third and
// later are alliance scores. Means of groups were taken out, or that of all; the
// latter goes across clusters, so that it stands in the model again.
func (s *sample) fit(within bool) (Model, []clustered.Coefficient) {
	k := len(s.columns) - 1
	m := Model{Members: len(s.group), Groups: s.groups}
	y := s.columns[k]
	design := clustered.Design{Y: y, X: s.columns[:k], Cluster: s.group, Absorbed: s.groups}
	if !within {
		design.Absorbed = 0
		design.X = append(slices.Clone(design.X), slices.Repeat([]float64{1}, len(y)))
	}
	f, why := clustered.Of(design)
	m.DF, m.Reason = max(0, f.DF), why
	if why != "" {
		return m, nil
	}
	m.Baseline, m.Change, m.Alliance = f.Coefficients[0], f.Coefficients[1], f.Coefficients[2]
	total := clustered.SumsOf(s.columns, make([]int, len(y))).Times([]int{1})
	var slopes []clustered.Coefficient
	for j := 2; j < k; j++ {
		slopes = append(slopes, f.Coefficients[j].Times(math.Sqrt(total.At(j, j)/total.At(k, k))))
	}
	m.Standard = slopes[0]
	if _, without, ok := total.Regress(k, 0, 1); ok {
		m.Without, m.With = new(1-without/f.TSS), new(1-f.RSS/f.TSS)
		m.Increment.Estimate = new(*m.With - *m.Without)
		if part := 1 - f.RSS/without; without > 0 && part >= 0 {
			m.Partial = new(math.Copysign(math.Sqrt(part), *m.Alliance.Estimate))
		}
	}
	return m, slopes
}

// standing returns from sums the standardised slope of one predictor alone and
// what it adds to the share explained; NaN where there is none.
func standing(t clustered.Total, predictor, y int) (slope, increment float64) {
	b, with, ok := t.Regress(y, 0, 1, predictor)
	_, without, also := t.Regress(y, 0, 1)
	if !ok || !also || !(t.At(y, y) > 0) {
		return math.NaN(), math.NaN()
	}
	return b[2] * math.Sqrt(t.At(predictor, predictor)/t.At(y, y)), (without - with) / t.At(y, y)
}
