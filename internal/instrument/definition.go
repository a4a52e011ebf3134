package instrument

import "slices"

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
	Facts      []Fact // where the structure and the rules are taken from
	SHA256     string // of the canonical definition, hexadecimal
	Own        bool   // given by the practice through the service, and kept in the store alone; no part of the content

	WithoutKeys *WithoutKeys // set where keys are not known; with no scores at all the form is kept and never scored
	Undivided   string       // why the items' levels are not known item by item: they are kept at one level, and nothing is made of them
	Mixed       string       // how single items speak of several levels at once, so that no score of theirs is alliance or cohesion

	canonical []byte // what SHA256 is of
}

// WithoutKeys says that an instrument has scores whose keys are not known here.
// Nothing is filled in from memory.
type WithoutKeys struct {
	Reason string
	Scores []string // titles of those scores; empty: of none is it known
}

// Fact says where something in a definition was taken from.
type Fact struct {
	About    string // "keys", "range and missing rule", …
	Source   string
	Verified bool // false: from memory or a secondary source; shown so
}

// AgeRange is the span of ages in years an instrument is meant for; nil is
// open.
type AgeRange struct {
	From, To *int
}

// Licence says on what ground the practice may use the wording, which is part
// of a definition only where it is ours or free.
type Licence struct {
	Status          LicenceStatus
	Holder          string
	Note            string
	WordingIncluded bool
}

// LicenceStatus says what the holder of the wording asks for.
type LicenceStatus string

// The licence statuses.
const (
	LicenceFree               LicenceStatus = "free"
	LicencePermissionRequired LicenceStatus = "permission_required"
	LicencePaperOnly          LicenceStatus = "paper_only" // no electronic use: numbers are typed from paper
	LicenceCommercial         LicenceStatus = "commercial"
	LicenceOwn                LicenceStatus = "own"
)

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
	if number < 1 || number > len(d.Items) {
		return Item{}, false
	}
	return d.Items[number-1], true
}

// ScoreRule returns how the score of this id is made.
func (d *Definition) ScoreRule(id string) (Score, bool) {
	for _, s := range d.Scores {
		if s.ID == id {
			return s, true
		}
	}
	return Score{}, false
}

// Unscored tells whether the version takes items and a reported total and makes
// no score at all, and says why in a sentence.
func (d *Definition) Unscored() (reason string, unscored bool) {
	if len(d.Scores) > 0 {
		return "", false
	}
	if d.WithoutKeys == nil { // a copy of before such a reason was asked for
		return "The keys of this version are not known here.", true
	}
	return d.WithoutKeys.Reason, true
}

// clone returns a copy whose items and scores may be given more to carry, of
// the same content and hash.
func (d *Definition) clone() *Definition {
	c := *d
	c.Items, c.Scores = slices.Clone(d.Items), slices.Clone(d.Scores)
	return &c
}

// Equal tells whether both are the same content; two nils are equal.
func (d *Definition) Equal(other *Definition) bool {
	if d == nil || other == nil {
		return d == other
	}
	return d.Ref == other.Ref && d.SHA256 == other.SHA256
}
