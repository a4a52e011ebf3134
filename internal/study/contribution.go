package study

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// Contributions says who stands behind the numbers of one release: what each
// person and each group brought in, as a hash of a few bytes. Two releases are
// compared by them, see [Differences] and [Standing]. One at the level controlled has none:
// who has the rows needs no difference.
type Contributions struct {
	Measures []MeasureContributions // in the order of their names
}

// MeasureContributions is who stands behind the numbers of one measure, or behind
// what is missing of it, or behind attendance.
type MeasureContributions struct {
	Measure string // see [MeasureName] and [Attendance]
	People  []Contribution
	Groups  []Contribution
}

// Contribution is what one person or group brought in. Of is a pseudonym's hash, see
// [Whose], and Digest that of all its rows: the sum over rows of a hash of each in a
// field of numbers, see [sumOf], so that the order of rows has no say, and that the
// digests of two parts add up to that of the whole. Who is in a therapy group and in a
// family stands in a list twice: numbers are released of the one or of the other.
// Around is the same of the rows with what stands around them, see [around]. Rows may be
// the same and what is around them not, or few rows differ and what is around them of
// many: both are compared.
type Contribution struct{ Of, Digest, Around uint64 }

// ContributionBytes is how many bytes a contribution is packed into.
const ContributionBytes = 24

// Pack appends a contribution: its three numbers of eight bytes, in the network's order.
func (c Contribution) Pack(to []byte) []byte {
	for _, n := range [...]uint64{c.Of, c.Digest, c.Around} {
		to = binary.BigEndian.AppendUint64(to, n)
	}
	return to
}

// Unpack reads the i-th of packed contributions.
func Unpack(packed []byte, i int) Contribution {
	b := packed[i*ContributionBytes : (i+1)*ContributionBytes]
	return Contribution{Of: binary.BigEndian.Uint64(b), Digest: binary.BigEndian.Uint64(b[8:]), Around: binary.BigEndian.Uint64(b[16:])}
}

// ofFamily is the bit of a hash that says that a family's or couple's rows are meant.
const ofFamily = 1 << 63

// Whose marks a pseudonym's hash, of which 63 bits are kept, as that of a family or
// couple, or of somebody's rows of one. Lists in order hold therapy groups first.
func Whose(hash uint64, family bool) uint64 {
	if family {
		return hash | ofFamily
	}
	return hash &^ ofFamily
}

// Family tells whether these are rows of a family or couple.
func (c Contribution) Family() bool { return c.Of&ofFamily != 0 }

// Attendance names the contributions of seats, beside those of measures: numbers of
// people who came, or whose form is missing, stand on them.
const Attendance = "attendance"

// Models names the contributions of seats in groups of a named therapy model, of which
// comparisons of models are made.
const Models = "therapy models"

// missing names the contributions to what is missing of a measure.
func missing(measure string) string { return measure + " missing" }

// given and received name the contributions of who rated another, and of who was rated,
// where one person rates another.
func given(measure string) string    { return measure + " given" }
func received(measure string) string { return measure + " received" }

// Of the rows of a measure some are counted once more by themselves, for an analysis may
// take these alone, and many changes in the others must not hide a few in them: those of
// assessments, and of sessions with one person or a part of a group, which analyses leave
// aside, so that what is left are the rows of meetings; of each group those of the last
// session with any, and of the last such meeting where that is another one; and of
// outcomes each person's first and last.
func assessed(measure string) string    { return measure + " in assessments" }
func apart(measure string) string       { return measure + " apart" }
func lastSession(measure string) string { return measure + " of the last session" }
func lastMeeting(measure string) string { return measure + " of the last meeting" }
func ends(measure string) string        { return measure + " first and last" }

// partsOf are the names under which some of a measure's rows are counted once more.
func partsOf(measure string) []string {
	return []string{assessed(measure), apart(measure), lastSession(measure), lastMeeting(measure), ends(measure)}
}

// isPart tells the names of parts of measures.
func isPart(name string) bool {
	measure, _, _ := strings.Cut(name, " ")
	return slices.Contains(partsOf(measure), name)
}

// byOf orders contributions by whose they are, those of families last.
func byOf(a, b Contribution) int { return cmp.Compare(a.Of, b.Of) }

// ByHome divides a list in order into what is of therapy groups, and of families and
// couples.
func ByHome(list []Contribution) (therapy, families []Contribution) {
	first, _ := slices.BinarySearchFunc(list, ofFamily, func(c Contribution, of uint64) int { return cmp.Compare(c.Of, of) })
	return list[:first:first], list[first:]
}
