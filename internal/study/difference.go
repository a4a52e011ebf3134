package study

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"holon/internal/fault"
)

// LeastGroups is the least number of therapy groups that a released number stands
// on; of families and couples it is the study's threshold of people, for a family
// is a cell of its own, and of therapy groups too where nobody knows how many people
// the ratings are about.
const LeastGroups = 3

// Difference says by how many two releases differ in one measure, or in two
// measures that are looked at together.
type Difference struct {
	Single     bool // of one measure
	Measures   string
	People     int // with other rows in the one than in the other, or in one of them only
	OfGroups   int // of these, whose rows of therapy groups differ
	OfFamilies int // and whose rows of families or couples do
	Groups     int // therapy groups with other rows
	Families   int

	whole bool // no rating is of a person: all are of whole groups, by who is no member
}

// reveals tells whether numbers of the two releases, held against each other, are
// numbers about too few. Therapy groups and families are never put into one number.
func (d Difference) reveals(threshold int) bool {
	few := func(n, least int) bool { return n > 0 && n < least }
	return few(d.OfGroups, threshold) || few(d.OfFamilies, threshold) || few(d.Groups, d.leastGroups(threshold)) || few(d.Families, threshold)
}

// leastGroups is how many therapy groups must differ if any do.
func (d Difference) leastGroups(threshold int) int {
	if d.whole {
		return threshold
	}
	return LeastGroups
}

// Differences compares what stands behind two releases, measure by measure and for
// every two measures, as an association of two is a number about those who have
// both; each by its rows, and once more with what stands around them. A measure that
// only one of the releases has tells nothing by difference.
func Differences(a, b *Contributions) []Difference {
	var out []Difference
	for c := range coursesOf([]*Contributions{a, b}) {
		if c.of[1] != nil {
			around := c.difference(c.of[1], surrounded)
			around.Measures += " around"
			out = append(out, c.difference(c.of[1], rows), around)
		}
	}
	return out
}

// course is what each release has of a measure, or of two, the newest first; nil of
// one that does not have it.
type course struct {
	name   string
	single bool
	of     []*MeasureContributions
}

// coursesOf yields those of every measure of the newest release, and then of every two.
func coursesOf(releases []*Contributions) iter.Seq[course] {
	return func(yield func(course) bool) {
		singles := singlesOf(releases)
		for _, c := range singles {
			if !yield(c) {
				return
			}
		}
		for i := range singles {
			for k := i + 1; k < len(singles); k++ {
				if x, y := &singles[i], &singles[k]; isMeasure(x.name) && isMeasure(y.name) && !yield(x.with(y)) {
					return
				}
			}
		}
	}
}

// singlesOf returns those of every measure of the newest release, in their order.
func singlesOf(releases []*Contributions) []course {
	var out []course
	for i := range releases[0].Measures {
		c := course{name: releases[0].Measures[i].Measure, single: true}
		for _, r := range releases {
			c.of = append(c.of, r.measure(c.name))
		}
		out = append(out, c)
	}
	return out
}

// isMeasure tells the names of measures from those of what is missing of them, of who
// gave and who received them, of attendance and of therapy models, of which no number of
// two is made.
func isMeasure(name string) bool {
	return name != Attendance && name != Models && !isMissing(name) && !strings.HasSuffix(name, given("")) && !strings.HasSuffix(name, received(""))
}

// isMissing tells the names of what is missing of measures.
func isMissing(name string) bool { return strings.HasSuffix(name, missing("")) }

// measure returns what a release has of a measure, or of the same of another occasion:
// the rows may be the same.
func (c *Contributions) measure(name string) *MeasureContributions {
	if m := c.exactly(name); m != nil {
		return m
	}
	for i := range c.Measures {
		if m := &c.Measures[i]; withoutOccasion(m.Measure) == withoutOccasion(name) {
			return m
		}
	}
	return nil
}

