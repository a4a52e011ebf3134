package analysis_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/session"
)

// figures returns where a report's result has a value that somebody could take
// for a finding: everything but names and what the question itself brought.
func figures(t *testing.T, r *analysis.Report) []string {
	t.Helper()
	body, err := json.Marshal(r.Document().Result)
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(body, &doc); err != nil {
		t.Fatal(err)
	}
	brought := []string{"/level", "/method", "/component", "/settle/icc", "/settle/bound"}
	var out []string
	var walk func(v any, path string)
	walk = func(v any, path string) {
		switch x := v.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(x)) {
				walk(x[key], path+"/"+key)
			}
		case []any:
			for i, y := range x {
				walk(y, fmt.Sprintf("%s/%d", path, i))
			}
		case nil:
		default:
			if !slices.ContainsFunc(brought, func(end string) bool { return strings.HasSuffix(path, end) }) {
				out = append(out, path)
			}
		}
	}
	walk(doc, "")
	return out
}

// TestGroupsWithNothingAreCounted says of every group that was asked about and
// is not in the table whether it has no session or no form.
func TestGroupsWithNothingAreCounted(t *testing.T) {
	t.Parallel()
	r := threeGroups(t)                                   // of cohesion, in session 4
	r.group(t, "d", session.KindGroup, people("d", 2)...) // has not met
	e := r.group(t, "e", session.KindGroup, people("e", 2)...)
	r.submit(t, r.meeting(t, e, 4), form{instrument: cohesionItem, by: "e-m1"}) // says nothing
	r.meeting(t, r.group(t, "f", session.KindFamily, people("f", 2)...), 4)
	h := r.meeting(t, r.group(t, "h", session.KindGroup, people("h", 2)...), 4)
	r.submit(t, h, form{instrument: cohesionItem, by: "h-m1", answers: []float64{3}})
	if err := h.VoidForm(session.Voiding{Form: h.Cohesion[0].FormID, Version: 1, Why: session.VoidAttendance, By: "p", At: time.Date(2026, 3, 5, 21, 0, 0, 0, time.UTC)}); err != nil {
		t.Fatal(err)
	}
	if err := r.meeting(t, r.group(t, "i", session.KindGroup, people("i", 2)...), 4).Cancel(session.CancelHoliday); err != nil {
		t.Fatal(err)
	}
	r.group(t, "x", session.KindGroup, people("x", 2)...)
	r.damage("x", "x-s1")
	for name, c := range map[string]struct {
		ask      analysis.Ask
		groups   int
		excluded []string
		told     string
	}{
		"some have no session": {
			analysis.Ask{Measure: byMembers(cohesionItem)},
			3,
			[]string{"document_damaged 1", "group_without_form 1", "group_without_sessions 2", "missing_score_none_answered 1", "no_form 1"},
			"Not in the table for want of a rating that could be used: 5 of 8 groups asked about " +
				"(2 without a session, 1 with sessions in which nobody handed in a form of this measure, 2 with forms or documents that could not be used).",
		},
		"the last session with ratings": {
			analysis.Ask{Measure: byMembers(cohesionItem), Session: &analysis.Selection{Place: analysis.Last}},
			3,
			[]string{"document_damaged 1", "group_without_form 1", "group_without_sessions 2", "missing_score_none_answered 1", "no_form 1"},
			"Not in the table for want of a rating that could be used: 5 of 8 groups asked about " +
				"(2 without a session of those chosen, 1 with sessions in which nobody handed in a form of this measure, 2 with forms or documents that could not be used).",
		},
		"nobody has that form": {
			analysis.Ask{Measure: byMembers(standingItem)},
			0,
			[]string{"document_damaged 1", "group_without_form 6", "group_without_sessions 2"},
			"Of 9 groups asked about, none has a rating that could be used: 2 without a session, 6 with sessions in which nobody handed in a form of this measure, " +
				"1 with forms or documents that could not be used.",
		},
		"a session that is not yet": {
			analysis.Ask{Measure: byMembers(cohesionItem), Groups: []session.GroupID{"a"}, Session: &analysis.Selection{Number: 9}},
			0,
			[]string{"group_without_sessions 1"},
			"Of 1 group asked about, none has a rating that could be used: 1 without a session of those chosen.",
		},
		"no group of that kind": {
			analysis.Ask{Measure: byMembers(cohesionItem), Kinds: []session.GroupKind{session.KindCouple}},
			0, nil,
			"There is no group to ask about: none is of a kind that was chosen, or there is none that you may read.",
		},
		"all there": {analysis.Ask{Measure: byMembers(cohesionItem), Groups: []session.GroupID{"a", "b"}}, 2, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := ask(t, &records{registry: r.registry, groups: r.groups, sessions: r.sessions, damaged: r.damaged}, c.ask)
			if got := excluded(report); !slices.Equal(got, c.excluded) || report.Counts.Groups != c.groups {
				t.Errorf("%d groups, excluded %v, want %v", report.Counts.Groups, got, c.excluded)
			}
			told := ""
			for _, x := range report.Caveats.List() {
				if x.Code == "groups_without_ratings" {
					told = x.Detail
				}
			}
			if told != c.told {
				t.Errorf("told %q, want %q", told, c.told)
			}
			if said := strings.Join(analysis.Sentences(&report), " "); c.groups == 0 && !strings.Contains(said, c.told) {
				t.Errorf("the sentences do not say it: %q", said)
			}
		})
	}
}

// TestFormsOfSeveralMeasuresAreFoundInTheWhole: a group whose only form cannot be
// used is no group without a form, also where the question holds two occasions.
func TestFormsOfSeveralMeasuresAreFoundInTheWhole(t *testing.T) {
	t.Parallel()
	r := newRecords(t)
	for _, f := range []form{
		{by: "a-m1", occasion: session.Post, answers: []float64{4}},
		{by: "b-m1", occasion: session.Pre, answers: []float64{4}},
		{by: "c-m1", occasion: session.Pre}, // says nothing
	} {
		id := f.by[:1]
		f.instrument = cohesionItem
		r.submit(t, r.meeting(t, r.group(t, id, session.KindGroup, people(id, 1)...), 1), f)
	}
	report := ask(t, r, analysis.Ask{Measure: byMembers(cohesionItem)})
	if got := excluded(report); report.GroupLevel().Reason != "two_occasions" || !slices.Equal(got, []string{"missing_score_none_answered 1"}) {
		t.Errorf("%s, excluded %v", report.GroupLevel().Reason, got)
	}
}
