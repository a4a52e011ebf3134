package httpapi

import "time"

// The limits of a request. Each stands in the contract too, and a test holds
// the two together; those of rosters and batches are the domain's own.
const (
	maxBodyBytes   = 1 << 20
	maxHeaderBytes = 16 << 10
	maxPage        = 200
	defaultPage    = 50
	maxGroupsAsked = 1000
	maxReportBytes = 12 << 20 // a stored document has at most 16 MB
	requestTime    = 30 * time.Second

	maxTableBytes      = 4 << 20
	maxReportBodyBytes = 2*maxTableBytes + 1<<20 // a line's end and a quotation mark are two bytes in JSON
)

// The times after which the server gives a connection up, each longer than
// what an honest client needs.
const (
	headerTime = 5 * time.Second
	readTime   = 20 * time.Second
	writeTime  = requestTime + 15*time.Second
	idleTime   = 2 * time.Minute
	stopTime   = requestTime + 5*time.Second
)
