package study

import (
	"context"
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

// LeastTherapists is the least number of therapists that a released number of ratings by or
// about therapists stands on: who knows one of two, or is one, would read the other one's
// out of it. What tells of therapists as such needs as many as the threshold, as what
// tells of people does.
const LeastTherapists = 3

// Difference says by how many two releases differ in one measure, or in two
// measures that are looked at together.
type Difference struct {
	Single     bool // of one measure
	Part       bool // of a part of its rows, which are among those of the measure
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
func Differences(ctx context.Context, a, b *Contributions) []Difference {
	var out []Difference
	failed := reads(ctx)
	for c := range coursesOf([]*Standing{a.Standing(), b.Standing()}) {
		if c.of[1] != nil {
			rows, around := c.differences(1, &failed)
			around.Measures += " around"
			out = append(out, rows, around)
		}
	}
	return out
}

// course is what each release has of a measure, or of two, the newest first; nil of
// one that does not have it.
type course struct {
	name   string
	single bool
	of     []*MeasureStanding
	less   [][]*MeasureStanding // of each release, parts of the rows that are not meant
	also   *course              // the second of two measures
}

// coursesOf yields those of every measure of the newest release, then those of the rows of
// meetings where there are others, and then of every two.
func coursesOf(releases []*Standing) iter.Seq[course] {
	return func(yield func(course) bool) {
		singles := singlesOf(releases)
		meetings := meetingsOf(releases, singles)
		for _, c := range slices.Concat(singles, meetings) {
			if !isLeftAside(c.name) && !yield(c) {
				return
			}
		}
		last := slices.DeleteFunc(slices.Clone(singles), func(c course) bool { return !isLast(c.name) })
		measures := slices.DeleteFunc(slices.Clone(singles), func(c course) bool { return !isMeasure(c.name) })
		for _, list := range [][]course{measures, meetings, last} {
			for i := range list {
				for k := i + 1; k < len(list); k++ {
					if !yield(list[i].with(&list[k])) {
						return
					}
				}
			}
		}
	}
}

// singlesOf returns those of every measure of the newest release, in their order.
func singlesOf(releases []*Standing) []course {
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

// meetingsOf returns those of the rows of every measure without assessments, and without
// what was apart as well, where any release has such rows of it.
func meetingsOf(releases []*Standing, singles []course) []course {
	var out []course
	for _, c := range singles {
		if !isMeasure(c.name) {
			continue
		}
		for _, parts := range [][]string{{assessed(c.name)}, {assessed(c.name), apart(c.name)}} {
			x := course{name: c.name + " without" + strings.Join(cutEach(parts, c.name), " and"), of: c.of}
			there := false
			for _, r := range releases {
				var less []*MeasureStanding
				for _, name := range parts {
					if m := r.measure(name); m != nil && m.People.Therapy.Len+m.People.Families.Len+m.Groups.Therapy.Len+m.Groups.Families.Len > 0 {
						less, there = append(less, m), there || name == parts[len(parts)-1]
					}
				}
				x.less = append(x.less, less)
			}
			if there {
				out = append(out, x)
			}
		}
	}
	return out
}

// cutEach takes the name of the measure off those of its parts.
func cutEach(parts []string, measure string) []string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = strings.TrimPrefix(p, measure)
	}
	return out
}

// isMeasure tells the names of measures from those of what is missing of them, of who
// gave and who received them, of parts of their rows, of attendance and of therapy models,
// of which no number of two is made.
func isMeasure(name string) bool { return name != Attendance && !strings.Contains(name, " ") }

// isLast tells the names of the rows of last sessions, of which numbers of two measures
// are made.
func isLast(name string) bool {
	measure, _, _ := strings.Cut(name, " ")
	return name == lastSession(measure)
}

// isLeftAside tells the names of rows of which no number is made by themselves.
func isLeftAside(name string) bool {
	measure, _, _ := strings.Cut(name, " ")
	return name == assessed(measure) || name == apart(measure)
}

// isMissing tells the names of what is missing of measures.
func isMissing(name string) bool { return strings.HasSuffix(name, missing("")) }

// withoutOccasion is the name of a measure, or of what is missing of it and the like,
// without its occasion, see [MeasureName].
func withoutOccasion(name string) string {
	name, of, _ := strings.Cut(name, " ")
	parts := strings.Split(name, "/")
	return strings.Join(parts[:min(3, len(parts))], "/") + " " + of
}

// with is the course of two measures: what those bring in who have both.
func (c *course) with(o *course) course {
	out := course{name: c.name + " " + o.name, of: make([]*MeasureStanding, len(c.of)), less: c.less, also: o}
	for i, x := range c.of {
		if o.of[i] != nil {
			out.of[i] = x
		}
	}
	return out
}

// which is one of the four lists of what stands behind a measure.
type which func(*MeasureStanding) List

func peopleOfTherapy(m *MeasureStanding) List  { return m.People.Therapy }
func peopleOfFamilies(m *MeasureStanding) List { return m.People.Families }
func therapyGroups(m *MeasureStanding) List    { return m.Groups.Therapy }
func families(m *MeasureStanding) List         { return m.Groups.Families }

// source is a list of the i-th release, which has the measure.
func (c *course) source(i int, list which) source {
	out := source{list: list(c.of[i])}
	if c.less != nil {
		for _, part := range c.less[i] {
			out.less = append(out.less, list(part))
		}
	}
	if c.also != nil {
		out.other = new(c.also.source(i, list))
	}
	return out
}

// look is one of the two digests of a contribution.
type look func(Contribution) uint64

// rows and surrounded are the two looks.
func rows(c Contribution) uint64       { return c.Digest }
func surrounded(c Contribution) uint64 { return c.Around }

// differences counts who differs between the newest release and the i-th, by either look.
func (c *course) differences(i int, failed *failure) (rows, around Difference) {
	of := func(list which) [2]source { return [2]source{c.source(0, list), c.source(i, list)} }
	peopleRows, peopleAround := failed.count(of(peopleOfTherapy), of(peopleOfFamilies))
	groupRows, groupAround := failed.count(of(therapyGroups), of(families))
	whole := c.whole(failed)
	difference := func(people, groups numbers) Difference {
		return Difference{
			Single: c.single, Part: isPart(c.name) || c.less != nil, Measures: c.name, whole: whole, People: people.all, OfGroups: people.therapy, OfFamilies: people.families, Groups: groups.therapy, Families: groups.families,
		}
	}
	return difference(peopleRows, groupRows), difference(peopleAround, groupAround)
}

// whole tells whether no release has a person's rows of therapy groups.
func (c *course) whole(failed *failure) bool {
	for i, m := range c.of {
		if m != nil && failed.hasAtLeast(1, c.source(i, peopleOfTherapy)) {
			return false
		}
	}
	return true
}

// tells tells whether all releases together say something about too few.
func (c *course) tells(threshold int, failed *failure) bool {
	groups := Difference{whole: c.whole(failed)}.leastGroups(threshold)
	return c.told(peopleOfTherapy, threshold, failed) || c.told(peopleOfFamilies, threshold, failed) || c.told(therapyGroups, groups, failed) || c.told(families, threshold, failed)
}

// told asks [failure.told] about one of the lists.
func (c *course) told(list which, least int, failed *failure) bool {
	var releases []source
	for i, m := range c.of {
		if m != nil {
			releases = append(releases, c.source(i, list))
		}
	}
	return failed.told(releases, least)
}

// WithoutTelling returns what stands behind a release without what is missing of those
// measures of which a number of missing answers would, together with earlier releases,
// tell about too few. Such numbers are then suppressed, see [Standing.SaysMissing];
// all others of the release may leave. It fails where a list cannot be read.
func WithoutTelling(ctx context.Context, next *Standing, earlier []*Standing, threshold int) (*Standing, error) {
	out := &Standing{}
	failed := reads(ctx)
	for i, c := range singlesOf(next.beside(earlier)) {
		if c.name == Models && !slices.ContainsFunc(earlier, func(e *Standing) bool { return e.comparesOthers(next, &failed) }) ||
			c.name != Models && (!isMissing(c.name) || c.refusal(threshold, &failed) == nil) {
			out.Measures = append(out.Measures, next.Measures[i])
		}
	}
	return out, failed.err
}

// comparesOthers tells whether a release compares therapy models in other rows than next
// does. Then the comparisons together could tell about those few of one model in whom
// they differ, however many differ in all.
func (s *Standing) comparesOthers(next *Standing, failed *failure) bool {
	models := s.measure(Models)
	if models == nil || models.People.Therapy.Len+models.People.Families.Len == 0 {
		return false
	}
	return slices.ContainsFunc(next.Measures, func(m MeasureStanding) bool {
		x := s.measure(m.Measure)
		return x != nil && !failed.sameRows(x, &m)
	})
}

// CheckRelease refuses a release that would, together with earlier ones of the same
// study, be a number about too few: by its difference with one of them, or by a sum
// and difference of several. It does not say how many, nor with which. A release of
// the very rows of an earlier one is never refused. It fails where a list cannot be read.
func CheckRelease(ctx context.Context, next *Standing, earlier []*Standing, threshold int) error {
	failed := reads(ctx)
	if slices.ContainsFunc(earlier, func(e *Standing) bool { return next.within(e, &failed) }) {
		return failed.err
	}
	for c := range coursesOf(next.beside(earlier)) {
		err := c.refusal(threshold, &failed)
		if failed.err != nil {
			return failed.err
		}
		if err != nil {
			return err
		}
	}
	return failed.err
}

// within tells whether the same rows stand behind every measure of another release that
// this one has.
func (s *Standing) within(o *Standing, failed *failure) bool {
	return !slices.ContainsFunc(s.Measures, func(m MeasureStanding) bool {
		x := o.measure(m.Measure)
		return x == nil || !failed.sameRows(x, &m)
	})
}

// refusal says why numbers of a measure, or of two, may not leave beside earlier ones;
// nil where they may.
func (c *course) refusal(threshold int, failed *failure) error {
	for i, e := range c.of {
		if i == 0 || e == nil {
			continue
		}
		if rows, around := c.differences(i, failed); rows.reveals(threshold) || around.reveals(threshold) {
			return fault.New(fault.Conflict, "differs_by_few", fmt.Sprintf(
				"This selection and one that was released before differ by fewer than %d people, or by single groups, in what was answered, in who came, or in what that hangs on: taken together they would tell about those few. "+
					"Choose a selection that differs by more, or the very one from before.", threshold))
		}
	}
	if c.tells(threshold, failed) {
		return fault.New(fault.Conflict, "differs_by_few", fmt.Sprintf(
			"What was released before and this selection, added and subtracted, would tell about fewer than %d people, or about single groups, as two parts and their whole do where a few rows were corrected in between. "+
				"Choose a selection that differs by more, or the very one from before.", threshold))
	}
	return nil
}
