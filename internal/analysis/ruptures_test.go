package analysis_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/dyad"
	"holon/internal/multilevel"
	"holon/internal/multilevel/rupture"
	"holon/internal/multilevel/series"
	"holon/internal/session"
)

// ruptures asks for falls of the alliance.
func ruptures(t *testing.T, r *records, q analysis.Ask) (analysis.Report, *analysis.RupturesResult) {
	t.Helper()
	if q.Measure.Score == "" {
		q.Measure = byMembers(allianceItem)
	}
	q.Draws = 40
	report, err := analysis.Ruptures(t.Context(), r, q)
	if err != nil {
		t.Fatal(err)
	}
	return report, resultOf[*analysis.RupturesResult](t, report)
}

// away, blank and none are what a session may hold instead of a value.
const (
	away  = -1
	blank = -2
	none  = -3
)

// falling has a group of seven over twelve meetings: one member whose fall comes
// back, one who says later that he was understood, one whose fall lasts, one whose
// fall is new, one who drops out in it, and two in whom nothing happens.
func falling(t *testing.T) *records {
	t.Helper()
	r := newRecords(t)
	members := people("g", 7)
	g := r.group(t, "g", session.KindGroup, members...)
	courses := [][]int{
		{8, 7, 8, 7, 8, 2, 4, 8, 7, 8, 7, 8},
		{8, 8, 7, 8, 7, 8, 3, away, blank, none, 4, 4},
		{7, 8, 7, 7, 8, 2, 3, 2, 3, 2, 3, 2},
		{8, 7, 8, 7, 7, 8, 7, 8, 7, 8, 2, 3},
		{7, 8, 7, 8, 7, 8, 7, 2, 3, away, away, away},
		{6, 7, 6, 7, 6, 7, 6, 7, 6, 7, 6, 7},
		{9, 8, 9, 9, 8, 9, 8, 9, 9, 8, 9, 9},
	}
	for at := range courses[0] {
		var absent []session.MemberID
		for i, m := range members {
			if courses[i][at] == away {
				absent = append(absent, m)
			}
		}
		s := r.meeting(t, g, at+1, absent...)
		for i, m := range members {
			of := form{instrument: allianceItem, by: string(m), about: session.About{TherapistID: "t1"}}
			switch v := courses[i][at]; v {
			case away, none:
				continue
			case blank:
			default:
				of.answers = []float64{float64(v)}
			}
			r.submit(t, s, of)
		}
		if at == 10 {
			r.submit(t, s, form{instrument: dyad.Understood, by: string(members[1]), about: session.About{TherapistID: "t1"}, answers: []float64{8}},
				form{instrument: dyad.Understood, by: string(members[2]), about: session.About{TherapistID: "t1"}, answers: []float64{6}})
		}
	}
	for i := range g.Spells {
		if g.Spells[i].MemberID == members[4] {
			if err := g.Leave(g.Spells[i].Number, "2026-03-20", session.LeftDroppedOut); err != nil {
				t.Fatal(err)
			}
		}
	}
	return r
}

