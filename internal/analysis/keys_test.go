package analysis_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// The measures of the tests about keys: one whose key is from memory, and one of
// a version that has none.
var (
	shortAlliance = analysis.Measure{Instrument: instrument.Ref{ID: "wai-s", Version: "1"}, Score: "bond", Rater: instrument.RaterMember}
	questionnaire = analysis.Measure{Instrument: instrument.Ref{ID: "gq-30", Version: "1"}, Score: "positive_bond", Rater: instrument.RaterMember}
)

// keyedRecords are four groups, each member of which filled in the WAI-S, whose
// key is from memory, the GQ-30, which has none, and two items of Holon's own.
func keyedRecords(t *testing.T) *records {
	t.Helper()
	r := newRecords(t)
	for k, id := range []string{"a", "b", "c", "d"} {
		g := r.group(t, id, session.KindGroup, people(id, 4)...)
		s := r.meeting(t, g, 1)
		for m, seat := range s.Roster {
			base := float64(1 + k)
			r.submit(t, s, form{instrument: "wai-s", by: string(seat.MemberID), about: session.About{TherapistID: "t1"}, answers: slices.Repeat([]float64{base + float64(m%2)}, 12)},
				form{instrument: "gq-30", by: string(seat.MemberID), answers: slices.Repeat([]float64{base}, 30)})
		}
		r.rate(t, s, cohesionItem, session.About{}, slices.Repeat([]float64{5 + float64(k)}, 4)...)
	}
	return r
}

