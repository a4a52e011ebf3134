package aggregate_test

import (
	"strings"
	"testing"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/studytest"
)

// made is how a number depends on those it is made of: in a study drawn with few of them
// it stays, in one with many it leaves, though as many people answer in both.
type made struct {
	analysis string
	measures []session.Measure
	draw     func(t *testing.T, n int) *studytest.Drawn
	few      int
	many     int
	numbers  []string // statistics with what they are of, made of those of whom there are few
	others   []string // made of all
	hidden   []string // made of those few, and of fewer still where they are many
}

// answeredTwice draws people who answered in two sessions.
func answeredTwice(t *testing.T, n int) *studytest.Drawn {
	t.Helper()
	return answeredAgain(t, n, 2)
}

// answeredSixTimes draws people who answered in six.
func answeredSixTimes(t *testing.T, n int) *studytest.Drawn {
	t.Helper()
	return answeredAgain(t, n, 6)
}

// unchanged draws them with the same outcome every time.
func unchanged(t *testing.T, n int) *studytest.Drawn {
	t.Helper()
	d := answeredAgain(t, n, 2)
	d.Alter(func(_ *session.Group, s *session.Session) {
		for i := range s.Outcomes {
			for k := range s.Outcomes[i].Answers {
				s.Outcomes[i].Answers[k].Value = 1
			}
		}
	})
	return d
}

// completeInFirst draws round robins that are complete in the first n groups.
func completeInFirst(t *testing.T, n int) *studytest.Drawn {
	t.Helper()
	return rated(t, func(g *session.Group, from, to int) bool { return among(g, n) || from != 0 || to != 1 })
}

// ratersInFirst draws groups of whom two members rate the others in the first n, and
// nobody in the rest.
func ratersInFirst(t *testing.T, n int) *studytest.Drawn {
	t.Helper()
	return rated(t, func(g *session.Group, from, _ int) bool { return among(g, n) && from < 2 })
}

