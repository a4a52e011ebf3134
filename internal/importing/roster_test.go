package importing_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/importing"
	"holon/internal/session"
)

// rosterHeader has every column of a roster.
const rosterHeader = "what,group,member,therapist,kind,format,starts_on,ended_on,birth_year,role,from,to,why"

func TestFaultsOfARosterAreNamedAtTheirPlaces(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 2)
	columns := strings.Split(rosterHeader, ",")
	rows, want := []string{rosterHeader}, []string(nil)
	for _, p := range []planted{
		{"group,NEW,,,group,open,2026-01-08,,,,,,", ""},
		{"group,NEW2,,,club,open,2026-01-08,,,,,,", "kind:unknown_kind"},
		{"group,NEW3,,,group,,2026-01-08,,,,,,", "format:unknown_format"},
		{"group,NEW4,,,family,closed,2026-01-08,,,,,,", "format:family_is_open"},
		{"group,NEW5,,,group,open,8.1.2026,,,,,,", "starts_on:bad_date"},
		{"group,NEW 6,,,group,open,2026-01-08,,,,,,", "group:bad_code"},
		{"group,THU,,,group,closed,2026-01-08,,,,,,", "format:group_differs"},
		{"group,,,,group,open,2026-01-08,,,,,,", "group:cell_empty"},
		{"member,,B1,,,,,,1881,,,,", "birth_year:out_of_range"},
		{"member,,B2,,,,,,19x1,,,,", "birth_year:bad_year"},
		{"member,,A1,,,,,,1990,,,,", "birth_year:member_differs"},
		{"member,,B3,,,,,,,,2026-01-08,,", "from:cell_not_used"},
		{"member,,B4,,,,,,1980,,,,", ""},
		{"member,,B4,,,,,,1981,,,,", "member:conflicting_rows"},
		{"member,,B5,,,,,,,,,,", ""},
		{"therapist,,,T 1,,,,,,,,,", "therapist:bad_code"},
		{"neighbour,,,,,,,,,,,,", "what:unknown_what"},
		{"spell,NEW,A1,,,,,,,,2026-01-08,,", ""},
		{"spell,NEW,A1,,,,,,,,2026-02-08,,", "from:spells_overlap"},
		{"spell,NEW,A2,,,,,,,partner,2026-01-08,,", "role:role_does_not_fit"},
		{"spell,NEW,A2,,,,,,,,2026-02-08,2026-01-08,other", "to:left_before_joined"},
		{"spell,NEW,A2,,,,,,,,2026-03-08,2026-04-08,bored", "why:unknown_reason"},
		{"spell,NEW,A2,,,,,,,,2026-05-08,,other", "to:end_missing"},
		{"spell,NEW,B9,,,,,,,,2026-01-08,,", "member:unknown_member"},
		{"spell,NEW,B9,,,,,,,,2026-13-08,2026-04-08,bored", "member:unknown_member from:bad_date why:unknown_reason"},
		{"spell,NEW,B1,,,,,,,partner,2026-01-08,2026-04-08,bored", "role:role_does_not_fit why:unknown_reason"},
		{"spell,NEW,B2,,,,,,,,2026-01-08,,", ""},
		{"spell,OLD,A1,,,,,,,,2026-01-08,,", "group:unknown_group"},
		{"spell,THU,A1,,,,,,,,2026-01-08,2026-02-01,completed", "from:spell_differs"},
		{"therapist_spell,NEW,,T1,,,,,,lead,2026-01-08,,", ""},
		{"therapist_spell,NEW,,T2,,,,,,lead,2026-02-08,,", "role:two_leads"},
		{"therapist_spell,NEW,,T9,,,,,,co,2026-01-08,,", "therapist:unknown_therapist"},
		{"therapist_spell,NEW,,T9,,,,,,boss,2026-01-08,2026-02-08,bored", "therapist:unknown_therapist role:unknown_role why:unknown_reason"},
		{"therapist_spell,NEW,,T2,,,,,,boss,2026-01-09,,", "role:unknown_role"},
		{"group,ENDED,,,group,open,2026-01-08,2026-03-01,,,,,", "ended_on:spell_still_running"},
		{"spell,ENDED,A1,,,,,,,,2026-01-08,,", ""},
	} {
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
	before := c.documents(t)
	r, err := c.run(t, strings.Join(rows, "\n"), importing.Options{Kind: importing.Roster})
	must(t, err)
	var got []string
	for _, f := range r.Faults {
		got = append(got, fmt.Sprintf("line %d, column %d %s: %s", f.Line, f.Column, f.Name, f.Rule))
	}
	if diff := cmp.Diff(want, got); diff != "" || r.State != importing.Refused {
		t.Errorf("%s: %s", r.State, diff)
	}
	if !maps.Equal(before, c.documents(t)) {
		t.Error("a refused roster changed something")
	}
}

func TestAPartialRosterLeavesOutWhatBelongsToAFault(t *testing.T) {
	t.Parallel()
	c := open(t)
	r, err := c.run(t, strings.Join([]string{
		rosterHeader,
		"member,,B1,,,,,,1881,,,,",
		"member,,B2,,,,,,1981,,,,",
		"group,GOOD,,,group,open,2026-01-08,,,,,,",
		"group,BAD,,,club,open,2026-01-08,,,,,,",
		"spell,GOOD,B1,,,,,,,,2026-01-08,,",
		"spell,GOOD,B2,,,,,,,,2026-01-08,,",
		"spell,BAD,B2,,,,,,,,2026-01-08,,",
	}, "\n"), importing.Options{Kind: importing.Roster, Partial: true})
	must(t, err)
	want := importing.Counts{Groups: 1, Members: 1, Spells: 1}
	if r.State != importing.Stored || r.New != want || len(r.LeftOut) != 4 || len(r.Faults) != 2 {
		t.Errorf("%+v", r)
	}
	in, err := c.Intake(t.Context(), request())
	must(t, err)
	g, _ := in.Group("GOOD")
	m, _ := in.Member("B2")
	if _, bad := in.Group("BAD"); bad || len(g.Spells) != 1 || g.Spells[0].MemberID != m.ID {
		t.Errorf("%+v", g)
	}
}

func TestARosterAddsToWhatIsThere(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 2)
	text := strings.Join([]string{
		rosterHeader,
		"spell,THU,B1,,,,,,,,2026-03-05,,",
		"spell,THU,A1,,,,,,,,2026-01-08,,", // there
		"member,,B1,,,,,,1981,,,,",
		"group,OVER,,,couple,,2026-01-08,2026-06-30,,,,,",
		"spell,OVER,A1,,,,,,,,2026-01-08,2026-06-30,completed",
		"therapist_spell,OVER,,T1,,,,,,lead,2026-01-08,,",
	}, "\r\n")
	r := c.take(t, text, importing.Options{Kind: importing.Roster})
	if want := (importing.Counts{Groups: 1, Members: 1, Spells: 2, TherapistSpells: 1}); r.New != want || r.Already.Spells != 1 {
		t.Errorf("%+v", r)
	}
	in, err := c.Intake(t.Context(), request())
	must(t, err)
	thu, _ := in.Group("THU")
	over, _ := in.Group("OVER")
	if len(thu.Spells) != 3 || thu.Rev != 5 || over.EndedOn == nil || *over.TherapistSpells[0].Why != session.ReleasedEnded {
		t.Errorf("%+v %+v", thu, over)
	}
	before := c.documents(t)
	if again := c.take(t, text, importing.Options{Kind: importing.Roster}); again.New != (importing.Counts{}) || !maps.Equal(before, c.documents(t)) {
		t.Errorf("again: %+v", again)
	}
}
