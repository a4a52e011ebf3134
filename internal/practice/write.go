package practice

import (
	"context"
	"math/rand/v2"
	"time"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/session"
)

// writeTime bounds a write whose caller set no deadline.
const writeTime = 10 * time.Second

// longestPause bounds the wait between two attempts of one write.
const longestPause = 64 * time.Millisecond

// precondition is the revision that a change must find.
type precondition struct {
	named bool  // the caller must name one
	rev   int64 // the one named; 0 when none was
}

// atRevision is the precondition of a change whose caller must have read the
// document.
func atRevision(rev int64) precondition { return precondition{named: true, rev: rev} }

// atAny is the precondition of a change that fits whatever is there, such as
// another form.
func atAny() precondition { return precondition{} }

// subject is one document that a request is about to change.
type subject[T any] struct {
	load    func(ctx context.Context) (*T, error)
	keyUse  func(ctx context.Context, key string) (session.Head, bool, error)
	replace func(ctx context.Context, next *T, rev int64) error
	head    func(doc *T) *session.Head
	object  func(doc *T) access.Object // doc is nil when it could not be loaded
	action  access.Action
	around  around[T] // nil: nothing else hangs on the document
}

// around sees to what hangs on a document while it is changed. It is told what
// was loaded, at every attempt; what is about to be stored, which it may refuse;
// and what is stored.
type around[T any] interface {
	loaded(doc *T)
	storing(ctx context.Context, rq Request, next *T) error
	stored(ctx context.Context, rq Request, doc *T)
}

// revise changes one document: it asks the policy, and then loads, applies
// and swaps until the swap is won or the time is out. A request that was done
// already, by its key, is answered with the document as it is now and the head
// of the revision that the request made; so replayed is never nil then.
func revise[T any](ctx context.Context, p *Practice, rq Request, sub subject[T], at precondition, why string, apply func(ctx context.Context, doc *T) error) (doc *T, replayed *session.Head, err error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	doc, err = sub.load(ctx)
	if refused := p.Authorize(ctx, rq, sub.action, sub.object(doc)); refused != nil {
		return nil, nil, refused
	}
	if err != nil {
		return nil, nil, err
	}
	return rewrite(ctx, p, rq, sub, doc, at, why, apply)
}

// rewrite is revise once the document was loaded and the policy has agreed.
func rewrite[T any](ctx context.Context, p *Practice, rq Request, sub subject[T], doc *T, at precondition, why string, apply func(ctx context.Context, doc *T) error) (_ *T, replayed *session.Head, err error) {
	for attempt := 0; err == nil; attempt++ {
		done, used, refused := usedKey(ctx, rq, sub.keyUse)
		if refused != nil {
			return nil, nil, refused
		}
		if used {
			doc, err = sub.load(ctx) // what was loaded may be older than the use
			return doc, &done, err
		}
		h := sub.head(doc)
		if err := at.check(h.Rev); err != nil {
			return nil, nil, err
		}
		if sub.around != nil {
			sub.around.loaded(doc)
		}
		if err := apply(ctx, doc); err != nil {
			return nil, nil, err
		}
		rev := h.Rev
		h.Change = p.change(rq, why)
		if sub.around != nil {
			if err := sub.around.storing(ctx, rq, doc); err != nil {
				return nil, nil, err
			}
		}
		lost := sub.replace(ctx, doc, rev)
		if lost == nil {
			if sub.around != nil {
				sub.around.stored(ctx, rq, doc)
			}
			return doc, nil, nil
		}
		if !fault.Is(lost, fault.Stale) {
			return nil, nil, lost
		}
		if err := pause(ctx, attempt); err != nil {
			return nil, nil, err
		}
		doc, err = sub.load(ctx)
	}
	return nil, nil, err
}

// check compares the revision named with the one that is stored.
func (c precondition) check(stored int64) error {
	switch {
	case !c.named || c.rev == stored:
		return nil
	case c.rev == 0:
		return fault.New(fault.PreconditionRequired, "if_match_missing", "Say which revision you read, in If-Match, so that nobody else's change is overwritten.")
	default:
		return fault.New(fault.Stale, "written_since", "It was changed since you read it. Read it again, and repeat what still applies.")
	}
}

