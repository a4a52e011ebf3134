// Package parallel runs work in goroutines for somebody who waits for it. A panic in a
// goroutine that nobody recovers from ends the process, with every request in it: here it
// comes up again where the work is waited for, as if it had been done there.
package parallel

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Group is work in several goroutines. The zero value is ready to use.
type Group struct {
	work  sync.WaitGroup
	first atomic.Pointer[PanicError]
}

// Go does f in a goroutine of its own.
func (g *Group) Go(f func()) {
	g.work.Go(func() {
		defer func() {
			if p := caught(recover()); p != nil {
				g.first.CompareAndSwap(nil, p)
			}
		}()
		f()
	})
}

// Panicked tells whether some of the work panicked, so that the rest is done for nothing.
func (g *Group) Panicked() bool { return g.first.Load() != nil }

// Wait waits until all is done, and panics if some of it did, with a [PanicError].
func (g *Group) Wait() {
	g.work.Wait()
	if p := g.first.Load(); p != nil {
		panic(p)
	}
}

// PanicError is what work panicked with in another goroutine, and the stack of that one.
type PanicError struct {
	Value any
	Stack string
}

// Error tells all of it, to who runs a command in which nobody recovers.
func (p *PanicError) Error() string {
	return fmt.Sprintf("%v, in another goroutine:\n%s", p.Value, p.Stack)
}

// Unwrap returns the value, if it is an error.
func (p *PanicError) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// caught keeps what was recovered with the stack at hand, or with that which it has
// already; nil where nothing was.
func caught(value any) *PanicError {
	switch v := value.(type) {
	case nil:
		return nil
	case *PanicError:
		return v
	default:
		return &PanicError{Value: v, Stack: string(debug.Stack())}
	}
}

// Recovered tells what may be logged of a panic that was recovered from, and the stack
// where it came up. What was panicked with may hold anything: only where it is the
// runtime's own is it told, and otherwise its type.
func Recovered(value any) (what, stack string) {
	p := caught(value)
	if p == nil {
		return "", ""
	}
	if err, ok := p.Value.(runtime.Error); ok {
		return err.Error(), p.Stack
	}
	return fmt.Sprintf("%T", p.Value), p.Stack
}
