package analysis

import (
	"iter"
	"strings"

	"holon/internal/instrument"
	"holon/internal/session"
)

// toldRow is a rating that a therapist gave or that is about one: the therapist, and whose
// row it goes into, which is empty of ratings that therapists gave of others than pairs.
type toldRow struct{ group, session, member, therapist string }

// TellsOfTherapists tells whether a report's ratings are by or about therapists.
func (r *Report) TellsOfTherapists() bool {
	return r.Subject != nil && tellsOfTherapists(r.Subject.Level, r.Subject.Measure.Rater)
}

// tellsOfTherapists tells whether ratings are by or about therapists.
func tellsOfTherapists(level instrument.Level, rater instrument.RaterKind) bool {
	return level == instrument.Alliance || level == instrument.Encounter || rater == instrument.RaterTherapist
}

// toldIn lists a session's ratings with a score that therapists gave or that are about
// them. One about nobody in particular is about each therapist who was there.
func toldIn(scorer *session.Scorer, s *session.Session) []toldRow {
	if !tellsOfTherapists(scorer.Level(), scorer.Rater) {
		return nil
	}
	out := &toldSheet{group: string(s.GroupID), session: string(s.ID)}
	switch scorer.Level() {
	case instrument.Alliance:
		scorer.Gather(alliancesTold(s), out)
	case instrument.Encounter:
		scorer.Gather(encountersTold(s), out)
	default:
		scorer.Gather(ratersTold(scorer.Level(), s), out)
	}
	return out.list
}

// alliancesTold yields a session's alliances, each named by its pair.
func alliancesTold(s *session.Session) iter.Seq2[string, *session.Rating] {
	return func(yield func(string, *session.Rating) bool) {
		for i := range s.Alliances {
			x := &s.Alliances[i]
			if !yield(string(x.TherapistID)+" "+string(x.MemberID), &x.Rating) {
				return
			}
		}
	}
}

// encountersTold yields a session's encounters, each named by a therapist whom it is
// about and who answered.
func encountersTold(s *session.Session) iter.Seq2[string, *session.Rating] {
	return func(yield func(string, *session.Rating) bool) {
		for i := range s.Encounter {
			x := &s.Encounter[i]
			about := []session.TherapistID{x.TherapistID}
			if x.TherapistID == "" {
				about = presentIn(s)
			}
			for _, t := range about {
				if !yield(string(t)+" "+x.Rater.ID, &x.Rating) {
					return
				}
			}
		}
	}
}

// presentIn lists the therapists who were there.
func presentIn(s *session.Session) []session.TherapistID {
	var out []session.TherapistID
	for _, p := range s.Therapists {
		if p.Present {
			out = append(out, p.TherapistID)
		}
	}
	return out
}

// ratersTold yields a session's ratings at a level, each named by the therapist who gave it.
func ratersTold(level instrument.Level, s *session.Session) iter.Seq2[string, *session.Rating] {
	return func(yield func(string, *session.Rating) bool) {
		for at, r := range s.All {
			if at == level && r.Rater.Kind == instrument.RaterTherapist && !yield(r.Rater.ID+" ", r) {
				return
			}
		}
	}
}

// toldSheet takes ratings named by therapist and member.
type toldSheet struct {
	group, session string
	list           []toldRow
}

// Add takes one.
func (t *toldSheet) Add(row string, _ float64) {
	therapist, member, _ := strings.Cut(row, " ")
	t.list = append(t.list, toldRow{t.group, t.session, member, therapist})
}

// Leave passes over what has no score.
func (*toldSheet) Leave(string, int) {}

// therapistsOf counts the therapists.
func therapistsOf(list []toldRow) int {
	seen := map[string]bool{}
	for i := range list {
		seen[list[i].therapist] = true
	}
	return len(seen)
}
