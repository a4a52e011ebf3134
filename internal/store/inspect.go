package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/redaction"
	"holon/internal/session"
	"holon/internal/study"
)

// Problem is something that an inspection found wrong with what is stored.
type Problem struct {
	Rule       string // what is wrong, in a code: docs/backup.md lists them all
	Collection string
	ID         string
	Detail     string // for whoever runs the service; holds identifiers and never an answer
}

// Checker is an engine that can find more wrong with what it keeps than its
// documents show.
type Checker interface {
	Check(ctx context.Context, found func(Problem)) error
}

// Census counts the documents that were inspected, by collection.
type Census map[string]int

// inspection is one run over all that an engine holds.
type inspection struct {
	engine Engine
	found  func(Problem)
	counts Census
	known  map[string]bool // documents that are there, by collection and id

	definitions map[instrument.Ref]*instrument.Definition // the copies

	redacted []*redaction.Decision // those that are done
	unique   map[uniqueKey]bool
	groups   map[session.GroupID]knownGroup

	frozen         map[study.SnapshotID]*study.Snapshot
	frozenSessions map[session.GroupID]int // as they are stored

	suspects []suspect
}

// Inspect reads every document and reports, as it goes, what cannot be restored
// or is too large, keys that are not unique, revisions missing from history or in
// it before they were committed, sessions and groups that name who or what is not
// stored, ratings whose instrument has no copy, forms that a move put into one
// session and did not take out of the other, answers that must be seen at once
// without their finding, findings without their answer, redactions and imports
// that are not at their end, snapshots of studies without all their rows, rows and
// releases of none, consents to no study, what the engine finds in itself, and a copy that was
// interrupted. It changes nothing and may run beside a writer. An error means
// that it could not go on.
func Inspect(ctx context.Context, e Engine, found func(Problem)) (Census, error) {
	n := &inspection{
		engine: e, found: found, counts: Census{}, known: map[string]bool{}, unique: map[uniqueKey]bool{}, groups: map[session.GroupID]knownGroup{},
		definitions: map[instrument.Ref]*instrument.Definition{},
	}
	steps := []func(context.Context) error{
		n.unfinished,
		n.itself,
		func(ctx context.Context) error {
			return inspectRecords(ctx, n, instrumentsCollection(), n.definition)
		},
		func(ctx context.Context) error { return inspectVersioned(ctx, n, memberShape(), nil) },
		func(ctx context.Context) error { return inspectVersioned(ctx, n, therapistShape(), nil) },
		func(ctx context.Context) error { return inspectVersioned(ctx, n, groupShape(), n.group) },
		func(ctx context.Context) error { return inspectVersioned(ctx, n, sessionShape(), n.session) },
		func(ctx context.Context) error { return inspectVersioned(ctx, n, findingShape(), n.finding) },
		func(ctx context.Context) error { return inspectVersioned(ctx, n, settingsShape(), nil) },
		func(ctx context.Context) error { return inspectVersioned(ctx, n, decisionShape(), n.decision) },
		func(ctx context.Context) error { return inspectVersioned(ctx, n, objectiveShape(), nil) },
		n.orphans,
		n.leftovers,
		func(ctx context.Context) error {
			return inspectRecords(ctx, n, reportsCollection(), func(d Document) error { _, err := readReport(d); return err })
		},
		func(ctx context.Context) error {
			return inspectRecords(ctx, n, accountsCollection(), func(d Document) error { _, err := readAccount(d); return err })
		},
		func(ctx context.Context) error {
			return inspectRecords(ctx, n, auditCollection(), func(d Document) error { _, err := readEntry(d); return err })
		},
		n.instrumentRecords,
		n.goalTexts,
		n.imports,
		n.twice,
	}
	steps = slices.Concat(steps[:len(steps)-1], n.studySteps(), steps[len(steps)-1:])
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return n.counts, err
		}
	}
	return n.counts, nil
}

// itself lets an engine look at itself.
func (n *inspection) itself(ctx context.Context) error {
	if c, ok := n.engine.(Checker); ok {
		return c.Check(ctx, n.found)
	}
	return nil
}

// report notes a problem of a document.
func (n *inspection) report(rule, collection, id, detail string) {
	n.found(Problem{Rule: rule, Collection: collection, ID: id, Detail: detail})
}

// unreadable notes why a document could not be restored; other errors come
// back.
func (n *inspection) unreadable(err error) error {
	d, ok := errors.AsType[*DamagedError](err)
	if !ok {
		return err
	}
	n.report(fault.RuleOf(d), d.Collection, d.ID, d.Error())
	return nil
}

// inspectRecords reads all documents of a collection that are never changed.
func inspectRecords(ctx context.Context, n *inspection, c Collection, read func(Document) error) error {
	for d, err := range n.engine.Query(ctx, Query{Collection: c}) {
		if err != nil {
			return err
		}
		n.met(c, d)
		if err := n.unreadable(read(d)); err != nil {
			return err
		}
	}
	return nil
}