// TestWhatBecameOfEveryFall has one of each state, with its numbers.
func TestWhatBecameOfEveryFall(t *testing.T) {
	t.Parallel()
	report, got := ruptures(t, falling(t), analysis.Ask{Reliability: 0.8, NormSD: 1})
	for i, want := range []struct {
		state  dyad.FallState
		onset  int
		before float64
		depth  float64
	}{
		{dyad.FallScoreRecovered, 6, 23.0 / 3, 23.0/3 - 2},
		{dyad.FallOpen, 7, 23.0 / 3, 23.0/3 - 3}, // the member felt understood, and the score is down
		{dyad.FallUnrepaired, 6, 22.0 / 3, 22.0/3 - 2},
		{dyad.FallOpen, 11, 23.0 / 3, 23.0/3 - 2},
		{dyad.FallDropOut, 8, 22.0 / 3, 22.0/3 - 2},
	} {
		p := &got.Pairs[i]
		if len(p.Falls) != 1 {
			t.Errorf("%s has %d falls", p.Member, len(p.Falls))
			continue
		}
		f := &p.Falls[0]
		if f.State != want.state || f.Onset.Number != want.onset || !(math.Abs(f.Before-want.before) < 1e-12) || !(math.Abs(f.Depth-want.depth) < 1e-12) {
			t.Errorf("%s: %s from session %d, %v below %v", p.Member, f.State, f.Onset.Number, f.Depth, f.Before)
		}
		if f.OwnSDs == nil || !(*f.OwnSDs > 3) || !(math.Abs(*f.ReliableChanges-f.Depth/(1.959963984540054*math.Sqrt(0.4))) < 1e-9) || len(f.Fired) < 2 {
			t.Errorf("%s: depth in own standard deviations %v, in reliable changes %v, rules %v", p.Member, f.OwnSDs, f.ReliableChanges, f.Fired)
		}
	}
	for _, p := range got.Pairs[5:] {
		if len(p.Falls) != 0 {
			t.Errorf("%s: %+v", p.Member, p.Falls)
		}
	}
	first := &got.Pairs[0].Falls[0]
	if first.Back.Number != 8 || *first.Sessions != 2 || !(math.Abs(*first.After-23.0/3) < 1e-12) || !(math.Abs(*first.Gained) < 1e-12) || got.Pairs[0].Shape != "rupture_recovery" {
		t.Errorf("came back %+v, shape %s", first, got.Pairs[0].Shape)
	}
	second := &got.Pairs[1].Falls[0]
	if second.Missed != 1 || second.Blank != 1 || second.NoForm != 1 || second.Understood.Number != 11 || second.Back != nil {
		t.Errorf("signs of withdrawal %+v", second)
	}
	if got.Found != 5 || !(*got.ByChance > 0) || !(*got.SoonByChance > 0.5) || !report.Caveats.Has("returns_by_chance") {
		t.Errorf("%d found, by chance %v, soon %v", got.Found, got.ByChance, got.SoonByChance)
	}
	for i := range got.Pairs {
		// Those with as many values and the same shape have the same rate.
		if p := got.Pairs[i].ShapeByChance; p == nil || !(*p >= 0 && *p < 1) || got.Pairs[i].Shape == got.Pairs[0].Shape && got.Pairs[i].Values == got.Pairs[0].Values && *p != *got.Pairs[0].ShapeByChance {
			t.Errorf("%s: %s by chance %v", got.Pairs[i].Member, got.Pairs[i].Shape, p)
		}
	}
	if p := got.Pairs[0].ShapeByChance; !(*p > 0.2) {
		t.Errorf("a rupture that came back, by chance %v", *p)
	}
	levels := map[string]int{}
	for i := range got.Pairs {
		levels[got.Pairs[i].Level]++
	}
	// The second lowest and the third have the same mean, which is where the middle begins.
	if levels["low"] != 1 || levels["high"] != 2 || levels["middle"] != 4 {
		t.Errorf("levels %v", levels)
	}
	said := strings.Join(noCause(t, &report), "\n")
	for _, words := range []string{"5 falls were found", "the score came back in session 8", "in session 11 the member said 8 of 10 to having felt understood", "not back within 6 values", "not back yet", "the member dropped out", "1 missed, 1 blank, 1 without a form"} {
		if !strings.Contains(said, words) {
			t.Errorf("it does not say %q:\n%s", words, said)
		}
	}
}

