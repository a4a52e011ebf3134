package importing_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/importing"
)

// planted is a row with what is wrong with it: columns and rules, apart by
// blanks, such as "value:not_a_number".
type planted struct {
	row   string
	wrong string
}

// plantedHeader has every column, so that a column's number is its place here.
const plantedHeader = "group,session_number,held_on,rater_kind,rater,about_therapist,about_member,instrument,version,occasion,item,value,state,reported_total,answered_on,attendance,modality,session_kind,stage"

// plantedRows hold fifty faults, each another one or at another place.
func plantedRows() []planted {
	return []planted{
		{"THU,1,2026-02-05,member,A1,T1,,holon-alliance-1,1,post,1,7,,,,,,,", ""},
		{"THU,1,2026-02-05,member,A2,T1,,holon-alliance-1,1,post,1,\"7,5\",,,,,,,", "value:decimal_comma"},
		{"THU,1,2026-02-05,member,A3,T1,,holon-alliance-1,1,post,1,NaN,,,,,,,", "value:not_a_number"},
		{"THU,2,2026-02-12,member,A1,T1,,holon-alliance-1,1,post,1,inf,,,,,,,", "value:not_a_number"},
		{"THU,2,2026-02-12,member,A2,T1,,holon-alliance-1,1,post,1,11,,,,,,,", "value:out_of_range"},
		{"THU,2,2026-02-12,member,A3,T1,,wai-sr,1,post,1,7,,,,,,,", "value:out_of_range"},
		{"THU,2,2026-02-12,member,A3,T1,,wai-sr,1,post,2,2.5,,,,,,,", "value:off_step"},
		{"THU,2,2026-02-12,member,A3,T1,,wai-sr,1,post,3,4,declined,,,,,,", "value:value_without_answer"},
		{"THU,2,2026-02-12,member,A3,T1,,wai-sr,1,post,4,,answered,,,,,,", "value:answered_without_value"},
		{"THU,2,2026-02-12,member,A3,T1,,wai-sr,1,post,5,,refused,,,,,,", "state:unknown_state"},
		{"THU,2,2026-02-12,member,A3,T1,,wai-sr,1,post,13,4,,,,,,,", "item:no_such_item"},
		{"THU,2,2026-02-12,member,A3,T1,,wai-sr,1,post,one,4,,,,,,,", "item:bad_item"},
		{"THU,2,2026-02-12,member,A3,T1,,wai-sr,1,post,,4,,,,,,,", "item:item_missing"},
		{"THU,2,2026-02-12,member,A3,T1,,wai-sr,1,post,,,,,,,,,", "item:nothing_answered"},
		{"THU,3,2026-02-19,member,B9,T1,,holon-alliance-1,1,post,1,7,,,,,,,", "rater:unknown_member"},
		{"THU,3,2026-02-19,therapist,T9,,A1,holon-alliance-1,1,post,1,7,,,,,,,", "rater:unknown_therapist"},
		{"THU,3,2026-02-19,member,A1,T9,,holon-alliance-1,1,post,1,7,,,,,,,", "about_therapist:unknown_therapist"},
		{"THU,3,2026-02-19,member,A1,,B9,holon-bond-1,1,post,1,7,,,,,,,", "about_member:unknown_member"},
		{"THU,3,2026-02-19,member,A1,,A1,holon-bond-1,1,post,1,7,,,,,,,", "about_member:bond_with_oneself"},
		{"THU,3,2026-02-19,member,A2,,,holon-bond-1,1,post,1,7,,,,,,,", "about_member:target_missing"},
		{"THU,3,2026-02-19,member,A2,,,holon-alliance-1,1,post,1,7,,,,,,,", "about_therapist:target_missing"},
		{"THU,3,2026-02-19,member,A2,T1,,holon-cohesion-1,1,post,1,7,,,,,,,", "about_therapist:wrong_target"},
		{"THU,3,2026-02-19,member,A3,,,holon-purpose-1,1,post,1,7,,,,,,,", "instrument:system_is_of_families"},
		{"THU,3,2026-02-19,member,A3,,,nosuch,1,post,1,7,,,,,,,", "instrument:unknown_instrument_version"},
		{"THU,3,2026-02-19,member,A3,,,phq-9,7,post,1,2,,,,,,,", "instrument:unknown_instrument_version"},
		{"THU,3,2026-02-19,member,MOTHER,,,holon-cohesion-1,1,post,1,7,,,,,,,", "rater:rater_not_on_roster"},
		{"THU,3,2026-02-19,therapist,T2,,A1,holon-alliance-1,1,post,1,7,,,,,,,", "rater:rater_not_in_session"},
		{"THU,3,2026-02-19,neighbour,A1,,,holon-cohesion-1,1,post,1,7,,,,,,,", "rater_kind:unknown_rater"},
		{"THU,3,2026-02-19,member,A1,,,holon-cohesion-1,1,during,1,7,,,,,,,", "occasion:unknown_occasion"},
		{"THU,3,2026-02-19,therapist,T1,,A2,srs,3.0,post,1,7,,,,,,,", "rater_kind:rater_kind_not_allowed"},
		{"THU,3,2026-02-19,member,A1,,,phq-9,1,pre,,,,28,,,,,", "reported_total:out_of_range"},
		{"THU,3,2026-02-19,member,A2,,,phq-9,1,pre,,,,x,,,,,", "reported_total:not_a_number"},
		{"THU,3,2026-02-19,member,A3,,,phq-9,1,pre,,,,12,2027-02-19,,,,", "answered_on:answered_in_the_future"},
		{"THU,4,2026-02-26,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,,,", ""},
		{"THU,4,2026-02-26,member,A1,,,holon-cohesion-1,1,post,1,8,,,,,,,", "value:conflicting_rows"},
		{"THU,4,2026-02-26,member,A2,,,phq-9,1,pre,,,,12,,,,,", ""},
		{"THU,4,2026-02-26,member,A2,,,phq-9,1,pre,,,,13,,,,,", "reported_total:conflicting_rows"},
		{"THU,4,2026-02-27,member,A3,,,holon-cohesion-1,1,post,1,7,,,,,,,", "held_on:session_contradicts"},
		{"THU,5,,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,,,", "held_on:day_missing"},
		{"THU,6,2025-12-31,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,,,", "held_on:before_group_start"},
		{"THU,0,2026-02-26,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,,,", "session_number:bad_number"},
		{"THU,7,05.03.2026,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,,,", "held_on:bad_date"},
		{"THU,,,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,,,", "session_number:session_missing"},
		{",1,2026-02-05,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,,,", "group:cell_empty"},
		{"FRI,1,2026-02-05,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,,,", "group:unknown_group"},
		{"THU,8,2026-03-05,member,A1,,,,,,,,,,,gone,,,", "attendance:unknown_attendance"},
		{"THU,9,2026-03-12,member,A1,,,,,,,,,,,no_show,,,", ""},
		{"THU,9,2026-03-12,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,,,", "rater:rater_absent"},
		{"THU,9,2026-03-12,member,A2,,,,,,,,,,,,video,,", "attendance:attendance_missing"},
		{"THU,10,2026-03-19,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,,party,", "session_kind:unknown_kind"},
		{"THU,50,2026-02-03,member,A1,,,holon-cohesion-1,1,post,1,6,,,,,,,", "instrument:form_differs"},
		{"THU,1,2026-02-05,member,A2,,,holon-cohesion-1,1,post,1,7,,,,,,", ":wrong_field_count"},
		{"THU,1,2026-02-05,member,A2,,,holon-cohesion-1,1,post,1,7 \"high\",,,,,,,", ":bad_quotes"},
		{"THU,1,2026-02-05,member,A\xff2,,,holon-cohesion-1,1,post,1,7,,,,,,,", "rater:wrong_encoding"},
	}
}

