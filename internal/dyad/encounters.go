package dyad

import (
	"cmp"
	"iter"
	"maps"
	"math"
	"slices"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// Encounters reads one measure of presence in the meeting: one row per member
// and session. It stands beside the alliance and is none.
type Encounters struct{ scorer session.Scorer }

// NewEncounters returns the reader of a measure of the level encounter.
func NewEncounters(scorer session.Scorer) *Encounters { return &Encounters{scorer: scorer} }

// Composition says that members spoke of themselves.
func (e *Encounters) Composition() multilevel.Composition { return multilevel.Additive }

// RuleSet names the rules by which rows are made.
func (e *Encounters) RuleSet() string { return "encounter_self_report_1" }

// Objection returns why the group level cannot be tested, nil if it can.
func (e *Encounters) Objection() *multilevel.Objection { return sharedRater(e.scorer.Rater) }

// Read returns one session's rows.
func (e *Encounters) Read(s *session.Session) multilevel.Ratings {
	sitting := multilevel.NewSitting(string(s.GroupID), string(s.ID))
	e.scorer.Gather(e.rows(s), sitting)
	if e.scorer.Rater == instrument.RaterMember {
		e.scorer.Silent(s, e.rows(s), sitting)
	}
	return sitting.Ratings()
}

// Averaging says in a sentence that n rows are means over therapists.
func (e *Encounters) Averaging(n int) (code, detail string) { return overTherapists(n) }

// Forms yields the session's ratings, each with whose row of Read it goes into.
func (e *Encounters) Forms(s *session.Session) iter.Seq2[string, *session.Rating] { return e.rows(s) }

// rows yields the session's encounters, each with its rater.
func (e *Encounters) rows(s *session.Session) iter.Seq2[string, *session.Rating] {
	return func(yield func(string, *session.Rating) bool) {
		for i := range s.Encounter {
			if !yield(s.Encounter[i].Rater.ID, &s.Encounter[i].Rating) {
				return
			}
		}
	}
}

// EncounterSeries reads what members say of the encounter from one group's sessions:
// a series for every member with every therapist it is about. What is about nobody in
// particular is about the therapist where one alone was there, and passed over where
// there were several.
func EncounterSeries(scorer session.Scorer, sessions []*session.Session) []session.Series {
	return scorer.SeriesOf(sessions, encounters)
}

// encounters yields the session's members' encounters, each with its pair.
func encounters(s *session.Session) iter.Seq2[session.Unit, *session.Rating] {
	return func(yield func(session.Unit, *session.Rating) bool) {
		for i := range s.Encounter {
			x := &s.Encounter[i]
			with := x.TherapistID
			if with == "" {
				with = onlyTherapist(s)
			}
			if x.Rater.Kind != instrument.RaterMember || with == "" {
				continue
			}
			if !yield(session.Unit{TherapistID: with, MemberID: session.MemberID(x.Rater.ID)}, &x.Rating) {
				return
			}
		}
	}
}

// onlyTherapist is the therapist who alone was there, empty of none or several.
func onlyTherapist(s *session.Session) session.TherapistID {
	var found session.TherapistID
	for _, p := range s.Therapists {
		switch {
		case !p.Present:
		case found != "":
			return ""
		default:
			found = p.TherapistID
		}
	}
	return found
}

// EncountersOf lists the instruments by which members said something of the
// encounter, in order.
func EncountersOf(sessions []*session.Session) []instrument.Ref {
	found := map[instrument.Ref]bool{}
	for _, s := range sessions {
		for i := range s.Encounter {
			if x := &s.Encounter[i]; x.Rater.Kind == instrument.RaterMember && x.Live() {
				found[x.Instrument] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b instrument.Ref) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Version, b.Version))
	})
}

// AddEncounter puts what a pair's member said of the encounter into the last place of
// every point of its course.
func (c *Course) AddEncounter(lines []session.Series) {
	values := valuesOf(lines)[c.Unit]
	for i := range c.Points {
		v, ok := values[c.Points[i].SessionID]
		if !ok {
			v = math.NaN()
		}
		c.Points[i].Encounters = append(c.Points[i].Encounters, v)
	}
}
