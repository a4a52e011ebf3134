package slipping_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"holon/internal/session"
	"holon/internal/slipping"
)

// course has a letter for each meeting: p present, l late, e excused, n no show, ?
// nobody said; values stand beside it, "-" for no form where others gave one, "b"
// for a blank one, "." for nobody asked.
func course(t *testing.T, came string, values ...string) slipping.Course {
	t.Helper()
	c := slipping.Course{Member: "m"}
	a := slipping.AllianceCourse{Min: 0, Max: 9, Within: 1}
	for i, letter := range came {
		at := map[rune]session.Attendance{'p': session.Present, 'l': session.Late, 'e': session.Excused, 'n': session.NoShow, '?': ""}[letter]
		seat := slipping.Seat{Number: i + 1, Attendance: at}
		if i < len(values) {
			switch values[i] {
			case "-":
				seat.Form = slipping.FormNone
			case "b":
				seat.Form = slipping.FormBlank
			case ".":
			default:
				seat.Form = slipping.FormSaid
				v := slipping.Value{Seat: i}
				if _, err := fmt.Sscan(values[i], &v.Is); err != nil {
					t.Fatal(err)
				}
				a.Values = append(a.Values, v)
			}
		}
		c.Seats = append(c.Seats, seat)
	}
	c.Alliance = []slipping.AllianceCourse{a}
	return c
}

// met says which rules were met, with the session's number, and an asterisk where
// that is so now.
func met(c *slipping.Course) string {
	var out []string
	for _, x := range c.Looks() {
		if x.Met {
			out = append(out, fmt.Sprint(x.Rule, " ", c.Seats[x.Seat].Number, map[bool]string{true: "*"}[x.Last]))
		}
	}
	return strings.Join(out, ", ")
}

// looks counts where each rule could be met.
func looks(c *slipping.Course) map[slipping.RuleID]int {
	out := map[slipping.RuleID]int{}
	for _, x := range c.Looks() {
		out[x.Rule]++
	}
	return out
}

// TestEachSignAndWhatIsJustNotOne goes through the rules, from both sides of each
// limit.
func TestEachSignAndWhatIsJustNotOne(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		course slipping.Course
		want   string
	}{
		"a no-show":                          {course(t, "ppn"), "no_show 3"},
		"excused once":                       {course(t, "ppe"), ""},
		"two of three missed":                {course(t, "epe"), "two_of_three_missed 3"},
		"nobody said, so it is no meeting":   {course(t, "e?pe"), "two_of_three_missed 4"},
		"two of four missed":                 {course(t, "eppe"), ""},
		"late twice, never before":           {course(t, "pppplpl"), "rising_lateness 7"},
		"late before as well":                {course(t, "plpplpl"), ""},
		"absence is no attended session":     {course(t, "ppppelpl"), "rising_lateness 8"},
		"a fall of 1.5":                      {course(t, "ppp", "8", "7.5", "6.5"), "falling_alliance 3"},
		"a fall of less":                     {course(t, "ppp", "8", "7.5", "6.6"), ""},
		"a fall with a rise in it":           {course(t, "ppp", "9", "9", "6.5"), ""},
		"a fall over a gap":                  {course(t, "pepp", "8", ".", "7", "6"), "falling_alliance 4"},
		"low three times":                    {course(t, "ppp", "3", "2", "3"), "stable_low_alliance 3"},
		"low twice":                          {course(t, "ppp", "3", "2", "3.1"), ""},
		"a blank form":                       {course(t, "pp", "5", "b"), "blank_or_no_form 2"},
		"no form, but absent":                {course(t, "pe", "5", "-"), ""},
		"no form":                            {course(t, "pp", "5", "-"), "blank_or_no_form 2"},
		"nobody asked":                       {course(t, "pp", "5", "."), ""},
		"a blank form, nobody said who came": {course(t, "??", "5", "b"), "blank_or_no_form 2"},
		"no form, nobody said who came":      {course(t, "p?", "5", "-"), ""},
		"never a form":                       {course(t, "pp", "-", "-"), "blank_or_no_form 1, blank_or_no_form 2"},
		"always the highest":                 {course(t, "ppp", "9", "9", "9"), "always_the_highest 3"},
		"nearly always":                      {course(t, "ppp", "9", "8.9", "9"), ""},
	} {
		if got := strings.ReplaceAll(met(&x.course), "*", ""); got != x.want {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
}

// TestASignIsNotedOnceForSeveralTherapists, and met by one of them; nothing is
// divided by a spread that is unknown.
func TestASignIsNotedOnceForSeveralTherapists(t *testing.T) {
	t.Parallel()
	c := course(t, "ppp", "8", "7", "6")
	c.Alliance = append(c.Alliance, course(t, "ppp", "8", "8", "8").Alliance[0])
	if got := met(&c); got != "falling_alliance 3*" || looks(&c)[slipping.FallingAlliance] != 1 {
		t.Error(got)
	}
	slices.Reverse(c.Alliance)
	if got := met(&c); got != "falling_alliance 3*" {
		t.Errorf("the other way round: %q", got)
	}
	c = course(t, "ppp", "8", "7", "6")
	c.Alliance[0].Within = 0
	if got := looks(&c); met(&c) != "" || got[slipping.FallingAlliance] != 0 || got[slipping.StableLow] != 1 {
		t.Errorf("%v", got)
	}
}

// TestARuleIsLookedAtWhereItCouldBeMetAlone, so that nobody counts who could not
// have had a sign.
func TestARuleIsLookedAtWhereItCouldBeMetAlone(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		course slipping.Course
		want   map[slipping.RuleID]int
	}{
		"nobody said who came": {course(t, "???", "-", "-", "-"), map[slipping.RuleID]int{}},
		"never asked":          {course(t, "ppp", ".", ".", "."), map[slipping.RuleID]int{slipping.NoShow: 3, slipping.TwoOfThree: 2}},
		"two values":           {course(t, "pp", "5", "5"), map[slipping.RuleID]int{slipping.NoShow: 2, slipping.TwoOfThree: 1, slipping.BlankForm: 2}},
		"three values, once away": {course(t, "pppe", "5", "5", "5"), map[slipping.RuleID]int{
			slipping.NoShow: 4, slipping.TwoOfThree: 3, slipping.BlankForm: 3, slipping.FallingAlliance: 1, slipping.StableLow: 1, slipping.TopOfScale: 1,
		}},
		"six times there": {course(t, "pplppl"), map[slipping.RuleID]int{slipping.NoShow: 6, slipping.TwoOfThree: 5, slipping.RisingLateness: 1}},
	} {
		if got := looks(&x.course); !maps.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", name, got, x.want)
		}
	}
}