// cases are such numbers.
func cases() map[string]made {
	alliance, cohesion, outcome := studytest.Alliance(), studytest.Cohesion(), studytest.Outcome()
	one := func(m session.Measure) []session.Measure { return []session.Measure{m} }
	return map[string]made{
		"how much people move, in ruptures": {
			analysis: "ruptures", measures: one(alliance), draw: answeredTwice, few: 10, many: 13,
			numbers: []string{"sd_within", "sd_between", "falls_that_return_by_chance"}, hidden: []string{"pairs_with_a_fall", "falls_per_pair", "falls_per_pair_by_chance"},
		},
		"how much people move, at the group level": {
			analysis: "group_level", measures: one(outcome), draw: answeredTwice, few: 1, many: 13,
			numbers: []string{"mean_reml", "variance group", "variance member", "variance residual", "variance_share member", "session_share_of_movement", "test group"},
			others:  []string{"mean", "mean_of_group_means", "group_size_mean"},
		},
		"groups in which alliances fell": {
			analysis: "ruptures", measures: one(alliance), draw: fallen, few: 2, many: 6,
			numbers: []string{"falls_that_are open"}, others: []string{"sd_within", "falls_per_pair"},
		},
		"who can be better or worse": {
			analysis: "outcome_change", measures: one(outcome), draw: unchanged, few: 10, many: 13,
			numbers: []string{"members improved", "members deteriorated"},
		},
		"how members of a group differ, at the group level": {
			analysis: "group_level", measures: one(cohesion), draw: twoAnswered, few: 2, many: 13,
			numbers: []string{"mean_reml", "variance group", "variance residual", "variance_share group", "icc1", "icc_group_mean", "test group"},
			others:  []string{"mean", "mean_of_group_means"},
		},
		"how members of a group differ, in agreement": {
			analysis: "agreement", measures: one(cohesion), draw: twoAnswered, few: 5, many: 13,
			numbers: []string{"rwg_mean uniform", "rwg_median uniform", "rwg_of_strangers uniform", "icc1_of_item_means"},
		},
		"how members of a group differ, in two measures": {
			analysis: "levels", measures: []session.Measure{alliance, cohesion}, draw: twoAnswered, few: 5, many: 13,
			numbers: []string{"correlation within", "slope within", "correlation between", "icc measure", "icc against"},
		},
		"groups that are complete": {
			analysis: "round_robin", measures: one(ofOneItem("holon-bond-1", instrument.RaterMember)), draw: completeInFirst, few: 2, many: 4,
			numbers: []string{"component var_actor", "component cov_relationship", "variance_share var_actor", "reciprocity dyadic"},
			others:  []string{"component_reml var_actor"},
		},
		"members who rate others": {
			analysis: "round_robin", measures: one(ofOneItem("holon-bond-1", instrument.RaterMember)), draw: ratersInFirst, few: 5, many: 6,
			numbers: []string{"component_reml var_actor", "component_reml var_relationship", "component_reml var_group"},
		},
		"pairs that therapists rate": {
			analysis: "one_with_many", measures: one(ofOneItem("holon-alliance-1", instrument.RaterMember)), draw: guessed, few: 4, many: 24,
			numbers: []string{"mean therapists_rate", "variance therapists_rate:relationship", "variance_share therapists_rate:therapist", "reciprocity dyadic"},
			others:  []string{"mean members_rate", "variance members_rate:therapist"},
		},
		"people with several sessions of two measures": {
			analysis: "lagged", measures: []session.Measure{alliance, outcome}, draw: answeredSixTimes, few: 10, many: 13,
			numbers: []string{"r_within same_session"}, others: []string{"r_between members"},
		},
		"people with courses long enough for a slope": {
			analysis: "lagged", measures: []session.Measure{alliance, outcome}, draw: longCourses, few: 5, many: 13,
			numbers: []string{"slope forward", "slope backward", "slope_difference forward_less_backward"}, others: []string{"r_within same_session", "r_between members"},
		},
		"people in two groups": {
			analysis: "lagged", measures: []session.Measure{cohesion, outcome}, draw: inTwoGroups, few: 3, many: 6,
			numbers: []string{"r_within same_session", "r_between members", "slope forward"},
		},
		"therapists of alliances": {
			analysis: "group_level", measures: one(alliance), draw: ledBy, few: 2, many: 3,
			numbers: []string{"mean", "mean_reml", "variance member", "group_size_mean"},
		},
		"therapists of alliances, in ruptures": {
			analysis: "ruptures", measures: one(alliance), draw: ledBy, few: 2, many: 3,
			numbers: []string{"sd_within", "sd_between", "falls_per_pair_by_chance"},
		},
		"therapists of alliances, in two measures": {
			analysis: "levels", measures: []session.Measure{alliance, cohesion}, draw: ledBy, few: 2, many: 3,
			numbers: []string{"correlation within", "icc measure"},
		},
		"therapists of alliances, beside an outcome": {
			analysis: "lagged", measures: []session.Measure{alliance, outcome}, draw: ledBy, few: 2, many: 3,
			numbers: []string{"r_within same_session", "r_between members"},
		},
		"therapists of encounters": {
			analysis: "group_level", measures: one(ofOneItem("holon-presence-1", instrument.RaterMember)), draw: ledBy, few: 2, many: 3,
			numbers: []string{"mean", "variance member"},
		},
	}
}

// TestNumbersStandOnThoseTheyAreMadeOf hides numbers that few people, groups or therapists
// make, however many have ratings, and lets them leave where many make them.
func TestNumbersStandOnThoseTheyAreMadeOf(t *testing.T) {
	t.Parallel()
	for name, c := range cases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, n := range []int{c.few, c.many} {
				records := released(t, c.draw(t, n), c.analysis, study.Aggregate, c.measures...)
				for _, what := range c.numbers {
					leaves(t, records, what, n, n == c.many)
				}
				for _, what := range c.others {
					leaves(t, records, what, n, true)
				}
				for _, what := range c.hidden {
					leaves(t, records, what, n, false)
				}
			}
		})
	}
}

// TestNumbersOfFewFamiliesStayAtEveryLevel: in few families there is what a number is
// made of.
func TestNumbersOfFewFamiliesStayAtEveryLevel(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		analysis string
		draw     func(*testing.T, int) *studytest.Drawn
		numbers  []string // made of few families
		others   []string // made of all
	}{
		{"splits", familiesAgain, []string{"stability"}, []string{"correlation_in_family"}},
		{"splits", familiesTogether, []string{"correlation_in_family", "families_with_a_split member_member"}, []string{"stability"}},
		{"ruptures", familiesAgain, []string{"sd_within", "sd_between", "falls_that_return_by_chance"}, nil},
		{"group_level", familiesAgain, []string{"mean_reml", "variance member", "variance_share residual", "session_share_of_movement"}, []string{"mean"}},
		{"group_level", familiesTogether, []string{"mean_reml", "variance group", "variance session"}, []string{"mean"}},
	} {
		for _, level := range []study.Level{study.Aggregate, study.Controlled} {
			for _, n := range []int{10, 14} {
				records := released(t, c.draw(t, n), c.analysis, level, studytest.Alliance())
				for _, what := range c.numbers {
					leaves(t, records, what, n, n == 14)
				}
				for _, what := range c.others {
					leaves(t, records, what, n, true)
				}
			}
		}
	}
}

