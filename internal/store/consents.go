package store

import (
	"context"
	"iter"

	"holon/internal/fault"
	"holon/internal/redaction"
	"holon/internal/session"
	"holon/internal/study"
)

// consentsCollection holds what members said about taking part in studies, by
// study, member and number (`<study>@<member>@<number>`).
func consentsCollection() Collection {
	return Collection{Name: "consents"}
}

// Consents keeps what members said about taking part. They are only ever added to.
type Consents struct {
	engine Engine
}

// NewConsents returns the consents of an engine.
func NewConsents(e Engine) *Consents { return &Consents{engine: e} }

// consentSequence names what one member said about one study.
func consentSequence(id study.ID, m session.MemberID) string { return string(id) + "@" + string(m) }

// Append keeps what a member said, durably. If the member said something of this
// number already, the answer is Stale.
func (c *Consents) Append(ctx context.Context, x study.Consent) error {
	d := consentDocument(&x, 1)
	err := written(ctx, c.engine, consentsCollection(), d, c.engine.Insert(ctx, consentsCollection(), d))
	if fault.RuleOf(err) == "id_taken" {
		return WrittenSince()
	}
	return err
}

// Said reads all that a member said, in order.
func (c *Consents) Said(ctx context.Context, id study.ID, m session.MemberID) ([]study.Consent, error) {
	var out []study.Consent
	for d, err := range sequence(ctx, c.engine, consentsCollection(), consentSequence(id, m)) {
		if err != nil {
			return nil, err
		}
		said, err := readConsent(d)
		if err != nil {
			return nil, err
		}
		out = append(out, said)
	}
	return out, nil
}

// Last streams what every member said last about a study, by member, in one pass.
// One that cannot be read comes as a [DamagedError], and the stream goes on.
func (c *Consents) Last(ctx context.Context, id study.ID) iter.Seq2[study.Consent, error] {
	last := func(yield func(Document, error) bool) {
		var held *Document
		for d, err := range sequence(ctx, c.engine, consentsCollection(), string(id)) {
			if err != nil {
				yield(d, err)
				return
			}
			if held != nil && sequenceOf(held.ID) != sequenceOf(d.ID) && !yield(*held, nil) {
				return
			}
			held = &d
		}
		if held != nil {
			yield(*held, nil)
		}
	}
	return recordsOf(last, readConsent)
}

// consentDocument writes what a member said.
func consentDocument(x *study.Consent, rev int64) Document {
	id := numbered(consentSequence(x.Study, x.Member), x.Number)
	w := newWriting(384)
	w.text("_id", id)
	w.revision("rev", rev)
	w.whole("schema", recordSchema)
	w.text("study_id", string(x.Study))
	w.text("member_id", string(x.Member))
	w.whole("number", x.Number)
	if x.Redacted != nil {
		writeRedacted(w, x.Redacted)
		return Document{ID: id, Rev: rev, Body: w.bytes()}
	}
	w.truth("given", x.Given)
	w.text("on", string(x.On))
	w.textIfAny("form", string(x.Form))
	w.text("by", x.By)
	w.instant("at", x.At)
	return Document{ID: id, Rev: rev, Body: w.bytes()}
}

// readConsent reads the document of what a member said.
func readConsent(d Document) (study.Consent, error) {
	var (
		x    study.Consent
		dec  decoder
		said bool
	)
	err := readRecord(consentsCollection(), d, func(r *reading) bool {
		switch string(r.key) {
		case "study_id":
			x.Study = study.ID(r.text())
		case "member_id":
			x.Member = session.MemberID(r.text())
		case "number":
			x.Number = r.small()
		case "given":
			x.Given, said = r.truth(), true
		case "on":
			x.On = session.Date(r.text())
		case "form":
			x.Form = session.Code(r.text())
		case "by":
			x.By = r.text()
		case "at":
			x.At = r.instant()
		case "redacted":
			x.Redacted = dec.readRedacted(r)
		default:
			return false
		}
		return true
	}, func() bool {
		whole := said && x.On != "" && x.By != "" && !x.At.IsZero()
		return d.ID == numbered(consentSequence(x.Study, x.Member), x.Number) && x.Number > 0 && whole == (x.Redacted == nil)
	})
	return x, err
}

// redactableConsents is what a redaction takes out of consents. They have no
// history: each is a document, which is rewritten.
type redactableConsents struct{}

// of returns the collection.
func (redactableConsents) of() Collection { return consentsCollection() }

// tombstone takes out what the member said.
func (redactableConsents) tombstone(_ context.Context, _ Engine, d Document, x session.Redaction) (*tombstone, error) {
	c, err := readConsent(d)
	if err != nil {
		return nil, err
	}
	out := &tombstone{changed: c.Redact(x)}
	if out.changed {
		out.body = consentDocument(&c, d.Rev).Body
	}
	out.count = func(into *redaction.Extent) {
		if c.Redacted != nil && c.Redacted.Decision == x.Decision {
			into.Consents++
		}
	}
	return out, nil
}

// rewrite overwrites one, however many others do.
func (redactableConsents) rewrite(ctx context.Context, e Engine, id string, x session.Redaction, _ session.Change) error {
	for {
		d, err := e.Get(ctx, consentsCollection(), id, nil)
		if err != nil {
			return err
		}
		c, err := readConsent(d)
		if err != nil {
			return err
		}
		if !c.Redact(x) {
			return nil
		}
		if err := e.Replace(ctx, consentsCollection(), consentDocument(&c, d.Rev+1), d.Rev); !fault.Is(err, fault.Stale) {
			return err
		}
	}
}
