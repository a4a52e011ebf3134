package study

import (
	"fmt"

	"holon/internal/fault"
)

// LeastGroups is the least number of therapy groups that a released number stands
// on; of families and couples it is the study's threshold of people, for a family
// is a cell of its own.
const LeastGroups = 3

// Difference says by how many two releases differ in one measure, or in two
// measures that are looked at together.
type Difference struct {
	Single   bool // of one measure
	Measures string
	People   int // with other rows in the one than in the other, or in one of them only
	Groups   int // therapy groups with other rows
	Families int
}

// reveals tells whether numbers of the two releases, held against each other, are
// numbers about too few.
func (d Difference) reveals(threshold int) bool {
	few := func(n, least int) bool { return n > 0 && n < least }
	return few(d.People, threshold) || few(d.Groups, LeastGroups) || few(d.Families, threshold)
}

// Differences compares what stands behind two releases, measure by measure and for
// every two measures, as an association of two is a number about those who have
// both. A measure that only one of the releases has tells nothing by difference.
func Differences(a, b *Contributions) []Difference {
	var out []Difference
	both := shared(a, b)
	for i, x := range both {
		out = append(out, x.difference())
		for _, y := range both[i+1:] {
			out = append(out, together(x, y))
		}
	}
	return out
}

// pair is one measure in two releases.
type pair struct{ a, b *MeasureContributions }

// shared finds the measures that both releases have.
func shared(a, b *Contributions) []pair {
	var out []pair
	for i := range a.Measures {
		for k := range b.Measures {
			if a.Measures[i].Measure == b.Measures[k].Measure {
				out = append(out, pair{&a.Measures[i], &b.Measures[k]})
			}
		}
	}
	return out
}

// difference counts who differs in a measure.
func (p pair) difference() Difference {
	d := Difference{Single: true, Measures: p.a.Measure, People: len(changed(p.a.People, p.b.People))}
	for _, family := range changed(p.a.Groups, p.b.Groups) {
		if family {
			d.Families++
		} else {
			d.Groups++
		}
	}
	return d
}

// changed returns who has another digest in one list than in the other, or stands
// in one only, and whether it is a family. Both lists are in order.
func changed(a, b []Contribution) map[uint64]bool {
	out := map[uint64]bool{}
	i, k := 0, 0
	for i < len(a) || k < len(b) {
		switch {
		case k == len(b) || (i < len(a) && a[i].Of < b[k].Of):
			out[a[i].Of] = a[i].Family
			i++
		case i == len(a) || b[k].Of < a[i].Of:
			out[b[k].Of] = b[k].Family
			k++
		default:
			if a[i].Digest != b[k].Digest {
				out[a[i].Of] = a[i].Family
			}
			i++
			k++
		}
	}
	return out
}

// together counts who differs in one of two measures among those who have both, in
// either release.
func together(x, y pair) Difference {
	d := Difference{Measures: x.a.Measure + " " + y.a.Measure}
	people := both(x.a.People, y.a.People, x.b.People, y.b.People)
	for _, list := range []map[uint64]bool{changed(x.a.People, x.b.People), changed(y.a.People, y.b.People)} {
		for who := range list {
			if people[who] {
				d.People++
				delete(people, who) // counts once
			}
		}
	}
	groups := both(x.a.Groups, y.a.Groups, x.b.Groups, y.b.Groups)
	for _, list := range []map[uint64]bool{changed(x.a.Groups, x.b.Groups), changed(y.a.Groups, y.b.Groups)} {
		for which, family := range list {
			switch {
			case !groups[which]:
				continue
			case family:
				d.Families++
			default:
				d.Groups++
			}
			delete(groups, which)
		}
	}
	return d
}

// both names who stands in both of two lists, in the one release or the other.
func both(xa, ya, xb, yb []Contribution) map[uint64]bool {
	out := map[uint64]bool{}
	for _, lists := range [][2][]Contribution{{xa, ya}, {xb, yb}} {
		in := make(map[uint64]bool, len(lists[1]))
		for _, c := range lists[1] {
			in[c.Of] = true
		}
		for _, c := range lists[0] {
			if in[c.Of] {
				out[c.Of] = true
			}
		}
	}
	return out
}

// CheckRelease refuses a release whose difference with an earlier one of the same
// study would be a number about too few. It does not say how many, nor with which.
func CheckRelease(next *Contributions, earlier []*Contributions, threshold int) error {
	for _, e := range earlier {
		for _, d := range Differences(next, e) {
			if d.reveals(threshold) {
				return fault.New(fault.Conflict, "differs_by_few", fmt.Sprintf(
					"This selection and one that was released before differ by fewer than %d people, or by single groups: taken together they would tell about those few. "+
						"Choose a selection that differs by more, or the very one from before.", threshold))
			}
		}
	}
	return nil
}
