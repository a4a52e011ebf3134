package httpapi_test

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"holon/internal/access"
	"holon/internal/httpapi"
)

// course records one evening in each of four groups of three, whose members
// rate alliance and cohesion.
func course(t *testing.T) *clinic {
	t.Helper()
	c := newClinic(t)
	for g, base := range []int{2, 4, 6, 8} {
		e := c.evening(t, "G"+strconv.Itoa(g), 3)
		var forms []string
		for i, m := range e.members {
			forms = append(forms, e.cohesion(m, strconv.Itoa(base+i-1)), e.alliance(m, strconv.Itoa(4+(g+2*i)%4)))
		}
		e.submit(t, forms...)
	}
	return c
}

// cohesionOf asks about members' cohesion ratings.
const cohesionOf = `"measure":{"instrument":{"id":"holon-cohesion-1","version":"1"},"score":"rating","rater":"member"}`

// allianceOf asks about members' alliance ratings.
const allianceOf = `"measure":{"instrument":{"id":"holon-alliance-1","version":"1"},"score":"rating","rater":"member"}`

func TestAReportIsAnsweredKeptAndReadAgain(t *testing.T) {
	t.Parallel()
	c := course(t)
	made := c.made(t, "/v1/reports", `{"analysis":"group_level",`+cohesionOf+`,"as":"cohesion"}`)
	got := made.object(t)
	if got["analysis"] != "group_level" || got["estimand"] != "group_plus_session" || got["answer"] != "supported" {
		t.Errorf("answer: %v %v %v", got["analysis"], got["estimand"], got["answer"])
	}
	// By hand: group means 2, 4, 6, 8 and deviations -1, 0, 1 in each group.
	// SSB = 3·(9+1+1+9) = 60 on 3, SSW = 8 on 8, so F = 20 and ICC(1) = 19/22.
	anova := objectAt(t, got, "result", "anova")
	icc := numberAt(t, got, "result", "icc1", "estimate")
	if anova["ss_between"] != 60.0 || anova["ss_within"] != 8.0 || anova["f"] != 20.0 || icc < 19.0/22-1e-12 || icc > 19.0/22+1e-12 {
		t.Errorf("anova %v, icc %v", anova, icc)
	}
	place := made.header.Get("Location")
	again := c.must(t, http.StatusOK, call{method: "GET", path: place})
	if !bytes.Equal(made.body, again.body) {
		t.Errorf("read again, it is\n%s\nnot\n%s", again.body, made.body)
	}
	list := listAt(t, c.must(t, http.StatusOK, call{method: "GET", path: "/v1/reports"}).object(t), "reports")
	if len(list) != 1 || "/v1/reports/"+textAt(t, list, 0, "id") != place {
		t.Errorf("list: %v, made at %s", list, place)
	}
}

func TestAskingForCohesionFromAllianceIsAnsweredByARefusal(t *testing.T) {
	t.Parallel()
	c := course(t)
	got := c.made(t, "/v1/reports", `{"analysis":"group_level",`+allianceOf+`,"as":"cohesion"}`).object(t)
	if got["answer"] != "refused" || got["reason"] != "not_cohesion" {
		t.Errorf("answer %v, reason %v", got["answer"], got["reason"])
	}
	if at(t, got, "result", "anova", "f") != nil {
		t.Errorf("a refusal computed %v", got["result"])
	}
}

func TestTheTableHoldsEveryMeasureOfTheChosenGroups(t *testing.T) {
	t.Parallel()
	c := course(t)
	table := c.made(t, "/v1/reports", `{"analysis":"group_level_table","kinds":["group"]}`)
	var measures []string
	for _, r := range listAt(t, table.object(t), "reports") {
		m := objectAt(t, r, "subject", "measure")
		measures = append(measures, textAt(t, m, "instrument", "id")+" by "+textAt(t, m, "rater"))
	}
	if want := []string{"holon-alliance-1 by member", "holon-cohesion-1 by member"}; !slices.Equal(measures, want) {
		t.Errorf("measures: %v", measures)
	}
	if reports := listAt(t, c.made(t, "/v1/reports", `{"analysis":"group_level_table","kinds":["couple"]}`).object(t), "reports"); len(reports) != 0 {
		t.Errorf("couples that are not there have %d reports", len(reports))
	}
}

func TestQuestionsThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	c := course(t)
	for name, x := range map[string]struct {
		body, want string
	}{
		"no measure":               {`{"analysis":"group_level"}`, "/measure required"},
		"a table of one measure":   {`{"analysis":"group_level_table",` + cohesionOf + `}`, "/measure table_takes_all"},
		"another analysis":         {`{"analysis":"` + rejected + `"}`, "/analysis not_one_of"},
		"an unknown version":       {`{"analysis":"group_level","measure":{"instrument":{"id":"holon-cohesion-1","version":"98765"},"score":"rating","rater":"member"}}`, "/measure/instrument unknown_instrument_version"},
		"an unknown score":         {`{"analysis":"group_level","measure":{"instrument":{"id":"holon-cohesion-1","version":"1"},"score":"zwergpinscher","rater":"member"}}`, "/measure/score unknown_score"},
		"an unknown level":         {`{"analysis":"group_level",` + cohesionOf + `,"as":"` + rejected + `"}`, "/as not_one_of"},
		"two choices of a session": {`{"analysis":"group_level",` + cohesionOf + `,"session":{"number":1,"place":"first"}}`, "/session one_selection"},
		"a share of nothing":       {`{"analysis":"group_level",` + cohesionOf + `,"bound":0}`, "/bound out_of_range"},
		"a share of more than all": {`{"analysis":"group_level",` + cohesionOf + `,"bound":1.98765}`, "/bound out_of_range"},
		"no groups":                {`{"analysis":"group_level",` + cohesionOf + `,"groups":[]}`, "/groups too_few"},
		"an unknown plan":          {`{"analysis":"group_level",` + cohesionOf + `,"planned":[{"instrument":{"id":"zwergpinscher","version":"1"},"score":"rating","rater":"member"}]}`, "/planned/0/instrument unknown_instrument_version"},
		"planned twice":            {`{"analysis":"group_level",` + cohesionOf + `,"planned":[` + strings.TrimPrefix(cohesionOf, `"measure":`) + `,` + strings.TrimPrefix(cohesionOf, `"measure":`) + `]}`, "/planned/1 repeated"},
		"an unknown group":         {`{"analysis":"group_level",` + cohesionOf + `,"groups":["zwergpinscher"]}`, "/groups unknown_group"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: "/v1/reports", body: x.body})
			if rules := got.problem(t).rules(); !slices.Equal(rules, []string{x.want}) {
				t.Errorf("faults: %v", rules)
			}
			unrepeated(t, c, got)
			if strings.Contains(string(got.body), "zwergpinscher") {
				t.Errorf("repeated: %s", got.body)
			}
		})
	}
}

func TestNumbersOutOfRangeAreToldBothEnds(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	report := func(key, value string) call {
		return call{method: "POST", path: "/v1/reports", body: `{"analysis":"group_level",` + cohesionOf + `,"` + key + `":` + value + `}`}
	}
	member := func(year string) call {
		return call{method: "POST", path: "/v1/members", body: `{"code":"ENDS","birth_year":` + year + `}`}
	}
	form := strings.Replace(e.cohesion(e.members[0], "3"), `"item":1`, `"item":201`, 1)
	for name, x := range map[string]struct {
		call         call
		place, words string
	}{
		"a share of nothing":       {report("bound", "0"), "/bound", "A share above 0 and below 1."},
		"a share below nothing":    {report("bound", "-0.5"), "/bound", "A share above 0 and below 1."},
		"a share of all":           {report("plan_icc", "1"), "/plan_icc", "A share above 0 and below 1."},
		"a session number below":   {report("session", `{"number":0}`), "/session/number", "A number from 1 to 9999."},
		"a birth year before":      {member("1899"), "/birth_year", "A number from 1900 to 2199."},
		"a birth year after":       {member("2200"), "/birth_year", "A number from 1900 to 2199."},
		"an item within two lists": {call{method: "POST", path: e.path("/forms"), body: `{"forms":[` + form + `]}`}, "/forms/0/items/0/item", "A number from 1 to 200."},
	} {
		p := e.must(t, http.StatusUnprocessableEntity, x.call).problem(t)
		if len(p.Errors) != 1 || p.Errors[0].Pointer != x.place || p.Errors[0].Rule != "out_of_range" || p.Errors[0].Detail != x.words {
			t.Errorf("%s: %+v", name, p.Errors)
		}
	}
}

func TestAnothersReportIsNotFound(t *testing.T) {
	t.Parallel()
	stranger := &asStranger{}
	c := newClinic(t, func(cfg *httpapi.Config) {
		stranger.Practice = cfg.Practice
		cfg.Practice = stranger
	})
	place := c.made(t, "/v1/reports", `{"analysis":"group_level_table"}`).header.Get("Location")
	c.must(t, http.StatusOK, call{method: "GET", path: place})
	stranger.on = true
	if p := c.must(t, http.StatusNotFound, call{method: "GET", path: place}).problem(t); p.Rule != "no_such_report" {
		t.Errorf("%+v", p)
	}
	if list := listAt(t, c.must(t, http.StatusOK, call{method: "GET", path: "/v1/reports"}).object(t), "reports"); len(list) != 0 {
		t.Errorf("another's reports are listed: %v", list)
	}
	stranger.role = "visitor"
	if p := c.must(t, http.StatusForbidden, call{method: "GET", path: "/v1/reports"}).problem(t); p.Rule != "not_allowed" {
		t.Errorf("%+v", p)
	}
	c.must(t, http.StatusForbidden, call{method: "POST", path: "/v1/reports", body: `{"analysis":"group_level_table"}`})
	c.must(t, http.StatusForbidden, call{method: "POST", path: "/v1/members", body: `{"code":"A"}`})
}

func TestReportsComeInPages(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	want := map[string]bool{}
	for range 5 {
		want[c.made(t, "/v1/reports", `{"analysis":"group_level_table"}`).header.Get("Location")] = true
	}
	next := ""
	for range 3 {
		got := c.must(t, http.StatusOK, call{method: "GET", path: "/v1/reports?limit=2" + next}).object(t)
		for _, x := range listAt(t, got, "reports") {
			delete(want, "/v1/reports/"+textAt(t, x, "id"))
		}
		if cursor, more := got["next_cursor"].(string); more {
			next = "&cursor=" + cursor
		}
	}
	if len(want) != 0 {
		t.Errorf("not listed in three pages of two: %v", want)
	}
}

// asStranger signs another principal in.
type asStranger struct {
	httpapi.Practice

	on   bool
	role access.Role
}

// Authenticate answers the stranger when it is on.
func (a *asStranger) Authenticate(ctx context.Context, token string) (access.Principal, error) {
	p, err := a.Practice.Authenticate(ctx, token)
	if a.on {
		p.ID = "stranger"
	}
	if a.role != "" {
		p.Role = a.role
	}
	return p, err
}
