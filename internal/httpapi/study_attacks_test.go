package httpapi_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"holon/internal/fault"
	"holon/internal/httpapi"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/study"
	"holon/internal/study/aggregate"
)

// set changes what the study is about, and returns the answer.
func (r *research) set(t *testing.T, more string) answer {
	t.Helper()
	x := r.must(t, http.StatusOK, call{method: "GET", path: r.path("")})
	var groups []string
	for _, e := range r.evenings {
		groups = append(groups, `"`+e.group+`"`)
	}
	return r.do(t, call{
		method: "PUT", path: r.path(""), header: map[string]string{"If-Match": x.header.Get("ETag")},
		body: `{"code":"COH-26","groups":[` + strings.Join(groups, ",") + `],"measures":` + researchMeasures + `,"release":"aggregate"` + more + `}`,
	})
}

// changed is set that must be done.
func (r *research) changed(t *testing.T, more string) {
	t.Helper()
	if got := r.set(t, more); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
}

// TestAnOldListOfConsentsUndoesNoWithdrawal sends the same list again after somebody
// withdrew, and another that is older than what stands.
func TestAnOldListOfConsentsUndoesNoWithdrawal(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	r.everybody(t)
	m := r.evenings[0].members[0]
	r.must(t, http.StatusOK, call{method: "POST", path: r.path("/consents"), body: `{"consents":[{"member_id":"` + m + `","given":false,"on":"2026-03-03"}]}`})
	members := func() float64 {
		return numberAt(t, r.must(t, http.StatusOK, call{method: "GET", path: r.path("/snapshots/" + r.snapshot(t))}).object(t), "counts", "members")
	}
	before := members()
	r.everybody(t) // the list of 2026-03-01
	if after := members(); after != before {
		t.Errorf("%v members before, %v after", before, after)
	}
	same := r.evenings[2].members[0]
	r.must(t, http.StatusOK, call{method: "POST", path: r.path("/consents"), body: `{"consents":[{"member_id":"` + same + `","given":false,"on":"2026-03-01"}]}`})
	before = members()
	r.everybody(t) // on whose very day somebody withdrew
	if after := members(); after != before {
		t.Errorf("of who withdrew on the same day: %v members before, %v after", before, after)
	}
	p := r.must(t, http.StatusUnprocessableEntity, call{
		method: "POST", path: r.path("/consents"),
		body: `{"consents":[{"member_id":"` + r.evenings[1].members[0] + `","given":false,"on":"2026-03-04"},{"member_id":"` + m + `","given":true,"on":"2026-03-02","form":"v2"}]}`,
	}).problem(t)
	if len(p.Errors) != 1 || p.Errors[0].Pointer != "/consents/1/on" || p.Errors[0].Rule != "said_before_what_stands" {
		t.Errorf("%+v", p)
	}
	if after := members(); after != before {
		t.Errorf("of a list with a fault something was entered: %v members before, %v after", before, after)
	}
}

// TestNumbersOfAnEndedSnapshotAreNotRead puts a release there as a crash leaves it: kept,
// and not withdrawn, of a snapshot that ended meanwhile.
func TestNumbersOfAnEndedSnapshotAreNotRead(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	r.everybody(t)
	frozen := r.snapshot(t)
	_, token := r.researcher(t)
	made := r.must(t, http.StatusCreated, r.release(frozen, "everything", "aggregate", token)).id(t)
	kept, err := store.NewReleases(r.engine).Get(t.Context(), study.ReleaseID(made))
	if err != nil {
		t.Fatal(err)
	}
	r.must(t, http.StatusOK, call{method: "POST", path: r.evenings[0].asked(t, r.evenings[0].members[0]) + "/decision", body: `{"verdict":"redact"}`, header: ifMatch(1)})
	late := *kept
	late.ID, late.Number, late.Rev = "rl-late", 2, 1
	if err := store.NewReleases(r.engine).Insert(t.Context(), &late); err != nil {
		t.Fatal(err)
	}
	if p := r.must(t, http.StatusConflict, call{method: "GET", path: r.path("/releases/rl-late/records"), header: signed(token)}).problem(t); p.Rule != "snapshot_ended" {
		t.Errorf("%+v", p)
	}
}

