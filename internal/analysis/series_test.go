package analysis_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
	"holon/internal/session"
)

// seriesOf asks about single members.
func seriesOf(t *testing.T, r *records, q analysis.Ask) (analysis.Report, *analysis.SeriesResult) {
	t.Helper()
	if q.Measure.Score == "" {
		q.Measure = byMembers(allianceItem)
	}
	report, err := analysis.Series(t.Context(), r, q)
	if err != nil {
		t.Fatal(err)
	}
	return report, resultOf[*analysis.SeriesResult](t, report)
}

// TestASeriesKeepsItsGaps has a member who is away once, hands in no form once and
// leaves one blank: none of it is a value.
func TestASeriesKeepsItsGaps(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	members := people("g", 2)
	g := r.group(t, "g", session.KindGroup, members...)
	own := []float64{7, 0, 6, 0, 0, 8, 7}
	for number := 1; number <= 7; number++ {
		var absent []session.MemberID
		if number == 2 {
			absent = members[:1]
		}
		s := r.meeting(t, g, number, absent...)
		of := func(by session.MemberID, answers ...float64) form {
			return form{instrument: allianceItem, by: string(by), about: session.About{TherapistID: "t1"}, answers: answers}
		}
		r.submit(t, s, of(members[1], 5))
		switch number {
		case 2, 4:
		case 5:
			r.submit(t, s, of(members[0]))
		default:
			r.submit(t, s, of(members[0], own[number-1]))
		}
	}
	report, got := seriesOf(t, r, analysis.Ask{Members: members[:1]})
	if len(got.Units) != 1 || got.Units[0].Member != "g-m1" || got.Units[0].Therapist != "t1" {
		t.Fatalf("series %+v", got.Units)
	}
	u := &got.Units[0]
	var gaps []session.Gap
	for i := range u.Points {
		gaps = append(gaps, u.Points[i].Gap)
	}
	if want := []session.Gap{"", session.GapExcused, "", session.GapNoForm, session.GapBlank, "", ""}; !slices.Equal(gaps, want) {
		t.Errorf("gaps %q", gaps)
	}
	// Values 7, 6, 8, 7: moving ranges 1, 2, 1.
	if u.Chart.Values != 4 || *u.Chart.Center != 7 || !(math.Abs(*u.Chart.MeanRange-4.0/3) < 1e-12) || u.Chart.Upper == nil {
		t.Errorf("chart %+v", u.Chart)
	}
	// Sessions 1, 3, 6, 7 with 7, 6, 8, 7: slope (−3.25·0 −1.25·−1 +1.75·1 +2.75·0)/22.75.
	if !(math.Abs(*u.Slope.Estimate-3/22.75) < 1e-12) {
		t.Errorf("slope %v", *u.Slope.Estimate)
	}
	if c := u.Change; c == nil || c.Change != 0 || c.Reliable != nil || c.Reason != series.NoReliability || !report.Caveats.Has("no_reliability") {
		t.Errorf("change %+v", c)
	}
	if u.Level.Estimate != nil || u.Level.Reason != series.TooFewLines || !report.Caveats.Has("too_few_lines") {
		t.Errorf("level %+v", u.Level)
	}
	// The pool is of both, whoever is shown.
	if c := report.Counts; c.Members != 2 || c.Ratings != 11 || got.Spread.Values != 11 || *c.Sessions != 7 {
		t.Errorf("counts %+v, pooled %+v", c, got.Spread)
	}
	if want := []string{"blank 1", "excused 1", "no_form 1"}; !slices.Equal(excluded(report), want) {
		t.Errorf("excluded %v", excluded(report))
	}
}

