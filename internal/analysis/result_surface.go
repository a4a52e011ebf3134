package analysis

import "holon/internal/multilevel/surface"

// ResponseSurfaceResult is whether the agreement of two raters goes with an outcome.
type ResponseSurfaceResult struct {
	surface.Result

	First, Second string // the columns of the two ratings
	Cluster       string // that of what rows have in common; empty where they stand by themselves
}

// Analysis returns ResponseSurfaceName.
func (*ResponseSurfaceResult) Analysis() Name { return ResponseSurfaceName }

// Verdict returns the answer.
func (s *ResponseSurfaceResult) Verdict() Verdict {
	return Verdict{surface.Estimand, s.Answer, s.Reason}
}
