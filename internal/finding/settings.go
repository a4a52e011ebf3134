package finding

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// SettingsID names the practice's settings; there is one.
const SettingsID = "practice"

// Settings says how a practice answers findings.
type Settings struct {
	session.Head

	ID                string
	AcknowledgeWithin int // minutes until an urgent finding goes to the next person
	Substitutes       []session.TherapistID
	Supervisors       []session.TherapistID
	ExcusedIsMissed   bool    // who was excused is a missed session, too
	AlarmBudget       float64 // false alarms that one therapist bears in a week
	RiskTexts         []RiskText
}

// RiskText is what a person reads who has just given an answer that must be
// seen at once. The words are the practice's own; Holon has none.
type RiskText struct {
	InstrumentID string // empty: of any instrument
	Item         int    // 0: of any item; needs an instrument
	Language     string
	Text         string
}

// Limits of settings.
const (
	DefaultAcknowledge = 60 // minutes
	MinAcknowledge     = 5  // no shorter than a save may take
	MaxAcknowledge     = 7 * 24 * 60
	MaxNamed           = 20
	MaxRiskTexts       = 200
	MaxRiskText        = 2000 // characters
	DefaultAlarmBudget = 0.25 // one false alarm in four weeks
	MaxAlarmBudget     = 100
)

// languageForm is that of language tags such as en or de-AT.
var languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)

// DefaultSettings are a practice's that has set nothing.
func DefaultSettings() *Settings {
	return &Settings{Head: session.Head{Rev: 1}, ID: SettingsID, AcknowledgeWithin: DefaultAcknowledge, AlarmBudget: DefaultAlarmBudget}
}

// Within is the time until an urgent finding goes to the next person.
func (s *Settings) Within() time.Duration { return time.Duration(s.AcknowledgeWithin) * time.Minute }

// Items tells whether an instrument has an item, and whether answers to it are
// watched; 0 asks for any item.
type Items func(instrumentID string, item int) (has, watched bool)

// Set takes new settings, or returns every fault. A budget of zero leaves the one there is.
func (s *Settings) Set(next Settings, items Items) error {
	var faults fault.List
	if next.AcknowledgeWithin < MinAcknowledge || next.AcknowledgeWithin > MaxAcknowledge {
		faults.Add("/acknowledge_within_minutes", "out_of_range", "From 5 minutes to 10080, which is a week.")
	}
	if next.AlarmBudget == 0 {
		next.AlarmBudget = s.AlarmBudget // nobody said
	}
	if !(next.AlarmBudget > 0 && next.AlarmBudget <= MaxAlarmBudget) {
		faults.Add("/alarm_budget", "out_of_range", "More than 0 false alarms a week, and at most 100. 0.25 is one in four weeks.")
	}
	checkNamed(&faults, "/substitutes", next.Substitutes)
	checkNamed(&faults, "/supervisors", next.Supervisors)
	if len(next.RiskTexts) > MaxRiskTexts {
		faults.Add("/risk_texts", "too_many", "At most 200 texts.")
	}
	for i, t := range next.RiskTexts {
		checkText(&faults, "/risk_texts/"+strconv.Itoa(i), t, next.RiskTexts[:i], items)
	}
	if err := faults.Err(); err != nil {
		return err
	}
	s.AcknowledgeWithin, s.ExcusedIsMissed = next.AcknowledgeWithin, next.ExcusedIsMissed
	s.Substitutes, s.Supervisors = slices.Clone(next.Substitutes), slices.Clone(next.Supervisors)
	s.AlarmBudget, s.RiskTexts = next.AlarmBudget, slices.Clone(next.RiskTexts)
	return nil
}

// checkNamed notes the faults of a list of therapists.
func checkNamed(faults *fault.List, at string, named []session.TherapistID) {
	if len(named) > MaxNamed {
		faults.Add(at, "too_many", "At most 20 therapists.")
	}
	for i, id := range named {
		switch {
		case !session.ValidID(string(id)):
			faults.Add(at+"/"+strconv.Itoa(i), "bad_id", "Name the therapist by the identifier the therapist was given.")
		case slices.Contains(named[:i], id):
			faults.Add(at+"/"+strconv.Itoa(i), "named_twice", "This therapist is named twice.")
		}
	}
}

const whatIsWatched = "An instrument's definition names what is, under risk."

// checkText notes the faults of one text.
func checkText(faults *fault.List, at string, t RiskText, before []RiskText, items Items) {
	known, some := items(t.InstrumentID, 0)
	has, watched := items(t.InstrumentID, t.Item)
	switch {
	case t.InstrumentID == "" && t.Item != 0:
		faults.Add(at+"/instrument_id", "instrument_missing", "Say which instrument this item is of.")
	case t.InstrumentID != "" && !known:
		faults.Add(at+"/instrument_id", "unknown_instrument", "No such instrument is registered. The list of instruments names them all.")
	case t.Item != 0 && !has:
		faults.Add(at+"/item", "no_such_item", "No version of the instrument has this item.")
	case t.InstrumentID != "" && !some:
		faults.Add(at+"/instrument_id", "not_watched", "No item of this instrument is watched, so nobody would ever read this text. "+whatIsWatched)
	case t.Item != 0 && !watched:
		faults.Add(at+"/item", "not_watched", "This item is not watched, so nobody would ever read this text. "+whatIsWatched)
	}
	if !languageForm.MatchString(t.Language) {
		faults.Add(at+"/language", "bad_language", `A language tag such as "en" or "de-AT".`)
	}
	if n := utf8.RuneCountInString(t.Text); n < 1 || n > MaxRiskText {
		faults.Add(at+"/text", "bad_length", "From 1 to 2000 characters.")
	}
	if slices.ContainsFunc(before, func(x RiskText) bool {
		return x.InstrumentID == t.InstrumentID && x.Item == t.Item && x.Language == t.Language
	}) {
		faults.Add(at, "text_twice", "There is a text for the same instrument, item and language before this one.")
	}
}

// TextsFor returns what a person is to read who gave these answers: for each
// language the text of the item, else of the instrument, else the general one.
func (s *Settings) TextsFor(grounds []Ground) []RiskText {
	var out []RiskText
	for _, g := range grounds {
		if g.Risk == nil || g.Risk.Rater.Kind != instrument.RaterMember {
			continue
		}
		best := map[string]RiskText{}
		for _, t := range s.RiskTexts {
			fits := (t.InstrumentID == "" || t.InstrumentID == g.Risk.Instrument.ID) && (t.Item == 0 || t.Item == g.Risk.Item)
			if old, there := best[t.Language]; fits && (!there || t.closer(old)) {
				best[t.Language] = t
			}
		}
		for _, t := range best {
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	slices.SortFunc(out, func(a, b RiskText) int {
		return cmp.Or(cmp.Compare(a.Language, b.Language), cmp.Compare(a.InstrumentID, b.InstrumentID), cmp.Compare(a.Item, b.Item))
	})
	return out
}

// closer tells whether a text is meant more narrowly than another.
func (t RiskText) closer(other RiskText) bool {
	if t.Item != other.Item {
		return t.Item != 0
	}
	return t.InstrumentID != "" && other.InstrumentID == ""
}
