package httpapi_test

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// halvesFile is an instrument of two items, each a score whose key is from
// memory, and their sum.
const halvesFile = `{"schema":1,"id":"halves","version":"1","title":"Halves","construct":"Made for tests.","language":"und",
	"licence":{"status":"own","holder":"tests","wording_included":false},"facts":[{"about":"all","source":"made for tests","verified":true}],
	"items":[{"number":1,"level":"cohesion","referent":"we","raters":["member"],"min":0,"max":3,"step":1},{"number":2,"level":"cohesion","referent":"we","raters":["member"],"min":0,"max":3,"step":1}],
	"scores":[{"id":"first","title":"First","level":"cohesion","items":[1],"method":"sum","max_missing":0,"direction":"higher_better","min":0,"max":3,"key":{"status":"unattested","about":"its item","source":"from memory"}},
	{"id":"second","title":"Second","level":"cohesion","items":[2],"method":"sum","max_missing":0,"direction":"higher_better","min":0,"max":3},
	{"id":"whole","title":"Whole","level":"cohesion","items":[1,2],"parts":["first","second"],"method":"sum_of_scores","max_missing":0,"direction":"higher_better","min":0,"max":6}]}`

// unscoredFile is an instrument without keys.
const unscoredFile = `{"schema":1,"id":"keyless","version":"1","title":"Keyless","construct":"Made for tests.","language":"und",
	"licence":{"status":"own","holder":"tests","wording_included":false},"facts":[{"about":"all","source":"made for tests","verified":true}],
	"without_keys":{"reason":"Nobody knows which items make which scale.","scores":["One","Two"]},"undivided":"Levels are not known item by item.",
	"items":[{"number":1,"level":"cohesion","referent":"we","raters":["member"],"min":0,"max":3,"step":1}],"scores":[]}`

// formOf answers the first item, or the first two, of an instrument about the
// group with 2.
func ownForm(id, member string, items int) string {
	answers := []string{`{"item":1,"value":2}`, `{"item":2,"value":2}`}[:items]
	return `{"instrument":{"id":"` + id + `","version":"1"},"rater":{"kind":"member","id":"` + member + `"},"occasion":"post","mode":"device","items":[` + strings.Join(answers, ",") + `]}`
}

// cohesionScores returns the scores of the session's first rating of the group.
func (e *evening) cohesionScores(t *testing.T) []any {
	t.Helper()
	return listAt(t, e.must(t, http.StatusOK, call{method: "GET", path: e.path("?levels=cohesion")}).object(t), "cohesion", 0, "scores")
}