// TestResearchersCountNoRowsOfFew asks what is left out, and for a dry run of one group.
func TestResearchersCountNoRowsOfFew(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	r.everybody(t)
	r.changed(t, `,"threshold":5,"models":[{"group_id":"`+r.evenings[0].group+`","model":"cbt"}]`)
	for _, e := range r.evenings[:3] { // of three members at least six ratings
		r.consent(t, false, e.members[0])
	}
	frozen := r.snapshot(t)
	_, token := r.researcher(t)
	for what, n := range map[string]int{signed(token)["Authorization"]: 0, "": 2} {
		header := map[string]string{}
		if what != "" {
			header["Authorization"] = what
		}
		got := r.must(t, http.StatusOK, call{method: "GET", path: r.path("/snapshots/" + frozen), header: header})
		if seen := strings.Count(string(got.body), "no_consent"); (seen > 0) != (n > 0) {
			t.Errorf("no_consent is told %d times: %s", seen, got.body)
		}
	}
	r.must(t, http.StatusOK, call{method: "POST", path: r.path("/selections"), body: `{"name":"one","therapy_models":["cbt"]}`, header: signed(token)})
	x := r.must(t, http.StatusOK, call{method: "POST", path: r.path("/dry-runs"), body: `{"snapshot_id":"` + frozen + `","selection":"one"}`, header: signed(token)}).object(t)
	for name, n := range objectAt(t, x, "counts") {
		if n != nil {
			t.Errorf("of one group there are %v %s", n, name)
		}
	}
	for i := range listAt(t, x, "measures") {
		for name, n := range objectAt(t, x, "measures", i) {
			if f, is := n.(float64); is {
				t.Errorf("of one group there are %v %s of a measure", f, name)
			}
		}
	}
}

// TestTheThresholdStaysOnceNumbersLeft refuses another.
func TestTheThresholdStaysOnceNumbersLeft(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	r.everybody(t)
	r.changed(t, `,"threshold":12`)
	r.must(t, http.StatusCreated, r.release(r.snapshot(t), "everything", "aggregate", r.token))
	for _, other := range []string{`,"threshold":5`, `,"threshold":20`} {
		if got := r.set(t, other); got.status != http.StatusConflict || got.problem(t).Rule != "threshold_after_release" {
			t.Errorf("%s: %d %s", other, got.status, got.body)
		}
	}
	r.changed(t, `,"threshold":12`)
}

// TestRowsAreALookAsWell refuses a protocol after a researcher had rows.
func TestRowsAreALookAsWell(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "controlled")
	r.everybody(t)
	frozen := r.snapshot(t)
	account, token := r.researcher(t)
	r.must(t, http.StatusOK, call{method: "POST", path: r.path("/agreements"), body: `{"code":"DUA-1","purpose":"reproduction","persons":["` + account + `"],"ends_on":"2026-12-31"}`})
	r.must(t, http.StatusNotFound, call{method: "GET", path: r.path("/snapshots/" + frozen + "/package?release=rl-none"), header: signed(token)})
	if s, err := store.NewStudies(r.engine).Get(t.Context(), study.ID(r.study)); err != nil || s.RowsGiven != nil {
		t.Errorf("of what was not given it is said that it was: %v", err)
	}
	r.must(t, http.StatusOK, call{method: "GET", path: r.path("/snapshots/" + frozen + "/tables/cohesion"), header: signed(token)})
	r.must(t, http.StatusOK, call{method: "GET", path: r.path("/snapshots/" + frozen + "/tables/alliances"), header: signed(token)})
	at := r.must(t, http.StatusOK, call{method: "GET", path: r.path("")}).header.Get("ETag")
	p := r.must(t, http.StatusConflict, call{method: "POST", path: r.path("/protocol"), body: researchProtocol, header: map[string]string{"If-Match": at}}).problem(t)
	if p.Rule != "looked_already" {
		t.Errorf("%+v", p)
	}
}

