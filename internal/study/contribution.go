package study

import "cmp"

// Contributions says who stands behind the numbers of one release: what each
// person and each group brought in, as a hash of a few bytes. Two releases are
// compared by them, see [Differences].
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

// Contribution is what one person or group brought in. Of is a pseudonym's hash,
// and Digest that of all its rows: the sum over rows of a hash of each in a field of
// numbers, see [sumOf], so that the order of rows has no say, and that the digests of
// two parts add up to that of the whole. Who is in a therapy group and in a family
// stands in a list twice: numbers are released of the one or of the other.
type Contribution struct {
	Of     uint64
	Family bool // a family or couple, or somebody's rows of one
	Digest uint64
}

// Attendance names the contributions of seats, beside those of measures: numbers of
// people who came, or whose form is missing, stand on them.
const Attendance = "attendance"

// Models names the contributions of seats in groups of a named therapy model, of which
// comparisons of models are made.
const Models = "therapy models"

// missing names the contributions to what is missing of a measure.
func missing(measure string) string { return measure + " missing" }

// byOf orders contributions by whose they are, those of families last.
func byOf(a, b Contribution) int {
	switch {
	case a.Of != b.Of:
		return cmp.Compare(a.Of, b.Of)
	case a.Family == b.Family:
		return 0
	case b.Family:
		return -1
	default:
		return 1
	}
}