func TestAKeyFromMemoryIsAttestedAndEveryScoreSaysByWhom(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	made := e.made(t, "/v1/instruments", halvesFile)
	place := made.header.Get("Location")
	if place != "/v1/instruments/halves/versions/1" || made.object(t)["own"] != true {
		t.Fatalf("made at %s: %s", place, made.body)
	}
	e.submit(t, ownForm("halves", e.members[0], 2))
	before := e.cohesionScores(t)
	for i, want := range []string{"key_not_attested", "", "key_not_attested"} {
		if reason := at(t, before, i, "reason"); (want == "") != (reason == nil) || (reason != nil && reason != want) {
			t.Errorf("score %d: %v", i, before[i])
		}
	}
	body := `{"scores":["first"],"statement":"compared_with_own_form"}`
	key := map[string]string{"Idempotency-Key": "attest-1"}
	attested := e.must(t, http.StatusCreated, call{method: "POST", path: place + "/attestations", body: body, header: key})
	again := e.must(t, http.StatusCreated, call{method: "POST", path: place + "/attestations", body: body, header: key})
	if !bytes.Equal(attested.body, again.body) || attested.header.Get("Location") != place+"/attestations#/attestations/0" {
		t.Errorf("%s then %s", attested.body, again.body)
	}
	when := attested.object(t)["at"]
	after := e.cohesionScores(t)
	wantKey := map[string]any{"status": "attested", "by": "operator", "at": when}
	for i, want := range []float64{2, 2, 4} {
		if at(t, after, i, "value") != want {
			t.Errorf("score %d: %v", i, after[i])
		}
	}
	if diff := cmp.Diff(wantKey, at(t, after, 0, "key")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(wantKey, at(t, after, 2, "key")); diff != "" {
		t.Error(diff)
	}
	shown := e.must(t, http.StatusOK, call{method: "GET", path: place}).object(t)
	if at(t, shown, "scores", 0, "key", "attestation", "by") != "operator" || at(t, shown, "scores", 0, "key", "about") != "its item" {
		t.Errorf("the definition shows %v", at(t, shown, "scores", 0, "key"))
	}
	for _, x := range listAt(t, e.must(t, http.StatusOK, call{method: "GET", path: "/v1/instruments"}).object(t), "instruments") {
		if at(t, x, "id") == "halves" {
			want := map[string]any{"verified": 1.0, "attested": 2.0, "unattested": 0.0, "missing": 0.0}
			if diff := cmp.Diff(want, at(t, x, "keys")); diff != "" {
				t.Error(diff)
			}
		}
	}
	e.must(t, http.StatusCreated, call{method: "POST", path: place + "/attestations", body: `{"scores":["first"],"statement":"withdrawn"}`})
	list := e.must(t, http.StatusOK, call{method: "GET", path: place + "/attestations"}).object(t)
	if len(listAt(t, list, "attestations")) != 2 || at(t, list, "keys", 2, "key", "status") != "unattested" {
		t.Errorf("withdrawn: %v", list)
	}
	if at(t, e.cohesionScores(t), 0, "value") != nil {
		t.Error("a score is made by a key that was withdrawn")
	}
}

func TestAttestationsThatAreRefused(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	path := c.made(t, "/v1/instruments", halvesFile).header.Get("Location") + "/attestations"
	for body, want := range map[string]string{
		`{"scores":["second"],"statement":"compared_with_own_form"}`: "/scores/0 key_not_from_memory",
		`{"scores":["third"],"statement":"compared_with_own_form"}`:  "/scores/0 no_such_score",
		`{"scores":["first"],"statement":"withdrawn"}`:               "/scores/0 not_attested",
		`{"scores":["first"],"statement":"trust_me"}`:                "/statement not_one_of",
		`{"statement":"compared_with_own_form"}`:                     "/scores required",
	} {
		p := c.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: path, body: body}).problem(t)
		if len(p.Errors) != 1 || p.Errors[0].Pointer+" "+p.Errors[0].Rule != want {
			t.Errorf("%s: %+v", body, p)
		}
	}
	c.must(t, http.StatusNotFound, call{method: "POST", path: "/v1/instruments/none/versions/1/attestations", body: `{"scores":["first"],"statement":"compared_with_own_form"}`})
	c.must(t, http.StatusNotFound, call{method: "GET", path: "/v1/instruments/none/versions/1/attestations"})
}

func TestAFormWithoutKeysIsTakenAndSaysThatItIsNotScored(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	made := e.made(t, "/v1/instruments", unscoredFile).object(t)
	if at(t, made, "without_keys", "scores", 1) != "Two" || made["undivided"] == nil || len(listAt(t, made, "scores")) != 0 {
		t.Errorf("got %v", made)
	}
	e.submit(t, ownForm("keyless", e.members[0], 1))
	rating := objectAt(t, e.must(t, http.StatusOK, call{method: "GET", path: e.path("?levels=cohesion")}).object(t), "cohesion", 0)
	want := map[string]any{"reason": "keys_missing", "detail": "Nobody knows which items make which scale."}
	if diff := cmp.Diff(want, rating["unscored"]); diff != "" || len(listAt(t, rating, "scores")) != 0 {
		t.Errorf("%s%v", diff, rating["scores"])
	}
}

