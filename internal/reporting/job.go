package reporting

import (
	"context"
	"sync"
	"time"

	"holon/internal/analysis"
)

// Question is what is asked for. ID and Principal together with SHA recognise
// it when it is asked again.
type Question struct {
	ID        string
	Principal string
	Analysis  string
	Asked     []byte // the question as JSON, as it is kept
	RequestID string
	SHA       string // of the request under an Idempotency-Key; empty without one
}

// Work computes a report and tells its progress. It ends soon after ctx does.
type Work func(ctx context.Context, progress analysis.Progress) ([]byte, error)

// job is a question that is worked at, or waits for it.
type job struct {
	question Question
	work     Work
	asked    time.Time
	ended    chan struct{} // closed when record and err stand

	mu       sync.Mutex // held over every write of the record but a cancellation
	recorded bool       // there is a record
	over     bool       // ended is closed
	record   analysis.Record
	err      error // why there is no record

	state   sync.Mutex // for what is looked at while a write goes on
	started *time.Time
	step    *analysis.Step
	halted  error // why it is to stop
	cancel  context.CancelCauseFunc
}

// begin notes that the job runs, and how to stop it. It answers false if it was
// told to stop before.
func (j *job) begin(at time.Time, cancel context.CancelCauseFunc) bool {
	j.state.Lock()
	defer j.state.Unlock()
	if j.halted != nil {
		return false
	}
	j.started, j.cancel = &at, cancel
	return true
}

// halt tells the job to stop, and why. The first reason stays.
func (j *job) halt(why error) {
	j.state.Lock()
	defer j.state.Unlock()
	if j.halted != nil {
		return
	}
	j.halted = why
	if j.cancel != nil {
		j.cancel(why)
	}
}

// tell notes how far the work is.
func (j *job) tell(stage string, done, total int) {
	j.state.Lock()
	defer j.state.Unlock()
	j.step = &analysis.Step{Stage: stage, Done: done, Total: total}
}

// show puts what is known of the job at this moment into its record.
func (j *job) show(x *analysis.Record) {
	j.state.Lock()
	defer j.state.Unlock()
	x.State = analysis.Pending
	if j.started != nil {
		x.State, x.StartedAt = analysis.Running, new(*j.started)
	}
	if j.step != nil {
		x.Step = new(*j.step)
	}
}

// fresh is the first record of the job.
func (j *job) fresh() analysis.Record {
	q := j.question
	return analysis.Record{
		ID: q.ID, Rev: 1, Principal: q.Principal, Analysis: q.Analysis, CreatedAt: j.asked,
		RequestID: q.RequestID, RequestSHA: q.SHA, Asked: q.Asked,
	}
}
