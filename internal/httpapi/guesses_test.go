package httpapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"holon/internal/access"
	"holon/internal/session"
	"holon/internal/store"
)

// own gives a therapist an account and returns the same evening asked through it.
func (e *evening) own(t *testing.T, therapist string) *evening {
	t.Helper()
	token, hash, err := access.NewToken(strings.NewReader(therapist + strings.Repeat("x", 32)))
	if err != nil {
		t.Fatal(err)
	}
	err = store.NewAccounts(e.engine).Insert(t.Context(), access.Account{
		ID: "account-" + therapist, Role: access.RoleOperator, TokenHash: hash, CreatedAt: time.Unix(1, 0), Therapist: session.TherapistID(therapist),
	})
	if err != nil {
		t.Fatal(err)
	}
	c := *e.clinic
	c.token = token
	out := *e
	out.clinic = &c
	return &out
}

// guessOf is the lead therapist's form about a member.
func (e *evening) guessOf(member, value string) string {
	return `{"instrument":{"id":"holon-alliance-1","version":"1"},"rater":{"kind":"therapist","id":"` + e.lead + `"},"about":{"therapist_id":"` + e.lead +
		`","member_id":"` + member + `"},"occasion":"post","mode":"device","items":[{"item":1,"value":` + value + `}]}`
}

func TestAnswersWaitForTheTherapistsGuess(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	own := e.own(t, e.lead)
	e.submit(t, e.alliance(e.members[0], "8"), e.alliance(e.members[1], "3"))
	read := func(e *evening) (alliances []any, due int) {
		t.Helper()
		s := e.must(t, http.StatusOK, call{method: "GET", path: e.path("")}).object(t)
		if due = -1; s["guesses_due"] != nil {
			due = len(listAt(t, s, "guesses_due"))
		}
		return listAt(t, s, "alliances"), due
	}
	if list, due := read(e); len(list) != 2 || due != -1 {
		t.Errorf("the operator reads %d, due %v", len(list), due)
	}
	if list, due := read(own); len(list) != 0 || due != 3 {
		t.Errorf("without a guess: %d, due %v", len(list), due)
	}
	own.submit(t, own.guessOf(e.members[0], "7"))
	if list, due := read(own); len(list) != 2 || due != 2 {
		t.Errorf("with one guess: %d, due %v", len(list), due)
	}

	give := call{method: "POST", path: e.path("/guesses-given-up"), body: `{"members":["` + e.members[1] + `"]}`}
	got := e.must(t, http.StatusUnprocessableEntity, give).problem(t).rules()
	if !slices.Equal(got, []string{" no_therapists_account"}) {
		t.Errorf("as the operator: %v", got)
	}
	receipt := own.must(t, http.StatusOK, give).object(t)
	if len(listAt(t, receipt, "openings")) != 1 || textAt(t, receipt, "openings", 0, "why") != "without_guess" || !slices.Equal(listAt(t, receipt, "guesses_due"), []any{e.members[2]}) {
		t.Errorf("receipt %v", receipt)
	}
	own.submit(t, own.guessOf(e.members[1], "3"))
	list, _ := read(own)
	marked := 0
	for _, x := range list {
		if at(t, x, "after_seeing") == true {
			marked++
		}
	}
	if len(list) != 4 || marked != 1 {
		t.Errorf("%d ratings, %d of them guesses after seeing", len(list), marked)
	}
}

// TestAReportSaysThatAnswersWait asks for the same report as the operator and as
// a therapist who has guessed nothing.
func TestAReportSaysThatAnswersWait(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	own := e.own(t, e.lead)
	e.submit(t, e.alliance(e.members[0], "8"), e.alliance(e.members[1], "3"), e.alliance(e.members[2], "5"))
	ask := func(e *evening) (rows any, told bool) {
		t.Helper()
		report := e.made(t, "/v1/reports", `{"analysis":"group_level","measure":{"instrument":{"id":"holon-alliance-1","version":"1"},"score":"rating","rater":"member"}}`).object(t)
		for _, x := range listAt(t, report, "caveats") {
			told = told || at(t, x, "code") == "guesses_due"
		}
		return at(t, report, "counts", "ratings"), told
	}
	if rows, told := ask(e); rows != 3.0 || told {
		t.Errorf("the operator: %v ratings, told %v", rows, told)
	}
	if rows, told := ask(own); rows != 0.0 || !told {
		t.Errorf("the therapist: %v ratings, told %v", rows, told)
	}
}
