package store

import (
	"bytes"
	"context"
	"slices"

	"holon/internal/fault"
	"holon/internal/redaction"
	"holon/internal/session"
)

// Redactor takes members' values out of everything that is stored: the one
// sanctioned rewrite of history. Every document is looked at, whatever group it
// belongs to, so that none is missed because another is damaged.
type Redactor struct {
	engine Engine
}

// NewRedactor returns the redactor of an engine.
func NewRedactor(e Engine) *Redactor { return &Redactor{engine: e} }

// Sweep looks what a redaction takes, or took, values out of.
func (r *Redactor) Sweep(ctx context.Context, x session.Redaction) (redaction.Sweep, error) {
	found, err := r.Look(ctx, x)
	if err != nil {
		return redaction.Sweep{}, err
	}
	return found[0], nil
}

// Look is Sweep of several redactions in one pass. It changes nothing.
func (r *Redactor) Look(ctx context.Context, all ...session.Redaction) ([]redaction.Sweep, error) {
	found := make([]redaction.Sweep, len(all))
	all = slices.Clone(all)
	if err := r.complete(ctx, all); err != nil {
		return nil, err
	}
	for _, c := range redactables() {
		for d, err := range r.engine.Query(ctx, Query{Collection: c.of()}) {
			if err != nil {
				return nil, err
			}
			for i, x := range all {
				if err := look(ctx, r.engine, c, d, x, &found[i]); err != nil {
					return nil, err
				}
			}
		}
	}
	for d, err := range r.engine.Query(ctx, Query{Collection: historyCollection(), Index: "revision"}) {
		if err != nil {
			return nil, err
		}
		for i, x := range all {
			if err := lookBack(ctx, r.engine, d, x, &found[i]); err != nil {
				return nil, err
			}
		}
	}
	return found, r.lookAtStudies(ctx, all, found)
}

// look looks at one document.
func look(ctx context.Context, e Engine, c redactable, d Document, x session.Redaction, f *redaction.Sweep) error {
	if !names(d.Body, x) {
		return nil
	}
	t, err := c.tombstone(ctx, e, d, x)
	if isDamaged(err) {
		f.Blocked = append(f.Blocked, documentName(c.of(), d.ID))
		return nil
	}
	if err != nil {
		return err
	}
	if t.changed {
		f.Left = append(f.Left, documentName(c.of(), d.ID))
	}
	t.count(&f.Extent)
	return nil
}

// lookBack looks at one superseded revision.
func lookBack(ctx context.Context, e Engine, d Document, x session.Redaction, f *redaction.Sweep) error {
	if !names(d.Body, x) {
		return nil
	}
	p, err := pastOf(d)
	if err == nil && p.collection == nil {
		return nil
	}
	var t *tombstone
	if err == nil {
		t, err = p.collection.tombstone(ctx, e, p.was, x)
	}
	if isDamaged(err) {
		f.Blocked = append(f.Blocked, documentName(historyCollection(), d.ID))
		return nil
	}
	if err != nil {
		return err
	}
	if t.changed {
		f.Left = append(f.Left, documentName(historyCollection(), d.ID))
	}
	if t.changed || d.Rev > 1 {
		f.Extent.Revisions++
	}
	return nil
}

// names tells whether a document speaks of the member, of a goal of the member's
// own, or holds a form that was moved to the member. An identifier that is the
// beginning of another's finds both, and the document itself decides.
func names(body []byte, x session.Redaction) bool {
	if bytes.Contains(body, []byte(x.Member)) {
		return true
	}
	for _, id := range x.Goals {
		if bytes.Contains(body, []byte(id)) {
			return true
		}
	}
	for id := range x.Forms {
		if bytes.Contains(body, []byte(id)) {
			return true
		}
	}
	return false
}

// complete looks up, for every redaction, the goals of the member's own and the
// forms that hold what was moved to the member. What cannot be read is passed
// over: Look names it.
func (r *Redactor) complete(ctx context.Context, all []session.Redaction) error {
	for g, err := range NewGroups(r.engine).List(ctx, nil, "", 0) {
		if err != nil && !isDamaged(err) {
			return err
		}
		for i := range all {
			if err == nil {
				all[i].Goals = append(all[i].Goals, g.GoalsOf(all[i].Member)...)
			}
		}
	}
	return r.trace(ctx, all)
}

