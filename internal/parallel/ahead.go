package parallel

import (
	"context"
	"iter"
)

// Ahead yields what is read, one after the other until one fails, and reads the next
// while one is looked at: two are in memory then. What is read before the context ends is
// not all there is, so that its error comes last.
func Ahead[T any](ctx context.Context, read func(context.Context) iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		further, cancel := context.WithCancel(ctx)
		ready := make(chan outcome[T])
		var work Group
		work.Go(func() {
			defer close(ready)
			for value, err := range read(further) {
				select {
				case ready <- outcome[T]{value, err}:
				case <-further.Done():
					return
				}
			}
		})
		defer func() {
			cancel()
			for range ready { // until the other is through
				continue
			}
		}()
		for next := range ready {
			if !yield(next.value, next.err) || next.err != nil {
				return
			}
		}
		work.Wait()
		if err := ctx.Err(); err != nil {
			var none T
			yield(none, err)
		}
	}
}

// outcome is what was read, or why it could not be.
type outcome[T any] struct {
	value T
	err   error
}
