package mongostore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"holon/internal/store"
)

// refuse turns a failure of the driver into a fault. A nil error stays nil.
// The server's own message may quote the document, so it never goes along.
func (s *Store) refuse(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case s.closed.Load(), errors.Is(err, mongo.ErrClientDisconnected):
		return store.Closed()
	case mongo.IsDuplicateKeyError(err): // first: it says what happened, however late
		return store.UniqueTaken()
	case ctx.Err() != nil:
		return store.OutOfTime(ctx.Err())
	case errors.Is(err, mongo.ErrNoDocuments):
		return store.DocumentNotFound()
	case mongo.IsTimeout(err), mongo.IsNetworkError(err), mayPass(err):
		return store.Unreachable(withoutContents(err))
	default:
		return store.Broken(withoutContents(err))
	}
}

// mayPass tells whether the server itself says that it cannot now: no primary,
// stepping down, or a write that too few members confirmed.
func mayPass(err error) bool {
	failed, ok := errors.AsType[mongo.ServerError](err)
	if ok && (failed.HasErrorLabel("RetryableWriteError") || failed.HasErrorLabel("RetryableReadError") || failed.HasErrorLabel("TransientTransactionError")) {
		return true
	}
	write, ok := errors.AsType[mongo.WriteException](err)
	return ok && write.WriteConcernError != nil && len(write.WriteErrors) == 0
}

// withoutContents is an error for the log: of a server's answer, which may
// quote a document, only the codes are left.
func withoutContents(err error) error {
	if mongo.IsNetworkError(err) { // not an answer
		return fmt.Errorf("mongodb: %w", err)
	}
	if failed, ok := errors.AsType[mongo.CommandError](err); ok {
		return fmt.Errorf("mongodb: command failed: %s (code %d)", failed.Name, failed.Code)
	}
	if failed, ok := errors.AsType[mongo.ServerError](err); ok {
		return fmt.Errorf("mongodb: server error, codes %v", failed.ErrorCodes())
	}
	return fmt.Errorf("mongodb: %w", err)
}

// slowCommands notes commands that take long: their name and duration, never
// what is in them.
func slowCommands(cfg Config) *event.CommandMonitor {
	if cfg.Logger == nil {
		return nil
	}
	limit := cfg.SlowAfter
	if limit == 0 {
		limit = time.Second
	}
	note := func(ctx context.Context, e event.CommandFinishedEvent, failed bool) {
		if e.Duration >= limit {
			cfg.Logger.WarnContext(ctx, "slow database command",
				slog.String("command", e.CommandName), slog.Duration("duration", e.Duration), slog.Bool("failed", failed))
		}
	}
	return &event.CommandMonitor{
		Succeeded: func(ctx context.Context, e *event.CommandSucceededEvent) { note(ctx, e.CommandFinishedEvent, false) },
		Failed:    func(ctx context.Context, e *event.CommandFailedEvent) { note(ctx, e.CommandFinishedEvent, true) },
	}
}

// nowhere is a driver's log that keeps nothing.
type nowhere struct{}

// Info drops a message.
func (nowhere) Info(int, string, ...any) {}

// Error drops a message.
func (nowhere) Error(error, string, ...any) {}