// TestAFallIsOutsideTheLimits plants one, says it in words and never as a cause.
func TestAFallIsOutsideTheLimits(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	members := people("g", 4)
	g := r.group(t, "g", session.KindGroup, members...)
	level := [][]float64{{7, 7, 8, 8, 7, 7, 8, 2, 8, 8}, {6, 7, 5, 6, 7, 6, 5, 6, 7, 6}, {9, 8, 9, 9, 8, 9, 8, 9, 9, 8}, {4, 5, 6, 4, 5, 4, 6, 5, 4, 5}}
	for number := 1; number <= 10; number++ {
		s := r.meeting(t, g, number)
		r.rate(t, s, allianceItem, session.About{TherapistID: "t1"}, level[0][number-1], level[1][number-1], level[2][number-1], level[3][number-1])
	}
	report, got := seriesOf(t, r, analysis.Ask{Reliability: 0.8, NormSD: 1})
	fallen := got.Units[0].Points[7]
	if fallen.Number != 8 || fallen.Beyond != "below" {
		t.Errorf("the fall is %+v, chart %+v", fallen, got.Units[0].Chart)
	}
	for i, u := range got.Units {
		for k := range u.Points {
			if u.Points[k].Beyond != "" && (i != 0 || k != 7) {
				t.Errorf("%s: %+v", u.Member, u.Points[k])
			}
		}
		if l := &u.Level; l.Estimate == nil || !(*l.SE > 0) || !(*l.PredictedSE > *l.SE) || !(*l.Reliability > 0 && *l.Reliability < 1) {
			t.Errorf("%s: level %+v", u.Member, l)
		}
	}
	if got.By.From != analysis.AskedReliability || !(math.Abs(*got.By.Threshold-1.959963984540054*math.Sqrt(0.4)) < 1e-12) || *got.Units[0].Change.Reliable {
		t.Errorf("reliable by %+v, change %+v", got.By, got.Units[0].Change)
	}
	said := strings.Join(noCause(t, &report), "\n")
	if !strings.Contains(said, "outside own limits: 1 below") || !strings.Contains(said, "the change of +1 from the first to the last may be error") {
		t.Error(said)
	}
}

// TestAPublishedChangeIsReliableFromItsValueOn, with its source; CORE-10 has none.
func TestAPublishedChangeIsReliableFromItsValueOn(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	members := people("g", 2)
	g := r.group(t, "g", session.KindGroup, members...)
	for number, score := range map[int][2]float64{1: {2, 2}, 2: {1, 2}} {
		s := r.meeting(t, g, number)
		for i, m := range members {
			answers := slices.Repeat([]float64{score[i]}, 7)
			if number == 2 && i == 0 {
				answers = []float64{2, 2, 2, 1, 1, 1, 1} // four points less
			}
			if number == 2 && i == 1 {
				answers = []float64{2, 2, 2, 2, 1, 1, 1} // three
			}
			r.submit(t, s, form{instrument: "gad-7", by: string(m), answers: answers})
		}
	}
	_, got := seriesOf(t, r, analysis.Ask{Measure: analysis.Measure{Instrument: instrument.Ref{ID: "gad-7", Version: "1"}, Score: "total", Rater: instrument.RaterMember}})
	if by := got.By; by.From != analysis.PublishedChange || *by.Threshold != 4 || by.Source == "" || by.Verified == nil {
		t.Errorf("%+v", by)
	}
	if a, b := got.Units[0].Change, got.Units[1].Change; a.Change != -4 || !*a.Reliable || b.Change != -3 || *b.Reliable {
		t.Errorf("%+v, %+v", a, b)
	}
	if got.Units[0].Therapist != "" {
		t.Error("an outcome is about no therapist")
	}
}

// TestWhatHasNoSeriesOfMembersIsRefused names measures of a group and of bonds.
func TestWhatHasNoSeriesOfMembersIsRefused(t *testing.T) {
	t.Parallel()
	r := courses(t, 2, 3, 0)
	for _, m := range []analysis.Measure{byMembers(cohesionItem), byMembers(bondItem)} {
		report, got := seriesOf(t, r, analysis.Ask{Measure: m})
		if v := got.Verdict(); v.Answer != multilevel.Refused || v.Reason != "no_series_of_members" || report.Instead == "" || len(got.Units) != 0 {
			t.Errorf("%s: %+v", m.Instrument, v)
		}
	}
	if report, got := seriesOf(t, r, analysis.Ask{Measure: measure(allianceItem, instrument.RaterTherapist)}); got.Verdict().Answer != multilevel.NotIdentifiable || got.Reason != multilevel.NoData || !report.Caveats.Has("no_data") {
		t.Errorf("nothing by therapists: %+v", got.Verdict())
	}
}

// TestSeriesInAnyOrder gives the same bytes, with a damaged document named.
func TestSeriesInAnyOrder(t *testing.T) {
	t.Parallel()
	r := courses(t, 3, 6, 0.5)
	r.damage("g01", "g01-s9")
	sameInAnyOrder(t, r, func() analysis.Report {
		report, got := seriesOf(t, r, analysis.Ask{Measure: wellbeing()})
		if len(got.Units) != 15 || !slices.Contains(excluded(report), "document_damaged 1") {
			t.Errorf("%d series, excluded %v", len(got.Units), excluded(report))
		}
		return report
	})
}