// instrumentRecords reads what the practice itself says about instruments.
func (n *inspection) instrumentRecords(ctx context.Context) error {
	err := inspectRecords(ctx, n, attestationsCollection(), func(d Document) error { _, err := readAttestation(d); return err })
	if err != nil {
		return err
	}
	return inspectRecords(ctx, n, wordingsCollection(), func(d Document) error { _, err := readWording(d); return err })
}

// inspectVersioned reads all documents of a collection with revisions, each
// with its history; also looks at what the collection's documents name.
func inspectVersioned[T any, ID ~string](ctx context.Context, n *inspection, s shape[T, ID], also func(context.Context, *T) error) error {
	all := versioned[T, ID]{engine: n.engine, shape: s}
	dec := newDecoder(everyLevel)
	for d, err := range n.engine.Query(ctx, Query{Collection: s.collection}) {
		if err != nil {
			return err
		}
		n.met(s.collection, d)
		v, err := all.restore(ctx, dec, d)
		if err == nil && also != nil {
			err = also(ctx, v)
		}
		if err := n.unreadable(err); err != nil {
			return err
		}
		if err := inspectHistory(ctx, n, &all, d); err != nil {
			return err
		}
	}
	return nil
}

// inspectHistory follows the revisions of one document: each of 1 to one before
// the stored one has to be there and readable. What has the stored revision's
// number must have its content; higher ones were never committed.
func inspectHistory[T any, ID ~string](ctx context.Context, n *inspection, all *versioned[T, ID], stored Document) error {
	c := all.shape.collection
	name := documentName(c, stored.ID)
	dec := newDecoder(everyLevel)
	next := int64(1)
	var ahead []archived
	var failed error
	err := revisions(ctx, n.engine, name, false, nil, func(d Document, a archived, err error) bool {
		n.met(historyCollection(), d)
		if err != nil {
			n.report("document_damaged", historyCollection().Name, d.ID, err.Error())
			next++ // it is there, if broken
			return true
		}
		if a.head.Rev >= stored.Rev {
			ahead = append(ahead, a)
			return true
		}
		n.gap(c, stored.ID, next, a.head.Rev)
		next = a.head.Rev + 1
		_, err = all.restore(ctx, dec, Document{ID: stored.ID, Rev: a.head.Rev, Body: a.was})
		if damage, ok := errors.AsType[*DamagedError](err); ok {
			n.report(fault.RuleOf(damage), historyCollection().Name, d.ID, damage.Error())
			err = nil
		}
		failed = err
		return err == nil
	})
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	n.gap(c, stored.ID, next, stored.Rev)
	return n.ahead(ctx, c, stored, ahead)
}

// gap notes the revisions that are missing before one that is there.
func (n *inspection) gap(c Collection, id string, next, there int64) {
	if next < there {
		n.report("history_gap", c.Name, id, fmt.Sprintf("Revisions %d to %d are missing from history.", next, there-1))
	}
}

// ahead judges entries that are not behind the stored revision. An interrupted
// write leaves a copy of the stored revision, which is as it should be. The
// document may also have been written since it was read here.
func (n *inspection) ahead(ctx context.Context, c Collection, stored Document, entries []archived) error {
	if len(entries) == 0 {
		return nil
	}
	now, err := n.engine.Get(ctx, c, stored.ID, nil)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, a := range entries {
		switch {
		case a.head.Rev > now.Rev:
			n.report("history_newer", c.Name, stored.ID, fmt.Sprintf("History holds revision %d, the document is at %d.", a.head.Rev, now.Rev))
		case a.head.Rev == stored.Rev && !bytes.Equal(a.was, stored.Body),
			a.head.Rev == now.Rev && !bytes.Equal(a.was, now.Body):
			n.report("history_contradicts", c.Name, stored.ID, fmt.Sprintf("History holds another content of revision %d than the document.", a.head.Rev))
		}
	}
	return nil
}

// orphans looks for history of documents that are not stored.
func (n *inspection) orphans(ctx context.Context) error {
	last := ""
	for d, err := range n.engine.Query(ctx, Query{Collection: historyCollection(), Index: "revision", Fields: []string{}}) {
		if err != nil {
			return err
		}
		key, err := historyCollection().Key("revision", d)
		if err != nil {
			n.report("document_damaged", historyCollection().Name, d.ID, "Its document or revision cannot be read.")
			continue
		}
		name, _ := key[0].(string)
		if name == last {
			continue
		}
		last = name
		if stored, err := n.stored(ctx, name); err != nil {
			return err
		} else if !stored {
			n.report("history_orphan", historyCollection().Name, d.ID, "The document "+name+" that this is history of is not stored.")
		}
	}
	return nil
}

// stored tells whether a document is there. One that was not met is asked for
// once more: it may be new.
func (n *inspection) stored(ctx context.Context, name string) (bool, error) {
	if n.known[name] {
		return true, nil
	}
	collection, id, _ := strings.Cut(name, "/")
	for _, c := range Collections() {
		if c.Name != collection {
			continue
		}
		_, err := n.engine.Get(ctx, c, id, []string{})
		if fault.Is(err, fault.NotFound) {
			return false, nil
		}
		n.known[name] = err == nil
		return err == nil, err
	}
	return false, nil
}
