package dyad

import (
	"iter"
	"strings"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/onewithmany"
	"holon/internal/session"
)

// BothSides reads what members said of their alliance with a therapist, and what
// therapists said of that with a member, pair by pair.
type BothSides struct {
	members    session.Scorer
	therapists *session.Scorer
}

// NewBothSides returns the reader of a members' and a therapists' measure of the
// alliance; nil for the second reads members alone. Ask for its Objection first.
func NewBothSides(members session.Scorer, therapists *session.Scorer) *BothSides {
	return &BothSides{members: members, therapists: therapists}
}

// RuleSet names the rules by which rows are made.
func (b *BothSides) RuleSet() string { return "alliance_both_sides_per_pair_1" }

// Objection returns why the two sides cannot be read, nil if they can.
func (b *BothSides) Objection() *multilevel.Objection {
	switch {
	case b.members.Level() != instrument.Alliance || (b.therapists != nil && b.therapists.Level() != instrument.Alliance):
		return &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "other_level",
			Detail:  "These ratings are not about a therapist and a member as a pair.",
			Instead: "Ask about the alliance of members with their therapists.",
		}
	case b.members.Rater != instrument.RaterMember:
		return &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "not_members",
			Detail:  "The first measure is that of members, who rate their therapist; this one is answered by somebody else.",
			Instead: "Name the members' measure first, and the therapists' measure against it.",
		}
	case b.therapists != nil && b.therapists.Rater != instrument.RaterTherapist:
		return &multilevel.Objection{
			Answer: multilevel.Refused, Reason: "not_therapists",
			Detail:  "The second measure is that of therapists, who rate each member; this one is answered by somebody else.",
			Instead: "Name the therapists' measure against that of members, or leave it out.",
		}
	default:
		return nil
	}
}

// Met is what one session holds: a row for each pair that either side rated, and
// what was left out.
type Met struct {
	Rows     []onewithmany.Row
	Excluded multilevel.Exclusions
}

// Why forms are left out here beside the reasons of session.Scorer.
const (
	LeftAfterSeeing = "after_seeing"     // a therapist's guess made after the member's answer was seen
	LeftEarlierForm = "earlier_occasion" // the pair's form from before the meeting, where there is one from after it
)

// Read returns one session's rows. A therapist's guess that was made after seeing
// the member's answer is not one of two views, and is left out.
func (b *BothSides) Read(s *session.Session) Met {
	var out Met
	at := map[session.Unit]int{}
	take := func(side onewithmany.Side, scorer *session.Scorer) {
		sheet := &sideSheet{excluded: &out.Excluded, values: map[string]float64{}}
		scorer.Gather(b.forms(s, scorer, &out.Excluded), sheet)
		for _, row := range sheet.order {
			therapist, member, _ := strings.Cut(row, " ")
			u := session.Unit{TherapistID: session.TherapistID(therapist), MemberID: session.MemberID(member)}
			i, ok := at[u]
			if !ok {
				i = len(out.Rows)
				at[u] = i
				out.Rows = append(out.Rows, onewithmany.Row{Group: string(s.GroupID), Therapist: therapist, Member: member, Session: string(s.ID)})
			}
			out.Rows[i].Values[side] = new(sheet.values[row])
		}
	}
	take(onewithmany.ByMember, &b.members)
	if b.therapists != nil {
		take(onewithmany.ByTherapist, b.therapists)
	}
	return out
}

// forms yields one side's forms by therapist and member, those from before the
// meeting first: of a pair the last one stands.
func (b *BothSides) forms(s *session.Session, scorer *session.Scorer, left *multilevel.Exclusions) iter.Seq2[string, *session.Rating] {
	return func(yield func(string, *session.Rating) bool) {
		for _, late := range []bool{false, true} {
			for i := range s.Alliances {
				x := &s.Alliances[i]
				if x.Rater.Kind != scorer.Rater || (x.Occasion == session.Post) != late {
					continue
				}
				if x.AfterSeeing && x.Live() && scorer.Fit(&x.Rating) == session.Fits {
					left.Add(LeftAfterSeeing, 1)
					continue
				}
				if !yield(string(x.TherapistID)+" "+string(x.MemberID), &x.Rating) {
					return
				}
			}
		}
	}
}

// sideSheet takes one side's scores of a session.
type sideSheet struct {
	excluded *multilevel.Exclusions
	order    []string
	values   map[string]float64
}

// Add takes a score; a later one takes the place of an earlier one.
func (s *sideSheet) Add(row string, value float64) {
	if _, twice := s.values[row]; twice {
		s.excluded.Add(LeftEarlierForm, 1)
	} else {
		s.order = append(s.order, row)
	}
	s.values[row] = value
}

// Leave counts what is left out.
func (s *sideSheet) Leave(reason string, rows int) { s.excluded.Add(reason, rows) }
