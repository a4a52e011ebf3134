package analysis_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/multilevel/split"
	"holon/internal/session"
)

// parentsAndTeen are the roles of a family of three.
func parentsAndTeen() []session.MemberRole {
	return []session.MemberRole{session.RoleCaregiver, session.RoleCaregiver, session.RoleAdolescent}
}

// family adds a family of these roles.
func (r *records) family(t *testing.T, id string, roles ...session.MemberRole) *session.Group {
	t.Helper()
	g, err := session.NewGroup(session.GroupID(id), id, session.KindFamily, session.Open, "2026-01-01")
	if err != nil {
		t.Fatal(err)
	}
	for i, role := range roles {
		if _, err := g.Join(people(id, len(roles))[i], role, "2026-01-01"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := g.Assign("t1", session.Lead, "2026-01-01"); err != nil {
		t.Fatal(err)
	}
	r.groups = append(r.groups, g)
	return g
}

// familyEvening is what one session of a family holds: the members' alliance, the
// therapist's guess of each, and what each reports about the family.
type familyEvening struct{ alliance, guess, purpose []float64 }

// evening takes one session's forms; NaN is no form.
func (r *records) evening(t *testing.T, s *session.Session, e familyEvening) {
	t.Helper()
	for i, seat := range s.Roster {
		about := session.About{TherapistID: "t1"}
		if v := e.alliance[i]; !math.IsNaN(v) {
			r.submit(t, s, form{instrument: allianceItem, by: string(seat.MemberID), about: about, answers: []float64{v}})
		}
		if v := e.guess[i]; !math.IsNaN(v) {
			about.MemberID = seat.MemberID
			r.submit(t, s, form{instrument: allianceItem, rater: "therapist", by: "t1", about: about, answers: []float64{v}})
		}
		if v := e.purpose[i]; !math.IsNaN(v) {
			r.submit(t, s, form{instrument: purposeItem, by: string(seat.MemberID), answers: []float64{v}})
		}
	}
}

// splitPractice has 32 families of two caregivers and an adolescent over eight sessions.
// Answers are whole numbers around 7 (the adolescent's around 6). In family f01 the
// adolescent falls to 1 from session 6 on; f02's second caregiver is 4 lower than the first
// all along; in f03 all lie at 3 from session 5 on, which the therapist sees at 9; in f04
// bonds are good and the purpose is at 1 in all sessions.
func splitPractice(t *testing.T) *records {
	t.Helper()
	r := newRecords(t)
	random := rand.New(rand.NewPCG(17, 4))
	whole := func(mean float64) float64 { return min(10, max(0, math.Round(mean+.6*random.NormFloat64()))) }
	for k := range 32 {
		g := r.family(t, fmt.Sprintf("f%02d", k+1), parentsAndTeen()...)
		level := []float64{7 + random.NormFloat64(), 7 + random.NormFloat64(), 6 + random.NormFloat64()}
		if k == 1 {
			level = []float64{9, 5, 6}
		}
		if k == 3 {
			level = []float64{9, 9, 9}
		}
		for n := 1; n <= 8; n++ {
			e := familyEvening{guess: []float64{whole(6.5), whole(6.5), whole(6.5)}}
			for i := range level {
				e.alliance = append(e.alliance, whole(level[i]))
				e.purpose = append(e.purpose, whole(6))
			}
			switch {
			case k == 0 && n >= 6:
				e.alliance[2] = 1
			case k == 2 && n >= 5:
				e.alliance, e.guess = []float64{3, 3, 2}, []float64{9, 9, 9}
			case k == 3:
				e.purpose = []float64{1, 1, 1}
			}
			r.evening(t, r.meeting(t, g, n), e)
		}
	}
	return r
}

// aboutSplits asks about the members' alliance with the family's purpose beside it.
func aboutSplits() analysis.Ask {
	return analysis.Ask{Measure: byMembers(allianceItem), Purpose: byMembers(purposeItem)}
}

// splitsIn runs the analysis.
func splitsIn(t *testing.T, src analysis.Source, ask analysis.Ask) (analysis.Report, *analysis.SplitsResult) {
	t.Helper()
	r, err := analysis.Splits(t.Context(), src, ask)
	if err != nil {
		t.Fatal(err)
	}
	result, ok := r.Result.(*analysis.SplitsResult)
	if !ok {
		t.Fatalf("a result of type %T", r.Result)
	}
	return r, result
}

// splitsOf returns a family's splits of a kind.
func splitsOf(s *analysis.SplitsResult, family string, kind analysis.SplitKind) []analysis.Split {
	var out []analysis.Split
	for _, f := range s.Families {
		for _, x := range f.Splits {
			if f.Group == family && x.Kind == kind {
				out = append(out, x)
			}
		}
	}
	return out
}

// TestSplitsAreNamed finds the pair, the family below its therapist, the standing
// difference and the low purpose that were planted.
func TestSplitsAreNamed(t *testing.T) {
	t.Parallel()
	r, result := splitsIn(t, splitPractice(t), aboutSplits())
	if got := r.Counts; got.Groups != 32 || got.Members != 96 || *got.Sessions != 256 || got.Ratings != 768 {
		t.Errorf("%+v", got)
	}
	if ref := result.Reference; ref.From != analysis.PoolReference || len(ref.Roles) != 2 || ref.Roles[1].Role != "caregiver" || ref.Roles[1].Raters != 64 || !ref.Roles[0].Enough {
		t.Fatalf("%+v", ref)
	}
	var news []string
	for _, x := range splitsOf(result, "f01", analysis.MemberMember) {
		if x.Status != analysis.NewSplit {
			continue
		}
		news = append(news, strings.Join(x.Members, ">"))
		if x.From < 5 || x.From > 6 || x.Seen > 7 || x.To != 8 || x.Sessions != 9-x.From || x.Weeks != x.Sessions || x.Rule != analysis.DepartureRule || x.Grade == split.Ungraded || len(x.Ratings) != 2*x.Sessions || !(*x.Difference > *x.Before+3) {
			t.Errorf("%+v", x)
		}
	}
	if !slices.Contains(news, "f01-m1>f01-m3") || !slices.Contains(news, "f01-m2>f01-m3") || slices.Contains(news, "f01-m1>f01-m2") {
		t.Errorf("new splits of f01: %v", news)
	}
	standing := splitsOf(result, "f02", analysis.MemberMember)
	at := slices.IndexFunc(standing, func(x analysis.Split) bool { return x.Members[0] == "f02-m1" && x.Members[1] == "f02-m2" })
	if at < 0 || standing[at].Status != analysis.StandingSplit || standing[at].Rule != "" || standing[at].Sessions != 8 || standing[at].Grade == split.Ungraded {
		t.Errorf("f02: %+v", standing)
	}
	therapist := splitsOf(result, "f03", analysis.FamilyTherapist)
	if len(therapist) != 1 || therapist[0].Status != analysis.NewSplit || therapist[0].From != 5 || therapist[0].To != 8 || *therapist[0].Difference != 6 || therapist[0].Grade != split.Severe || len(therapist[0].Members) != 3 {
		t.Errorf("f03: %+v", therapist)
	}
	if low := splitsOf(result, "f04", analysis.LowPurpose); len(low) == 0 || low[0].Status != analysis.DescribedSplit || low[0].Rule != "" || low[0].Grade != split.Severe || low[0].Difference != nil {
		t.Errorf("f04: %+v", low)
	}
	stable, alerted := 0, 0
	for _, f := range result.Families {
		if slices.Contains([]string{"f01", "f02", "f03"}, f.Group) {
			continue
		}
		stable++
		if slices.ContainsFunc(f.Splits, func(x analysis.Split) bool { return x.Rule != "" }) {
			alerted++
		}
	}
	if stable != 29 || alerted > 6 {
		t.Errorf("%d of %d families where nothing happened have an alert", alerted, stable)
	}
}

// TestAPointOfAPair says the difference, its error, its grade by the others and the ratings.
func TestAPointOfAPair(t *testing.T) {
	t.Parallel()
	src := splitPractice(t)
	ask := aboutSplits()
	ask.Reliability, ask.NormSD = .8, 2
	_, result := splitsIn(t, src, ask)
	f := result.Families[0]
	p := f.Pairs[1] // the first caregiver and the adolescent
	if p.First != "f01-m1" || p.Second != "f01-m3" || p.FirstRole != "caregiver" || p.SecondRole != "adolescent" || p.Therapist != "t1" || p.Answered != 8 || len(p.Points) != 8 {
		t.Fatalf("%+v", p)
	}
	x := p.Points[7]
	want := 2 * math.Sqrt(2*.2)
	if near(t, "standard error", x.SE, want, 1e-12); *x.Apart != *x.Difference/2 || x.Grade != split.GradeOf(*x.Difference/2) || x.Row < 3 || len(x.Ratings) != 2 {
		t.Errorf("%+v", x)
	}
	if result.Reference.From != analysis.AskedReference || *result.Reference.SD != 2 {
		t.Errorf("%+v", result.Reference)
	}
	if c := f.Chance; c.Members != 3 || c.Sessions != 8 || len(c.Rates) != 3 || !(c.Rates[0].Once > c.Rates[1].Once) || c.Rates[0].Once != split.Apart(1, 3, *c.Correlation) || !(c.Rates[0].Ever > c.Rates[0].Once) {
		t.Errorf("%+v", c)
	}
}

// TestTheReferenceLeavesTheFamilyOut: however far a family's own answers lie apart, it is
// graded by the others.
func TestTheReferenceLeavesTheFamilyOut(t *testing.T) {
	t.Parallel()
	graded := func(odd float64) float64 {
		r := newRecords(t)
		random := rand.New(rand.NewPCG(2, 9))
		for k := range 32 {
			g := r.family(t, fmt.Sprintf("f%02d", k+1), session.RoleCaregiver, session.RoleAdolescent)
			for n := 1; n <= 2; n++ {
				a, b := math.Round(6+random.NormFloat64()), math.Round(6+random.NormFloat64())
				if k == 0 && n == 1 {
					a, b = 8, odd
				}
				r.evening(t, r.meeting(t, g, n), familyEvening{[]float64{a, b}, []float64{math.NaN(), math.NaN()}, []float64{math.NaN(), math.NaN()}})
			}
		}
		_, result := splitsIn(t, r, aboutSplits())
		x := result.Families[0].Pairs[0].Points[0]
		return *x.Difference / *x.Apart
	}
	far := graded(0)
	near(t, "the standard deviation of the others", &far, graded(7), 1e-9)
}

// TestNothingIsGradedByTheScale: with too few raters there is a difference and no grade,
// and the report says why.
func TestNothingIsGradedByTheScale(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	g := r.family(t, "f01", parentsAndTeen()...)
	for n := 1; n <= 4; n++ {
		nan := math.NaN()
		r.evening(t, r.meeting(t, g, n), familyEvening{[]float64{9, 9, 2}, []float64{nan, nan, nan}, []float64{5, nan, 5}})
	}
	report, result := splitsIn(t, r, aboutSplits())
	x := result.Families[0].Pairs[1].Points[0]
	if *x.Difference != 7 || x.SE != nil || x.Apart != nil || x.Grade != split.Ungraded || result.Reference.From != analysis.NoReference {
		t.Errorf("%+v", x)
	}
	for _, code := range []string{"not_graded", "few_families", "no_standard_error", "chance_without_likeness"} {
		if !report.Caveats.Has(code) {
			t.Errorf("no caveat %s", code)
		}
	}
	if p := result.Families[0].Lines[0].Points[0]; p.Purpose != nil || p.N != 3 || p.Of != 3 {
		t.Errorf("%+v", p)
	}
}

// TestAnAbsoluteRule of the practice's own alerts as well, with its own chance rate.
func TestAnAbsoluteRule(t *testing.T) {
	t.Parallel()
	ask := aboutSplits()
	ask.NormSD, ask.Reliability = 1.5, .8
	ask.Absolute = analysis.Absolute{AtLeast: 2, Sessions: 3}
	_, result := splitsIn(t, splitPractice(t), ask)
	var found []analysis.Split
	for _, x := range splitsOf(result, "f01", analysis.MemberMember) {
		if x.Rule == analysis.AbsoluteRule {
			found = append(found, x)
		}
	}
	if len(found) == 0 || found[0].Seen != found[0].From+2 || !(*found[0].Apart >= 2) {
		t.Errorf("%+v", found)
	}
	if c := result.Families[0].Chance; len(c.Rates) != 4 || c.Rates[3].AtLeast != 2 || c.Run != 3 || !(c.Rates[3].Row < c.Rates[3].Ever) {
		t.Errorf("%+v", c)
	}
}

// TestSplitsRefuse what they cannot be asked.
func TestSplitsRefuse(t *testing.T) {
	t.Parallel()
	r := splitPractice(t)
	r.group(t, "g", session.KindGroup, people("g", 3)...)
	for name, x := range map[string]struct {
		change func(*analysis.Ask)
		rule   string
	}{
		"therapists' measure": {func(a *analysis.Ask) { a.Measure.Rater = "therapist" }, "not_said_in_a_family"},
		"an outcome": {func(a *analysis.Ask) {
			a.Measure = measure("phq-9", "member")
			a.Measure.Score = "total"
		}, "not_said_in_a_family"},
		"a therapy group": {func(a *analysis.Ask) { a.Groups = []session.GroupID{"f01", "g"} }, "not_a_family"},
		"kinds":           {func(a *analysis.Ask) { a.Kinds = []session.GroupKind{session.KindGroup} }, "not_a_family"},
		"against members": {func(a *analysis.Ask) { a.Against = byMembers(allianceItem) }, "not_therapists"},
		"purpose":         {func(a *analysis.Ask) { a.Purpose = byMembers(allianceItem) }, "not_about_the_family"},
		"absolute":        {func(a *analysis.Ask) { a.Absolute = analysis.Absolute{AtLeast: math.NaN(), Sessions: 2} }, "out_of_range"},
	} {
		ask := aboutSplits()
		x.change(&ask)
		_, err := analysis.Splits(t.Context(), r, ask)
		if !fault.Is(err, fault.Invalid) || fault.RuleOf(err) != x.rule {
			t.Errorf("%s: %v", name, err)
		}
	}
}
