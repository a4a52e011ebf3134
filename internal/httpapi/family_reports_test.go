package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// family is a family of two caregivers and an adolescent with four sessions: in the
// third one caregiver handed in nothing, and in the fourth the adolescent fell.
func family(t *testing.T) *evening {
	t.Helper()
	e := &evening{clinic: newClinic(t)}
	e.group = e.made(t, "/v1/groups", `{"code":"F1","kind":"family","format":"open","starts_on":"2026-01-12"}`).id(t)
	for i, role := range []string{"caregiver", "caregiver", "adolescent"} {
		id := e.made(t, "/v1/members", `{"code":"F1-`+string(rune('A'+i))+`"}`).id(t)
		e.members = append(e.members, id)
		e.made(t, "/v1/groups/"+e.group+"/spells", `{"member_id":"`+id+`","role":"`+role+`","joined":"2026-01-12"}`)
	}
	e.lead = e.made(t, "/v1/therapists", `{"code":"F1-T"}`).id(t)
	e.made(t, "/v1/groups/"+e.group+"/therapist-spells", `{"therapist_id":"`+e.lead+`","role":"lead","from":"2026-01-12"}`)
	for n, answers := range [][]int{{8, 7, 6}, {8, 8, 6}, {7, -1, 6}, {8, 8, 1}} {
		e.session = e.made(t, "/v1/groups/"+e.group+"/sessions", fmt.Sprintf(`{"kind":"meeting","held_on":"2026-02-%02d"}`, 2+7*n)).id(t)
		var forms []string
		for i, v := range answers {
			if v >= 0 {
				purpose := strings.Replace(e.cohesion(e.members[i], "5"), "holon-cohesion-1", "holon-purpose-1", 1)
				forms = append(forms, e.alliance(e.members[i], fmt.Sprint(v)), e.guessOf(e.members[i], "7"), purpose)
			}
		}
		e.submit(t, forms...)
	}
	return e
}

// TestQuestionsAboutFamilies are answered as the contract says, whole and as one member
// may see it, and refused in words.
func TestQuestionsAboutFamilies(t *testing.T) {
	t.Parallel()
	e := family(t)
	whole := e.made(t, "/v1/reports", `{"analysis":"family_alliance"}`).object(t)
	families := listAt(t, whole, "result", "families")
	if got := listAt(t, families[0], "sessions", 0, "cells"); len(got) != 9 {
		t.Errorf("%d cells of the first session", len(got))
	}
	line, _ := listAt(t, families[0], "sessions", 2, "lines")[0].(map[string]any)
	if line["value"] != nil || line["n"] != 2.0 || line["of"] != 3.0 || line["reason"] != "not_formed" {
		t.Errorf("%v", line)
	}
	splits := e.made(t, "/v1/reports", `{"analysis":"splits",`+allianceOf+`,"purpose":{"instrument":{"id":"holon-purpose-1","version":"1"},"score":"rating","rater":"member"},`+
		`"reliability":0.8,"norm_sd":2,"absolute":{"at_least":2.5,"sessions":1}}`).object(t)
	found := listAt(t, splits, "result", "families", 0, "splits")
	pairs := 0
	for _, x := range found {
		if s, _ := x.(map[string]any); s["rule"] == "absolute" && s["from"] == 4.0 && s["grade"] == "severe" && s["difference"] == 7.0 {
			pairs++
		}
	}
	if pairs != 2 || numberAt(t, splits, "result", "reference", "sd") != 2 {
		t.Errorf("splits %v", found)
	}
	shown := e.made(t, "/v1/reports", `{"analysis":"family_alliance","shown_to":"`+e.members[0]+`"}`)
	for _, hidden := range []string{`"withheld"`, e.members[2]} { // the adolescent is there, and nothing the adolescent said
		if !strings.Contains(string(shown.body), hidden) {
			t.Errorf("no %s in what is shown", hidden)
		}
	}
	got := shown.object(t)
	if objectAt(t, got, "result")["shown_to"] != e.members[0] || objectAt(t, got, "input")["data_version"] != nil {
		t.Errorf("%s", shown.body)
	}
	for _, session := range listAt(t, got, "result", "families", 0, "sessions") {
		for _, c := range listAt(t, session, "cells") {
			if cell, _ := c.(map[string]any); cell["rater"] != e.members[0] && (cell["value"] != nil || cell["rating"] != nil || cell["gap"] != "withheld") {
				t.Errorf("%v", cell)
			}
		}
	}
	for body, want := range map[string][]string{
		`{"analysis":"splits",` + cohesionOf + `}`:                                           {"/measure not_said_in_a_family"},
		`{"analysis":"splits",` + allianceOf + `,"absolute":{"at_least":0.1,"sessions":99}}`: {"/absolute/at_least out_of_range", "/absolute/sessions out_of_range"},
		`{"analysis":"alliance",` + allianceOf + `,"shown_to":"` + e.members[0] + `"}`:       {"/shown_to not_for_one_member"},
		`{"analysis":"family_alliance","shown_to":"m-nobody"}`:                               {"/shown_to in_no_family"},
		`{"analysis":"family_alliance",` + allianceOf + `}`:                                  {"/measure table_takes_all"},
		`{"analysis":"splits"}`: {"/measure required"},
		`{"analysis":"splits",` + allianceOf + `,"purpose":` + strings.TrimPrefix(allianceOf, `"measure":`) + `}`: {"/purpose not_about_the_family"},
	} {
		refused := e.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: "/v1/reports", body: body}).object(t)
		var rules []string
		for _, x := range listAt(t, refused, "errors") {
			f, _ := x.(map[string]any)
			rules = append(rules, fmt.Sprint(f["pointer"], " ", f["rule"]))
		}
		slices.Sort(rules)
		if !slices.Equal(rules, want) {
			t.Errorf("%s: %v", body, rules)
		}
	}
}

// TestWhatIsShownThroughTheServiceSaysNothingOfOthers: the same body, but for the report's
// own identifiers, before and after the adolescent says more.
func TestWhatIsShownThroughTheServiceSaysNothingOfOthers(t *testing.T) {
	t.Parallel()
	e := family(t)
	of := func(member string) string {
		var out []string
		for _, body := range []string{
			`{"analysis":"family_alliance","shown_to":"` + member + `"}`,
			`{"analysis":"splits",` + allianceOf + `,"shown_to":"` + member + `"}`,
		} {
			if r := e.made(t, "/v1/reports", body).object(t); r["result"] != nil {
				text, err := json.Marshal([]any{r["analysis"], r["input"], r["counts"], r["caveats"], r["result"], r["answer"], r["reason"]})
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, string(text))
			}
		}
		return strings.Join(out, "\n")
	}
	caregiver, adolescent := of(e.members[0]), of(e.members[2])
	e.submit(t, strings.Replace(e.cohesion(e.members[2], "2"), "holon-cohesion-1", "holon-standing-1", 1))
	if got := of(e.members[0]); caregiver == "" || got != caregiver {
		t.Errorf("what the caregiver is shown changed:\n%s\n%s", caregiver, got)
	}
	if of(e.members[2]) == adolescent {
		t.Error("what the adolescent is shown did not change")
	}
}
