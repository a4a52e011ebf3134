package session_test

import (
	"strings"
	"testing"

	"holon/internal/fault"
	"holon/internal/session"
)

func TestANewGroupIsValidOrNamesEveryFault(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		code   string
		kind   session.GroupKind
		format session.Format
		starts string
		want   []string
	}{
		"open therapy group":             {"THU-1", session.KindGroup, session.Open, "2026-02-05", nil},
		"closed therapy group":           {"THU-1", session.KindGroup, session.Closed, "2026-02-05", nil},
		"family":                         {"FAM.7", session.KindFamily, session.Open, "2026-02-05", nil},
		"couple":                         {"C_1", session.KindCouple, session.Open, "2026-02-05", nil},
		"closed family":                  {"F", session.KindFamily, session.Closed, "2026-02-05", []string{"/format family_is_open"}},
		"closed couple":                  {"F", session.KindCouple, session.Closed, "2026-02-05", []string{"/format family_is_open"}},
		"a name for a code":              {"Mrs Smith", session.KindGroup, session.Open, "2026-02-05", []string{"/code bad_code"}},
		"a code of 33 letters":           {strings.Repeat("a", 33), session.KindGroup, session.Open, "2026-02-05", []string{"/code bad_code"}},
		"a day that is not in the month": {"A", session.KindGroup, session.Open, "2026-02-30", []string{"/starts_on bad_date"}},
		"a year of long ago":             {"A", session.KindGroup, session.Open, "0206-02-03", []string{"/starts_on bad_date"}},
		"everything wrong": {"", "team", "half", "soon", []string{
			"/code bad_code", "/kind unknown_kind", "/format unknown_format", "/starts_on bad_date",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, err := session.NewGroup("g-1", c.code, c.kind, c.format, c.starts)
			if c.want != nil {
				wantFault(t, err, fault.Invalid, c.want...)
				return
			}
			if err != nil || string(g.Code) != c.code || g.Kind != c.kind || g.Format != c.format || string(g.StartsOn) != c.starts || g.ID != "g-1" {
				t.Errorf("group %+v, %v", g, err)
			}
		})
	}
}

func TestPeopleAreCodesAndPlausibleYears(t *testing.T) {
	t.Parallel()
	m, err := session.NewMember("m-1", "M07", new(1990))
	if err != nil || m.Code != "M07" || *m.BirthYear != 1990 {
		t.Errorf("member %+v, %v", m, err)
	}
	_, err = session.NewMember("m-1", "Ann Smith", new(90))
	wantFault(t, err, fault.Invalid, "/code bad_code", "/birth_year out_of_range")
	if th, err := session.NewTherapist("t-1", "TL"); err != nil || th.Code != "TL" {
		t.Errorf("therapist %+v, %v", th, err)
	}
	_, err = session.NewTherapist("t-1", "Dr. L")
	wantFault(t, err, fault.Invalid, "/code bad_code")
}

func TestAGroupEndsWhenItsMembersHaveLeft(t *testing.T) {
	t.Parallel()
	g := group(t, session.KindGroup)
	wantFault(t, g.End("2026-02-01"), fault.Invalid, "/ended_on ends_before_start", "/ended_on spell_still_running", "/ended_on spell_still_running")
	wantFault(t, g.End("whenever"), fault.Invalid, "/ended_on bad_date")
	wantFault(t, g.End("2026-06-25"), fault.Invalid, "/ended_on spell_still_running")
	for n := 1; n <= 3; n++ {
		must(t, g.Leave(n, "2026-06-25", session.LeftCompleted))
	}
	must(t, g.Release(2, "2026-07-31", session.ReleasedOther))
	wantFault(t, g.End("2026-06-25"), fault.Invalid, "/ended_on spell_still_running")
	must(t, g.Release(2, "2026-06-18", session.ReleasedLeave))
	must(t, g.End("2026-06-25"))
	if last := g.TherapistSpells[0]; last.To == nil || *last.To != "2026-06-25" || *last.Why != session.ReleasedEnded {
		t.Errorf("the lead's spell did not end with the group: %+v", last)
	}
	if co := g.TherapistSpells[1]; *co.To != "2026-06-18" || *co.Why != session.ReleasedLeave {
		t.Errorf("a spell that had ended was changed: %+v", co)
	}
	_, err := g.Join(dora, session.RoleMember, "2026-07-02")
	wantFault(t, err, fault.Invalid, "/joined group_has_ended")
	_, err = g.Assign(sue, session.Co, "2026-07-02")
	wantFault(t, err, fault.Invalid, "/from group_has_ended")
	wantFault(t, g.Leave(1, "2026-07-02", session.LeftCompleted), fault.Invalid, "/left group_has_ended")
	wantFault(t, g.Release(1, "2026-07-02", session.ReleasedOther), fault.Invalid, "/to group_has_ended")
}
