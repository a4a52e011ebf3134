package analysis_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/multilevel/onewithmany"
	"holon/internal/session"
)

// oneWithManyRules find what one-with-many-reciprocal.json expects.
func oneWithManyRules() []rule {
	fit := func(of string) []rule {
		at := "result/" + of + "/0/"
		return []rule{
			to(of+"/theta/var_therapist_perceiver", at+"therapist/therapist_ratings", likely()),
			to(of+"/theta/var_therapist_partner", at+"therapist/member_ratings", likely()),
			to(of+"/theta/cov_generali.ed", at+"therapist/covariance", likely()),
			to(of+"/theta/var_dyad_t", at+"relationship/therapist_ratings", likely()),
			to(of+"/theta/var_dyad_m", at+"relationship/member_ratings", likely()),
			to(of+"/theta/cov_dyadic", at+"relationship/covariance", likely()),
			to(of+"/mean_t", at+"means/therapist_ratings", likely()),
			to(of+"/mean_m", at+"means/member_ratings", likely()),
			to(of+"/logLik", at+"log_likelihood", likely()),
		}
	}
	out := append(fit("reml"), fit("ml")...)
	return append(out,
		to("reml/r_generali.ed", "result/generalised_reciprocity/correlation", likely()),
		to("reml/r_dyadic", "result/dyadic_reciprocity/correlation", likely()),
		to("reml/prop_therapist_in_t_ratings", "result/therapist_ratings/therapist/share", likely()),
		to("reml/prop_therapist_in_m_ratings", "result/member_ratings/therapist/share", likely()),
		not("ml/(r_.*|prop_.*)", "shares and correlations are those of restricted likelihood; those of the other follow from its estimates"))
}

// TestOneWithManyFromFileToReport runs the reference case unchanged.
func TestOneWithManyFromFileToReport(t *testing.T) {
	t.Parallel()
	docs, expected := runCase(t, "one-with-many-reciprocal", func(p *analysis.Plan) { p.Draws = 99 })
	checkExpected(t, docs[0], expected, oneWithManyRules())
	if at(t, docs[0], "reason") != "descriptive" || at(t, docs[0], "answer") != nil {
		t.Errorf("%v because %v", at(t, docs[0], "answer"), at(t, docs[0], "reason"))
	}
}

// practices has one therapist for each of several groups, whose members rate the
// alliance over some meetings; the therapist guesses what they say.
func practices(t *testing.T, therapists, meetings int) *records {
	t.Helper()
	r := newRecords(t)
	rng := rand.New(rand.NewPCG(4, 4))
	scale := func(v float64) float64 { return math.Round(min(10, max(0, v))) }
	for k := range therapists {
		id := fmt.Sprintf("p%02d", k)
		members := people(id, 4)
		g := r.group(t, id, session.KindGroup, members...)
		therapist := session.TherapistID("own-" + id)
		if _, err := g.Assign(therapist, session.Co, "2026-01-01"); err != nil {
			t.Fatal(err)
		}
		liked, hopes := rng.NormFloat64(), rng.NormFloat64()
		own := make([]float64, len(members))
		for i := range own {
			own[i] = rng.NormFloat64()
		}
		for number := 1; number <= meetings; number++ {
			s := r.meeting(t, g, number)
			for i, m := range members {
				r.submit(t, s,
					form{instrument: allianceItem, by: string(m), about: session.About{TherapistID: therapist}, answers: []float64{scale(5 + liked + own[i] + rng.NormFloat64())}},
					form{
						instrument: allianceItem, rater: instrument.RaterTherapist, by: string(therapist), about: session.About{TherapistID: therapist, MemberID: m},
						answers: []float64{scale(6 + hopes + own[i] + rng.NormFloat64())},
					})
			}
		}
	}
	return r
}

// bothSides asks about the members' alliance and the therapists' guesses of it.
func bothSides(t *testing.T, r *records, q analysis.Ask) (analysis.Report, *onewithmany.Result) {
	t.Helper()
	q.Measure, q.Draws = byMembers(allianceItem), 99
	report, err := analysis.OneWithMany(t.Context(), r, q)
	if err != nil {
		t.Fatal(err)
	}
	return report, &resultOf[*analysis.OneWithManyResult](t, report).Found
}

