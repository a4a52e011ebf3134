package series

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// TestLevelsAreThoseOfRsKalmanFilter in one world with drift and in one without
// (testdata/level.R), and in both at once, half and half.
func TestLevelsAreThoseOfRsKalmanFilter(t *testing.T) {
	t.Parallel()
	type filtered struct {
		Level    float64 `json:"level"`
		Variance float64 `json:"variance"`
	}
	var want struct {
		Values   []float64 `json:"values"`
		Drifting filtered  `json:"drifting"`
		Steady   filtered  `json:"steady"`
	}
	text, err := os.ReadFile("testdata/level.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	near := func(what string, got *float64, want float64) {
		t.Helper()
		if got == nil || !(math.Abs(*got-want) <= 1e-12*math.Abs(want)) {
			t.Errorf("%s is %v, not %v", what, got, want)
		}
	}
	drifting, steady := worldOf(0.2, 0.8, 1.2, 4), worldOf(0, 0.64, 1.2, len(want.Values)) // the first must be made longer
	drifting.weight, steady.weight = 1, 1
	for _, x := range []struct {
		world world
		want  filtered
	}{{drifting, want.Drifting}, {steady, want.Steady}} {
		p := Pool{Mean: new(5.5), worlds: []world{x.world}}
		l := p.Level(want.Values)
		near("level", l.Estimate, x.want.Level)
		near("error", l.SE, math.Sqrt(x.want.Variance))
		near("error of the next", l.PredictedSE, math.Sqrt(x.want.Variance+x.world.drift+0.64))
		near("reliability", l.Reliability, 1-x.want.Variance/(1.2+7*x.world.drift))
	}
	drifting.weight, steady.weight = 0.5, 0.5
	p := Pool{Mean: new(5.5), worlds: []world{drifting, steady}}
	half := (want.Drifting.Level - want.Steady.Level) / 2
	near("level of both", p.Level(want.Values).Estimate, (want.Drifting.Level+want.Steady.Level)/2)
	near("error of both", p.Level(want.Values).SE, math.Sqrt((want.Drifting.Variance+want.Steady.Variance)/2+half*half))
}
