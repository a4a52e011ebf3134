package analysis_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/session"
)

// twoForms has a couple answer one questionnaire over four sessions, and the therapist
// another about each of the two.
func twoForms(t *testing.T, members, therapists form) *records {
	t.Helper()
	r := newRecords(t)
	g := r.family(t, "f01", session.RoleCaregiver, session.RoleCaregiver)
	for n := range 4 {
		s := r.meeting(t, g, n+1)
		for _, seat := range s.Roster {
			members.by, members.about = string(seat.MemberID), session.About{TherapistID: "t1"}
			therapists.rater, therapists.by, therapists.about = instrument.RaterTherapist, "t1", session.About{TherapistID: "t1", MemberID: seat.MemberID}
			r.submit(t, s, members)
			if therapists.instrument != "softa-s-therapist" || seat.MemberID == s.Roster[0].MemberID {
				r.submit(t, s, therapists) // shared purpose, which stands on the same form, counts once
			}
		}
	}
	return r
}

// TestTheTherapistsFormIsFoundByItself where the registry has one that goes with the
// members', and otherwise it is said why families are not held against their therapists.
func TestTheTherapistsFormIsFoundByItself(t *testing.T) {
	t.Parallel()
	at := func(id, version string, n int, v float64) form {
		return form{instrument: id, version: version, answers: slices.Repeat([]float64{v}, n)}
	}
	score := func(id, score string) analysis.Measure {
		m := byMembers(id)
		m.Score = score
		return m
	}
	attest := func(r *records, ids ...string) *records {
		var all []instrument.Attestation
		for _, id := range ids {
			d, _ := r.registry.Lookup(instrument.Ref{ID: id, Version: "1"})
			a, err := d.Attest(d.Attestable(), instrument.StatementCompared, "operator", time.Date(2026, 3, 5, 20, 0, 0, 0, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, a)
		}
		return &records{registry: r.registry.WithAttestations(all...), groups: r.groups, sessions: r.sessions}
	}
	softa := twoForms(t, at("softa-s-client", "1", 16, 3), at("softa-s-therapist", "1", 16, 3))
	for name, x := range map[string]struct {
		src    *records
		ask    analysis.Measure
		form   string
		reason string
	}{
		"WAI-SR, not attested":   {twoForms(t, at("wai-sr", "1", 12, 3), at("wai-srt", "12", 12, 4)), score("wai-sr", "bond"), "", "key_not_attested"},
		"SOFTA-s, both attested": {attest(softa, "softa-s-client", "softa-s-therapist"), score("softa-s-client", "engagement"), "softa-s-therapist", ""},
		"SOFTA-s, one attested":  {attest(softa, "softa-s-client"), score("softa-s-client", "engagement"), "", "key_not_attested"},
		"a form for both":        {lone(t, times(2, 8, 8)...), byMembers(allianceItem), allianceItem, ""},
		"SRS, which has none":    {twoForms(t, at("srs", "3.0", 4, 5), at(allianceItem, "1", 1, 5)), analysis.Measure{Instrument: instrument.Ref{ID: "srs", Version: "3.0"}, Score: "total", Rater: instrument.RaterMember}, "", "no_therapist_form"},
	} {
		report, result := splitsIn(t, x.src, analysis.Ask{Measure: x.ask})
		found := ""
		if result.Therapists != nil {
			found = result.Therapists.Measure.Instrument.ID
		}
		if found != x.form || string(result.NoTherapists) != x.reason || report.Caveats.Has("no_measure_of_therapists") != (x.reason != "") {
			t.Errorf("%s: found %q, reason %q", name, found, result.NoTherapists)
		}
		for _, p := range result.Families[0].Lines[0].Points {
			if (p.Smallest == nil) != (p.Reason != "") || x.reason != "" && string(p.Reason) != x.reason {
				t.Errorf("%s: %+v", name, p)
			}
		}
	}
}

// TestALineWithoutAGradeSaysWhy: a sample's standard deviation says how far people lie apart
// and not where, and the error of a minimum is not known.
func TestALineWithoutAGradeSaysWhy(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	g := r.family(t, "f01", session.RoleCaregiver, session.RoleAdolescent)
	none := []float64{math.NaN(), math.NaN()}
	for n := 1; n <= 8; n++ {
		e := familyEvening{[]float64{7 + float64(n%2), 7}, []float64{7, 7}, none}
		switch {
		case n == 2:
			e.alliance[1] = math.NaN()
		case n == 3:
			e.guess[0] = math.NaN()
		case n > 6:
			e.alliance, e.guess = []float64{1, 1}, []float64{9, 9}
		}
		r.evening(t, r.meeting(t, g, n), e)
	}
	_, result := splitsIn(t, r, analysis.Ask{Measure: byMembers(allianceItem), NormSD: 2, Reliability: .9})
	points := result.Families[0].Lines[0].Points
	for n, want := range map[int][2]string{1: {"", "no_role_means"}, 2: {"not_everybody_answered", "not_everybody_answered"}, 3: {"therapist_did_not_rate_everyone", "therapist_did_not_rate_everyone"}} {
		if p := points[n-1]; string(p.Reason) != want[0] || string(p.NoGrade) != want[1] {
			t.Errorf("session %d: %+v", n, p)
		}
	}
	found := splitsOf(result, "f01", analysis.FamilyTherapist)
	if len(found) != 1 || found[0].Rule == "" || found[0].SE != nil || found[0].SEReason != "smallest_of_several" || found[0].Before == nil || found[0].BeforeReason != "" {
		t.Errorf("%+v", found)
	}
	_, result = splitsIn(t, r, analysis.Ask{Measure: byMembers(allianceItem)})
	if p := result.Families[0].Lines[0].Points[0]; p.NoGrade != "no_reference" {
		t.Errorf("%+v", p)
	}
}

// TestAStandingDifferenceIsNotKnownWithoutError, be it the same every time.
func TestAStandingDifferenceIsNotKnownWithoutError(t *testing.T) {
	t.Parallel()
	_, result := splitsIn(t, lone(t, times(8, 9, 3)...), analysis.Ask{Measure: byMembers(allianceItem), NormSD: 2, Reliability: .9})
	found := splitsOf(result, "f01", analysis.MemberMember)
	if len(found) != 1 || found[0].Status != analysis.StandingSplit || found[0].BeforeReason != "no_departure" {
		t.Fatalf("%+v", found)
	}
	near(t, "standard error: two roundings in eight sessions", found[0].SE, math.Sqrt(2./12/8), 1e-12)
	near(t, "of the pair", result.Families[0].Pairs[0].MeanSE, math.Sqrt(2./12/8), 1e-12)
}

// TestWhatAPairIsLikeIsWhatItWasBefore it departed, and who moved is named.
func TestWhatAPairIsLikeIsWhatItWasBefore(t *testing.T) {
	t.Parallel()
	weeks := append(times(3, 8, 7, 8), times(3, 7, 8, 7)...)
	weeks = append(weeks, times(3, 8, 7, 1)...)
	report, result := splitsIn(t, lone(t, weeks...), analysis.Ask{Measure: byMembers(allianceItem), NormSD: 2, Reliability: .9})
	f := result.Families[0]
	if p := f.Pairs[1]; p.Answered != 9 || p.MeanOf != 6 || *p.Mean != 0 || *p.SD != 0 {
		t.Errorf("%+v", p)
	}
	moved := 0
	for _, x := range splitsOf(result, "f01", analysis.MemberMember) {
		if x.Status == analysis.NewSplit {
			if moved++; x.Moved != "f01-m3" {
				t.Errorf("%+v", x)
			}
		}
	}
	if said := strings.Join(analysis.Sentences(&report), "\n"); moved != 2 || !strings.Contains(said, "moved most: f01-m3") {
		t.Errorf("%d alerts in\n%s", moved, said)
	}
	_, result = splitsIn(t, lone(t, append(times(6, 6, 6), times(2, 9, 3)...)...), analysis.Ask{Measure: byMembers(allianceItem)})
	if x := splitsOf(result, "f01", analysis.MemberMember); len(x) != 1 || x[0].Moved != "" {
		t.Errorf("both moved: %+v", x)
	}
}

// TestARunOfTheOwnRuleSaysWhatWasBefore, or that nothing was.
func TestARunOfTheOwnRuleSaysWhatWasBefore(t *testing.T) {
	t.Parallel()
	ask := analysis.Ask{Measure: byMembers(allianceItem), NormSD: 1, Reliability: .9, Absolute: analysis.Absolute{AtLeast: 3, Sessions: 2}}
	runs := func(weeks ...[]float64) (out []analysis.Split) {
		_, result := splitsIn(t, lone(t, weeks...), ask)
		for _, x := range splitsOf(result, "f01", analysis.MemberMember) {
			if x.Rule == analysis.AbsoluteRule {
				out = append(out, x)
			}
		}
		return out
	}
	got := runs(append(append(times(2, 5, 6), times(2, 3, 9)...), append(times(2, 5, 7), times(2, 9, 3)...)...)...)
	if len(got) != 2 || *got[0].Before != 1 || got[0].Earlier != 2 || *got[1].Before != -1.5 || got[1].Earlier != 4 {
		t.Errorf("%+v", got)
	}
	if got := runs(times(3, 9, 3)...); len(got) != 1 || got[0].Before != nil || got[0].BeforeReason != "from_the_first_session" {
		t.Errorf("%+v", got)
	}
}

// TestRolesAreNoLikeness: that caregivers say more than adolescents makes members of a
// family neither alike nor unlike.
func TestRolesAreNoLikeness(t *testing.T) {
	t.Parallel()
	correlation := func(lower float64) float64 {
		r := newRecords(t)
		random := rand.New(rand.NewPCG(3, 3))
		for k := range 40 {
			g := r.family(t, fmt.Sprintf("f%02d", k+1), session.RoleCaregiver, session.RoleAdolescent)
			none := []float64{math.NaN(), math.NaN()}
			for n := 1; n <= 3; n++ {
				both := random.NormFloat64()
				own := func(mean float64) float64 { return min(10, max(0, math.Round(mean+both+random.NormFloat64()))) }
				r.evening(t, r.meeting(t, g, n), familyEvening{[]float64{own(7), own(7) - lower}, none, none})
			}
		}
		_, result := splitsIn(t, r, analysis.Ask{Measure: byMembers(allianceItem)})
		return *result.Reference.Correlation
	}
	alike, apart := correlation(0), correlation(3)
	if !(alike > .2) || math.Abs(alike-apart) > 1e-9 {
		t.Errorf("correlation %v, and %v where adolescents say 3 less", alike, apart)
	}
}

// TestNumbersOfLongScalesAreWritten without exponents.
func TestNumbersOfLongScalesAreWritten(t *testing.T) {
	t.Parallel()
	report, result := splitsIn(t, lone(t, append(times(6, 8, 8), times(2, 8, 1)...)...), analysis.Ask{Measure: byMembers(allianceItem)})
	x := &result.Families[0].Splits[0]
	*x.Difference, *x.Before = 104.6, -12.345
	said := strings.Join(analysis.Sentences(&report), "\n")
	if !strings.Contains(said, " by 105") || !strings.Contains(said, "before it was -12.3 over") {
		t.Errorf("%s", said)
	}
}

// TestFamiliesTellOfOthersToo: the therapist's row, the observers' number or that they are
// undecided, and who answers for a key from memory.
func TestFamiliesTellOfOthersToo(t *testing.T) {
	t.Parallel()
	r := changingFamily(t)
	s := r.sessions["f"][4]
	r.evening(t, s, familyEvening{}.guesses(8, 8, 6, 8))
	for i, v := range []float64{-3, 3} {
		r.submit(t, s, form{instrument: "softa-o-family", rater: instrument.RaterObserver, by: []string{"o1", "o2"}[i], answers: []float64{v}})
	}
	report, result := familiesOf(t, r, analysis.Ask{})
	said := strings.Join(analysis.Sentences(&report), "\n")
	for _, want := range []string{"therapist t1: f-m1 8, f-m2 8, f-m3 6, f-m4 8", "2 observers: the family undecided, from -3 to 3"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
	if c := result.Families[0].Sessions[4].Consensus; len(c) != 1 || c[0].Value != nil || c[0].Way != "undecided" || c[0].Lowest != -3 || c[0].Highest != 3 {
		t.Errorf("%+v", c)
	}
	short := attested(t, twoForms(t, form{instrument: "wai-s", answers: slices.Repeat([]float64{3}, 12)}, form{instrument: allianceItem, answers: []float64{5}}))
	if report, _ := familiesOf(t, short, analysis.Ask{}); !report.Caveats.Has("key_attested_by_practice") {
		t.Errorf("%+v", report.Caveats.List())
	}
	if report, _ := familiesOf(t, r, analysis.Ask{}); report.Caveats.Has("key_attested_by_practice") {
		t.Error("no key here is from memory")
	}
}

// guesses has nobody but the therapist say something.
func (familyEvening) guesses(values ...float64) familyEvening {
	none := slices.Repeat([]float64{math.NaN()}, len(values))
	return familyEvening{alliance: none, guess: values, purpose: none}
}
