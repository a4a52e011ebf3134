package instrument

import (
	"fmt"
	"math"
	"strconv"
)

// Item is one question's structure.
type Item struct {
	Number   int // 1, 2, … in the order of this version's form
	Level    Level
	Referent Referent
	Raters   []RaterKind
	Min, Max float64
	Step     float64 // answers are Min, Min+Step, …; 0.1 for a 10 cm line
	Reverse  bool    // scored as Min+Max−answer
	Risk     *Risk   // set when an answer alone must alert someone
	Wording  []Wording
}

// Risk marks an item whose answer must be seen at once.
type Risk struct {
	AtLeast  float64 // the raw answer from which it counts
	Source   string
	Verified bool // false: from memory or a secondary source; shown so
	Site     bool // entered by the practice, which answers for it
}

// Wording is what one kind of rater reads, for instruments of our own and
// free ones only.
type Wording struct {
	Rater     RaterKind
	Text      string
	Low, High string // what the ends of the scale say
}

// Alerts tells whether this raw answer alone must be seen at once. One that
// counts as the step of the trigger is at the trigger.
func (i Item) Alerts(value float64) bool { return i.Risk != nil && value >= i.Risk.AtLeast-tolerance }

// tolerance is how far from a step an answer may lie to count as that step:
// 0.1 has no exact double.
const tolerance = 1e-9

// Check tells whether value is an answer that the item has. If not, rule names
// what is wrong ("not_finite", "out_of_range" or "off_step") and detail says
// what is wanted, without repeating the value.
func (i Item) Check(value float64) (rule, detail string, ok bool) {
	switch {
	case math.IsNaN(value) || math.IsInf(value, 0):
		rule = "not_finite"
	case value < i.Min || value > i.Max:
		rule = "out_of_range"
	case !onGrid(value-i.Min, i.Step):
		rule = "off_step"
	default:
		return "", "", true
	}
	return rule, i.wanted(), false
}

// wanted says which answers the item has.
func (i Item) wanted() string {
	low, high := number(i.Min), number(i.Max)
	if i.Step == 1 && i.Min == math.Trunc(i.Min) {
		return fmt.Sprintf("A whole number from %s to %s.", low, high)
	}
	return fmt.Sprintf("A number from %s to %s in steps of %s.", low, high, number(i.Step))
}

// number writes x the shortest way.
func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// onGrid tells whether x is a multiple of step, within tolerance.
func onGrid(x, step float64) bool {
	k := math.Round(x / step)
	return math.Abs(x-float64(k*step)) <= tolerance
}

// perUnit returns how many steps make one unit (10 for 0.1, 1 for whole
// numbers of any step), and whether step is a whole number or a whole fraction
// of one.
func perUnit(step float64) (float64, bool) {
	if step >= 1 {
		return 1, step == math.Trunc(step)
	}
	q := math.Round(1 / step)
	return q, step > 0 && math.Abs(float64(q*step)-1) <= tolerance
}
