package tables

import (
	"slices"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// goalsTable holds one row for each rating of a goal.
func goalsTable() Table {
	return Table{
		Name: Goals, Title: "Ratings of goals",
		About: "One row for each rating of a goal. What a goal is about is said nowhere: it is a pseudonym.",
		Key:   []string{"group", "session", "goal", "rater_kind", "rater"}, Refers: []Reference{toSessions()},
		Columns: append(append(theSession(), required(
			Column{Name: "goal", Type: Text, About: "The goal's pseudonym."})...),
			Column{Name: "owner", Type: Text, About: "The member whose own goal it is; null of one that the group shares."},
			Column{Name: "rater_kind", Type: Text, About: "Who answered.", Values: []string{"member", "therapist", "observer"}, Required: true},
			Column{Name: "rater", Type: Text, About: "The rater's pseudonym.", Required: true},
			Column{Name: "value", Type: Number, About: "How far the goal is reached; null where nobody said so, and then reason says why."},
			Column{Name: "reason", Type: Text, About: "Why there is no value; null where there is one.", Values: []string{reasonNotRated}},
			Column{Name: "endorsed", Type: Truth, About: "Whether the rater stands behind the goal; null where it was not said."},
			Column{Name: "mode", Type: Text, About: "How the answer came in.", Values: []string{"device", "paper", "import"}}),
	}
}

// goals writes a session's ratings of goals.
func (e *export) goals(g *session.Group, s *session.Session) error {
	for _, x := range s.Goals {
		k := slices.IndexFunc(g.Goals, func(goal session.Goal) bool { return goal.ID == x.GoalID })
		if k < 0 || (x.Rater.Kind == instrument.RaterMember && !e.takesPart(session.MemberID(x.Rater.ID))) {
			continue
		}
		owner := g.Goals[k].Owner
		if owner != "" && !e.takesPart(owner) {
			continue
		}
		value, reason := number(x.Value), null()
		if value == null() {
			reason = reasonNotRated
		}
		if err := e.write(Goals, text(s.GroupID), whole(s.Number), whole(study.Week(s.HeldOn)), text(x.GoalID), text(owner),
			text(x.Rater.Kind), text(x.Rater.ID), value, reason, truthIfAny(x.Endorsed), text(x.Entered.Mode)); err != nil {
			return err
		}
	}
	return nil
}

// rupturesTable holds one row for each step of a rupture.
func rupturesTable() Table {
	steps := make([]string, 0, len(session.RepairKinds()))
	for _, k := range session.RepairKinds() {
		steps = append(steps, string(k))
	}
	return Table{
		Name: Ruptures, Title: "Ruptures that therapists entered",
		About: "One row for each step of repair of a rupture that a therapist entered in a session, and one with step 0 of a rupture without any. Falls of the alliance that are computed from scores stand in analyses.",
		Key:   []string{"group", "session", "therapist", "member", "step"}, Refers: []Reference{toSessions()},
		Columns: append(append(theSession(), required(
			Column{Name: "therapist", Type: Text, About: "The therapist of the pair."},
			Column{Name: "member", Type: Text, About: "The member of the pair."},
			Column{Name: "rupture", Type: Text, About: "How the rupture showed.", Values: []string{"withdrawal", "confrontation"}},
			Column{Name: "step", Type: Whole, About: "Which step of repair it is, counted from 1; 0 where there was none.", Least: new(0)})...),
			Column{Name: "step_kind", Type: Text, About: "What was done; null where there was no step.", Values: steps},
			Column{Name: "step_session", Type: Whole, About: "The number of the session in which it was done, this one or a later one; null where there was no step.", Least: new(1)}),
	}
}

// ruptures writes what was entered of ruptures in a session.
func (e *export) ruptures(s *session.Session) error {
	for _, x := range s.Ruptures {
		if x.Redacted != nil || !e.takesPart(x.MemberID) {
			continue
		}
		at := []cell{text(s.GroupID), whole(s.Number), whole(study.Week(s.HeldOn)), text(x.TherapistID), text(x.MemberID), text(x.Kind)}
		if len(x.Steps) == 0 {
			if err := e.write(Ruptures, append(at, whole(0), null(), null())...); err != nil {
				return err
			}
		}
		for i, step := range x.Steps {
			if err := e.write(Ruptures, append(slices.Clip(at), whole(i+1), text(step.Kind), whole(step.Number))...); err != nil {
				return err
			}
		}
	}
	return nil
}