// released are the records of an analysis, by what they are.
func released(t *testing.T, d *studytest.Drawn, name string, level study.Level, measures ...session.Measure) map[string]aggregate.Record {
	t.Helper()
	figures, _, err := aggregate.Tabulate(t.Context(), aggregate.InMemory(d), d.Study(t, measures...), aggregate.Request{Analyses: []string{name}})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]aggregate.Record{}
	for _, r := range aggregate.Disclose(figures, level, study.DefaultThreshold) {
		what := r.Statistic
		if r.Of != nil {
			what += " " + *r.Of
		}
		if r.Measure == study.MeasureName(measures[0]) {
			out[what] = r
		}
	}
	return out
}

// leaves tells whether a number leaves as it should.
func leaves(t *testing.T, records map[string]aggregate.Record, what string, n int, should bool) {
	t.Helper()
	r, ok := records[what]
	switch {
	case !ok:
		t.Fatalf("no %q of %d", what, n)
	case should && r.Estimate == nil:
		t.Errorf("%s of %d does not leave: %s", what, n, reasonOf(&r))
	case !should && !r.Suppressed:
		t.Errorf("%s of %d leaves, unless it is undefined: %s", what, n, reasonOf(&r))
	}
	if r.Suppressed && (r.Groups != nil || r.Members != nil) {
		t.Errorf("%s says how many it is made of", what)
	}
}

// reasonOf is why a record has no number.
func reasonOf(r *aggregate.Record) string {
	if r.Reason == nil {
		return "it is there"
	}
	return *r.Reason
}

// TestWhatChanceGivesStaysWithItsNumber: no course of two values has a shape, so that the
// share by chance of courses without one is the share of those who came so rarely, and is
// what the other shapes' shares leave.
func TestWhatChanceGivesStaysWithItsNumber(t *testing.T) {
	t.Parallel()
	for _, rarely := range []bool{false, true} {
		d := studytest.Draw(t, studytest.Design{Groups: 14, Members: 4, Sessions: 8, Member: .5, Residual: .5, Seed: 5})
		d.Alter(func(g *session.Group, s *session.Session) {
			if rarely && s.Number > 2 && among(g, 3) { // three people
				s.Alliances = s.Alliances[1:]
			}
		})
		records := released(t, d, "ruptures", study.Aggregate, studytest.Alliance())
		if got := records["pairs_of_shape too_few"].Suppressed; got != rarely {
			t.Errorf("how many come rarely: suppressed %t", got)
		}
		left, stayed := 0, 0
		for what, chance := range records {
			of, is := strings.CutPrefix(what, "pairs_of_shape_by_chance ")
			if !is {
				continue
			}
			r := records["pairs_of_shape "+of]
			if want := rarely || r.Suppressed; chance.Suppressed != want {
				t.Errorf("%s: suppressed %t beside a number that is %t", what, chance.Suppressed, r.Suppressed)
			}
			if r.Suppressed {
				stayed++
			} else {
				left++
			}
		}
		if left == 0 || stayed == 0 {
			t.Errorf("of the shapes %d leave, %d stay", left, stayed)
		}
	}
}

// TestARecordCountsThoseItsNumberIsMadeOf holds the counts of records against what was
// drawn.
func TestARecordCountsThoseItsNumberIsMadeOf(t *testing.T) {
	t.Parallel()
	records := released(t, answeredAgain(t, 13, 6), "lagged", study.Controlled, studytest.Alliance(), studytest.Outcome())
	for what, want := range map[string][2]int{"r_within same_session": {13, 13}, "r_between members": {14, 56}} {
		if r := records[what]; *r.Groups != want[0] || *r.Members != want[1] {
			t.Errorf("%s stands on %d groups, %d members", what, *r.Groups, *r.Members)
		}
	}
	records = released(t, guessed(t, 4), "one_with_many", study.Controlled, ofOneItem("holon-alliance-1", instrument.RaterMember))
	for what, want := range map[string][3]int{"mean therapists_rate": {4, 16, 2}, "mean members_rate": {24, 96, 12}} {
		if r := records[what]; *r.Groups != want[0] || *r.Members != want[1] || *r.Therapists != want[2] {
			t.Errorf("%s stands on %d groups, %d members, %d therapists", what, *r.Groups, *r.Members, *r.Therapists)
		}
	}
}
