package analysis_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/outcome"
	"holon/internal/session"
)

// practiceCutoff adds a cut-off of the GAD-7 that the practice has entered.
func practiceCutoff(t *testing.T, r *records) *records {
	t.Helper()
	registry, err := instrument.Load(fstest.MapFS{"cutoffs/gad-7.json": {Data: []byte(`{"schema": 1, "instrument": "gad-7", "version": "1", "score": "total",
		"population": "our practice", "label": "anxious", "value": 10, "applies": "at_or_above", "source": "our norms"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	r.registry = registry
	return r
}

// TestThePracticesOwnCutoffPartsIllFromWell, and who never gave a value is named.
func TestThePracticesOwnCutoffPartsIllFromWell(t *testing.T) {
	t.Parallel()
	r := practiceCutoff(t, scoresOf(t, total("gad-7").Instrument, 7,
		[]int{16, 14, 9},   // improved, and below 10
		[]int{16, 14, 12},  // improved, and not below
		[]int{9, 8, 4},     // improved, and began below
		[]int{-1, -1, -1},  // never a value
		[]int{12, -1, -1})) // nothing after the intake
	report, got := changed(t, r, analysis.Ask{Measure: total("gad-7")})
	for i, want := range []string{"true", "false", "false", "no_value", "too_few_values"} {
		m := &got.Members[i]
		found := string(m.Reason)
		if m.Recovered != nil {
			found = fmt.Sprint(*m.Recovered)
		}
		if found != want {
			t.Errorf("%s: %s, want %s", m.Member, found, want)
		}
	}
	if c := got.Cutoff; c == nil || !c.Site || c.Population != "our practice" || *got.Total.Recovered != 1 || got.Total.Unknown != 2 || got.Total.Members != 5 {
		t.Errorf("cut-off %+v, counts %+v", c, got.Total)
	}
	if said := strings.Join(noCause(t, &report), "\n"); !strings.Contains(said, "Of those improved 1 recovered: they crossed the cut-off of 10.") || report.Caveats.Has("cutoff_unverified") {
		t.Error(said)
	}
	if _, got = changed(t, r, analysis.Ask{Measure: total("gad-7"), Members: people("g", 1)}); len(got.Members) != 1 || got.Total.Improved != 1 || *got.Error.Pairs != 6 {
		t.Errorf("the error is of all, whoever is shown: %+v, %+v", got.Members, got.Error)
	}
}

// TestWhereNobodyCanBeCalledRecoveredThereIsNoNumber: null, and not nought.
func TestWhereNobodyCanBeCalledRecoveredThereIsNoNumber(t *testing.T) {
	t.Parallel()
	r := scoresOf(t, total("gad-7").Instrument, 7, []int{16, 14, 9})
	if _, got := changed(t, r, analysis.Ask{Measure: total("gad-7")}); got.Total.Recovered != nil || got.Groups[0].Recovered != nil || got.NoCutoff != outcome.SeveralCutoffs {
		t.Errorf("%+v because %s", got.Total, got.NoCutoff)
	}
}

// TestAMemberOfTwoGroupsIsCountedInEach, and that is said.
func TestAMemberOfTwoGroupsIsCountedInEach(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	for _, id := range []string{"a", "b"} {
		g := r.group(t, id, session.KindGroup, "m1", session.MemberID(id+"2"))
		for number, v := range []float64{2, 1} {
			s := r.meeting(t, g, number+1)
			r.submit(t, s, form{instrument: "gad-7", by: "m1", answers: []float64{v, v, v, v, v, v, v}})
		}
	}
	report, got := changed(t, r, analysis.Ask{Measure: total("gad-7")})
	if got.Total.Members != 4 || got.Total.Improved != 2 || got.Groups[1].Improved != 1 || report.Counts.Members != 1 {
		t.Errorf("%+v of %+v", got.Total, report.Counts)
	}
	if said := strings.Join(noCause(t, &report), "\n"); !strings.Contains(said, "Of members of several groups there are 1;") {
		t.Error(said)
	}
}

// TestAnIntakeEnteredLateIsTheBaseline: by its day it came before the first
// meeting, by its number after.
func TestAnIntakeEnteredLateIsTheBaseline(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	g := r.group(t, "g", session.KindGroup, "m1")
	first := r.meeting(t, g, 1)
	second := r.meeting(t, g, 2)
	late := r.open(t, g, session.Plan{Number: 3, Kind: session.Assessment, Stage: new(session.Intake), HeldOn: "2026-01-02", Members: []session.MemberID{"m1"}})
	for s, v := range map[*session.Session]float64{first: 2, second: 1, late: 3} {
		r.submit(t, s, form{instrument: "gad-7", by: "m1", answers: []float64{v, v, v, v, v, v, v}})
	}
	_, got := changed(t, r, analysis.Ask{Measure: total("gad-7")})
	if m := &got.Members[0]; m.From != analysis.FromIntake || m.Baseline.Value != 21 || m.Last.Value != 7 || m.Comparisons != 2 || m.Class != outcome.Improved {
		t.Errorf("from %+v to %+v, %s", m.Baseline, m.Last, m.Class)
	}
}

// TestOfStableMembersTheRuleFindsWhatItSays simulates members without any change on
// a scale of whole points, and compares the report's own expectation with what it
// finds.
func TestOfStableMembersTheRuleFindsWhatItSays(t *testing.T) {
	t.Parallel()
	const groups, size, meetings = 12, 8, 7
	r := newRecords(t)
	random := rand.New(rand.NewPCG(19, 5))
	for k := range groups {
		id := fmt.Sprintf("g%02d", k)
		members := people(id, size)
		g := r.group(t, id, session.KindGroup, members...)
		for number := 1; number <= meetings; number++ {
			s := r.meeting(t, g, number)
			for _, m := range members {
				left := math.Round(min(21, max(0, 10.5+2*random.NormFloat64())))
				answers := make([]float64, 7)
				for i := range answers {
					answers[i] = min(3, left)
					left -= answers[i]
				}
				r.submit(t, s, form{instrument: "gad-7", by: string(m), answers: answers})
			}
		}
	}
	_, got := changed(t, r, analysis.Ask{Measure: total("gad-7")})
	const n = float64(groups * size)
	near := func(name string, seen int, expected float64) {
		if !(math.Abs(float64(seen)-expected) < 3*math.Sqrt(expected*(1-expected/n))) {
			t.Errorf("%s: %d, expected %.1f of %g", name, seen, expected, n)
		}
	}
	c := got.Total
	near("improved", c.Improved, *c.StableNow)
	near("deteriorated", c.Deteriorated, *c.StableNow)
	near("ever worse", c.EverWorse, *c.StableEver)
	if !(*c.StableEver > 20 && *c.StableEver < 50) || len(got.Groups) != groups || !(math.Abs(*got.Error.SD-2) < 0.15) {
		t.Errorf("counts %+v in %d groups, error %v", c, len(got.Groups), *got.Error.SD)
	}
	sum := 0
	for _, g := range got.Groups {
		sum += g.EverWorse
	}
	if sum != c.EverWorse {
		t.Errorf("%d found in the groups, %d in all", sum, c.EverWorse)
	}
}
