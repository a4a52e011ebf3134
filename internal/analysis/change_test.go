package analysis_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
	"holon/internal/outcome"
	"holon/internal/session"
)

// anxiety is a scale on which high is worse, with a published change of four
// points and several cut-offs.
func anxiety() analysis.Measure {
	return analysis.Measure{Instrument: instrument.Ref{ID: "gad-7", Version: "1"}, Score: "total", Rater: instrument.RaterMember}
}

// changed asks who is better, worse or unchanged.
func changed(t *testing.T, r *records, q analysis.Ask) (analysis.Report, *analysis.OutcomeChangeResult) {
	t.Helper()
	if q.Measure.Score == "" {
		q.Measure = anxiety()
	}
	report, err := analysis.OutcomeChange(t.Context(), r, q)
	if err != nil {
		t.Fatal(err)
	}
	return report, resultOf[*analysis.OutcomeChangeResult](t, report)
}

// anxious submits a form whose answers sum to a total; below zero there is none.
func anxious(t *testing.T, r *records, s *session.Session, by session.MemberID, total int) {
	t.Helper()
	if total < 0 {
		return
	}
	answers := make([]float64, 7)
	for i := range answers {
		answers[i] = float64(min(3, total))
		total -= min(3, total)
	}
	r.submit(t, s, form{instrument: "gad-7", by: string(by), answers: answers})
}

// sixMembers have an intake and three meetings.
func sixMembers(t *testing.T) *records {
	t.Helper()
	r := newRecords(t)
	members := people("g", 6)
	g := r.group(t, "g", session.KindGroup, members...)
	totals := [][]int{
		{16, 14, 12, 9},  // improved, below 10
		{16, 14, 13, 12}, // improved from four points on, not below 10
		{8, 10, 12, 13},  // deteriorated
		{9, 14, 9, 8},    // worse once, and back
		{-1, -1, 12, -1}, // one value
		{-1, -1, -1, -1}, // none
	}
	for number := 1; number <= 4; number++ {
		var s *session.Session
		if number == 1 {
			s = r.open(t, g, session.Plan{Number: 1, Kind: session.Assessment, Stage: new(session.Intake), HeldOn: "2026-01-05", Members: members})
		} else {
			s = r.meeting(t, g, number)
		}
		for i, m := range members {
			anxious(t, r, s, m, totals[i][number-1])
		}
	}
	return r
}

// practiceCutoff is a cut-off of ten entered by the practice.
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

// TestWhatBecameOfEveryMember is said with its baseline and by the practice's
// own cut-off.
func TestWhatBecameOfEveryMember(t *testing.T) {
	t.Parallel()
	report, got := changed(t, practiceCutoff(t, sixMembers(t)), analysis.Ask{})
	type row struct {
		from, to  int
		state     outcome.State
		recovered bool
		off       bool
		first     int
		reason    multilevel.Reason
	}
	var rows []row
	for i := range got.Members {
		m := &got.Members[i]
		x := row{state: m.State, reason: m.Reason}
		if m.From != nil {
			x.from = m.From.Number
		}
		if m.To != nil {
			x.to = m.To.Number
			x.recovered, x.off = m.Recovered != nil && *m.Recovered, m.OffTrack != nil && *m.OffTrack
		}
		if m.FirstOff != nil {
			x.first = *m.FirstOff
		}
		rows = append(rows, x)
	}
	want := []row{
		{1, 4, outcome.Improved, true, false, 0, ""},
		{1, 4, outcome.Improved, false, false, 0, ""},
		{1, 4, outcome.Deteriorated, false, true, 3, ""},
		{1, 4, outcome.Unchanged, false, false, 2, ""},
		{3, 0, "", false, false, 0, outcome.NoLaterValue},
		{0, 0, "", false, false, 0, outcome.NoValue},
	}
	if !slices.Equal(rows, want) {
		t.Errorf("%+v", rows)
	}
	c := got.All
	if c.Members != 6 || c.Changes != 4 || c.NoChange != 2 || *c.Improved != 2 || *c.Recovered != 1 || *c.Unchanged != 1 || *c.Deteriorated != 1 || *c.OffTrack != 1 || *c.EverOff != 2 {
		t.Errorf("counts %+v", c)
	}
	if by := got.By; by.From != analysis.PublishedChange || *by.Threshold != 4 || got.Baseline != outcome.AtIntakeOrFirst || got.Cutoff == nil || got.Cutoff.Population != "our practice" {
		t.Errorf("by %+v, cut-off %+v", by, got.Cutoff)
	}
	// Neighbours differ by 2 2 3, 2 1 1, 2 2 1 and 5 5 1: 83 in twelve.
	sd := math.Sqrt(83.0 / 24)
	if tr := got.Track; tr.Rule != analysis.ReliablyWorse || tr.ErrorFrom != analysis.ErrorSuccessive || !(math.Abs(*tr.ErrorSD-sd) < 1e-12) || *tr.ErrorDF != 12 || *tr.Limit != 3.5 ||
		!(math.Abs(*tr.StableOnce-series.StableFlagged(3.5, sd, 1)) < 1e-15) || !(math.Abs(*c.ChanceEver-4*series.StableFlagged(3.5, sd, 3)) < 1e-12) || !(math.Abs(*c.ChanceEach-4**tr.StableOnce) < 1e-12) {
		t.Errorf("rule %+v, counts %+v", tr, c)
	}
	said := strings.Join(noCause(t, &report), "\n")
	for _, words := range []string{
		"Of 6 members 4 can be compared with a baseline: 2 improved, 1 unchanged, 1 deteriorated; of those improved 1 recovered; if nobody changed",
		"Member g-m1: 16 in session 1, 9 in session 4: improved, and recovered.",
		"Member g-m3: 8 in session 1, 13 in session 4: deteriorated; not on track, first in session 3, as would be at some time 20 % of members without any change in 3 comparisons.",
		"was not on track in session 2", "Member g-m5: one value to begin with and none after it.", "Member g-m6: no value of this measure.",
	} {
		if !strings.Contains(said, words) {
			t.Errorf("nobody says %q:\n%s", words, said)
		}
	}
}

