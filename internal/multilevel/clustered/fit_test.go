package clustered_test

import (
	"math"
	"testing"

	"holon/internal/multilevel/clustered"
)

// line is y on x with an intercept, in four clusters.
func line() clustered.Design {
	return clustered.Design{
		Y:       []float64{1.1, 2.3, 2.9, 4.2, 4.8, 6.4, 6.9, 8.3},
		X:       [][]float64{{1, 1, 1, 1, 1, 1, 1, 1}, {1, 2, 3, 4, 5, 6, 7, 8}},
		Cluster: []int{0, 0, 1, 1, 2, 2, 3, 3},
	}
}

// TestLineByHand: with sums of squares 42 and products 42.45 the slope is
// 42.45/42, and its classical error follows from the residuals.
func TestLineByHand(t *testing.T) {
	t.Parallel()
	f, why := clustered.Of(line())
	if why != "" {
		t.Fatal(why)
	}
	var xy, yy float64
	for i, y := range line().Y {
		xy += (float64(i+1) - 4.5) * y
		yy += (y - 36.9/8) * (y - 36.9/8)
	}
	b := xy / 42
	se := math.Sqrt((yy - b*xy) / 6 / 42)
	got := f.Coefficients[1]
	if !(math.Abs(*got.Estimate-b) <= 1e-12) || !(math.Abs(*got.SE-se) <= 1e-10) || f.DF != 6 || f.Clusters != 4 {
		t.Errorf("slope %v (%v), want %v (%v)", *got.Estimate, *got.SE, b, se)
	}
	sum := 0.0
	for _, v := range f.Influence[1] {
		sum += v * v
	}
	if !(math.Abs(math.Sqrt(sum)-*got.ClusterSE) <= 1e-14) || len(f.Influence[1]) != 4 {
		t.Errorf("influences %v give %v, want %v", f.Influence[1], math.Sqrt(sum), *got.ClusterSE)
	}
}

// TestWhatCannotBeFitted says why.
func TestWhatCannotBeFitted(t *testing.T) {
	t.Parallel()
	double, constant, exact, huge, short := line(), line(), line(), line(), line()
	double.X[1] = []float64{2, 2, 2, 2, 2, 2, 2, 2}
	constant.Y = make([]float64, 8)
	exact.Y = []float64{2, 4, 6, 8, 10, 12, 14, 16}
	huge.Y = []float64{1e200, 2, 3, 4, 5, 6, 7, 8}
	short.Absorbed = 6
	for why, d := range map[string]clustered.Design{"collinear": double, "no_variation": constant, "reproduced": exact, "out_of_range": huge, "too_few_rows": short} {
		if _, got := clustered.Of(d); string(got) != why {
			t.Errorf("%s: %q", why, got)
		}
	}
	one := line()
	one.Cluster = make([]int, 8)
	if f, why := clustered.Of(one); why != "" || f.Coefficients[1].ClusterSE != nil || f.Coefficients[1].SE == nil {
		t.Errorf("one cluster has an error of its own: %q", why)
	}
}

// TestACombinationOfOneIsTheCoefficient, its variance is that of CR2, and a joint test
// of it alone is the square of its t.
func TestACombinationOfOneIsTheCoefficient(t *testing.T) {
	t.Parallel()
	f, why := clustered.Of(line())
	if why != "" {
		t.Fatal(why)
	}
	slope := []float64{0, 1}
	want, got, joint := f.Coefficients[1], f.Combination(slope), f.Joint(slope)
	if !(math.Abs(*got.Estimate-*want.Estimate) <= 1e-12) || !(math.Abs(*got.ClusterSE-*want.ClusterSE) <= 1e-12) || !(math.Abs(*got.ClusterDF-*want.ClusterDF) <= 1e-9) {
		t.Errorf("%v (%v), want %v (%v)", *got.Estimate, *got.ClusterSE, *want.Estimate, *want.ClusterSE)
	}
	if v := f.Covariance(slope, slope); !(math.Abs(math.Sqrt(v)-*want.ClusterSE) <= 1e-12) {
		t.Errorf("variance %v", v)
	}
	square := *want.Estimate / *want.ClusterSE * *want.Estimate / *want.ClusterSE
	if !(math.Abs(*joint.F/square-1) <= 1e-9) || !(math.Abs(*joint.DF2-*want.ClusterDF) <= 1e-9) || !(math.Abs(*joint.P / *want.ClusterP - 1) <= 1e-6) {
		t.Errorf("F %v with %v, p %v; want %v with %v, p %v", *joint.F, *joint.DF2, *joint.P, square, *want.ClusterDF, *want.ClusterP)
	}
	if j := f.Joint(slope, slope); j.P != nil {
		t.Error("the same thing twice has a test")
	}
}