// beside lists a release and the earlier ones that it is compared with. One that has a
// measure at several occasions, of which the new one names another or none, stands there
// once with each of them.
func (c *Contributions) beside(earlier []*Contributions) []*Contributions {
	out := []*Contributions{c}
	for _, e := range earlier {
		alike := map[string]int{} // of measures without their occasion, that have no exact match
		for i := range e.Measures {
			if c.exactly(e.Measures[i].Measure) == nil {
				alike[withoutOccasion(e.Measures[i].Measure)]++
			}
		}
		times := 1
		for _, n := range alike {
			times = max(times, n)
		}
		for k := range times {
			one, seen := &Contributions{}, map[string]int{}
			for i := range e.Measures {
				name := withoutOccasion(e.Measures[i].Measure)
				if c.exactly(e.Measures[i].Measure) == nil {
					seen[name]++
					if seen[name]-1 != k%alike[name] {
						continue
					}
				}
				one.Measures = append(one.Measures, e.Measures[i])
			}
			out = append(out, one)
		}
	}
	return out
}

// exactly returns what a release has of a measure.
func (c *Contributions) exactly(name string) *MeasureContributions {
	for i := range c.Measures {
		if c.Measures[i].Measure == name {
			return &c.Measures[i]
		}
	}
	return nil
}

// withoutOccasion is the name of a measure, or of what is missing of it and the like,
// without its occasion, see [MeasureName].
func withoutOccasion(name string) string {
	name, of, _ := strings.Cut(name, " ")
	parts := strings.Split(name, "/")
	return strings.Join(parts[:min(3, len(parts))], "/") + " " + of
}

// with is the course of two measures: what those bring in who have both.
func (c *course) with(o *course) course {
	out := course{name: c.name + " " + o.name, of: make([]*MeasureContributions, len(c.of))}
	for i, x := range c.of {
		if y := o.of[i]; x != nil && y != nil {
			out.of[i] = &MeasureContributions{Measure: out.name, People: both(x.People, y.People), Groups: both(x.Groups, y.Groups)}
		}
	}
	return out
}

// both returns who stands in both of two lists in order, with a digest of the rows
// in both.
func both(x, y []Contribution) []Contribution {
	const factor = 0x9e3779b97f4a7c15 % fieldSize // any number will do that is not small
	var out []Contribution
	for i, k := 0, 0; i < len(x) && k < len(y); {
		switch order := byOf(x[i], y[k]); {
		case order < 0:
			i++
		case order > 0:
			k++
		default:
			out = append(out, Contribution{
				Of: x[i].Of, Digest: sumOf(x[i].Digest, product(factor, y[k].Digest)), Around: sumOf(x[i].Around, product(factor, y[k].Around)),
			})
			i++
			k++
		}
	}
	return out
}

// look is one of the two digests of a contribution.
type look func(Contribution) uint64

// rows and surrounded are the two looks.
func rows(c Contribution) uint64       { return c.Digest }
func surrounded(c Contribution) uint64 { return c.Around }

// difference counts who differs between the newest release and another.
func (c *course) difference(other *MeasureContributions, by look) Difference {
	next := c.of[0]
	people, groups := changed(next.People, other.People, by), changed(next.Groups, other.Groups, by)
	d := Difference{
		Single: c.single, Measures: c.name, whole: c.whole(), OfGroups: len(ofHome(people, false)), OfFamilies: len(ofHome(people, true)),
		Groups: len(ofHome(groups, false)), Families: len(ofHome(groups, true)),
	}
	for i := range people {
		people[i].Of = Whose(people[i].Of, false) // who is in a group and in a family is one
	}
	slices.SortFunc(people, byOf)
	d.People = len(slices.CompactFunc(people, func(a, b Contribution) bool { return a.Of == b.Of }))
	return d
}

// whole tells whether no release has a person's rows of therapy groups.
func (c *course) whole() bool {
	for _, m := range c.of {
		if m != nil && len(ofHome(m.People, false)) > 0 {
			return false
		}
	}
	return true
}

// changed returns who has another digest in one list than in the other, or stands
// in one only. Both lists are in order.
func changed(a, b []Contribution, by look) []Contribution {
	var out []Contribution
	i, k := 0, 0
	for i < len(a) || k < len(b) {
		switch {
		case k == len(b) || (i < len(a) && byOf(a[i], b[k]) < 0):
			out = append(out, a[i])
			i++
		case i == len(a) || byOf(a[i], b[k]) > 0:
			out = append(out, b[k])
			k++
		default:
			if by(a[i]) != by(b[k]) {
				out = append(out, a[i])
			}
			i++
			k++
		}
	}
	return out
}