// trace finds for every redaction the forms that hold what was moved to its
// member. A session that cannot be read is passed over: Look names it.
func (r *Redactor) trace(ctx context.Context, all []session.Redaction) error {
	trails := make([]*session.Trail, len(all))
	for i := range all {
		trails[i] = session.NewTrail()
	}
	sessions := NewSessions(r.engine)
	for d, err := range r.engine.Query(ctx, Query{Collection: sessionsCollection()}) {
		if err != nil {
			return err
		}
		moved := bytes.Contains(d.Body, []byte("moved_from"))
		if !moved && !slices.ContainsFunc(all, func(x session.Redaction) bool { return names(d.Body, x) }) {
			continue
		}
		s, err := sessions.restore(ctx, newDecoder(everyLevel), d)
		if isDamaged(err) {
			continue
		}
		if err != nil {
			return err
		}
		for i, x := range all {
			trails[i].Add(s, x)
		}
	}
	for i := range all {
		all[i].Forms = trails[i].Forms()
	}
	return nil
}

// pastRevision is a superseded revision as it was stored.
type pastRevision struct {
	collection redactable // nil: of a collection that is not rewritten
	document   string
	was        Document
}

// pastOf takes the revision out of an entry of history; one that cannot be read
// is a [DamagedError].
func pastOf(d Document) (pastRevision, error) {
	a, err := readArchived(d.Body)
	if err != nil {
		return pastRevision{}, damaged(historyCollection().Name, d.ID, err)
	}
	c := redactableOf(a.document)
	if c == nil {
		return pastRevision{}, nil
	}
	return pastRevision{c, a.document, Document{ID: a.document[len(c.of().Name)+1:], Rev: a.head.Rev, Body: a.was}}, nil
}

// Rewrite takes the values out of every document and every superseded revision.
// A document gets a next revision with this change; a revision is overwritten.
// What is redacted already is left alone, so that it may be done again. What
// cannot be read is passed over: Look names it.
func (r *Redactor) Rewrite(ctx context.Context, x session.Redaction, change session.Change) error {
	completed := []session.Redaction{x}
	if err := r.complete(ctx, completed); err != nil {
		return err
	}
	x = completed[0]
	for _, c := range redactables() {
		for d, err := range r.engine.Query(ctx, Query{Collection: c.of()}) {
			if err != nil {
				return err
			}
			if !names(d.Body, x) {
				continue
			}
			if err := c.rewrite(ctx, r.engine, d.ID, x, change); err != nil && !isDamaged(err) && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
	}
	for d, err := range r.engine.Query(ctx, Query{Collection: historyCollection(), Index: "revision"}) {
		if err != nil {
			return err
		}
		if err := r.rewritePast(ctx, d, x); err != nil {
			return err
		}
	}
	return r.rewriteStudies(ctx, x, change.At)
}

// rewritePast overwrites an entry of history. Only redactions do that: who is
// faster is looked at again.
func (r *Redactor) rewritePast(ctx context.Context, d Document, x session.Redaction) error {
	for names(d.Body, x) {
		p, err := pastOf(d)
		if err == nil && p.collection == nil {
			return nil
		}
		var t *tombstone
		if err == nil {
			t, err = p.collection.tombstone(ctx, r.engine, p.was, x)
		}
		if isDamaged(err) || (err == nil && !t.changed) {
			return nil // Look names what cannot be read
		}
		if err != nil {
			return err
		}
		next, err := archivedDocument(p.document, Document{ID: p.was.ID, Rev: p.was.Rev, Body: t.body}, d.Rev+1)
		if err != nil {
			return damaged(historyCollection().Name, d.ID, err)
		}
		if err := r.engine.Replace(ctx, historyCollection(), next, d.Rev); !fault.Is(err, fault.Stale) {
			return err
		}
		if d, err = r.engine.Get(ctx, historyCollection(), d.ID, nil); err != nil {
			return err
		}
	}
	return nil
}

// Scrub removes what the engine's own files still hold of what was overwritten,
// where it can.
func (r *Redactor) Scrub(ctx context.Context) error {
	if s, ok := r.engine.(Scrubber); ok {
		return s.Scrub(ctx)
	}
	return nil
}
