package dyad

import (
	"cmp"
	"slices"

	"holon/internal/instrument"
	"holon/internal/multilevel/rupture"
	"holon/internal/session"
)

// Understood is the instrument by which a member says later whether he or she was
// understood when things were difficult, and UnderstoodFrom the answer from which a
// fall counts as repaired by it. The limit is this project's.
const (
	Understood     = "holon-understood-1"
	UnderstoodFrom = 7
)

// FallState says what became of a fall of the alliance.
type FallState string

// The states. A fall is repaired where the score came back and a word of the two people
// says so: a score that came back may be chance, and being understood while the score
// stays down is no repair yet.
const (
	FallOpen           FallState = "open"
	FallScoreRecovered FallState = "score_recovered"
	FallRepaired       FallState = "repaired"
	FallUnrepaired     FallState = "unrepaired"
	FallDropOut        FallState = "ended_by_drop_out"
)

// Withdrawal counts what may be signs of withdrawal in a fall: it leaves no score.
type Withdrawal struct {
	Missed int // excused or not come
	Blank  int // a form without an answer
	NoForm int // no form, though others handed one in
}

// Fall is a fall of the alliance of one pair.
type Fall struct {
	rupture.Episode

	State      FallState
	From, Low  *session.Point // where it begins, and the lowest point
	Back       *session.Point // the first value that is back; nil without one
	Signs      Withdrawal     // from the onset to the return, or to the end
	Understood *session.Point // the member's own last word, whatever it is; nil without one
	Entered    *Entered       // what the therapist entered of it; nil without anything
	Since      int            // number of the first session that the fall is about: the one before the onset, for the score may follow
	Until      int            // and of the last
}

// Entered is what a therapist entered of a rupture, with the session in which it
// stands.
type Entered struct {
	session.Rupture

	Number int
	HeldOn session.Date
}

// EnteredOf returns what was entered of ruptures, by pair, in the order of the
// sessions' numbers. What was redacted is left out.
func EnteredOf(sessions []*session.Session) map[session.Unit][]Entered {
	out := map[session.Unit][]Entered{}
	for _, s := range sessions {
		for _, r := range s.Ruptures {
			if r.Redacted == nil && s.Status != session.StatusCancelled {
				u := session.Unit{TherapistID: r.TherapistID, MemberID: r.MemberID}
				out[u] = append(out[u], Entered{Rupture: r, Number: s.Number, HeldOn: s.HeldOn})
			}
		}
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b Entered) int { return cmp.Compare(a.Number, b.Number) })
	}
	return out
}

// FallsOf finds the falls in the course of one pair and says what became of each.
// understood is the same pair's series of the measure Understood, nil without one;
// entered is what the therapist entered of the pair, by session; left tells that the
// member dropped out of the group.
func FallsOf(line *session.Series, scale rupture.Scale, understood *session.Series, entered []Entered, left bool) []Fall {
	var at []int // of the values among the points
	for i := range line.Points {
		if line.Points[i].Gap == session.GapNone {
			at = append(at, i)
		}
	}
	found := rupture.Find(line.Values(), scale)
	out := make([]Fall, len(found))
	for i, e := range found {
		f := Fall{Episode: e, From: &line.Points[at[e.Onset]], Low: &line.Points[at[e.Nadir]]}
		end := len(line.Points)
		if e.Return >= 0 {
			end = at[e.Return]
			f.Back = &line.Points[end]
		}
		for k := at[e.Onset] + 1; k < end; k++ {
			f.Signs.count(line.Points[k].Gap)
		}
		until := 0 // the next fall, which an answer after it is about
		if i+1 < len(found) {
			until = line.Points[at[found[i+1].Onset]].Number
		}
		f.Understood = lastWord(understood, f.From.Number, until)
		f.Since, f.Until = f.From.Number-1, f.last(line, until)
		if i > 0 {
			f.Since = max(f.Since, out[i-1].Until+1)
		}
		f.Entered = enteredIn(entered, f.Since, f.Until)
		f.State = f.state(left && i == len(found)-1, line)
		out[i] = f
	}
	return out
}

// count adds one point without a value.
func (w *Withdrawal) count(why session.Gap) {
	switch why {
	case session.GapExcused, session.GapNoShow:
		w.Missed++
	case session.GapBlank:
		w.Blank++
	case session.GapNoForm:
		w.NoForm++
	default:
	}
}

// lastWord returns the last answer after a session, and not after another one: who took
// a word back has not been understood.
func lastWord(s *session.Series, after, until int) *session.Point {
	if s == nil {
		return nil
	}
	var out *session.Point
	for i := range s.Points {
		if p := &s.Points[i]; p.Gap == session.GapNone && p.Number > after && (until == 0 || p.Number <= until) {
			out = p
		}
	}
	return out
}

// last is the number of the last session that a fall is about: that of the return,
// or the one before the next fall, or the last there is.
func (f *Fall) last(line *session.Series, until int) int {
	switch {
	case f.Back != nil:
		return f.Back.Number
	case until > 0:
		return until - 1
	default:
		return line.Points[len(line.Points)-1].Number
	}
}

// enteredIn returns the first rupture that was entered in these sessions, before all
// one with a step of repair.
func enteredIn(entered []Entered, from, to int) *Entered {
	var out *Entered
	for i := range entered {
		e := &entered[i]
		if e.Number >= from && e.Number <= to && (out == nil || len(out.Steps) == 0 && len(e.Steps) > 0) {
			out = e
		}
	}
	return out
}

// tried tells whether a step of repair was entered of a session that was held, not
// later than the score came back.
func (f *Fall) tried(line *session.Series) bool {
	return f.Entered != nil && slices.ContainsFunc(f.Entered.Steps, func(s session.RepairStep) bool {
		return s.Number <= f.Back.Number && slices.ContainsFunc(line.Points, func(p session.Point) bool { return p.Number == s.Number })
	})
}

// state says what became of a fall. The member's own word goes before what the
// therapist entered. left tells that the member dropped out in this fall, and line has
// the sessions that were held.
func (f *Fall) state(left bool, line *session.Series) FallState {
	switch {
	case f.Back != nil && f.Understood != nil && f.Understood.Value >= UnderstoodFrom, f.Back != nil && f.Understood == nil && f.tried(line):
		return FallRepaired
	case f.Back != nil:
		return FallScoreRecovered
	case f.Long():
		return FallUnrepaired
	case left:
		return FallDropOut
	default:
		return FallOpen
	}
}

// UnderstoodMeasure is the member's own later word.
func UnderstoodMeasure() session.Measure {
	return session.Measure{Instrument: instrument.Ref{ID: Understood, Version: "1"}, Score: "rating", Rater: instrument.RaterMember}
}
