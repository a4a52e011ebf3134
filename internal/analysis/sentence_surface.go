package analysis

import (
	"fmt"
	"math"

	"holon/internal/multilevel"
	"holon/internal/multilevel/surface"
)

// sentences says whether agreement goes with the outcome, and what a bare difference
// would have lost.
func (s *ResponseSurfaceResult) sentences(r *Report) []string {
	head := fmt.Sprintf("%s, as rated by %s and %s: %d %s with both ratings and the outcome", r.Outcome, s.First, s.Second, s.Rows, plural(s.Rows, "row"))
	if s.Clustered {
		head += fmt.Sprintf(", in %d %s", s.Clusters, plural(s.Clusters, "cluster"))
	}
	out := []string{head + "."}
	if undecidable(s.Answer) {
		return append(out, r.nothing())
	}
	out = append(out, s.verdict())
	if told := s.usual(); told != "" {
		out = append(out, told)
	}
	out = append(out, s.lost()...)
	b := &s.Raters
	return append(out, fmt.Sprintf("In %s of the rows %s is higher than %s by more than half a standard deviation, in %s lower.",
		percent(b.FirstHigher.Share), s.First, s.Second, percent(b.SecondHigher.Share)))
}

// verdict is the answer in words.
func (s *ResponseSurfaceResult) verdict() string {
	switch s.Answer {
	case multilevel.Supported:
		return "Agreement goes with the outcome, beyond chance. " + surface.Sentence(s.Reason) + s.place()
	case multilevel.NotSupported:
		return "That the outcome has its peak or its lowest place where both agree is not so. " + surface.Sentence(s.Reason) + s.place()
	default:
		return "Whether agreement goes with the outcome cannot be told from these rows. " + surface.Sentence(s.Reason)
	}
}

// place says where the extreme is, with its limits; empty without them.
func (s *ResponseSurfaceResult) place() string {
	if (s.Reason != surface.Elsewhere && s.Answer != multilevel.Supported) || len(s.Shift.CI) == 0 {
		return ""
	}
	end := "highest"
	if *s.Lines[3].Estimate > 0 {
		end = "lowest"
	}
	ci := s.Shift.CI[0]
	return fmt.Sprintf(" Along the line of disagreement the outcome is %s where %s less %s is %.2f (between %.2f and %.2f).", end, s.First, s.Second, *s.Shift.Estimate, *ci.Lower, *ci.Upper)
}

// usual says what the usual disagreement goes with; empty without limits.
func (s *ResponseSurfaceResult) usual() string {
	if len(s.Typical) == 0 {
		return ""
	}
	lower, upper := limits95(&s.Typical[1].Coefficient)
	if lower == nil || upper == nil {
		return ""
	}
	way := "higher"
	if *s.Typical[1].Estimate < 0 {
		way = "lower"
	}
	return fmt.Sprintf("Raters who differ as much as is usual here (by %.2f) have an outcome %.2f standard deviations %s than raters who agree at the same level (95 %% limits of the difference: %.2f to %.2f).",
		*s.Raters.RMS, math.Abs(*s.Typical[1].Estimate), way, *lower, *upper)
}

// lost says whether the surface was needed.
func (s *ResponseSurfaceResult) lost() []string {
	var out []string
	e := &s.Explained
	said := fmt.Sprintf("The surface explains %s of the variance of the outcome", percent(e.Surface))
	if e.Difference != nil {
		said += fmt.Sprintf(", the bare difference %s", percent(e.Difference))
	}
	if e.Squared != nil {
		said += fmt.Sprintf(", its square %s", percent(e.Squared))
	}
	out = append(out, said+".")
	for i := range s.Tests {
		x := &s.Tests[i]
		if x.P == nil {
			continue
		}
		switch x.Name {
		case surface.TestDifference:
			out = append(out, told(*x.P <= s.Alpha, "The bare difference loses something, beyond chance", "That the bare difference loses anything is not beyond chance", *x.P))
		case surface.TestSecond:
			out = append(out, told(*x.P <= s.Alpha, "A plane is not enough: the bends of the surface are beyond chance", "That the surface bends at all is not beyond chance", *x.P))
		}
	}
	return out
}

// told says one of two things with the chance.
func told(beyond bool, yes, no string, p float64) string {
	if beyond {
		no = yes
	}
	return fmt.Sprintf("%s (as much comes by chance in %s of such data).", no, chance(p))
}
