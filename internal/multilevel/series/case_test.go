package series_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"holon/internal/multilevel/series"
)

// agrees compares with a number that something else computed.
func agrees(t *testing.T, what string, got *float64, want, relative float64) {
	t.Helper()
	if got == nil || !(math.Abs(*got-want) <= relative*max(math.Abs(want), 1e-6)) {
		t.Errorf("%s is %v, not %v", what, got, want)
	}
}

// read reads JSON.
func read(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// scores reads the one member's scores, those of phase A first.
func scores(t *testing.T) (all, first []float64) {
	t.Helper()
	f, err := os.Open("testdata/one-member-session-tools.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		v, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
		if row[1] == "A" {
			first = append(first, v)
		}
	}
	return all, first
}

// chart is a control chart as the reference case has it.
type chart struct {
	Center float64 `json:"center"`
	Mean   float64 `json:"mr_mean"`
	Sigma  float64 `json:"sigma_mr"`
	Upper  float64 `json:"ucl"`
	Lower  float64 `json:"lcl"`
	Range  float64 `json:"mr_ucl"`
}

// compare compares a chart.
func (w chart) compare(t *testing.T, what string, c series.Chart) {
	t.Helper()
	for name, x := range map[string]struct {
		got  *float64
		want float64
	}{"center": {c.Center, w.Center}, "mean range": {c.MeanRange, w.Mean}, "sigma": {c.Sigma, w.Sigma}, "upper": {c.Upper, w.Upper}, "lower": {c.Lower, w.Lower}, "range": {c.RangeTop, w.Range}} {
		agrees(t, what+" "+name, x.got, x.want, 1e-9)
	}
}

// TestReferenceCase holds the charts and the reliable change of
// one-member-session-tools against the values that come with it.
func TestReferenceCase(t *testing.T) {
	t.Parallel()
	var want struct {
		RelativeTolerance map[string]float64 `json:"relative_tolerance"`
		Expected          struct {
			Options struct {
				SD          float64 `json:"norm_sd"`
				Reliability float64 `json:"reliability"`
			} `json:"options"`
			Change struct {
				SEM       float64 `json:"sem"`
				Diff      float64 `json:"s_diff"`
				RCI       float64 `json:"rci"`
				Threshold float64 `json:"reliable_change_threshold"`
				Reliable  bool    `json:"reliable"`
			} `json:"reliable_change_first_last"`
			All   chart `json:"xmr_all"`
			First chart `json:"xmr_phase_A_limits"`
		} `json:"expected"`
	}
	read(t, "testdata/one-member-session-tools.json", &want)
	x := &want.Expected
	all, first := scores(t)
	x.All.compare(t, "all", series.ChartOf(all))
	x.First.compare(t, "phase A", series.ChartOf(first))
	c := series.ReliableChange(all[0], all[len(all)-1], x.Options.SD, x.Options.Reliability)
	agrees(t, "SEM", c.SEM, x.Change.SEM, 1e-9)
	agrees(t, "S diff", c.SDiff, x.Change.Diff, 1e-9)
	agrees(t, "RCI", c.Index, x.Change.RCI, 1e-9)
	agrees(t, "threshold", c.Threshold, x.Change.Threshold, 1e-9)
	if c.Reliable == nil || *c.Reliable != x.Change.Reliable {
		t.Errorf("reliable %v, want %v", c.Reliable, x.Change.Reliable)
	}
}

// TestAgainstR holds the slope against lm and the correlation of neighbours
// against acf (testdata/level.R).
func TestAgainstR(t *testing.T) {
	t.Parallel()
	var want struct {
		Values []float64
		Slope  struct{ Estimate, Intercept, SE, P, Lower, Upper float64 }
		Lag1   float64
	}
	read(t, "testdata/level.json", &want)
	times := make([]float64, len(want.Values))
	for i := range times {
		times[i] = float64(i + 1)
	}
	s := series.SlopeOf(times, want.Values)
	agrees(t, "slope", s.Estimate, want.Slope.Estimate, 1e-10)
	agrees(t, "intercept", s.Intercept, want.Slope.Intercept, 1e-10)
	agrees(t, "its error", s.SE, want.Slope.SE, 1e-10)
	agrees(t, "p", s.P, want.Slope.P, 1e-9)
	agrees(t, "lower", s.CI[0].Lower, want.Slope.Lower, 1e-9)
	agrees(t, "upper", s.CI[0].Upper, want.Slope.Upper, 1e-9)
	agrees(t, "lag 1", series.Lag1(want.Values), want.Lag1, 1e-10)
}

// onPage fails unless the page about series says a thing in these words.
func onPage(t *testing.T, words string) {
	t.Helper()
	page, err := os.ReadFile("../../../docs/series.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), words) {
		t.Errorf("docs/series.md does not say: %s", words)
	}
}

// TestThePageSaysWhatIsComputed holds the numbers of the worked example.
func TestThePageSaysWhatIsComputed(t *testing.T) {
	t.Parallel()
	all, _ := scores(t)
	c := series.ChartOf(all)
	change := series.ReliableChange(all[0], all[len(all)-1], 0.4, 0.85)
	onPage(t, fmt.Sprintf("%.3f + 2.66 * %.3f = %.3f", *c.Center, *c.MeanRange, *c.Upper))
	onPage(t, fmt.Sprintf("%.3f - 2.66 * %.3f = %.3f", *c.Center, *c.MeanRange, *c.Lower))
	onPage(t, fmt.Sprintf("between %.3f and %.3f", *c.Lower, *c.Upper))
	onPage(t, fmt.Sprintf("SEM is %.3f; a change is reliable beyond %.3f, and %.1f is not.", *change.SEM, *change.Threshold, change.Change))
}
