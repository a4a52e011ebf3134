package store

import (
	"context"
	"slices"

	"holon/internal/fault"
	"holon/internal/redaction"
	"holon/internal/session"
)

// goalTextsCollection holds what goals say in their authors' words, by group, goal
// and number (`<group>@<goal>@<number>`). Nothing else that is stored has them.
func goalTextsCollection() Collection {
	return Collection{Name: "goal_texts"}
}

// GoalTexts keeps goals' words. A change is another record, and the last stands.
type GoalTexts struct {
	engine Engine
}

// NewGoalTexts returns the words of goals of an engine.
func NewGoalTexts(e Engine) *GoalTexts { return &GoalTexts{engine: e} }

// goalTextSequence names the words of one goal.
func goalTextSequence(group session.GroupID, goal session.GoalID) string {
	return string(group) + "@" + string(goal)
}

// Append keeps words, durably. If there are some of this number, the answer is
// Stale.
func (a *GoalTexts) Append(ctx context.Context, x *session.GoalText) error {
	d := goalTextDocument(x, 1)
	if err := checkSize(d); err != nil {
		return err
	}
	err := written(ctx, a.engine, goalTextsCollection(), d, a.engine.Insert(ctx, goalTextsCollection(), d))
	if fault.RuleOf(err) == "id_taken" {
		return WrittenSince()
	}
	return err
}

// Of reads a goal's words from the first to the last, none where there are none.
func (a *GoalTexts) Of(ctx context.Context, group session.GroupID, goal session.GoalID) ([]*session.GoalText, error) {
	var out []*session.GoalText
	for d, err := range sequence(ctx, a.engine, goalTextsCollection(), goalTextSequence(group, goal)) {
		if err != nil {
			return nil, err
		}
		x, err := readGoalText(d)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// Redact takes the words out of those of a goal that are a member's own.
func (a *GoalTexts) Redact(ctx context.Context, group session.GroupID, goal session.GoalID, x session.Redaction) error {
	for d, err := range sequence(ctx, a.engine, goalTextsCollection(), goalTextSequence(group, goal)) {
		if err != nil {
			return err
		}
		if err := (redactableTexts{}).rewrite(ctx, a.engine, d.ID, x, session.Change{}); err != nil {
			return err
		}
	}
	return nil
}

// goalTextDocument writes words as they are stored.
func goalTextDocument(x *session.GoalText, rev int64) Document {
	id := numbered(goalTextSequence(x.GroupID, x.GoalID), x.Number)
	w := newWriting(len(x.Text) + 512)
	w.text("_id", id)
	w.revision("rev", rev)
	w.whole("schema", recordSchema)
	w.text("group_id", string(x.GroupID))
	w.text("goal_id", string(x.GoalID))
	w.whole("number", x.Number)
	w.document("author")
	w.text("kind", string(x.Author.Kind))
	w.text("id", x.Author.ID)
	w.end()
	w.text("visible_to", string(x.VisibleTo))
	w.textIfAny("text", x.Text)
	w.text("why", string(x.Why))
	w.text("by", x.By)
	w.instant("at", x.At)
	w.textIfAny("key", x.Key)
	w.textIfAny("request_sha", x.RequestSHA)
	writeRedacted(w, x.Redacted)
	return Document{ID: id, Rev: rev, Body: w.bytes()}
}

// readGoalText reads the document of a goal's words.
func readGoalText(d Document) (*session.GoalText, error) {
	x := &session.GoalText{}
	var dec decoder
	err := readRecord(goalTextsCollection(), d, func(r *reading) bool {
		switch string(r.key) {
		case "group_id":
			x.GroupID = session.GroupID(r.text())
		case "goal_id":
			x.GoalID = session.GoalID(r.text())
		case "number":
			x.Number = r.small()
		case "author":
			in := r.document()
			r.fail(dec.readRater(&in, &x.Author))
		case "visible_to":
			x.VisibleTo = session.TextVisibility(r.text())
		case "text":
			x.Text = r.text()
		case "why":
			x.Why = session.TextReason(r.text())
		case "by":
			x.By = r.text()
		case "at":
			x.At = r.instant()
		case "key":
			x.Key = r.text()
		case "request_sha":
			x.RequestSHA = r.text()
		case "redacted":
			x.Redacted = dec.readRedacted(r)
		default:
			return false
		}
		return true
	}, func() bool { return d.ID == numbered(goalTextSequence(x.GroupID, x.GoalID), x.Number) })
	if err != nil {
		return nil, err
	}
	if err := session.RestoreGoalText(x); err != nil {
		return nil, damaged(goalTextsCollection().Name, d.ID, err)
	}
	return x, nil
}

// redactableTexts is what a redaction takes out of goals' words. They have no
// history: each version is a document, which is rewritten.
type redactableTexts struct{}

// of returns the collection.
func (redactableTexts) of() Collection { return goalTextsCollection() }

// tombstone takes the words out of a version that is in the member's own.
func (redactableTexts) tombstone(_ context.Context, _ Engine, d Document, x session.Redaction) (*tombstone, error) {
	text, err := readGoalText(d)
	if err != nil {
		return nil, err
	}
	out := &tombstone{count: func(into *redaction.Extent) {
		if text.Redacted != nil && text.Redacted.Decision == x.Decision && !slices.Contains(into.Groups, text.GroupID) {
			into.Groups = append(into.Groups, text.GroupID)
		}
	}}
	if out.changed = text.Redact(x); out.changed {
		out.body = goalTextDocument(text, d.Rev).Body
	}
	return out, nil
}

// rewrite overwrites a version, however many others do.
func (r redactableTexts) rewrite(ctx context.Context, e Engine, id string, x session.Redaction, _ session.Change) error {
	for {
		d, err := e.Get(ctx, goalTextsCollection(), id, nil)
		if err != nil {
			return err
		}
		text, err := readGoalText(d)
		if err != nil {
			return err
		}
		if !text.Redact(x) {
			return nil
		}
		if err := e.Replace(ctx, goalTextsCollection(), goalTextDocument(text, d.Rev+1), d.Rev); !fault.Is(err, fault.Stale) {
			return err
		}
	}
}

// goalTexts reads every goal's words, and reports those of a goal that is not stored.
func (n *inspection) goalTexts(ctx context.Context) error {
	return inspectRecords(ctx, n, goalTextsCollection(), func(d Document) error {
		x, err := readGoalText(d)
		if err != nil || slices.Contains(n.groups[x.GroupID].goals, x.GoalID) {
			return err
		}
		there, err := n.stored(ctx, documentName(groupsCollection(), string(x.GroupID)))
		if err != nil {
			return err
		}
		if !there {
			n.report("group_missing", goalTextsCollection().Name, d.ID, "Its group "+string(x.GroupID)+" is not stored.")
			return nil
		}
		if err := n.readAgain(ctx, x.GroupID); err != nil {
			return err
		}
		if known, read := n.groups[x.GroupID]; read && !slices.Contains(known.goals, x.GoalID) {
			n.report("goal_missing", goalTextsCollection().Name, d.ID, "Its group "+string(x.GroupID)+" does not have the goal "+string(x.GoalID)+".")
		}
		return nil
	})
}