// TestSeveralCutoffsPartNobody: nobody is called recovered, or not.
func TestSeveralCutoffsPartNobody(t *testing.T) {
	t.Parallel()
	report, got := changed(t, sixMembers(t), analysis.Ask{Members: people("g", 1)})
	if got.Cutoff != nil || got.CutoffReason != outcome.SeveralCutoffs || got.All.Recovered != nil || len(got.Members) != 1 || got.Members[0].Recovered != nil || got.Members[0].State != outcome.Improved {
		t.Errorf("%+v, %+v", got.CutoffReason, got.Members)
	}
	if !report.Caveats.Has("several_cutoffs") || got.All.Changes != 1 || report.Counts.Members != 5 || *got.Track.ErrorSD != math.Sqrt(83.0/24) {
		t.Errorf("counts %+v of %+v; the error is of all, whoever is shown: %v", got.All, report.Counts, *got.Track.ErrorSD)
	}
	noCause(t, &report)
}

// TestTheBaselineIsTheOneAskedFor.
func TestTheBaselineIsTheOneAskedFor(t *testing.T) {
	t.Parallel()
	_, got := changed(t, sixMembers(t), analysis.Ask{Baseline: analysis.FromIntake})
	if m := got.Members[4]; m.Reason != outcome.NoIntake || m.From != nil || m.Values != 1 {
		t.Errorf("%+v", m)
	}
	if _, got = changed(t, sixMembers(t), analysis.Ask{Baseline: analysis.FromFirst}); got.Members[4].Reason != outcome.NoLaterValue {
		t.Errorf("%+v", got.Members[4])
	}
}

