package aggregate_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"holon/internal/analysis"
	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/studytest"
)

// usual is a study of thirty groups and twelve families.
func usual() studytest.Design {
	return studytest.Design{Groups: 30, Members: 6, Sessions: 5, Families: 12, Group: .2, Member: .3, Evening: .1, Residual: .4, Seed: 11}
}

// tabulated is what is computed of a drawn study.
func tabulated(tb testing.TB, d *studytest.Drawn, rq aggregate.Request) ([]aggregate.Figure, []string) {
	tb.Helper()
	figures, keys, err := aggregate.Tabulate(tb.Context(), aggregate.InMemory(d), d.Study(tb, studytest.Cohesion(), studytest.Alliance(), studytest.Outcome()), rq)
	if err != nil {
		tb.Fatal(err)
	}
	return figures, keys
}

// where finds the one record of a statistic.
func where(tb testing.TB, records []aggregate.Record, home aggregate.Home, measure, name, statistic, of string) *aggregate.Record {
	tb.Helper()
	var found []*aggregate.Record
	for i := range records {
		r := &records[i]
		if r.Kind == home && r.Measure == measure && r.Analysis == name && r.Statistic == statistic && ((r.Of == nil && of == "") || (r.Of != nil && *r.Of == of)) {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		tb.Fatalf("%d records of %s %s %s, want 1", len(found), name, statistic, of)
	}
	return found[0]
}

// TestNumbersAreThoseOfTheAnalyses holds records against the report they come from,
// and the shares against what was drawn.
func TestNumbersAreThoseOfTheAnalyses(t *testing.T) {
	t.Parallel()
	d := studytest.Draw(t, usual())
	figures, keys := tabulated(t, d, aggregate.Request{Analyses: []string{"group_level", "one_with_many", "lagged"}})
	records := aggregate.Disclose(figures, study.Controlled, study.DefaultThreshold)
	report, err := analysis.GroupLevel(t.Context(), d, analysis.Ask{Measure: studytest.Cohesion(), Kinds: []session.GroupKind{session.KindGroup}})
	if err != nil {
		t.Fatal(err)
	}
	share := where(t, records, aggregate.TherapyGroups, study.MeasureName(studytest.Cohesion()), "group_level", "variance_share", "group")
	if want := report.GroupLevel().REML.Share.Group; !(math.Abs(*share.Estimate-*want) <= 1e-12) {
		t.Errorf("the group's share is %v, and %v in the report", *share.Estimate, *want)
	}
	if share.Lower == nil || !(*share.Lower <= .2 && .2 <= *share.Upper) {
		t.Errorf("the interval of the group's share, %v to %v, does not hold .2", share.Lower, share.Upper)
	}
	if *share.Groups != 30 || *share.Members != 180 || *share.Ratings != 900 {
		t.Errorf("counts are %d groups, %d members, %d ratings", *share.Groups, *share.Members, *share.Ratings)
	}
	if want := "group_level " + study.MeasureName(studytest.Cohesion()); !slices.Contains(keys, want) {
		t.Errorf("the questions %q lack %q", keys, want)
	}
	if r := where(t, records, aggregate.TherapyGroups, study.MeasureName(studytest.Alliance()), "one_with_many", "variance_share", "members_rate:therapist"); r.Therapists == nil || *r.Therapists != 15 || r.Estimate == nil {
		t.Errorf("a therapist's share stands on %v therapists, want 15", r.Therapists)
	}
}

// TestEveryRecordHasEveryKey reads the lines as any reader would.
func TestEveryRecordHasEveryKey(t *testing.T) {
	t.Parallel()
	figures, _ := tabulated(t, studytest.Draw(t, usual()), aggregate.Request{})
	for _, level := range []study.Level{study.Aggregate, study.Controlled} {
		text, err := aggregate.Encode(aggregate.Disclose(figures, level, study.DefaultThreshold))
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		n := 0
		for line := range bytes.Lines(text) {
			var r map[string]any
			if err := json.Unmarshal(line, &r); err != nil {
				t.Fatal(err)
			}
			n++
			mine := slices.Sorted(maps.Keys(r))
			if keys == nil {
				keys = mine
			}
			if !slices.Equal(keys, mine) {
				t.Fatalf("the keys %q differ from %q", mine, keys)
			}
			if (r["estimate"] == nil) == (r["reason"] == nil) {
				t.Errorf("%s: an estimate or a reason why there is none, one of them", line)
			}
		}
		if n != len(figures) || n < 100 {
			t.Errorf("%d lines of %d figures", n, len(figures))
		}
	}
}

// TestTheSameStudyGivesTheSameBytes tabulates twice.
func TestTheSameStudyGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	var texts [2][]byte
	for i := range texts {
		figures, _ := tabulated(t, studytest.Draw(t, studytest.Design{Groups: 12, Members: 6, Sessions: 4, Group: .3, Residual: 1, Seed: 3}), aggregate.Request{})
		text, err := aggregate.Encode(aggregate.Disclose(figures, study.Aggregate, study.DefaultThreshold))
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = text
	}
	if !bytes.Equal(texts[0], texts[1]) {
		t.Error("two runs of one study differ")
	}
}

