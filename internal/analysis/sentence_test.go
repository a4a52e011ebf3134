package analysis_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// told is a report with the numbers that sentences are made of.
func told(answer multilevel.Answer, reason multilevel.Reason, estimand multilevel.Estimand, share, lower, upper float64) analysis.Report {
	r := analysis.Report{
		Outcome: "y", Counts: analysis.Counts{Groups: 6, Members: 48, Ratings: 48},
		Result: &analysis.GroupLevelResult{GroupLevel: multilevel.GroupLevel{Answer: answer, Reason: reason, Estimand: estimand}},
	}
	r.GroupLevel().REML.Share.Group = &share
	r.GroupLevel().ICC1.CI = []multilevel.Interval{{Level: 0.95}, {Level: 0.90, Lower: &lower, Upper: &upper}}
	r.GroupLevel().Settle = multilevel.Settle{ICC: 0.10, Bound: 0.05, GroupsToShow: new(35), GroupsToRuleOut: new(39)}
	return r
}

// about adds what the ratings are.
func about(r analysis.Report, level instrument.Level, composition multilevel.Composition, rater instrument.RaterKind, kind session.GroupKind) analysis.Report {
	r.Subject = &analysis.Subject{
		Title: "Title", Level: level, Composition: composition, Measure: analysis.Measure{Rater: rater}, Kinds: []session.GroupKind{kind},
	}
	return r
}