// TestWhereHighIsGoodARiseIsAnImprovement, by the reliability that was asked, and
// nobody is called anything without one.
func TestWhereHighIsGoodARiseIsAnImprovement(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	members := people("g", 3)
	g := r.group(t, "g", session.KindGroup, members...)
	for number := 1; number <= 2; number++ {
		s := r.meeting(t, g, number)
		for i, m := range members {
			v := 5 + 2*float64(i-1)*float64(number-1) // 8 points less, the same, 8 more
			r.submit(t, s, form{instrument: "ors", by: string(m), answers: []float64{v, v, v, v}})
		}
	}
	_, got := changed(t, r, analysis.Ask{Measure: wellbeing(), Reliability: 0.8, NormSD: 6})
	var states []outcome.State
	for i := range got.Members {
		states = append(states, got.Members[i].State)
	}
	if want := []outcome.State{outcome.Deteriorated, outcome.Unchanged, outcome.Improved}; !slices.Equal(states, want) {
		t.Errorf("states %q", states)
	}
	if tr := got.Track; tr.ErrorFrom != analysis.ErrorAsked || !(math.Abs(*tr.ErrorSD-6*math.Sqrt(0.2)) < 1e-12) || !(math.Abs(*tr.StableOnce-0.025) < 1e-3) || got.CutoffReason != outcome.NoCutoff {
		t.Errorf("rule %+v, %s", tr, got.CutoffReason)
	}
	report, got := changed(t, r, analysis.Ask{Measure: wellbeing()})
	m := got.Members[0]
	if m.Change.Change != -8 || m.Change.Reason != series.NoReliability || m.State != "" || m.Recovered != nil || m.OffTrack != nil || got.All.Improved != nil || got.Track.Reason != analysis.NoRule {
		t.Errorf("%+v, rule %+v", m, got.Track)
	}
	if said := strings.Join(noCause(t, &report), "\n"); !strings.Contains(said, "Not on track: no rule available.") || !report.Caveats.Has("no_reliability") || !report.Caveats.Has("no_rule") {
		t.Error(said)
	}
}

// TestOfStableMembersTheRuleFlagsWhatItSays simulates stable members on a scale of
// whole points and compares the report's own expectation with what it flags.
func TestOfStableMembersTheRuleFlagsWhatItSays(t *testing.T) {
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
				anxious(t, r, s, m, int(math.Round(min(21, max(0, 10.5+2*random.NormFloat64())))))
			}
		}
	}
	_, got := changed(t, r, analysis.Ask{})
	c := got.All
	n := float64(groups * size)
	near := func(name string, seen int, expected float64) {
		if !(math.Abs(float64(seen)-expected) < 3*math.Sqrt(expected*(1-expected/n))) {
			t.Errorf("%s: %d, expected %.1f of %g", name, seen, expected, n)
		}
	}
	near("improved", *c.Improved, *c.ChanceEach)
	near("deteriorated", *c.Deteriorated, *c.ChanceEach)
	near("ever not on track", *c.EverOff, *c.ChanceEver)
	if !(*c.ChanceEver > 20 && *c.ChanceEver < 50) || len(got.Groups) != groups || got.Groups[3].Group != "g03" || got.Groups[3].Counts.Members != size {
		t.Errorf("counts %+v in %d groups", c, len(got.Groups))
	}
	sum := 0
	for _, g := range got.Groups {
		sum += *g.Counts.EverOff
	}
	if sum != *c.EverOff {
		t.Errorf("%d flagged in the groups, %d in all", sum, *c.EverOff)
	}
}

// TestNothingIsBetterOrWorseInAnAlliance refuses other levels, and says so where
// nobody answered.
func TestNothingIsBetterOrWorseInAnAlliance(t *testing.T) {
	t.Parallel()
	r := courses(t, 2, 3, 0)
	for _, m := range []analysis.Measure{byMembers(allianceItem), byMembers(cohesionItem)} {
		report, got := changed(t, r, analysis.Ask{Measure: m})
		if v := got.Verdict(); v.Answer != multilevel.Refused || v.Reason != "not_outcome" || report.Instead == "" || len(got.Members) != 0 {
			t.Errorf("%s: %+v", m.Instrument, v)
		}
		noCause(t, &report)
	}
	if report, got := changed(t, r, analysis.Ask{}); got.Verdict().Answer != multilevel.NotIdentifiable || len(got.Members) != 10 || !report.Caveats.Has("no_data") {
		t.Errorf("nobody answered: %+v, %d members", got.Verdict(), len(got.Members))
	}
}

// TestChangesInAnyOrder gives the same bytes, with a damaged document named.
func TestChangesInAnyOrder(t *testing.T) {
	t.Parallel()
	r := courses(t, 3, 6, 0.5)
	r.damage("g01", "g01-s9")
	sameInAnyOrder(t, r, func() analysis.Report {
		report, got := changed(t, r, analysis.Ask{Measure: wellbeing(), Reliability: 0.8, NormSD: 7})
		if len(got.Members) != 15 || !slices.Contains(excluded(report), "document_damaged 1") {
			t.Errorf("%d members, excluded %v", len(got.Members), excluded(report))
		}
		return report
	})
}
