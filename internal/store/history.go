package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	"holon/internal/fault"
	"holon/internal/session"
)

// historySchema is the version of the shape around an archived document.
const historySchema = 1

// archived is one superseded revision of a document, as history keeps it.
type archived struct {
	document string // its collection and id
	head     session.Head
	was      []byte // the document itself, as it was stored
}

// documentName names a document of any collection in history.
func documentName(c Collection, id string) string { return c.Name + "/" + id }

// revisionID is the key of one revision in history.
func revisionID(document string, rev int64) string {
	return document + "@" + strconv.FormatInt(rev, 10)
}

// archivedDocument makes history's document of a stored one. Its own `rev` is
// 1: what was archived is not changed, except by a redaction, which raises it.
func archivedDocument(document string, stored Document, rev int64) (Document, error) {
	h, err := headOf(stored.Body)
	if err != nil {
		return Document{}, err
	}
	if h.Rev != stored.Rev {
		return Document{}, errors.New("the revision in the document is another than its key's")
	}
	id := revisionID(document, h.Rev)
	w := newWriting(len(stored.Body) + 512)
	w.text("_id", id)
	w.revision("rev", rev)
	w.whole("schema", historySchema)
	w.text("document", document)
	w.revision("revision", h.Rev)
	w.textIfAny("key", h.Change.Key)
	w.whole("was_schema", h.Schema)
	writeChange(w, &h.Change)
	w.verbatim("was", stored.Body)
	return Document{ID: id, Rev: rev, Body: w.bytes()}, nil
}

// readArchived reads an entry of history. The fields change and was_schema are
// copies for listings, which need not read the document itself.
func readArchived(body []byte) (archived, error) {
	var (
		a   archived
		d   decoder
		own int
	)
	r := readDocument(body)
	for r.next() {
		switch string(r.key) {
		case "_id", "key":
			r.textBytes()
		case "rev":
			r.integer()
		case "schema":
			own = r.small()
		case "document":
			a.document = r.text()
		case "revision":
			a.head.Rev = r.integer()
		case "was_schema":
			a.head.Schema = r.small()
		case "change":
			in := r.document()
			r.fail(d.readChange(&in, &a.head.Change))
		case "was":
			r.document()
			a.was = r.value.Data
		default:
			r.unknown()
		}
	}
	switch {
	case r.err != nil:
		return a, r.err
	case own != historySchema:
		return a, fmt.Errorf("its schema is %d, not %d", own, historySchema)
	case a.document == "" || a.head.Rev < 1 || a.head.Schema < 1 || a.head.Change.At.IsZero():
		return a, errors.New("a field of the archived revision is missing")
	default:
		return a, nil
	}
}

// archive copies the stored revision of a document into history, durably. That
// it is there already, from a writer who was interrupted or lost the race, is
// fine: a revision has only one content.
func archive(ctx context.Context, e Engine, c Collection, stored Document) error {
	d, err := archivedDocument(documentName(c, stored.ID), stored, 1)
	if err != nil {
		return damaged(c.Name, stored.ID, err)
	}
	failed := e.Insert(ctx, historyCollection(), d)
	if failed == nil || ctx.Err() != nil {
		return failed
	}
	there, err := e.Get(ctx, historyCollection(), d.ID, nil)
	if err != nil {
		return failed
	}
	was, err := field(there.Body, "was")
	if err == nil && bytes.Equal(was, stored.Body) {
		return nil
	}
	if there.Rev > 1 { // redacted since it was read, which only a later revision is
		return WrittenSince()
	}
	return fault.Wrap(fault.Internal, "history_contradicts",
		"History holds another content of this revision. Nothing was changed; the command doctor says more.",
		fmt.Errorf("%s differs from the stored document: %w", d.ID, errors.Join(failed, err)))
}

// revisions streams the entries of one document, in the order asked for.
func revisions(ctx context.Context, e Engine, document string, descending bool, fields []string, each func(d Document, a archived, err error) bool) error {
	q := Query{Collection: historyCollection(), Index: "revision", Equal: []any{document}, Descending: descending, Fields: fields}
	for d, err := range e.Query(ctx, q) {
		if err != nil {
			return err
		}
		a, err := readArchived(d.Body)
		if !each(d, a, err) {
			return nil
		}
	}
	return nil
}
