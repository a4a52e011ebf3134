// Package split has the numbers behind a split alliance: how often two of several
// people lie far apart by chance alone, what a practice's answers are like, and
// whether a pair departed from its own earlier difference. It knows numbers, not
// people.
//
// Members who differ are the rule and not the exception: of three unrelated people two
// lie at least one standard deviation apart in 76 of 100 sessions. So a difference alone is
// described, and only a departure from what a pair was like before is news.
package split

// Grade says how far apart two are, in standard deviations of a reference.
type Grade string

// The grades; the empty one is less than the least.
const (
	Ungraded Grade = ""
	Mild     Grade = "mild"     // at least 1
	Moderate Grade = "moderate" // at least 2
	Severe   Grade = "severe"   // at least 3
)

// GradeOf grades a distance in standard deviations.
func GradeOf(apart float64) Grade {
	switch {
	case apart >= 3:
		return Severe
	case apart >= 2:
		return Moderate
	case apart >= 1:
		return Mild
	default:
		return Ungraded
	}
}
