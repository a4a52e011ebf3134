package httpapi

import (
	"context"

	"holon/internal/access"
	"holon/internal/practice"
)

// callerKey is the context's key of the caller.
type callerKey struct{}

// caller is what is known of a request apart from its content.
type caller struct {
	principal access.Principal
	requestID string
	key       string // the Idempotency-Key
	sha       string // of method, path and body

	accept, acceptEncoding string // what forms of an answer the client reads
}

// withCaller puts the caller into the context.
func withCaller(ctx context.Context, c *caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// callerOf returns the request's caller; nobody when there is none, whom the
// policy refuses.
func callerOf(ctx context.Context) *caller {
	if c, ok := ctx.Value(callerKey{}).(*caller); ok {
		return c
	}
	return &caller{}
}

// request says to the use cases who asks.
func request(ctx context.Context) practice.Request {
	c := callerOf(ctx)
	return practice.Request{Principal: c.principal, ID: c.requestID, Key: c.key, SHA: c.sha}
}