// researchProtocol is a protocol of the study.
const researchProtocol = `{"primary":{"instrument":{"id":"holon-cohesion-1","version":"1"},"score":"rating","rater":"member"},"model":"members_in_groups","bound":0.05,"stop":{"groups":4},"planned":[]}`

// TestAReleaseIsRecomputedUnderTheStudyItWasMadeUnder changes the study while a release
// is computed, and while a snapshot is taken.
func TestAReleaseIsRecomputedUnderTheStudyItWasMadeUnder(t *testing.T) {
	t.Parallel()
	for _, what := range []string{"protocol", "threshold"} {
		r := newResearch(t, "aggregate")
		r.everybody(t)
		taking, _, err := r.cases.TakeSnapshot(t.Context(), theOperator("snap"), study.ID(r.study))
		if err != nil {
			t.Fatal(err)
		}
		r.changed(t, `,"to":"2027-01-01"`)
		frozen, err := taking.Take(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		rq := theOperator("rel")
		x, _, err := r.cases.Release(t.Context(), rq, study.ID(r.study), frozen.ID, session.Code("everything"), study.Aggregate, nil)
		if err != nil {
			t.Fatal(err)
		}
		if what == "protocol" {
			at := r.must(t, http.StatusOK, call{method: "GET", path: r.path("")}).header.Get("ETag")
			r.must(t, http.StatusOK, call{method: "POST", path: r.path("/protocol"), body: researchProtocol, header: map[string]string{"If-Match": at}})
		} else {
			r.changed(t, `,"threshold":17`)
		}
		err = httpapi.ReleaseNumbers(t.Context(), r.cases, x, nil)
		if what == "threshold" {
			if fault.RuleOf(err) != "study_changed" {
				t.Errorf("numbers under a threshold that is another now: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		kept, again, err := r.cases.Recompute(t.Context(), rq, study.ID(r.study), x.ID)
		if err != nil {
			t.Fatal(err)
		}
		found, err := httpapi.CheckRelease(t.Context(), kept, again)
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Differs) > 0 || found.Records < 50 {
			t.Errorf("%s: %d of %d records differ", what, len(found.Differs), found.Records)
		}
	}
}

// TestOneKeyIsOneRequestForNumbers refuses a key for other analyses.
func TestOneKeyIsOneRequestForNumbers(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	r.everybody(t)
	frozen := r.snapshot(t)
	ask := func(analyses string) answer {
		return r.do(t, call{
			method: "POST", path: r.path("/releases"), body: `{"snapshot_id":"` + frozen + `","selection":"everything","level":"aggregate","analyses":` + analyses + `}`,
			header: map[string]string{"Idempotency-Key": "k-1234567890123456"},
		})
	}
	first, same, other := ask(`["group_level"]`), ask(`["group_level"]`), ask(`["one_with_many"]`)
	if first.status != http.StatusCreated || same.status != http.StatusCreated || string(same.body) != string(first.body) {
		t.Errorf("%d, then %d", first.status, same.status)
	}
	if other.status != http.StatusUnprocessableEntity || other.problem(t).Rule != "key_reused" {
		t.Errorf("other analyses: %d %s", other.status, other.body)
	}
}

// TestTheContentsHashIsOfTherapyModelsToo takes the same rows under other models.
func TestTheContentsHashIsOfTherapyModelsToo(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	r.everybody(t)
	sums := map[string]bool{}
	for _, model := range []string{"cbt", "ipt", "cbt"} {
		r.changed(t, `,"models":[{"group_id":"`+r.evenings[0].group+`","model":"`+model+`"}]`)
		id := r.snapshot(t)
		sums[textAt(t, r.must(t, http.StatusOK, call{method: "GET", path: r.path("/snapshots/" + id)}).object(t), "sha256")] = true
		if same, err := r.cases.CheckSnapshot(t.Context(), theOperator("check"), study.ID(r.study), study.SnapshotID(id)); err != nil || !same {
			t.Errorf("checked again: %t, %v", same, err)
		}
	}
	if len(sums) != 2 {
		t.Errorf("%d hashes of two contents", len(sums))
	}
}

// TestADryRunNamesTheTablesOfThePackage asks for every table that a dry run says can be
// had, of a study with rows and of one without.
func TestADryRunNamesTheTablesOfThePackage(t *testing.T) {
	t.Parallel()
	for release, want := range map[string]int{"controlled": http.StatusOK, "aggregate": http.StatusConflict} {
		r := newResearch(t, release)
		r.everybody(t)
		frozen := r.snapshot(t)
		dry := r.must(t, http.StatusOK, call{method: "POST", path: r.path("/dry-runs"), body: `{"snapshot_id":"` + frozen + `","selection":"everything"}`}).object(t)
		asked := 0
		for _, x := range listAt(t, dry, "tables") {
			name := textAt(t, x, "table")
			if name == "records" || name == "analyses" { // of a release
				continue
			}
			asked++
			if at(t, x, "yielded") != (want == http.StatusOK) {
				t.Errorf("%s: %v", release, x)
			}
			if got := r.do(t, call{method: "GET", path: r.path("/snapshots/" + frozen + "/tables/" + name)}); got.status != want {
				t.Errorf("%s: %s answers %d", release, name, got.status)
			}
		}
		if asked < 14 {
			t.Errorf("%d tables are named", asked)
		}
	}
}

// TestRowsOfFewFamiliesAreNotYielded says so of the tables of a study with three groups and
// two families.
func TestRowsOfFewFamiliesAreNotYielded(t *testing.T) {
	t.Parallel()
	s := &study.Study{Release: study.Controlled, Threshold: 5}
	found := map[string]bool{}
	for _, x := range httpapi.TablesWire(s, &aggregate.Counts{TherapyGroups: 2, Families: 4}) {
		if x.Kind != nil {
			found[x.Table+" "+string(*x.Kind)] = x.Yielded
		}
		if (x.Reason != nil) == x.Yielded {
			t.Errorf("%+v", x)
		}
	}
	if !found["cohesion group"] || found["cohesion family"] || len(found) != 28 {
		t.Errorf("yielded are %v", found)
	}
	for _, x := range httpapi.TablesWire(s, &aggregate.Counts{Families: 5}) {
		if !x.Yielded || (x.Kind != nil && *x.Kind != httpapi.ReleaseTableKindFamily) {
			t.Errorf("of five families alone: %+v", x)
		}
	}
}

// TestWhatIsMissingIsNamed leaves out a parameter, gives one that is none, and asks for a
// table that there is not.
func TestWhatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "controlled")
	for path, want := range map[string]string{
		r.path("/snapshots/sn-1/difference"):    "The parameter against is needed.",
		"/v1/members?limit=many":                "The parameter limit is not in the form",
		r.path("/snapshots/sn-1/tables/people"): "There is nothing at this address. The table in it is none of groups, members, sessions, attendance, therapists, measures, alliances,",
	} {
		got := r.do(t, call{method: "GET", path: path, raw: true})
		if got.status < 400 || got.status > 404 || !strings.HasPrefix(got.problem(t).Detail, want) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

// TestAListOfConsentsSaysWhoWasErased sends a list again after one of its members was
// erased.
func TestAListOfConsentsSaysWhoWasErased(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	r.everybody(t)
	members := r.evenings[0].members
	list := func(members ...string) call {
		var lines []string
		for _, m := range members {
			lines = append(lines, `{"member_id":"`+m+`","given":true,"on":"2026-03-01","form":"v2"}`)
		}
		return call{method: "POST", path: r.path("/consents"), body: `{"consents":[` + strings.Join(lines, ",") + `]}`}
	}
	r.must(t, http.StatusOK, call{method: "POST", path: r.evenings[0].asked(t, members[1]) + "/decision", body: `{"verdict":"redact"}`, header: ifMatch(1)})
	p := r.must(t, http.StatusUnprocessableEntity, list(members...)).problem(t)
	if len(p.Errors) != 1 || p.Errors[0].Rule != "redacted_since" || p.Errors[0].Pointer != "/consents/1/member_id" {
		t.Errorf("%+v", p)
	}
	r.must(t, http.StatusOK, list(append([]string{members[0]}, members[2:]...)...))
}

// TestThePracticeSeesWhoHasTokens lists them with what became of them; a researcher sees
// nobody, and another study has none.
func TestThePracticeSeesWhoHasTokens(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	if got := listAt(t, r.must(t, http.StatusOK, call{method: "GET", path: r.path("/researchers")}).object(t), "researchers"); len(got) != 0 {
		t.Errorf("of nobody %v", got)
	}
	one, _ := r.researcher(t)
	two, token := r.researcher(t)
	elsewhere := r.made(t, "/v1/studies", `{"code":"OTHER","groups":["`+r.evenings[0].group+`"],"measures":`+researchMeasures+`,"release":"aggregate"}`).id(t)
	r.must(t, http.StatusCreated, call{method: "POST", path: "/v1/studies/" + elsewhere + "/researchers", body: `{"expires_on":"2027-03-05"}`})
	r.must(t, http.StatusOK, call{method: "POST", path: r.path("/researchers/" + one + "/end")})
	got := r.must(t, http.StatusOK, call{method: "GET", path: r.path("/researchers")})
	list := listAt(t, got.object(t), "researchers")
	if len(list) != 2 || textAt(t, list[0], "account") != one || textAt(t, list[0], "ended_by") != "operator" || textAt(t, list[1], "account") != two || at(t, list[1], "ended_at") != nil || textAt(t, list[1], "expires_at") != "2027-03-06T00:00:00Z" {
		t.Errorf("the researchers are %s", got.body)
	}
	if bytes.Contains(got.body, []byte("holon_")) || bytes.Contains(got.body, []byte("token")) {
		t.Errorf("tokens are shown once: %s", got.body)
	}
	if p := r.must(t, http.StatusForbidden, call{method: "GET", path: r.path("/researchers"), header: signed(token)}).problem(t); p.Rule != "not_allowed" {
		t.Errorf("a researcher: %+v", p)
	}
	r.must(t, http.StatusNotFound, call{method: "GET", path: "/v1/studies/st-none/researchers"})
}

// TestATokenThatWasEndedOpensNothing ends one of two researchers.
func TestATokenThatWasEndedOpensNothing(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	one, token := r.researcher(t)
	_, other := r.researcher(t)
	end := func(account, by string) answer {
		return r.do(t, call{method: "POST", path: r.path("/researchers/" + account + "/end"), header: signed(by)})
	}
	if got := end(one, other); got.status != http.StatusForbidden {
		t.Errorf("a researcher ends another: %d", got.status)
	}
	r.must(t, http.StatusOK, call{method: "GET", path: r.path(""), header: signed(token)})
	first, again := end(one, r.token), end(one, r.token)
	if first.status != http.StatusOK || string(again.body) != string(first.body) {
		t.Errorf("%d %s, then %s", first.status, first.body, again.body)
	}
	if p := r.must(t, http.StatusUnauthorized, call{method: "GET", path: r.path(""), header: signed(token)}).problem(t); p.Rule != "token_ended" {
		t.Errorf("%+v", p)
	}
	r.must(t, http.StatusOK, call{method: "GET", path: r.path(""), header: signed(other)})
	for _, account := range []string{"operator", "researcher-nobody"} {
		if p := end(account, r.token); p.status != http.StatusNotFound || p.problem(t).Rule != "no_such_researcher" {
			t.Errorf("%s: %d %s", account, p.status, p.body)
		}
	}
}