// TestFewAreSuppressed releases studies that are too small in one way each.
func TestFewAreSuppressed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		design studytest.Design
		home   aggregate.Home
		hidden bool
	}{
		"ten people in five groups":       {studytest.Design{Groups: 5, Members: 2, Sessions: 3, Residual: 1, Seed: 1}, aggregate.TherapyGroups, true},
		"sixteen people in two groups":    {studytest.Design{Groups: 2, Members: 8, Sessions: 3, Residual: 1, Seed: 1}, aggregate.TherapyGroups, true},
		"twelve people in three groups":   {studytest.Design{Groups: 3, Members: 4, Sessions: 3, Residual: 1, Seed: 1}, aggregate.TherapyGroups, false},
		"thirty people in ten families":   {studytest.Design{Families: 10, Sessions: 3, Residual: 1, Seed: 1}, aggregate.Families, true},
		"thirty-three in eleven families": {studytest.Design{Families: 11, Sessions: 3, Residual: 1, Seed: 1}, aggregate.Families, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			figures, _ := tabulated(t, studytest.Draw(t, c.design), aggregate.Request{Analyses: []string{"group_level"}})
			records := aggregate.Disclose(figures, study.Aggregate, study.DefaultThreshold)
			mean := where(t, records, c.home, study.MeasureName(studytest.Cohesion()), "group_level", "mean", "")
			if mean.Suppressed != c.hidden || (mean.Estimate == nil) != c.hidden || (mean.Members == nil) != c.hidden {
				t.Errorf("suppressed is %t with estimate %v and members %v, want %t", mean.Suppressed, mean.Estimate, mean.Members, c.hidden)
			}
		})
	}
}

// TestSharesTellOfNobody looks for shares of members that fewer than the threshold
// stand on, or that all but a few do.
func TestSharesTellOfNobody(t *testing.T) {
	t.Parallel()
	figures, _ := tabulated(t, studytest.Draw(t, usual()), aggregate.Request{Analyses: []string{"ruptures", "outcome_change"}})
	whole := aggregate.Disclose(figures, study.Controlled, study.DefaultThreshold)
	open := aggregate.Disclose(figures, study.Aggregate, study.DefaultThreshold)
	seen, hidden := 0, 0
	for i, r := range whole {
		if r.Statistic != "members" && r.Statistic != "pairs_with_a_fall" && r.Statistic != "pairs_of_shape" || r.Estimate == nil {
			continue
		}
		n := math.Round(*r.Estimate * float64(*r.Members))
		few := (n > 0 && n < 11) || (float64(*r.Members)-n > 0 && float64(*r.Members)-n < 11)
		seen++
		if few && !open[i].Suppressed {
			t.Errorf("%s %v tells of %v of %d members", r.Statistic, *r.Of, n, *r.Members)
		}
		if open[i].Suppressed {
			hidden++
		}
	}
	if seen < 5 || hidden == 0 {
		t.Errorf("%d shares were looked at, %d of them suppressed", seen, hidden)
	}
}

// TestAggregateRounds looks at numbers of an aggregate release.
func TestAggregateRounds(t *testing.T) {
	t.Parallel()
	figures, _ := tabulated(t, studytest.Draw(t, usual()), aggregate.Request{Analyses: []string{"group_level"}})
	for _, r := range aggregate.Disclose(figures, study.Aggregate, study.DefaultThreshold) {
		for _, x := range []*float64{r.Estimate, r.SE, r.Lower, r.Upper, r.P} {
			if x == nil || *x == 0 {
				continue
			}
			scaled := *x / math.Pow(10, math.Floor(math.Log10(math.Abs(*x)))-2)
			if math.Abs(scaled-math.Round(scaled)) > 1e-6 {
				t.Errorf("%s has more than three digits: %v", r.Statistic, *x)
			}
		}
		if r.Members != nil && *r.Members%5 != 0 {
			t.Errorf("%d members is no multiple of five", *r.Members)
		}
	}
}

// TestThePageListsEveryStatistic holds docs/studies.md against what is released.
func TestThePageListsEveryStatistic(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "studies.md"))
	if err != nil {
		t.Fatal(err)
	}
	figures, _ := tabulated(t, studytest.Draw(t, usual()), aggregate.Request{})
	for _, r := range aggregate.Disclose(figures, study.Controlled, study.DefaultThreshold) {
		if !bytes.Contains(page, []byte("`"+r.Statistic+"`")) || !bytes.Contains(page, []byte("`"+r.Analysis+"`")) {
			t.Errorf("the page does not list %s of %s", r.Statistic, r.Analysis)
		}
	}
}

// TestWhatIsMissingCanStayUnsaid hides the numbers of what is missing of one measure,
// and of two of which it is one, and no other.
func TestWhatIsMissingCanStayUnsaid(t *testing.T) {
	t.Parallel()
	d := usual()
	d.Missing = .2
	figures, _ := tabulated(t, studytest.Draw(t, d), aggregate.Request{Analyses: []string{"group_level", "lagged"}})
	quiet := study.MeasureName(studytest.Alliance())
	whole := aggregate.Disclose(figures, study.Aggregate, study.DefaultThreshold)
	aggregate.Unsay(figures, func(measure, _ string, _ bool) bool { return measure != quiet })
	hidden := 0
	for i, r := range aggregate.Disclose(figures, study.Aggregate, study.DefaultThreshold) {
		concerns := r.Statistic == "excluded_rows" && (r.Measure == quiet || r.Analysis != "group_level")
		if want := concerns || whole[i].Suppressed; r.Suppressed != want {
			t.Errorf("%s of %s: suppressed %t", r.Statistic, r.Measure, r.Suppressed)
		}
		if concerns && !whole[i].Suppressed {
			hidden++
		}
		if r.Statistic == "excluded_rows" && r.Estimate != nil && math.Mod(*r.Estimate, 5) != 0 {
			t.Errorf("%v rows is no multiple of five", *r.Estimate)
		}
	}
	if hidden < 2 {
		t.Errorf("%d were hidden", hidden)
	}
}