func TestAWrongAttendanceHidesNoRatingOfSomebodyAbsent(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 3)
	c.bonds(t)
	r, err := c.run(t, strings.Join([]string{
		plantedHeader,
		"THU,8,2026-03-05,member,A1,,,,,,,,,,,gone,,,",
		"THU,8,2026-03-05,member,A2,,,,,,,,,,,no_show,,,",
		"THU,8,2026-03-05,member,A2,,,holon-cohesion-1,1,post,1,7,,,,,,,",
	}, "\n")+"\n", importing.Options{Kind: importing.Long, DryRun: true})
	must(t, err)
	var got []string
	for _, x := range r.Faults {
		got = append(got, fmt.Sprintf("line %d %s", x.Line, x.Rule))
	}
	if want := []string{"line 2 unknown_attendance", "line 4 rater_absent"}; !slices.Equal(got, want) {
		t.Errorf("named are %v, want %v", got, want)
	}
}

func TestEveryPlantedFaultIsNamedAtItsPlace(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 3)
	c.bonds(t)
	c.take(t, long("THU,50,2026-02-03,member,A1,,,holon-cohesion-1,1,post,1,5,,,,,"), importing.Options{Kind: importing.Long})
	columns := strings.Split(plantedHeader, ",")
	var want []string
	rows := []string{plantedHeader}
	for _, p := range plantedRows() {
		rows = append(rows, p.row)
		for w := range strings.FieldsSeq(p.wrong) {
			name, rule, _ := strings.Cut(w, ":")
			column := 0
			for i, n := range columns {
				if n == name {
					column = i + 1
				}
			}
			want = append(want, fmt.Sprintf("line %d, column %d %s: %s", len(rows), column, name, rule))
		}
	}
	if len(want) != 50 {
		t.Fatalf("%d faults are planted", len(want))
	}
	before := c.documents(t)
	text := strings.Join(rows, "\n") + "\n"
	for _, o := range []importing.Options{{Kind: importing.Long}, {Kind: importing.Long, DryRun: true}, {Kind: importing.Long, Partial: true}} {
		r, err := c.run(t, text, o)
		must(t, err)
		var got []string
		for _, f := range r.Faults {
			got = append(got, fmt.Sprintf("line %d, column %d %s: %s", f.Line, f.Column, f.Name, f.Rule))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%+v: %s", o, diff)
		}
		if r.State != importing.Refused {
			t.Errorf("%+v: %s", o, r.State)
		}
	}
	if !maps.Equal(before, c.documents(t)) {
		t.Error("a refused file changed something")
	}
}
