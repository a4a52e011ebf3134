package store

import (
	"errors"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"holon/internal/session"
)

// writeGoals writes a group's goals; a group without any has no such field.
func writeGoals(w *writing, goals []session.Goal) {
	if len(goals) == 0 {
		return
	}
	list(w, "goals", goals, func(w *writing, g *session.Goal) {
		w.text("id", string(g.ID))
		w.text("code", string(g.Code))
		w.textIfAny("owner", string(g.Owner))
		w.text("from", string(g.From))
		textOf(w, "until", g.Until)
		textsIfAny(w, "contains", g.Contains)
	})
}

// readGoal reads one goal of a group.
func (d *decoder) readGoal(r *reading, g *session.Goal) error {
	for r.next() {
		switch string(r.key) {
		case "id":
			g.ID = session.GoalID(d.word(r))
		case "code":
			g.Code = session.Code(d.word(r))
		case "owner":
			g.Owner = session.MemberID(d.word(r))
		case "from":
			g.From = session.Date(d.word(r))
		case "until":
			g.Until = pointerTo[session.Date](d.word(r))
		case "contains":
			g.Contains = readTexts[session.GoalID](d, r)
		default:
			r.unknown()
		}
	}
	return r.err
}

// writeGoalRatings writes what was said about goals; a session in which nothing
// was has no such field.
func writeGoalRatings(w *writing, ratings []session.GoalRating) {
	if len(ratings) == 0 {
		return
	}
	list(w, "goals", ratings, func(w *writing, x *session.GoalRating) {
		writeRater(w, x.Rater)
		w.text("goal_id", string(x.GoalID))
		w.whole("version", x.Version)
		if x.Value == nil {
			w.null("value")
		} else {
			w.number("value", *x.Value)
		}
		if x.Endorsed == nil {
			w.null("endorsed")
		} else {
			w.truth("endorsed", *x.Endorsed)
		}
		writeEntry(w, &x.Entered)
	})
}

// readGoalRating reads what one rater said about one goal.
func (d *decoder) readGoalRating(r *reading, x *session.GoalRating) error {
	said := 0
	for r.next() {
		switch string(r.key) {
		case "rater":
			in := r.document()
			r.fail(d.readRater(&in, &x.Rater))
		case "goal_id":
			x.GoalID = session.GoalID(d.word(r))
		case "version":
			x.Version = r.small()
		case "value":
			if said++; r.value.Type != bsoncore.TypeNull {
				x.Value = new(r.number())
			}
		case "endorsed":
			if said++; r.value.Type != bsoncore.TypeNull {
				x.Endorsed = new(r.truth())
			}
		case "entered":
			in := r.document()
			r.fail(d.readEntry(&in, &x.Entered))
		default:
			r.unknown()
		}
	}
	if r.err == nil && (said != 2 || x.Entered.At.IsZero() || x.Entered.Mode == "") {
		return errors.New("a field of the goal's rating is missing")
	}
	return r.err
}
