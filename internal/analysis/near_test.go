package analysis_test

import (
	"testing"

	"gonum.org/v1/gonum/floats/scalar"
)

// near compares a number that may be undefined, within a relative tolerance.
func near(t *testing.T, name string, got *float64, want, rel float64) {
	t.Helper()
	if got == nil {
		t.Errorf("%s is undefined, want %v", name, want)
		return
	}
	if !scalar.EqualWithinAbsOrRel(*got, want, 1e-12, rel) {
		t.Errorf("%s = %.15g, want %v", name, *got, want)
	}
}