// usedKey tells whether the request was done already, and refuses another
// request under the same key.
func usedKey(ctx context.Context, rq Request, keyUse func(context.Context, string) (session.Head, bool, error)) (session.Head, bool, error) {
	if rq.Key == "" {
		return session.Head{}, false, nil
	}
	done, used, err := keyUse(ctx, rq.key())
	if err != nil || !used {
		return session.Head{}, false, err
	}
	if done.Change.RequestSHA == "" && rq.SHA != "" {
		return session.Head{}, false, redactedSince()
	}
	if done.Change.RequestSHA != rq.SHA {
		return session.Head{}, false, keyReused()
	}
	return done, true, nil
}

// keyReused refuses a key that another request used.
func keyReused() error {
	return fault.New(fault.Invalid, "key_reused", "This Idempotency-Key was used for another request. Use a new key for every new request.")
}

// redactedSince refuses to repeat a request by which nobody can recognise it any
// more, since a redaction took the hash of what was sent.
func redactedSince() error {
	return fault.New(fault.Conflict, "redacted_since", "A request under this Idempotency-Key was done, and what it sent was redacted since. Nothing was done now.")
}

// seed is one document that a request is about to create.
type seed[T any] struct {
	object access.Object
	action access.Action
	insert func(ctx context.Context, doc *T) error
	load   func(ctx context.Context) (*T, error)
	keyUse func(ctx context.Context, key string) (session.Head, bool, error)
	head   func(doc *T) *session.Head
	taken  error // answers a code or number that another has
}

// create makes a new document, unless the request was done already: then it
// answers what is stored.
func create[T any](ctx context.Context, p *Practice, rq Request, s seed[T], build func(ctx context.Context) (*T, error)) (*T, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	if err := p.Authorize(ctx, rq, s.action, s.object); err != nil {
		return nil, err
	}
	return plant(ctx, p, rq, s, build)
}

// plant is create once the policy has agreed.
func plant[T any](ctx context.Context, p *Practice, rq Request, s seed[T], build func(ctx context.Context) (*T, error)) (*T, error) {
	if doc, ok, err := created(ctx, rq, s); ok || err != nil {
		return doc, err
	}
	doc, err := build(ctx)
	if err != nil {
		return nil, err
	}
	s.head(doc).Change = p.change(rq, "created")
	err = s.insert(ctx, doc)
	switch fault.RuleOf(err) {
	case "id_taken": // the same request, at the same time
		if doc, ok, lookErr := created(ctx, rq, s); ok || lookErr != nil {
			return doc, lookErr
		}
	case "unique_taken":
		return nil, s.taken
	}
	if err != nil {
		return nil, err
	}
	return doc, nil
}

// created looks for what an earlier request of the same key made.
func created[T any](ctx context.Context, rq Request, s seed[T]) (*T, bool, error) {
	_, used, err := usedKey(ctx, rq, s.keyUse)
	if fault.Is(err, fault.NotFound) {
		return nil, false, nil
	}
	if err != nil || !used {
		return nil, false, err
	}
	doc, err := s.load(ctx)
	return doc, err == nil, err
}

// bounded gives a write its time: to the caller's deadline, or writeTime. Whoever
// asked may go away meanwhile, as a phone does once the form is sent: what was
// received whole is then written all the same. Only the time ends a write.
func bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() != nil { // gone before it began
		return context.WithCancel(ctx)
	}
	staying := context.WithoutCancel(ctx)
	if end, ok := ctx.Deadline(); ok {
		return context.WithDeadline(staying, end)
	}
	return context.WithTimeout(staying, writeTime)
}

// pause waits a little, by chance and longer at every attempt, so that those
// who lost a race do not meet again. It ends with the context.
func pause(ctx context.Context, attempt int) error {
	late := func() error {
		return fault.Wrap(fault.Unavailable, "out_of_time", "Others wrote at the same time and there was no time left to finish this. Try again.", ctx.Err())
	}
	if ctx.Err() != nil {
		return late()
	}
	longest := min(time.Millisecond<<min(attempt, 10), longestPause)
	t := time.NewTimer(time.Duration(rand.Int64N(int64(longest))) + time.Millisecond)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return late()
	}
}