// TestWhatTheTherapistEnteredStandsBesideTheScores: a step repairs, an entry alone
// does not, and one without a fall is listed as well.
func TestWhatTheTherapistEnteredStandsBesideTheScores(t *testing.T) {
	t.Parallel()
	r := falling(t)
	enter := func(number int, member session.MemberID, steps ...session.RepairInput) {
		t.Helper()
		for _, s := range r.sessions["g"] {
			if s.Number == number {
				in := session.RuptureInput{TherapistID: "t1", MemberID: member, Kind: new(session.RuptureConfrontation), Steps: steps}
				if _, err := s.EnterRupture(in, "p", time.Unix(1, 0)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	enter(7, "g-m1", session.RepairInput{Kind: session.RepairAcknowledged, Number: 8})
	enter(6, "g-m3", session.RepairInput{Kind: session.RepairAcknowledged, Number: 7})
	enter(8, "g-m3")
	enter(8, "g-m5", session.RepairInput{Kind: session.RepairAcknowledged, Number: 8})
	enter(9, "g-m6")
	enter(2, "g-m4", session.RepairInput{Kind: session.RepairAcknowledged, Number: 2}) // long before the fall
	report, got := ruptures(t, r, analysis.Ask{})
	first, third, fourth := got.Pairs[0].Falls[0], got.Pairs[2].Falls[0], got.Pairs[3].Falls[0]
	if first.State != dyad.FallRepaired || first.Entered.Kind != session.RuptureConfrontation || first.Entered.Steps[0].Number != 8 || first.Understood != nil {
		t.Errorf("with a step: %s, %+v", first.State, first.Entered)
	}
	if fifth := got.Pairs[4].Falls[0]; fifth.State != dyad.FallDropOut || fifth.Entered == nil || len(got.Pairs[2].Entered) != 0 {
		t.Errorf("a step repairs nothing in who dropped out: %s; entered twice in one fall: %+v", fifth.State, got.Pairs[2].Entered)
	}
	if third.State != dyad.FallUnrepaired || third.Entered == nil || fourth.State != dyad.FallOpen || fourth.Entered != nil {
		t.Errorf("a step without a return: %s, %+v; before the fall: %s", third.State, third.Entered, fourth.State)
	}
	if alone := got.Pairs[5].Entered; len(alone) != 1 || alone[0].Number != 9 || len(got.Pairs[3].Entered) != 1 {
		t.Errorf("without a fall: %+v", alone)
	}
	said := strings.Join(noCause(t, &report), "\n")
	for _, words := range []string{"repaired: the score came back in session 8, and the therapist entered 1 step", "session 9: the therapist entered a confrontation, and the scores show no fall"} {
		if !strings.Contains(said, words) {
			t.Errorf("it does not say %q:\n%s", words, said)
		}
	}
}

// enterRupture enters a rupture of a group's session, without a step.
func enterRupture(t *testing.T, r *records, group session.GroupID, number int, therapist session.TherapistID, member session.MemberID) {
	t.Helper()
	for _, s := range r.sessions[group] {
		if s.Number == number {
			if _, err := s.EnterRupture(session.RuptureInput{TherapistID: therapist, MemberID: member, Kind: new(session.RuptureWithdrawal)}, "p", time.Unix(1, 0)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestOnePairHasItsOwnScatter: one member alone is found by the rules that need no
// other, and the one that does is left out with its reason.
func TestOnePairHasItsOwnScatter(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	g := r.group(t, "g", session.KindGroup, people("g", 1)...)
	for at, v := range []float64{8, 7, 8, 7, 8, 2, 4, 8, 7, 8, 7, 8} {
		r.rate(t, r.meeting(t, g, at+1), allianceItem, session.About{TherapistID: "t1"}, v)
	}
	report, got := ruptures(t, r, analysis.Ask{})
	// Differences of neighbours: 8 of one, 6, 2 and 4 make 64 over 22.
	if got.Within == nil || !(math.Abs(*got.Within-math.Sqrt(64.0/22)) < 1e-12) || got.Between != nil || got.NoSpread != series.TooFewLines {
		t.Fatalf("within %v, between %v, %s", got.Within, got.Between, got.NoSpread)
	}
	if f := got.Pairs[0].Falls; len(f) != 1 || !slices.Equal(f[0].Fired, []rupture.RuleID{rupture.DropFromPrevious, rupture.ControlChart}) || got.ByChance == nil || !report.Caveats.Has("one_pair") {
		t.Errorf("%+v, by chance %v", f, got.ByChance)
	}
	if f := &got.Pairs[0].Falls[0]; f.OwnSDs == nil || f.NoOwn != "" || f.ReliableChanges != nil || f.NoReliable != series.NoReliability {
		t.Errorf("reasons %q and %q", f.NoOwn, f.NoReliable)
	}
}

// TestADepthThatIsUndefinedSaysWhy in the fall's own unit: too few values before,
// or values that were all the same.
func TestADepthThatIsUndefinedSaysWhy(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	g := r.group(t, "g", session.KindGroup, people("g", 2)...)
	for at, v := range [][]float64{{8, 8}, {8, 7}, {8, 2}, {8, 2}, {8, 2}, {2, 3}} {
		r.rate(t, r.meeting(t, g, at+1), allianceItem, session.About{TherapistID: "t1"}, v...)
	}
	report, got := ruptures(t, r, analysis.Ask{})
	for i, want := range []string{"no_variation", "too_few_values"} {
		f := &got.Pairs[i].Falls[0]
		if f.OwnSDs != nil || string(f.NoOwn) != want {
			t.Errorf("%v own standard deviations, %q, want %s", f.OwnSDs, f.NoOwn, want)
		}
	}
	body, err := analysis.Encode(&report)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{`"depth_own_sd":null,"depth_own_sd_reason":"no_variation"`, `"depth_reliable_changes":null,"depth_reliable_changes_reason":"no_reliability"`, `"no_spread_reason":null`} {
		if !strings.Contains(strings.NewReplacer(" ", "", "\n", "").Replace(string(body)), words) {
			t.Errorf("the document does not have %s", words)
		}
	}
}

// TestWhatWasEnteredIsToldWithoutScores: values that never vary, one value each, and
// no value at all hide nothing that a therapist entered.
func TestWhatWasEnteredIsToldWithoutScores(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		values []float64
		reason multilevel.Reason
		words  string
	}{
		"constant":  {[]float64{7, 7, 7, 7, 7}, series.NoVariation, "the scores show no fall"},
		"one value": {[]float64{7}, series.TooFewValues, "the scores show no fall"},
		"none":      {nil, series.TooFewValues, "no scores of the two"},
	} {
		r := newRecords(t)
		g := r.group(t, "g", session.KindGroup, people("g", 2)...)
		for at := range 5 {
			s := r.meeting(t, g, at+1)
			if at < len(x.values) {
				r.rate(t, s, allianceItem, session.About{TherapistID: "t1"}, x.values[at], x.values[at])
			}
		}
		enterRupture(t, r, "g", 2, "t1", "g-m1")
		enterRupture(t, r, "g", 3, "t2", "g-m2") // who never answered about the co-therapist
		report, got := ruptures(t, r, analysis.Ask{})
		said := strings.Join(noCause(t, &report), "\n")
		for _, words := range []string{"Member g-m1 with therapist t1, session 2: the therapist entered a withdrawal, and", x.words, "Member g-m2 with therapist t2, session 3: the therapist entered a withdrawal, and there are no scores of the two."} {
			if !strings.Contains(said, words) {
				t.Errorf("%s: it does not say %q:\n%s", name, words, said)
			}
		}
		if got.NoSpread != x.reason || got.Found != 0 {
			t.Errorf("%s: %s, %d falls", name, got.NoSpread, got.Found)
		}
		if _, one := ruptures(t, r, analysis.Ask{Members: people("g", 1)}); slices.ContainsFunc(one.Unscored, func(u analysis.UnscoredRupture) bool { return u.Member != "g-m1" }) {
			t.Errorf("%s: of members not asked about %+v", name, one.Unscored)
		}
	}
}

// TestWhoCameBackDidNotDropOut: the last time in the group decides.
func TestWhoCameBackDidNotDropOut(t *testing.T) {
	t.Parallel()
	r := falling(t)
	_, before := ruptures(t, r, analysis.Ask{})
	if _, err := r.groups[0].Join("g-m5", session.RoleMember, "2026-04-01"); err != nil {
		t.Fatal(err)
	}
	_, after := ruptures(t, r, analysis.Ask{})
	if a, b := &before.Pairs[4], &after.Pairs[4]; !a.Left || a.Falls[0].State != dyad.FallDropOut || b.Left || b.Falls[0].State != dyad.FallOpen {
		t.Errorf("%v, %s, and back again %v, %s", a.Left, a.Falls[0].State, b.Left, b.Falls[0].State)
	}
}

// TestAWordBeforeTheFallRepairsNothing, nor does one that is too low.
func TestAWordBeforeTheFallRepairsNothing(t *testing.T) {
	t.Parallel()
	r := falling(t)
	for _, s := range r.sessions["g"] {
		if s.Number == 5 {
			r.submit(t, s, form{instrument: dyad.Understood, by: "g-m1", about: session.About{TherapistID: "t1"}, answers: []float64{10}})
		}
	}
	_, got := ruptures(t, r, analysis.Ask{})
	if a, c := got.Pairs[0].Falls[0], got.Pairs[2].Falls[0]; a.State != dyad.FallScoreRecovered || c.State != dyad.FallUnrepaired || c.Understood.Value != 6 {
		t.Errorf("%s and %s", a.State, c.State)
	}
}

// TestARuptureReportOfSomeMembersIsPooledOverAll, and thirds of the scale are a
// reference of their own.
func TestARuptureReportOfSomeMembersIsPooledOverAll(t *testing.T) {
	t.Parallel()
	r := falling(t)
	_, all := ruptures(t, r, analysis.Ask{})
	_, one := ruptures(t, r, analysis.Ask{Members: people("g", 1), Reference: analysis.ScaleRange})
	if len(one.Pairs) != 1 || *one.Within != *all.Within || !slices.Equal(one.Pairs[0].Falls[0].Fired, all.Pairs[0].Falls[0].Fired) {
		t.Errorf("%d pairs, within %v and %v", len(one.Pairs), *one.Within, *all.Within)
	}
	if !(math.Abs(*one.Low-10.0/3) < 1e-12) || !(math.Abs(*one.High-20.0/3) < 1e-12) || one.Pairs[0].Level != "high" {
		t.Errorf("low below %v, high above %v: %s", *one.Low, *one.High, one.Pairs[0].Level)
	}
	if !(*one.ByChance < *all.ByChance) {
		t.Errorf("by chance %v of one and %v of all", *one.ByChance, *all.ByChance)
	}
}

// TestRupturesInAnyOrder gives the same bytes; what is not a member's alliance is
// refused, and nothing is found in nothing.
func TestRupturesInAnyOrder(t *testing.T) {
	t.Parallel()
	r := falling(t)
	sameInAnyOrder(t, r, func() analysis.Report {
		report, _ := ruptures(t, r, analysis.Ask{})
		return report
	})
	for _, m := range []analysis.Measure{wellbeing(), byMembers(cohesionItem), measure(allianceItem, "therapist")} {
		if _, err := analysis.Ruptures(t.Context(), r, analysis.Ask{Measure: m}); err == nil {
			t.Errorf("%s by %s was taken", m.Instrument, m.Rater)
		}
	}
	if _, got := ruptures(t, newRecords(t), analysis.Ask{}); got.Verdict().Answer != multilevel.NotIdentifiable {
		t.Errorf("%+v", got.Verdict())
	}
}
