package slipping_test

import (
	"fmt"
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
		c.Seats = append(c.Seats, slipping.Seat{Number: i + 1, Attendance: at})
		p := session.Point{Number: i + 1, Kind: session.Meeting, Attendance: at, Gap: session.GapNotAsked}
		if i < len(values) {
			switch values[i] {
			case "-":
				p.Gap = session.GapNoForm
			case "b":
				p.Gap = session.GapBlank
			case ".":
			default:
				p.Gap = session.GapNone
				if _, err := fmt.Sscan(values[i], &p.Value); err != nil {
					t.Fatal(err)
				}
			}
		}
		a.Series.Points = append(a.Series.Points, p)
	}
	c.Alliance = []slipping.AllianceCourse{a}
	return c
}

// TestEachSignAndWhatIsJustNotOne goes through the rules, from both sides of each
// limit.
func TestEachSignAndWhatIsJustNotOne(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		course slipping.Course
		want   string
	}{
		"a no-show":                        {course(t, "ppn"), "no_show 3"},
		"excused once":                     {course(t, "ppe"), ""},
		"two of three missed":              {course(t, "epe"), "two_of_three_missed 3"},
		"nobody said, so it is no meeting": {course(t, "e?pe"), "two_of_three_missed 4"},
		"two of four missed":               {course(t, "eppe"), ""},
		"late twice, never before":         {course(t, "pppplpl"), "rising_lateness 7"},
		"late before as well":              {course(t, "plpplpl"), ""},
		"absence is no attended session":   {course(t, "ppppelpl"), "rising_lateness 8"},
		"a fall of 1.5":                    {course(t, "ppp", "8", "7.5", "6.5"), "falling_alliance 3"},
		"a fall of less":                   {course(t, "ppp", "8", "7.5", "6.6"), ""},
		"a fall with a rise in it":         {course(t, "ppp", "9", "9", "6.5"), ""},
		"a fall over a gap":                {course(t, "pepp", "8", ".", "7", "6"), "falling_alliance 4"},
		"low three times":                  {course(t, "ppp", "3", "2", "3"), "stable_low_alliance 3"},
		"low twice":                        {course(t, "ppp", "3", "2", "3.1"), ""},
		"a blank form":                     {course(t, "pp", "5", "b"), "blank_or_no_form 2"},
		"no form, but absent":              {course(t, "pe", "5", "-"), ""},
		"no form":                          {course(t, "pp", "5", "-"), "blank_or_no_form 2"},
		"nobody asked":                     {course(t, "pp", "5", "."), ""},
		"always the highest":               {course(t, "ppp", "9", "9", "9"), "always_the_highest 3"},
		"nearly always":                    {course(t, "ppp", "9", "8.9", "9"), ""},
	} {
		var got []string
		for _, s := range x.course.Signs() {
			got = append(got, fmt.Sprint(s.Rule, " ", s.Number))
		}
		if said := strings.Join(got, ", "); said != x.want {
			t.Errorf("%s: %q, want %q", name, said, x.want)
		}
	}
}

// TestASignIsNotedOnceForSeveralTherapists, and nothing is divided by a spread that
// is unknown.
func TestASignIsNotedOnceForSeveralTherapists(t *testing.T) {
	t.Parallel()
	c := course(t, "ppp", "8", "7", "6")
	c.Alliance = append(c.Alliance, c.Alliance[0])
	if got := c.Signs(); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	half := course(t, "p", "-")
	half.Alliance = append(half.Alliance, course(t, "p", "5").Alliance[0])
	if got := half.Signs(); len(got) != 0 {
		t.Errorf("a form of one of two therapists is no silence: %+v", got)
	}
	c.Alliance = c.Alliance[:1]
	c.Alliance[0].Within = 0
	if got := c.Signs(); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestEverySignHasARuleAndEveryRuleAMeaning.
func TestEverySignHasARuleAndEveryRuleAMeaning(t *testing.T) {
	t.Parallel()
	var ids []slipping.RuleID
	for _, r := range slipping.Rules() {
		if r.Meaning == "" || r.Source == "" || slices.Contains(ids, r.ID) || r.TellsNothing != (r.ID == slipping.TopOfScale) {
			t.Errorf("%+v", r)
		}
		ids = append(ids, r.ID)
	}
}