// attested are the records once the practice has attested what it can of the
// WAI-S.
func attested(t *testing.T, r *records) *records {
	t.Helper()
	d, _ := r.registry.Lookup(shortAlliance.Instrument)
	a, err := d.Attest(d.Attestable(), instrument.StatementCompared, "operator", time.Date(2026, 3, 5, 20, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return &records{registry: r.registry.WithAttestations(a), groups: r.groups, sessions: r.sessions}
}

func TestNoReportIsMadeByAKeyThatNobodyAttested(t *testing.T) {
	t.Parallel()
	r := keyedRecords(t)
	for name, want := range map[string]struct {
		measure analysis.Measure
		fault   string
	}{
		"from memory": {shortAlliance, "/measure/score key_not_attested"},
		"missing":     {questionnaire, "/measure/score keys_missing"},
	} {
		reports := map[string]func() error{
			"group_level": func() error {
				_, err := analysis.GroupLevel(t.Context(), r, analysis.Ask{Measure: want.measure})
				return err
			},
			"agreement": func() error {
				_, err := analysis.Agreement(t.Context(), r, analysis.Ask{Measure: want.measure})
				return err
			},
			"levels": func() error {
				_, err := analysis.Levels(t.Context(), r, analysis.Ask{Measure: want.measure, Against: byMembers(cohesionItem)})
				return err
			},
			"level_reliability": func() error {
				_, err := analysis.LevelReliability(t.Context(), r, analysis.Ask{Measure: want.measure})
				return err
			},
		}
		for report, ask := range reports {
			if got := faultsOf(t, ask()); !slices.Equal(got, []string{want.fault}) {
				t.Errorf("%s, %s: %v", name, report, got)
			}
		}
	}
}

func TestAReportSaysWhoAttestedItsKey(t *testing.T) {
	t.Parallel()
	r := attested(t, keyedRecords(t))
	report, err := analysis.GroupLevel(t.Context(), r, analysis.Ask{Measure: shortAlliance, Session: &analysis.Selection{Number: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if report.GroupLevel().ICC1.Estimate == nil {
		t.Error("nothing was computed")
	}
	said := caveatOf(&report, "key_attested_by_practice")
	if !strings.Contains(said, "wai-s@1/bond") || !strings.Contains(said, "2026-03-05") || !strings.Contains(said, "operator") {
		t.Errorf("said %q", said)
	}
	plain, err := analysis.GroupLevel(t.Context(), r, analysis.Ask{Measure: byMembers(cohesionItem), Session: &analysis.Selection{Number: 1}})
	if err != nil || plain.Caveats.Has("key_attested_by_practice") || plain.Caveats.Has("keys_missing") {
		t.Errorf("a report of a verified key: %v, %v", plain.Caveats.List(), err)
	}
}

// caveatOf returns the sentence of a caveat.
func caveatOf(r *analysis.Report, code string) string {
	for _, c := range r.Caveats.List() {
		if c.Code == code {
			return c.Detail
		}
	}
	return ""
}

func TestTablesNameWhatTheyCannotScore(t *testing.T) {
	t.Parallel()
	r := keyedRecords(t)
	first := analysis.Ask{Session: &analysis.Selection{Number: 1}}
	table, err := analysis.GroupLevelTable(t.Context(), r, first)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for i := range table {
		if table[i].Subject.Measure.Instrument == shortAlliance.Instrument {
			refused++
			if g := table[i].GroupLevel(); g.Answer != multilevel.Refused || g.Reason != "key_not_attested" || g.ICC1.Estimate != nil {
				t.Errorf("%s: %s because %s", table[i].Outcome, g.Answer, g.Reason)
			}
		}
		if said := caveatOf(&table[i], "keys_missing"); !strings.Contains(said, "gq-30@1") {
			t.Errorf("%s does not say that the GQ is not scored: %q", table[i].Outcome, said)
		}
	}
	if refused != 4 {
		t.Errorf("%d measures of the WAI-S, want its four scores", refused)
	}
	levels, err := analysis.LevelTable(t.Context(), r, first)
	if err != nil {
		t.Fatal(err)
	}
	if said := caveatOf(&levels, "key_not_attested"); !strings.Contains(said, "wai-s@1/bond") {
		t.Errorf("the table of levels says %q", said)
	}
	if said := caveatOf(&levels, "keys_missing"); !strings.Contains(said, "gq-30@1") {
		t.Errorf("the table of levels says %q", said)
	}
}

func TestATableOfNothingButFormsWithoutKeysIsRefused(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	g := r.group(t, "a", session.KindGroup, people("a", 2)...)
	s := r.meeting(t, g, 1)
	r.submit(t, s, form{instrument: "gq-30", by: "a-m1", answers: slices.Repeat([]float64{4}, 30)})
	_, err := analysis.GroupLevelTable(t.Context(), r, analysis.Ask{})
	if fault.RuleOf(err) != "keys_missing" {
		t.Errorf("got %v", err)
	}
}

// TestAFormOfMixedItemsIsNeitherAllianceNorCohesion: the GSRS asks about leader
// and group in one line.
func TestAFormOfMixedItemsIsNeitherAllianceNorCohesion(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	for k, id := range []string{"a", "b", "c", "d"} {
		g := r.group(t, id, session.KindGroup, people(id, 3)...)
		s := r.meeting(t, g, 1)
		for m, seat := range s.Roster {
			r.submit(t, s, form{instrument: "gsrs", by: string(seat.MemberID), answers: slices.Repeat([]float64{float64(k + m)}, 4)})
		}
	}
	total := analysis.Measure{Instrument: instrument.Ref{ID: "gsrs", Version: "1"}, Score: "total", Rater: instrument.RaterMember}
	for as, reason := range map[instrument.Level]multilevel.Reason{instrument.Cohesion: "not_cohesion", instrument.Alliance: "level_does_not_fit"} {
		report, err := analysis.GroupLevel(t.Context(), r, analysis.Ask{Measure: total, As: as, Session: &analysis.Selection{Number: 1}})
		if err != nil {
			t.Fatal(err)
		}
		if g := report.GroupLevel(); g.Answer != multilevel.Refused || g.Reason != reason || !report.Caveats.Has("mixed_items") {
			t.Errorf("as %s: %s because %s, %v", as, g.Answer, g.Reason, report.Caveats.List())
		}
	}
}
