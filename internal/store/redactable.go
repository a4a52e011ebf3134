package store

import (
	"bytes"
	"context"
	"slices"

	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/redaction"
	"holon/internal/session"
)

// redactable is a collection with revisions whose documents may hold what a
// member answered, or what is about a member.
type redactable interface {
	of() Collection
	// tombstone takes a member's values out of a document as it is stored.
	tombstone(ctx context.Context, e Engine, d Document, x session.Redaction) (*tombstone, error)
	// rewrite makes the document's next revision one without the values.
	rewrite(ctx context.Context, e Engine, id string, x session.Redaction, change session.Change) error
}

// tombstone is a document without a member's values.
type tombstone struct {
	body    []byte // as it is to be stored under the same revision; nil if nothing changed
	changed bool   // there was something to take out
	count   func(into *redaction.Extent)
}

// redactables lists what a redaction rewrites, in this order: the member first,
// so that from then on no form, spell or seat of the member is taken; then the
// groups; then the sessions, each of which is so closed to forms that were
// under way. Why any other collection is left alone stands in a test, which
// finds one that is forgotten.
func redactables() []redactable {
	return []redactable{
		redactableShape[session.Member, session.MemberID]{memberShape(), func(m *session.Member, x session.Redaction) (bool, bool) {
			changed := m.Redact(x)
			return changed, changed
		}, nil},
		redactableShape[session.Group, session.GroupID]{groupShape(), func(g *session.Group, x session.Redaction) (bool, bool) {
			changed := g.Redact(x)
			return changed, changed
		}, func(g *session.Group, x session.Redaction, into *redaction.Extent) {
			if g.HasMember(x.Member) {
				into.Groups = append(into.Groups, g.ID)
			}
		}},
		redactableShape[session.Session, session.SessionID]{sessionShape(), (*session.Session).Redact, countTombstones},
		redactableShape[finding.Finding, finding.ID]{findingShape(), func(f *finding.Finding, x session.Redaction) (bool, bool) {
			changed := f.Redact(x)
			return changed, changed
		}, nil},
		redactableTexts{},
		redactableConsents{},
	}
}

// countTombstones counts the ratings of a session that a decision made
// tombstones of. The session may be of a group that the member was never in: a
// form was entered there by mistake, and moved.
func countTombstones(s *session.Session, x session.Redaction, into *redaction.Extent) {
	ratings, forms := s.RedactedBy(x.Decision)
	if ratings == 0 {
		return
	}
	if !slices.Contains(into.Groups, s.GroupID) {
		into.Groups = append(into.Groups, s.GroupID)
	}
	into.Sessions++
	into.Ratings += ratings
	into.Forms += forms
}

// redactableShape is a collection of one type. redact takes the values out and
// tells whether it changed anything, and whether the request that made such a
// revision may have carried what was taken out.
type redactableShape[T any, ID ~string] struct {
	shape  shape[T, ID]
	redact func(v *T, x session.Redaction) (changed, carried bool)
	count  func(v *T, x session.Redaction, into *redaction.Extent)
}

// of returns the collection.
func (s redactableShape[T, ID]) of() Collection { return s.shape.collection }

// tombstone takes the values out of a document. The hash of the request that
// made the revision goes with them: of a short form it would give the answers
// away to whoever tries them all.
func (s redactableShape[T, ID]) tombstone(ctx context.Context, e Engine, d Document, x session.Redaction) (*tombstone, error) {
	all := versioned[T, ID]{engine: e, shape: s.shape}
	v, err := all.restore(ctx, newDecoder(everyLevel), d)
	if err != nil {
		return nil, err
	}
	changed, carried := s.redact(v, x)
	out := &tombstone{changed: changed, count: func(into *redaction.Extent) {
		if s.count != nil {
			s.count(v, x, into)
		}
	}}
	if !changed {
		return out, nil
	}
	_, h := s.shape.about(v)
	if carried {
		h.Change.RequestSHA = ""
	}
	next, err := all.document(v, h.Rev, len(d.Body)+512)
	out.body = next.Body
	return out, err
}

// rewrite makes the next revision, however many others write.
func (s redactableShape[T, ID]) rewrite(ctx context.Context, e Engine, id string, x session.Redaction, change session.Change) error {
	all := versioned[T, ID]{engine: e, shape: s.shape}
	for {
		v, err := all.Get(ctx, ID(id))
		if err != nil {
			return err
		}
		if changed, _ := s.redact(v, x); !changed {
			return nil
		}
		_, h := s.shape.about(v)
		rev := h.Rev
		h.Change = change
		if err := all.Replace(ctx, v, rev); !fault.Is(err, fault.Stale) {
			return err
		}
	}
}

// redactableOf finds the collection that a name in history begins with; nil if
// it is one that is not rewritten.
func redactableOf(document string) redactable {
	all := redactables()
	k := slices.IndexFunc(all, func(r redactable) bool { return bytes.HasPrefix([]byte(document), []byte(r.of().Name+"/")) })
	if k < 0 {
		return nil
	}
	return all[k]
}
