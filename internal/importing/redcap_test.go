package importing_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/importing"
	"holon/internal/session"
)

func TestAREDCapExportKeepsWhatIsMissing(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.take(t, example(t, "import-roster.csv"), importing.Options{Kind: importing.Roster})
	m, err := importing.ParseMapping([]byte(example(t, "import-redcap.json")))
	must(t, err)
	r := c.take(t, example(t, "import-redcap.csv"), importing.Options{Kind: importing.REDCap, Mapping: m})
	if !cmp.Equal(r.Unmapped, []string{"comments"}) || r.Formless != 2 {
		t.Errorf("%+v", r)
	}
	s := c.sessionsOf(t, "THU")
	if len(s) != 2 || s[0].Number != 3 || len(s[0].Alliances) != 2 || s[0].Alliances[0].Answers[4].State != session.Declined {
		t.Fatalf("%+v", s)
	}
	if a := s[1].Outcomes[0].Answers; a[4].State != session.NotAnswered || a[0].State != session.Answered || len(s[1].Alliances) != 0 {
		t.Errorf("a blank is no zero, and a form that is blank as a whole is none: %+v", s[1])
	}
	if s[1].Roster[0].Attendance != session.NoShow {
		t.Errorf("%+v", s[1].Roster)
	}
}

func TestFaultsOfAREDCapExportStandInItsColumns(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 2)
	m, err := importing.ParseMapping([]byte(`{
		"group": {"field": "grp"}, "session": {"held_on": {"field": "day"}}, "missing": {"-99": "declined"},
		"events": {"intake_arm_1": {"session_kind": "assessment", "stage": "intake"}},
		"forms": [{"instrument": "phq-9", "version": "1", "occasion": "pre", "rater_kind": "member", "rater": {"field": "who"}, "items": "p{item}", "reported_total": "ptotal",
			"recode": {"x": "3"}}]}`))
	must(t, err)
	header := "record_id,redcap_event_name,grp,day,who,p1,p2,p3,p4,p5,p6,p7,p8,p9,ptotal"
	for name, x := range map[string]struct {
		rows []string
		want []string
	}{
		"answers":      {[]string{"1,week_arm_1,THU,2026-02-05,A1,1,9,0,-99,x,1,,0,0,", "2,week_arm_1,THU,2026-02-05,Z9,1,1,1,1,1,1,1,1,1,"}, []string{"2 7 p2 out_of_range", "3 5 who unknown_member"}},
		"a contradict": {[]string{"1,a,THU,2026-02-05,A1,,,,,,,,,,", "1,a,SMITH,2026-02-05,A1,,,,,,,,,,", "1,a,,2026-02-05,A1,1,1,1,1,1,1,1,1,1,"}, []string{"4 3 grp record_contradicts", "4 3 grp cell_empty"}},
		"a total":      {[]string{"1,a,THU,2026-02-05,A1,,,,,,,,,,99"}, []string{"2 15 ptotal out_of_range"}},
		"a day":        {[]string{"1,a,THU,2025-02-05,A1,1,,,,,,,,,"}, []string{"2 4 day before_group_start"}},
	} {
		r, err := c.run(t, header+"\n"+strings.Join(x.rows, "\n")+"\n", importing.Options{Kind: importing.REDCap, Mapping: m})
		must(t, err)
		var got []string
		for _, f := range r.Faults {
			got = append(got, strings.Join([]string{string(itoa(f.Line)), string(itoa(f.Column)), f.Name, f.Rule}, " "))
		}
		if diff := cmp.Diff(x.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	// The right file: intake is an assessment, a total alone stays one.
	r := c.take(t, header+"\n1,intake_arm_1,THU,2026-01-05,A1,1,1,0,-99,x,1,,0,0,\n2,intake_arm_1,,,,,,,,,,,,,\n2,,THU,2026-01-05,A2,,,,,,,,,,11\n1,,THU,2026-01-05,A1,,,,,,,,,,-99\n", importing.Options{Kind: importing.REDCap, Mapping: m})
	s := c.sessionsOf(t, "THU")
	if len(s) != 1 || s[0].Kind != session.Assessment || *s[0].Stage != session.Intake || len(s[0].Outcomes) != 2 || s[0].Outcomes[0].Answers[4].Value != 3 || s[0].Outcomes[1].Answers != nil || r.New.TotalsOnly != 1 {
		t.Errorf("%+v, %+v", r, s)
	}
}

func TestAMappingIsToldAllItsFaults(t *testing.T) {
	t.Parallel()
	_, err := importing.ParseMapping([]byte(`{
		"group": {}, "session": {}, "missing": {"-9": "answered"}, "blank": "zero", "events": {"a/b": {"session_kind": "party", "stage": "x"}},
		"attendance": {"member": {"field": "m", "value": "v"}, "field": "", "values": {"1": "here"}},
		"forms": [{"instrument": "", "version": "1", "occasion": "later", "rater_kind": "cat", "rater": {}, "items": "wai", "item_fields": {"0": "x", "1": "a", "01": "b", "2": "a"}, "recode": {"a": "b"}}]}`))
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatal(err)
	}
	var got []string
	for _, x := range f.Fields() {
		got = append(got, x.Pointer+" "+x.Rule)
	}
	want := []string{
		"/group field_or_value", "/session session_missing", "/missing/-9 unknown_state", "/blank unknown_state", "/attendance/member field_or_value",
		"/attendance/field field_missing", "/attendance/values/1 unknown_attendance", "/events/a~1b/session_kind unknown_kind", "/events/a~1b/stage unknown_stage",
		"/forms/0/instrument instrument_missing", "/forms/0/occasion unknown_occasion", "/forms/0/rater_kind unknown_rater", "/forms/0/rater field_or_value",
		"/forms/0/items items_twice", "/forms/0/item_fields/0 bad_item", "/forms/0/item_fields/1 item_twice", "/forms/0/item_fields/2 column_twice", "/forms/0/recode/a not_a_number",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := importing.ParseMapping([]byte(`{"grup": 1}`)); err == nil {
		t.Error("an unknown key was taken")
	}
}