// TestSentencesOfEveryAnswer goes through the decision table, for lasting
// groups and for one evening.
func TestSentencesOfEveryAnswer(t *testing.T) {
	t.Parallel()
	const (
		evening = multilevel.GroupPlusSession
		lasting = multilevel.Group
	)
	refused := told(multilevel.Refused, "not_cohesion", lasting, 0, 0, 0)
	refused.Instead = "Ask for it as it is."
	refused.Caveats.Add("not_cohesion", "It is not cohesion.")
	global := told(multilevel.NotIdentifiable, "global_rating", lasting, 0, 0, 0)
	global.Instead = "Ask the members."
	global.Caveats.Add("global_rating", "It is one rating.")
	far := told(multilevel.CannotTell, multilevel.LimitsIncludeBoth, lasting, 0.02, -0.1, 0.3)
	far.GroupLevel().Settle = multilevel.Settle{ICC: 0.10, Bound: 0.05}
	perfect := told(multilevel.Supported, multilevel.BeyondChance, lasting, 0, 0, 0)
	perfect.GroupLevel().REML.Share.Group, perfect.GroupLevel().ICC1.Estimate, perfect.GroupLevel().ICC1.CI[1] = nil, new(1.0), multilevel.Interval{}
	family := about(told(multilevel.Supported, multilevel.BeyondChance, lasting, 0.24, 0.08, 0.51), instrument.System, multilevel.ReferentShift, instrument.RaterMember, session.KindFamily)
	family.Counts.Groups = 30
	for name, c := range map[string]struct {
		report analysis.Report
		want   []string
	}{
		"refused": {refused, []string{
			"y: 48 ratings from 48 members in 6 groups.",
			"We did not compute this because it would mislead. It is not cohesion.",
			"Instead: ask for it as it is.",
		}},
		"not identifiable by its nature": {global, []string{
			"y: 48 ratings from 48 members in 6 groups.",
			"This kind of data can never show it. It is one rating.",
			"Instead: ask the members.",
		}},
		"one group": {told(multilevel.NotIdentifiable, multilevel.OneGroup, lasting, 0, 0, 0), []string{
			"y: 48 ratings from 48 members in 6 groups.",
			"This kind of data can never show it. All ratings come from one group; differences between groups need two groups at least.",
			"It would need ratings from other groups as well; four at least for any verdict.",
		}},
		"without ratings": {told(multilevel.NotIdentifiable, multilevel.NoData, lasting, 0, 0, 0), []string{
			"y: 48 ratings from 48 members in 6 groups.",
			"There is not one rating, so nothing could be tested.",
			"It would need ratings: check the measure, the session and the groups chosen.",
		}},
		"supported by few groups": {told(multilevel.Supported, multilevel.BeyondChance, lasting, 0.36, 0.18, 0.67), []string{
			"y: 48 ratings from 48 members in 6 groups.",
			"Yes, beyond chance: these groups differ (about 36 % of the variance, between 18 % and 67 %).",
			"With so few groups a share found beyond chance is likely too large; trust the range, not the number.",
		}},
		"supported on one evening": {told(multilevel.Supported, multilevel.BeyondChance, evening, 0.36, 0.18, 0.67), []string{
			"y: 48 ratings from 48 members in 6 groups.",
			"Yes, beyond chance: these groups differ on that evening (about 36 % of the variance, between 18 % and 67 %).",
			"One evening of each group was looked at, so what lasts cannot be told from the weather of that evening.",
			"With so few groups a share found beyond chance is likely too large; trust the range, not the number.",
		}},
		"supported by many families": {family, []string{
			"Title (the family as its members see it, answered by members): 48 ratings from 48 members in 30 families.",
			"Yes, beyond chance: these families differ (about 24 % of the variance, between 8 % and 51 %).",
		}},
		"supported without limits": {perfect, []string{
			"y: 48 ratings from 48 members in 6 groups.",
			"Yes, beyond chance: these groups differ, and their members agree exactly. Make sure that one value was not copied to all members.",
		}},
		"not supported": {told(multilevel.NotSupported, multilevel.UpperLimitBelow, lasting, 0, -0.02, 0.034), []string{
			"y: 48 ratings from 48 members in 6 groups.",
			"Little or none: at most 3.4 % of the variance lies between these groups.",
			"Look at the members one by one; the mean of the group tells little about them.",
		}},
		"members differ more than strangers": {told(multilevel.NotSupported, multilevel.UpperLimitBelow, lasting, 0, -0.12, -0.01), []string{
			"y: 48 ratings from 48 members in 6 groups.",
			"None seen: members of one group differ more from each other than from members of other groups. Ask what sets them against each other, or whether the ratings are ranks.",
			"Look at the members one by one; the mean of the group tells little about them.",
		}},
		"cannot tell": {told(multilevel.CannotTell, multilevel.LimitsIncludeBoth, lasting, 0.02, -0.1, 0.3), []string{
			"y: 48 ratings from 48 members in 6 groups.",
			"Too few groups to say whether they differ. You have 6; about 35 would show a share of 10 %, about 39 would rule out a share of 5 %.",
			"With too few groups look at each one by itself, and join with other practices to have more.",
		}},
		"cannot tell within reach": {far, []string{
			"y: 48 ratings from 48 members in 6 groups.",
			"Too few groups to say whether they differ. You have 6; no number of groups within reach would settle it.",
			"With too few groups look at each one by itself, and join with other practices to have more.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := analysis.Sentences(&c.report); !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// TestOnlyWhatMembersSayOfTheGroupIsCalledCohesion names every level by what
// its number is made of.
func TestOnlyWhatMembersSayOfTheGroupIsCalledCohesion(t *testing.T) {
	t.Parallel()
	for level, want := range map[instrument.Level]string{
		instrument.Alliance: "average member alliance", instrument.Bond: "average bond between members",
		instrument.MemberGroup: "average standing of members", instrument.Encounter: "average presence of members",
		instrument.Outcome: "average of members' own state",
	} {
		r := about(told(multilevel.NotSupported, "", multilevel.Group, 0, 0, 0.01), level, multilevel.Additive, instrument.RaterMember, session.KindGroup)
		text := strings.Join(analysis.Sentences(&r), " ")
		if !strings.Contains(text, want) || strings.Contains(strings.ToLower(text), "cohesion") {
			t.Errorf("%s: %s", level, text)
		}
	}
	for level, want := range map[instrument.Level]string{instrument.Cohesion: "one report about the group, answered by therapists): 48 reports in 6 groups", instrument.System: "one report about the family, answered by therapists): 48 reports in 6 groups"} {
		r := about(told(multilevel.NotSupported, "", multilevel.Group, 0, 0, 0.01), level, multilevel.Global, instrument.RaterTherapist, session.KindGroup)
		if text := analysis.Sentences(&r)[0]; !strings.Contains(text, want) {
			t.Errorf("%s: %s", level, text)
		}
	}
}

// TestSentencesHoldNoCodeWords looks through all that refusals say.
func TestSentencesHoldNoCodeWords(t *testing.T) {
	t.Parallel()
	r := threeGroups(t)
	s := r.sessions["a"][0]
	r.rate(t, s, allianceItem, session.About{TherapistID: "t1"}, 5, 6)
	r.submit(t, s,
		form{instrument: bondItem, by: "a-m1", about: session.About{MemberID: "a-m2"}, answers: []float64{7}},
		form{instrument: cohesionItem, rater: instrument.RaterObserver, by: "o1", answers: []float64{7}},
		form{instrument: allianceItem, rater: instrument.RaterTherapist, by: "t1", about: session.About{MemberID: "a-m1"}, answers: []float64{7}})
	again := r.meeting(t, r.groups[0], 5)
	r.rate(t, again, cohesionItem, session.About{}, 5, 6, 7)
	code := regexp.MustCompile(`[a-z]+_[a-z]+|@`)
	seen := map[multilevel.Reason]bool{}
	for _, q := range []analysis.Ask{{}, {As: instrument.Cohesion}, {As: instrument.Alliance}, {Composition: multilevel.Global}} {
		for _, m := range []analysis.Measure{
			byMembers(allianceItem), byMembers(bondItem), byMembers(cohesionItem), byMembers(purposeItem),
			measure(allianceItem, instrument.RaterTherapist), measure(cohesionItem, instrument.RaterObserver),
		} {
			q.Measure, q.Detail = m, analysis.Quick
			report := ask(t, r, q)
			seen[report.GroupLevel().Reason] = true
			for _, sentence := range analysis.Sentences(&report) {
				if word := code.FindString(sentence); word != "" || sentence == "" || !strings.HasSuffix(sentence, ".") {
					t.Errorf("%q in %q", word, sentence)
				}
			}
		}
	}
	if len(seen) < 8 {
		t.Errorf("only %v were looked through", seen)
	}
}
