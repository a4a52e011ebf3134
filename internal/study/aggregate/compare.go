package aggregate

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
)

// Agreement says how kept records and the same ones computed once more compare.
type Agreement struct {
	Records int      // that were kept
	Differs []string // what differs, or is there on one side only: analysis, statistic, of and measure, in order
	Moved   []string // analyses whose method has another version now, in order; their records are not compared
}

// Agrees tells whether all that can be compared is the same.
func (a *Agreement) Agrees() bool { return len(a.Differs) == 0 }

// Compare holds kept records against the same ones computed once more. Numbers agree
// to 1e-9 of their size; everything else is the very same. How often a question was
// asked is not compared: it is of the study's history, not of the snapshot.
func Compare(kept, now []Record) Agreement {
	out := Agreement{Records: len(kept)}
	versions := map[string]string{}
	for i := range now {
		if now[i].MethodVersion != "" {
			versions[now[i].Analysis] = now[i].MethodVersion
		}
	}
	for i := range kept {
		r := &kept[i]
		v, known := versions[r.Analysis]
		if known && r.MethodVersion != "" && v != r.MethodVersion && !slices.Contains(out.Moved, r.Analysis) {
			out.Moved = append(out.Moved, r.Analysis)
		}
	}
	rest := map[string][]*Record{}
	for i := range now {
		rest[now[i].title()] = append(rest[now[i].title()], &now[i])
	}
	for i := range kept {
		title := kept[i].title()
		if there := rest[title]; len(there) == 0 {
			out.differs(kept[i].Analysis, title)
			continue
		}
		if !kept[i].sameAs(rest[title][0]) {
			out.differs(kept[i].Analysis, title)
		}
		rest[title] = rest[title][1:]
	}
	for title, more := range rest {
		for _, r := range more {
			out.differs(r.Analysis, title)
		}
	}
	slices.Sort(out.Differs)
	slices.Sort(out.Moved)
	return out
}

// differs notes a difference, unless it is of another version of the method.
func (a *Agreement) differs(analysis, title string) {
	if !slices.Contains(a.Moved, analysis) {
		a.Differs = append(a.Differs, title)
	}
}

// title says which number a record is.
func (r *Record) title() string {
	parts := []string{r.Analysis, r.Statistic}
	if r.Of != nil {
		parts = append(parts, *r.Of)
	}
	parts = append(parts, "of", string(r.Kind), r.Measure)
	if r.Against != nil {
		parts = append(parts, "against", *r.Against)
	}
	return strings.Join(parts, " ")
}

// sameAs tells whether two records say the same.
func (r *Record) sameAs(other *Record) bool {
	a, b := *r, *other
	for _, x := range [][2]**float64{{&a.Estimate, &b.Estimate}, {&a.SE, &b.SE}, {&a.Lower, &b.Lower}, {&a.Upper, &b.Upper}, {&a.P, &b.P}} {
		if !sameNumber(*x[0], *x[1]) {
			return false
		}
		*x[0], *x[1] = nil, nil
	}
	a.Asked, b.Asked = 0, 0
	one, failed := json.Marshal(&a)
	two, failedToo := json.Marshal(&b)
	return failed == nil && failedToo == nil && bytes.Equal(one, two)
}

// sameNumber tells whether two numbers are the same to 1e-9.
func sameNumber(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return math.Abs(*a-*b) <= 1e-9*max(1, math.Abs(*a), math.Abs(*b))
}