// TestBothSidesOfRecordedSessions reads pairs of several sessions, in which what
// lasts was planted to be common to both sides.
func TestBothSidesOfRecordedSessions(t *testing.T) {
	t.Parallel()
	r := practices(t, 12, 4)
	report, got := bothSides(t, r, analysis.Ask{})
	if got.Reason != "" || got.Therapists != 12 || got.Pairs != 48 || got.BothSides != 48 || got.Ratings != 12*4*4*2 || !got.Sessions {
		t.Fatalf("%q: %d therapists, %d pairs, %d from both sides, %d ratings", got.Reason, got.Therapists, got.Pairs, got.BothSides, got.Ratings)
	}
	if n := report.Counts; n.Groups != 12 || n.Members != 48 || *n.Sessions != 48 || n.Ratings != 384 || len(n.Excluded) > 0 {
		t.Errorf("counts %+v", n)
	}
	// Of what lasts between two people everything was common.
	if d := got.Reciprocity[1]; d.Correlation == nil || !(*d.Correlation > .7) || d.CI == nil || d.CI.Upper == nil {
		t.Errorf("dyadic reciprocity %+v", d)
	}
	if c := report.Caveats; !c.Has("therapist_and_group_same") || !c.Has("all_meetings") || c.Has("few_therapists") {
		t.Errorf("caveats %v", c.List())
	}
	result := resultOf[*analysis.OneWithManyResult](t, report)
	if result.Against == nil || result.Against.Measure.Rater != instrument.RaterTherapist || report.Data == nil || report.Input.Rows != 192 {
		t.Errorf("against %+v, %d rows", result.Against, report.Input.Rows)
	}
	for _, sentence := range analysis.Sentences(&report) {
		if strings.Contains(sentence, "_") || !strings.HasSuffix(sentence, ".") {
			t.Errorf("%q", sentence)
		}
	}
	// One session has no error of its own.
	report, got = bothSides(t, r, analysis.Ask{Session: &analysis.Selection{Place: analysis.Last}})
	if got.Sessions || got.Ratings != 96 || len(got.Sides[0].Parts) != 2 || !report.Caveats.Has("relationship_holds_error") || report.Caveats.Has("all_meetings") {
		t.Errorf("one session: %d ratings, %v", got.Ratings, report.Caveats.List())
	}
	fourth, _ := bothSides(t, r, analysis.Ask{Session: &analysis.Selection{Number: 4}})
	first, _ := bothSides(t, r, analysis.Ask{Session: &analysis.Selection{Place: analysis.First}})
	if report.Input != fourth.Input || report.Input == first.Input {
		t.Error("the last of four sessions is the fourth, and not the first")
	}
}

// TestGuessesAfterSeeingAreLeftOut marks guesses, redacts and withdraws.
func TestGuessesAfterSeeingAreLeftOut(t *testing.T) {
	t.Parallel()
	r := practices(t, 6, 3)
	marked := 0
	for _, sessions := range r.sessions {
		first := sessions[0]
		for i := range first.Alliances {
			if x := &first.Alliances[i]; x.Rater.Kind == instrument.RaterTherapist {
				x.AfterSeeing = true
				marked++
			}
		}
	}
	report, got := bothSides(t, r, analysis.Ask{})
	if want := []string{"after_seeing 24"}; marked != 24 || !slices.Equal(excluded(report), want) || !report.Caveats.Has("after_seeing") {
		t.Errorf("%d marked, excluded %v", marked, excluded(report))
	}
	if got.Sides[0].Ratings != 48 || got.Sides[1].Ratings != 72 || report.Counts.Ratings != 120 {
		t.Errorf("%d by therapists, %d by members", got.Sides[0].Ratings, got.Sides[1].Ratings)
	}
	if !report.Caveats.Has("few_therapists") {
		t.Error("six therapists are few")
	}
}

// TestOneTherapistIsNotIdentifiable asks of one group, and of measures that are
// about no pair.
func TestOneTherapistIsNotIdentifiable(t *testing.T) {
	t.Parallel()
	r := practices(t, 3, 2)
	report, got := bothSides(t, r, analysis.Ask{Groups: []session.GroupID{"p00"}})
	if v := report.Result.Verdict(); v.Answer != "not_identifiable" || v.Reason != "one_therapist" || got.REML != nil || !report.Caveats.Has("one_therapist") {
		t.Errorf("%+v, %v", v, report.Caveats.List())
	}
	if said := analysis.Sentences(&report); len(said) != 2 || !strings.Contains(said[1], "several therapists") {
		t.Errorf("%q", said)
	}
	for reason, m := range map[string]analysis.Measure{"other_level": climate(), "not_members": measure(allianceItem, instrument.RaterTherapist)} {
		report, err := analysis.OneWithMany(t.Context(), r, analysis.Ask{Measure: m})
		if err != nil {
			t.Fatal(err)
		}
		if v := report.Result.Verdict(); v.Answer != "refused" || string(v.Reason) != reason || !report.Caveats.Has(reason) || report.Instead == "" {
			t.Errorf("%s: %+v", reason, v)
		}
	}
}

// TestOrderOfDocumentsMeansNothingToPairs reverses everything that has an order.
func TestOrderOfDocumentsMeansNothingToPairs(t *testing.T) {
	t.Parallel()
	r := practices(t, 4, 2)
	sameInAnyOrder(t, r, func() analysis.Report {
		report, _ := bothSides(t, r, analysis.Ask{})
		return report
	})
}
