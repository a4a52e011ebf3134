package instrument

import "slices"

// Direction says which end of a scale is the better one. It is data and never
// guessed: the field has scales that run both ways.
type Direction string

// The directions.
const (
	HigherBetter Direction = "higher_better"
	HigherWorse  Direction = "higher_worse"
	Neutral      Direction = "neutral"
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
}

// Risk marks an item whose answer must be seen at once.
type Risk struct {
	AtLeast float64 // the raw answer from which it counts
	Source  string
}

// Definition is one version of an instrument: valid, and never changed.
// Values come from Parse or Restore only; callers must not modify the slices.
type Definition struct {
	Ref        Ref
	Title      string
	Construct  string // what it measures, one sentence of our own
	Language   string // BCP 47 tag of the form's wording, "und" for structure without wording
	Ages       AgeRange
	Items      []Item
	Scores     []Score
	MaxMissing *int // items of the whole form that may be missing; nil: no rule over the form
	Licence    Licence
	SHA256     string // of the canonical definition, hexadecimal
}

// AgeRange is the span of ages in years an instrument is meant for; nil is
// open.
type AgeRange struct {
	From, To *int
}

// Licence says on what ground the practice may use the wording, which is never
// part of a definition.
type Licence struct {
	Status          string // free | permission_required | paper_only | commercial | own
	Holder          string
	Note            string
	WordingIncluded bool
}

// Levels returns the levels the form's items have, in document order.
func (d *Definition) Levels() []Level {
	var out []Level
	for _, l := range Levels() {
		if slices.ContainsFunc(d.Items, func(i Item) bool { return i.Level == l }) {
			out = append(out, l)
		}
	}
	return out
}

// ItemsAt returns the items of one level in form order: the order of the
// values of a rating.
func (d *Definition) ItemsAt(l Level) []Item {
	var out []Item
	for _, i := range d.Items {
		if i.Level == l {
			out = append(out, i)
		}
	}
	return out
}

// Item returns the item of this number.
func (d *Definition) Item(number int) (Item, bool) {
	for _, i := range d.Items {
		if i.Number == number {
			return i, true
		}
	}
	return Item{}, false
}
