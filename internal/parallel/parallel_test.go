package parallel_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"strings"
	"testing"

	"holon/internal/parallel"
)

// recovered calls f and returns what it panicked with.
func recovered(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

// outOfRange panics as broken code does.
func outOfRange(n int) int { return make([]int, 1)[n] }

// TestAPanicComesUpWhereTheWorkIsWaitedFor with the stack of where it was.
func TestAPanicComesUpWhereTheWorkIsWaitedFor(t *testing.T) {
	t.Parallel()
	var g parallel.Group
	done := make(chan bool, 1)
	g.Go(func() { outOfRange(3) })
	g.Go(func() { done <- true })
	p := recovered(g.Wait)
	if what, stack := parallel.Recovered(p); !strings.Contains(what, "index out of range [3]") || !strings.Contains(stack, "outOfRange") {
		t.Errorf("%s\n%s", what, stack)
	}
	if !g.Panicked() || !<-done {
		t.Error("the rest of the work was not waited for")
	}
	nested := recovered(func() {
		var g parallel.Group
		g.Go(func() { panic(p) })
		g.Wait()
	})
	if nested != p {
		t.Errorf("through another group came %v", nested)
	}
	err, _ := p.(error)
	if err == nil || !strings.Contains(err.Error(), "outOfRange") || !strings.Contains(err.Error(), "index out of range") {
		t.Errorf("a command would end with %v", err)
	}
}

// TestWhatWasPanickedWithIsNotToldUnlessItIsTheRuntimesOwn: it may hold an answer.
func TestWhatWasPanickedWithIsNotToldUnlessItIsTheRuntimesOwn(t *testing.T) {
	t.Parallel()
	for value, want := range map[any]string{"Anna said 3": "string", io.EOF: "*errors.errorString"} {
		var g parallel.Group
		g.Go(func() { panic(value) })
		if what, stack := parallel.Recovered(recovered(g.Wait)); what != want || stack == "" {
			t.Errorf("of %v is told %q", value, what)
		}
		if what, _ := parallel.Recovered(value); what != want {
			t.Errorf("of %v, in the same goroutine, is told %q", value, what)
		}
	}
	if what, stack := parallel.Recovered(nil); what != "" || stack != "" {
		t.Errorf("of nothing is told %q", what)
	}
	var g parallel.Group
	g.Go(func() { panic(io.EOF) })
	if err, _ := recovered(g.Wait).(error); !errors.Is(err, io.EOF) {
		t.Errorf("%v is not found in what came up", io.EOF)
	}
}

// numbers are read up to n, and then something happens.
func numbers(n int, then func(yield func(int, error) bool)) func(context.Context) iter.Seq2[int, error] {
	return func(context.Context) iter.Seq2[int, error] {
		return func(yield func(int, error) bool) {
			for i := range n {
				if !yield(i, nil) {
					return
				}
			}
			if then != nil {
				then(yield)
			}
		}
	}
}

// TestWhatIsReadAheadComesInOrderUntilOneFails also where who reads panics, or who
// looks at it.
func TestWhatIsReadAheadComesInOrderUntilOneFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, x := range map[string]struct {
		then func(yield func(int, error) bool)
		stop int // who looks stops after so many
		want error
		came int
	}{
		"all":                {nil, 9, nil, 5},
		"some":               {nil, 2, nil, 2},
		"one that fails":     {func(yield func(int, error) bool) { yield(7, broken); yield(8, nil) }, 9, broken, 5},
		"a panic after five": {func(func(int, error) bool) { outOfRange(3) }, 9, nil, 5},
	} {
		var err error
		came := 0
		p := recovered(func() {
			for i, failed := range parallel.Ahead(t.Context(), numbers(5, x.then)) {
				if err = failed; err == nil {
					if i != came {
						t.Errorf("%s: %d came at place %d", name, i, came)
					}
					came++
				}
				if came == x.stop {
					break
				}
			}
		})
		if came != x.came || !errors.Is(err, x.want) || (p != nil) != strings.Contains(name, "panic") {
			t.Errorf("%s: %d came, %v, panic %v", name, came, err, p)
		}
	}
	if p := recovered(func() {
		for i, err := range parallel.Ahead(t.Context(), numbers(5, nil)) {
			outOfRange(4 + i)
			t.Error(err)
		}
	}); p == nil {
		t.Error("who looks panicked, and nobody heard")
	}
	ctx, cancel := context.WithCancel(t.Context())
	var last error
	for i, err := range parallel.Ahead(ctx, numbers(1000, nil)) {
		if last = err; i == 2 {
			cancel()
		}
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("what was cut off ends with %v", last)
	}
	cancel()
}
