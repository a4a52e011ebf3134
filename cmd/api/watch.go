package main

import (
	"context"
	"log/slog"
	"time"
)

// lookEvery is how often the service looks for what is due.
const lookEvery = time.Minute

// watch looks at once, for the time that passed while no service ran, and then every
// minute until ctx ends. How many findings changed is told with what was looked for; a
// failure is told, and the next look tries again.
func watch(ctx context.Context, look func(context.Context) (int, error), what string, logger *slog.Logger) {
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	for {
		changed, err := look(ctx)
		if changed > 0 {
			logger.LogAttrs(ctx, slog.LevelInfo, "findings changed", slog.String("by", what), slog.Int("changed", changed))
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