// tells tells whether all releases together say something about too few.
func (c *course) tells(threshold int) bool {
	groups := Difference{whole: c.whole()}.leastGroups(threshold)
	return c.told(false, people, threshold) || c.told(true, people, threshold) || c.told(false, groupsOf, groups) || c.told(true, groupsOf, threshold)
}

// people and groupsOf are the two lists of what stands behind a measure.
func people(m *MeasureContributions) []Contribution   { return m.People }
func groupsOf(m *MeasureContributions) []Contribution { return m.Groups }

// told asks [told] about people or groups of one home.
func (c *course) told(family bool, list func(*MeasureContributions) []Contribution, least int) bool {
	var releases [][]Contribution
	for _, m := range c.of {
		if m != nil {
			releases = append(releases, ofHome(list(m), family))
		}
	}
	return told(releases, least)
}

// WithoutTelling returns what stands behind a release without what is missing of those
// measures of which a number of missing answers would, together with earlier releases,
// tell about too few. Such numbers are then suppressed, see [Contributions.SaysMissing];
// all others of the release may leave.
func WithoutTelling(next *Contributions, earlier []*Contributions, threshold int) Contributions {
	var out Contributions
	for i, c := range singlesOf(next.beside(earlier)) {
		if c.name == Models && !slices.ContainsFunc(earlier, func(e *Contributions) bool { return e.comparesOthers(next) }) ||
			c.name != Models && (!isMissing(c.name) || c.refusal(threshold) == nil) {
			out.Measures = append(out.Measures, next.Measures[i])
		}
	}
	return out
}

// comparesOthers tells whether a release compares therapy models in other rows than next
// does. Then the comparisons together could tell about those few of one model in whom
// they differ, however many differ in all.
func (c *Contributions) comparesOthers(next *Contributions) bool {
	models := c.measure(Models)
	if models == nil || len(models.People) == 0 {
		return false
	}
	return slices.ContainsFunc(next.Measures, func(m MeasureContributions) bool {
		x := c.measure(m.Measure)
		return x != nil && (!slices.Equal(x.People, m.People) || !slices.Equal(x.Groups, m.Groups))
	})
}

// SaysModels tells whether comparisons of therapy models are among the release's numbers.
func (c *Contributions) SaysModels() bool { return c.measure(Models) != nil }

// SaysMissing tells whether numbers of what is missing of a measure are among the
// release's.
func (c *Contributions) SaysMissing(measure string) bool { return c.exactly(missing(measure)) != nil }

// CheckRelease refuses a release that would, together with earlier ones of the same
// study, be a number about too few: by its difference with one of them, or by a sum
// and difference of several. It does not say how many, nor with which. A release of
// the very rows of an earlier one is never refused.
func CheckRelease(next *Contributions, earlier []*Contributions, threshold int) error {
	if slices.ContainsFunc(earlier, next.within) {
		return nil
	}
	for c := range coursesOf(next.beside(earlier)) {
		if err := c.refusal(threshold); err != nil {
			return err
		}
	}
	return nil
}

// within tells whether the same rows stand behind every measure of another release that
// this one has.
func (c *Contributions) within(o *Contributions) bool {
	return !slices.ContainsFunc(c.Measures, func(m MeasureContributions) bool {
		x := o.measure(m.Measure)
		return x == nil || !slices.Equal(x.People, m.People) || !slices.Equal(x.Groups, m.Groups)
	})
}

// refusal says why numbers of a measure, or of two, may not leave beside earlier ones;
// nil where they may.
func (c *course) refusal(threshold int) error {
	for _, e := range c.of[1:] {
		if e != nil && (c.difference(e, rows).reveals(threshold) || c.difference(e, surrounded).reveals(threshold)) {
			return fault.New(fault.Conflict, "differs_by_few", fmt.Sprintf(
				"This selection and one that was released before differ by fewer than %d people, or by single groups, in what was answered, in who came, or in what that hangs on: taken together they would tell about those few. "+
					"Choose a selection that differs by more, or the very one from before.", threshold))
		}
	}
	if c.tells(threshold) {
		return fault.New(fault.Conflict, "differs_by_few", fmt.Sprintf(
			"What was released before and this selection, added and subtracted, would tell about fewer than %d people, or about single groups, as two parts and their whole do where a few rows were corrected in between. "+
				"Choose a selection that differs by more, or the very one from before.", threshold))
	}
	return nil
}
