package main

import (
	"context"
	"log/slog"
	"time"
)

// lookEvery is how often the service looks for findings that nobody
// acknowledged in time.
const lookEvery = time.Minute

// watch lets urgent findings that nobody acknowledges go to the next person: at
// once, for the time that passed while no service ran, and then every minute
// until ctx ends. A failure is told and the next look tries again.
func watch(ctx context.Context, look func(context.Context) (int, error), logger *slog.Logger) {
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	for {
		changed, err := look(ctx)
		if changed > 0 {
			logger.LogAttrs(ctx, slog.LevelInfo, "findings not acknowledged in time", slog.Int("changed", changed))
		}
		if err != nil && ctx.Err() == nil {
			logger.LogAttrs(ctx, slog.LevelError, "findings could not be looked through", slog.String("cause", err.Error()))
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}
