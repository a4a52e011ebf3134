package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"holon/internal/practice"
)

// instrumentsEvery is how soon what another process attested, withdrew or added
// holds here too, and what this one stored and could not read again at once.
const instrumentsEvery = 30 * time.Second

// keepInstruments reads again and again what the store has of instruments, which
// another process may have changed, until what it returns is called.
func keepInstruments(ctx context.Context, cases *practice.Practice, logger *slog.Logger) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ticker := time.NewTicker(instrumentsEvery)
	var work sync.WaitGroup
	work.Go(func() { readInstruments(ctx, ticker.C, cases, logger) })
	return func() {
		cancel()
		ticker.Stop()
		work.Wait()
	}
}

// readInstruments reads the store's instruments at every tick.
func readInstruments(ctx context.Context, ticks <-chan time.Time, cases *practice.Practice, logger *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
			within, cancel := context.WithTimeout(ctx, instrumentsEvery)
			err := cases.CheckInstruments(within)
			cancel()
			if err != nil && ctx.Err() == nil {
				logger.LogAttrs(ctx, slog.LevelWarn, "instruments could not be read again; those read before are used", slog.String("error", err.Error()))
			}
		}
	}
}
