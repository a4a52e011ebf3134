package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestFindingsAreLookedThroughAtOnceAndThenEveryMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var log bytes.Buffer
		var looks atomic.Int64
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			watch(ctx, func(context.Context) (int, error) {
				if looks.Add(1) == 2 {
					return 0, errors.New("the store is away")
				}
				return 1, nil
			}, "looked at", slog.New(slog.NewTextHandler(&log, nil)))
		}()
		for want := int64(1); want <= 4; want++ {
			synctest.Wait()
			if n := looks.Load(); n != want {
				t.Fatalf("%d looks after %d minutes", n, want-1)
			}
			time.Sleep(lookEvery)
		}
		cancel()
		<-ended
		if n := strings.Count(log.String(), "level=ERROR"); n != 1 {
			t.Errorf("%d failures told:\n%s", n, log.String())
		}
	})
}