// TestASignIsThereNowUntilItsRuleWasNotMet: being away does not end a fall, and a
// meeting nobody noted anything of ends nothing.
func TestASignIsThereNowUntilItsRuleWasNotMet(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		course slipping.Course
		want   string
	}{
		"in the last":           {course(t, "ppp", "8", "7", "6"), "falling_alliance 3*"},
		"away since":            {course(t, "pppe", "8", "7", "6"), "falling_alliance 3*"},
		"another is open since": {course(t, "ppn?"), "no_show 3*"},
		"there since":           {course(t, "pnp"), "no_show 2"},
		"better since":          {course(t, "pppp", "8", "7", "6", "7"), "falling_alliance 3"},
	} {
		if got := met(&x.course); got != x.want {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
}

// TestTheLeavingIsNoSignBeforeIt: what counts of somebody who dropped out ends with
// the last meeting the member came to.
func TestTheLeavingIsNoSignBeforeIt(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		course slipping.Course
		want   string
		seats  int
	}{
		"away at the end":         {course(t, "penpnn", "9", ".", ".", "9", ".", "."), "no_show 3, two_of_three_missed 3, two_of_three_missed 4*", 4},
		"never came":              {course(t, "nn"), "", 0},
		"came to all":             {course(t, "pn?p", "5", "-", "-", "b"), "no_show 2, blank_or_no_form 4*", 4},
		"known by the form alone": {course(t, "??n", "5", "b", "."), "blank_or_no_form 2*", 2},
	} {
		before := x.course.BeforeLeaving()
		if got := met(&before); sorted(got) != sorted(x.want) || len(before.Seats) != x.seats {
			t.Errorf("%s: %d seats, %q, want %q", name, len(before.Seats), got, x.want)
		}
	}
	c := course(t, "pppn", "9", "9", "9", "9") // entered for somebody who was away
	before := c.BeforeLeaving()
	if got := looks(&before)[slipping.TopOfScale]; got != 1 || len(c.Alliance[0].Values) != 4 {
		t.Errorf("%d looks; of the whole course %d values are left", got, len(c.Alliance[0].Values))
	}
}

// sorted orders what is listed.
func sorted(list string) string {
	parts := strings.Split(list, ", ")
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// TestEverySignHasARuleAndEveryRuleAMeaning.
func TestEverySignHasARuleAndEveryRuleAMeaning(t *testing.T) {
	t.Parallel()
	var ids []slipping.RuleID
	for _, r := range slipping.Rules() {
		if r.Version < 1 || r.Meaning == "" || r.Source == "" || slices.Contains(ids, r.ID) || r.TellsNothing != (r.ID == slipping.TopOfScale) {
			t.Errorf("%+v", r)
		}
		ids = append(ids, r.ID)
	}
}
