package analysis

import "holon/internal/multilevel/early"

// EarlyAllianceResult is whether an early alliance tells of the final outcome
// beyond where members began and what had changed by then.
type EarlyAllianceResult struct {
	early.Result

	Window  Window   // of attended sessions
	Against *Subject // what the outcome is
}

// Analysis returns EarlyAllianceName.
func (*EarlyAllianceResult) Analysis() Name { return EarlyAllianceName }

// Verdict returns the answer.
func (e *EarlyAllianceResult) Verdict() Verdict { return Verdict{early.Estimand, e.Answer, e.Reason} }
