package store

import (
	"context"
	"errors"
	"iter"

	"holon/internal/objective"
	"holon/internal/session"
)

// objectivesCollection holds the versions of a practice's objectives, by code.
func objectivesCollection() Collection {
	return Collection{Name: "objectives", Indexes: []Index{
		{Name: "version", Fields: []string{"code", "version"}, Unique: true},
	}}
}

// Objectives keeps the versions of objectives.
type Objectives struct {
	versioned[objective.Objective, objective.ID]
}

// NewObjectives returns the objectives of an engine.
func NewObjectives(e Engine) *Objectives {
	return &Objectives{versioned[objective.Objective, objective.ID]{engine: e, shape: objectiveShape()}}
}

// objectiveShape is the shape of objectives' documents.
func objectiveShape() shape[objective.Objective, objective.ID] {
	return shape[objective.Objective, objective.ID]{
		collection: objectivesCollection(),
		about:      func(o *objective.Objective) (objective.ID, *session.Head) { return o.ID, &o.Head },
		write:      writeObjective,
		read:       (*decoder).readObjective,
	}
}

// List streams objectives by code and version, those after one (nothing: from
// the first) and at most limit of them (0: all). A damaged document comes as a
// [DamagedError], and the stream goes on.
func (o *Objectives) List(ctx context.Context, afterCode string, afterVersion, limit int) iter.Seq2[*objective.Objective, error] {
	q := Query{Index: "version", Limit: limit}
	if afterCode != "" {
		q.After = []any{afterCode, int64(afterVersion), ""}
	}
	return o.stream(ctx, q, everyLevel)
}

// LastVersion returns the highest version of a code, 0 if there is none. A
// damaged one's counts too; one whose very bytes are broken is passed over.
func (o *Objectives) LastVersion(ctx context.Context, code string) (int, error) {
	c := objectivesCollection()
	q := Query{Collection: c, Index: "version", Equal: []any{code}, Descending: true, Fields: []string{}}
	for d, err := range o.engine.Query(ctx, q) {
		if err != nil {
			return 0, err
		}
		if key, err := c.Key("version", d); err == nil {
			if n, ok := key[1].(int64); ok {
				return int(n), nil
			}
		}
	}
	return 0, nil
}

// writeObjective writes the document of one version of an objective. The rule is
// kept as its canonical text, as a definition of an instrument is.
func writeObjective(w *writing, o *objective.Objective, h *session.Head) {
	rule, err := o.Rule.Canonical()
	if err != nil {
		rule = nil // which cannot be read back, so it is refused before it is stored
	}
	w.text("_id", string(o.ID))
	w.text("code", o.Rule.Code)
	w.whole("version", o.Version)
	w.text("rule", string(rule))
	w.truthIfSo("retired", o.Retired)
	writeHead(w, h)
}

// readObjective reads the document of one version of an objective.
func (d *decoder) readObjective(body []byte) (*objective.Objective, error) {
	o := &objective.Objective{}
	code, rule := "", ""
	r := readDocument(body)
	for r.next() {
		switch string(r.key) {
		case "_id":
			o.ID = objective.ID(r.text())
		case "code":
			code = r.text()
		case "version":
			o.Version = r.small()
		case "rule":
			rule = r.text()
		case "retired":
			o.Retired = r.truth()
		default:
			if !d.readHead(&r, &o.Head) {
				r.unknown()
			}
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	restored, err := objective.RestoreRule([]byte(rule))
	if err != nil {
		return nil, err
	}
	if restored.Code != code || o.Change.At.IsZero() || o.Rev < 1 {
		return nil, errors.New("a field of the objective is missing, or its code is another than its rule's")
	}
	o.Rule = *restored
	return o, objective.RestoreObjective(o)
}
