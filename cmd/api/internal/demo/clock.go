package demo

import (
	"sync/atomic"
	"time"
)

// Clock is the time in the synthetic practice: it stands still until it is
// set, so that filling gives the same documents whenever it is done.
type Clock struct {
	millis atomic.Int64
}

// Now returns the practice's time.
func (c *Clock) Now() time.Time { return time.UnixMilli(c.millis.Load()).UTC() }

// set moves the practice to another time.
func (c *Clock) set(t time.Time) { c.millis.Store(t.UnixMilli()) }
