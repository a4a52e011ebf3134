package analysis

import "time"

// Record is a report that was asked for and is kept. Body holds the bytes that
// were answered first, so that reading it again gives the very same.
type Record struct {
	ID         string
	Principal  string // who asked, and alone may read it
	Analysis   string // the name of the analysis
	CreatedAt  time.Time
	RequestSHA string // of the request under an Idempotency-Key; empty without one
	Body       []byte // canonical JSON
}
