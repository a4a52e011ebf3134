package course_test

import (
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel/course"
)

// TestSlopeIsThatOfR compares with lm and confint of R 4.2.2.
func TestSlopeIsThatOfR(t *testing.T) {
	t.Parallel()
	got := course.SlopeOf([]float64{1, 2, 4, 5, 9}, []float64{1.2, 0.9, 1.0, 0.7, 0.4})
	for name, c := range map[string]struct {
		got  *float64
		want float64
	}{
		"slope": {got.Estimate, -0.0912371134020619}, "se": {got.SE, 0.0205216796261798},
		"lower": {got.Lower, -0.139532083855031}, "upper": {got.Upper, -0.0429421429490928},
	} {
		if c.got == nil || !scalar.EqualWithinAbsOrRel(*c.got, c.want, 1e-12, 1e-11) {
			t.Errorf("%s %v, want %v", name, c.got, c.want)
		}
	}
}

// TestSlopeOfTooLittle has no estimate, or one without precision.
func TestSlopeOfTooLittle(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		x, y     []float64
		estimate bool
	}{
		"nothing":        {nil, nil, false},
		"one point":      {[]float64{1}, []float64{2}, false},
		"one place":      {[]float64{1, 1, 1}, []float64{2, 3, 4}, false},
		"two points":     {[]float64{1, 2}, []float64{2, 3}, true},
		"beyond writing": {[]float64{1e300, -1e300, 0}, []float64{1, 2, 3}, false},
	} {
		got := course.SlopeOf(c.x, c.y)
		if (got.Estimate != nil) != c.estimate || got.SE != nil || got.Lower != nil || got.Upper != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
