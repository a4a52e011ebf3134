package httpapi_test

import (
	"net/http"
	"slices"
	"strconv"
	"testing"
)

// bondOf asks about members' bonds.
const bondOf = `"measure":{"instrument":{"id":"holon-bond-1","version":"1"},"score":"rating","rater":"member"}`

// bond is one member's form about another.
func (e *evening) bond(from, to, value string) string {
	return `{"instrument":{"id":"holon-bond-1","version":"1"},"rater":{"kind":"member","id":"` + from + `"},"about":{"member_id":"` + to +
		`"},"occasion":"post","mode":"paper","items":[{"item":1,"value":` + value + `}]}`
}

// switchBonds puts the setting of the group's bonds and returns the answer.
func (e *evening) switchBonds(t *testing.T, status int, body string) answer {
	t.Helper()
	tag := e.must(t, http.StatusOK, call{method: "GET", path: "/v1/groups/" + e.group}).header.Get("ETag")
	return e.must(t, status, call{method: "PUT", path: "/v1/groups/" + e.group + "/bonds", body: body, header: map[string]string{"If-Match": tag}})
}

func TestBondsAreOffUntilTheyAreSwitchedOn(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	group := "/v1/groups/" + e.group
	one := `{"forms":[` + e.cohesion(e.members[0], "5") + `,` + e.bond(e.members[0], e.members[1], "8") + `]}`
	refused := func() {
		t.Helper()
		got := e.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: e.path("/forms"), body: one}).problem(t).rules()
		if !slices.Equal(got, []string{"/forms/1/instrument bonds_switched_off"}) {
			t.Errorf("faults: %v", got)
		}
	}
	due := func() any {
		t.Helper()
		return at(t, e.must(t, http.StatusOK, call{method: "GET", path: e.path("")}).object(t), "bonds_due")
	}
	refused()
	if _, there := e.must(t, http.StatusOK, call{method: "GET", path: group}).object(t)["bonds"]; there || due() != false {
		t.Error("a group whose bonds nobody switched has a setting, or they are due")
	}
	e.must(t, http.StatusPreconditionRequired, call{method: "PUT", path: group + "/bonds", body: `{"on":true}`})
	e.must(t, http.StatusPreconditionFailed, call{method: "PUT", path: group + "/bonds", body: `{"on":true}`, header: map[string]string{"If-Match": `"1"`}})
	for body, want := range map[string]string{
		`{"on":true,"since":"2026-02-30"}`:  "/since bad_date",
		`{"on":false,"since":"2026-02-03"}`: "/since bonds_off_have_no_day",
		`{"on":true,"every":53}`:            "/every out_of_range",
		`{}`:                                "/on required",
	} {
		if got := e.switchBonds(t, http.StatusUnprocessableEntity, body).problem(t).rules(); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %v", body, got)
		}
	}
	e.switchBonds(t, http.StatusOK, `{"on":true,"every":1,"since":"2099-01-01"}`)
	refused() // the session is from before that day
	on := e.switchBonds(t, http.StatusOK, `{"on":true,"every":1,"since":"2026-01-12"}`).object(t)
	if at(t, on, "bonds", "on") != true || at(t, on, "bonds", "every") != 1.0 || at(t, on, "bonds", "since") != "2026-01-12" || textAt(t, on, "change", "why") != "bonds_on" {
		t.Errorf("switched on: %v", on["bonds"])
	}
	if due() != true {
		t.Error("they are not due in the first session of every one")
	}
	stored := e.made(t, e.path("/forms"), one).object(t)
	off := e.switchBonds(t, http.StatusOK, `{"on":false}`).object(t)
	if at(t, off, "bonds", "on") != false || at(t, off, "bonds", "since") != nil || at(t, off, "bonds", "every") != 4.0 || due() != false {
		t.Errorf("switched off: %v", off["bonds"])
	}
	// What is stored stays, and can be corrected and withdrawn.
	read := e.must(t, http.StatusOK, call{method: "GET", path: e.path("?levels=bond")}).object(t)
	rating := textAt(t, read, "bonds", 0, "rating_id")
	e.must(t, http.StatusOK, call{
		method: "POST", path: e.path("/ratings/" + rating + "/corrections"), body: `{"items":[{"item":1,"value":7}],"why":"typing_error"}`,
		header: map[string]string{"If-Match": `"1"`},
	})
	if v := numberAt(t, e.must(t, http.StatusOK, call{method: "GET", path: e.path("?levels=bond")}).object(t), "bonds", 0, "items", 0, "value"); v != 7 {
		t.Errorf("corrected to %g", v)
	}
	form := textAt(t, stored, "forms", 1, "form_id")
	e.must(t, http.StatusOK, call{method: "POST", path: e.path("/forms/" + form + "/void"), body: `{"why":"trial_entry"}`, header: map[string]string{"If-Match": `"2"`}})
}

// TestBondsOfAGroupAreAnsweredByBothAnalyses asks of five members who rated each
// other; the judge holds the answers to the contract.
func TestBondsOfAGroupAreAnsweredByBothAnalyses(t *testing.T) {
	t.Parallel()
	e := newClinic(t).evening(t, "FIVE", 5)
	empty := e.made(t, "/v1/reports", `{"analysis":"bonds",`+bondOf+`}`).object(t)
	if empty["answer"] != "not_identifiable" || empty["reason"] != "no_data" {
		t.Errorf("without a bond: %v because %v", empty["answer"], empty["reason"])
	}
	e.switchBonds(t, http.StatusOK, `{"on":true,"since":"2026-01-12"}`)
	var forms []string
	for i, from := range e.members {
		for j, to := range e.members {
			if i != j {
				forms = append(forms, e.bond(from, to, strconv.Itoa((7*i+5*j+3*i*j)%10)))
			}
		}
	}
	e.submit(t, forms...)
	bonds := e.made(t, "/v1/reports", `{"analysis":"bonds",`+bondOf+`}`).object(t)
	if bonds["reason"] != "descriptive" || numberAt(t, bonds, "result", "threshold") != 7.5 || len(listAt(t, bonds, "result", "groups", 0, "sessions", 0, "edges")) != 20 {
		t.Errorf("bonds: %v", bonds)
	}
	if reason := at(t, bonds, "result", "groups", 0, "parts", "reason"); reason != "fewer_than_three_sessions" {
		t.Errorf("parts: %v", reason)
	}
	round := e.made(t, "/v1/reports", `{"analysis":"round_robin",`+bondOf+`,"session":{"place":"last"}}`).object(t)
	if round["reason"] != "descriptive" || numberAt(t, round, "result", "groups", 0, "n") != 5 || numberAt(t, round, "counts", "ratings") != 20 {
		t.Errorf("round robin: %v", round)
	}
	refused := e.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: "/v1/reports", body: `{"analysis":"round_robin",` + cohesionOf + `}`})
	if got := refused.problem(t).rules(); !slices.Equal(got, []string{"/measure not_of_bonds"}) {
		t.Errorf("cohesion: %v", got)
	}
}