func TestAnInstrumentWithFaultsIsToldThemAll(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	faulty := strings.NewReplacer(`"id":"halves"`, `"id":"HALVES"`, `"title":"Whole"`, `"title":"","colour":"red"`).Replace(halvesFile)
	p := c.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: "/v1/instruments", body: faulty}).problem(t)
	if len(p.Errors) == 0 || p.Errors[0].Pointer != "/scores/2/colour" {
		t.Errorf("%+v", p)
	}
	faulty = strings.NewReplacer(`"items":[1,2]`, `"items":[1,9]`, `"items":[2]`, `"items":[1]`).Replace(halvesFile)
	p = c.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: "/v1/instruments", body: faulty}).problem(t)
	if len(p.Errors) != 1 || p.Errors[0].Rule != "no_such_item" {
		t.Errorf("%+v", p)
	}
	c.must(t, http.StatusBadRequest, call{method: "POST", path: "/v1/instruments", body: `{"schema":`})
	c.made(t, "/v1/instruments", halvesFile)
	again := c.made(t, "/v1/instruments", halvesFile)
	if again.header.Get("ETag") != strconv.Quote(textAt(t, again.object(t), "sha256")) {
		t.Errorf("ETag %s", again.header.Get("ETag"))
	}
	changed := strings.Replace(halvesFile, `"title":"Halves"`, `"title":"Quarters"`, 1)
	if p := c.must(t, http.StatusConflict, call{method: "POST", path: "/v1/instruments", body: changed}).problem(t); p.Rule != "instrument_redefined" {
		t.Errorf("%+v", p)
	}
}

// wordingOf is the wording of the two items of halves.
func wordingOf(text string) string {
	return `{"use":"screen","licence":{"holder":"tests","reference":"letter 1"},"items":[` +
		`{"number":1,"wording":[{"rater":"member","text":"` + text + `","low":"l","high":"h"}]},{"number":2,"wording":[{"rater":"member","text":"two","low":"l","high":"h"}]}]}`
}

func TestLicensedWordingIsKeptAndChangedByItsVersion(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	place := c.made(t, "/v1/instruments", halvesFile).header.Get("Location")
	path := place + "/wordings/de-AT"
	c.must(t, http.StatusNotFound, call{method: "GET", path: path})
	put := func(status int, body string, header map[string]string) answer {
		t.Helper()
		return c.must(t, status, call{method: "PUT", path: path, body: body, header: header})
	}
	first := put(http.StatusOK, wordingOf("eins"), map[string]string{"Idempotency-Key": "w-1"})
	if first.header.Get("ETag") != `"1"` {
		t.Errorf("ETag %s", first.header.Get("ETag"))
	}
	if again := put(http.StatusOK, wordingOf("eins"), map[string]string{"Idempotency-Key": "w-1"}); !bytes.Equal(first.body, again.body) {
		t.Errorf("again: %s", again.body)
	}
	put(http.StatusPreconditionRequired, wordingOf("zwei"), nil)
	put(http.StatusPreconditionFailed, wordingOf("zwei"), ifMatch(2))
	put(http.StatusOK, wordingOf("zwei"), ifMatch(1))
	now := c.must(t, http.StatusOK, call{method: "GET", path: path}).object(t)
	if at(t, now, "items", 0, "wording", 0, "text") != "zwei" || now["number"] != 2.0 || now["from"] != "service" || now["lapsed"] != false {
		t.Errorf("got %v", now)
	}
	shown := c.must(t, http.StatusOK, call{method: "GET", path: place})
	if bytes.Contains(shown.body, []byte("zwei")) {
		t.Error("licensed wording is in the definition")
	}
}

func TestWordingIsCheckedAgainstTheForm(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	body := `{"use":"screen","licence":{"holder":"h","reference":"r","valid_until":"2026-02-30"},"items":[` +
		`{"number":1,"wording":[{"rater":"member","text":"a","low":"l","high":"h"},{"rater":"observer","text":"b","low":"l","high":"h"}]},` +
		`{"number":1,"wording":[{"rater":"member","text":"a","low":"l","high":"h"}]},{"number":9,"wording":[{"rater":"member","text":"a","low":"l","high":"h"}]}]}`
	p := c.must(t, http.StatusUnprocessableEntity, call{method: "PUT", path: "/v1/instruments/srs/versions/3.0/wordings/en", body: body}).problem(t)
	var got []string
	for _, f := range p.Errors {
		got = append(got, f.Pointer+" "+f.Rule)
	}
	want := []string{"/use paper_only", "/licence/valid_until bad_date", "/items/0/wording/1/rater wording_by_rater", "/items/1/number repeated", "/items/2/number no_such_item", "/items item_without_wording"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	c.must(t, http.StatusNotFound, call{method: "PUT", path: "/v1/instruments/none/versions/1/wordings/en", body: body})
}
