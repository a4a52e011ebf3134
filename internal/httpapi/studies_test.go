package httpapi_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"holon/internal/study"
)

// research is a study of four groups of four members, all of whom were asked, over
// the API of a clinic.
type research struct {
	*clinic

	study    string
	evenings []*evening
}

// The measures of the study.
const researchMeasures = `[{"instrument":{"id":"holon-cohesion-1","version":"1"},"score":"rating","rater":"member"},` +
	`{"instrument":{"id":"holon-alliance-1","version":"1"},"score":"rating","rater":"member"}]`

// newResearch prepares the study; nobody has consented yet.
func newResearch(t *testing.T, release string) *research {
	t.Helper()
	r := &research{clinic: newClinic(t)}
	groups := []string{}
	for g := range 4 {
		e := r.evening(t, fmt.Sprintf("R%d", g), 4)
		e.met(t, g, e.members)
		r.evenings = append(r.evenings, e)
		groups = append(groups, `"`+e.group+`"`)
	}
	r.study = r.made(t, "/v1/studies", `{"code":"COH-26","groups":[`+strings.Join(groups, ",")+`],"measures":`+researchMeasures+`,"release":"`+release+`"}`).id(t)
	return r
}

// met enters what members say of the meeting, marks who came, and closes it.
func (e *evening) met(t *testing.T, g int, members []string) {
	t.Helper()
	var forms, marks []string
	for i, m := range members {
		forms = append(forms, e.cohesion(m, fmt.Sprint(4+(g+i)%5)), e.alliance(m, fmt.Sprint(3+(g*i)%6)))
		marks = append(marks, `{"member_id":"`+m+`","attendance":"present","modality":"in_person"}`)
	}
	e.submit(t, forms...)
	at := e.must(t, http.StatusOK, call{method: "GET", path: e.path("")}).header.Get("ETag")
	at = e.must(t, http.StatusOK, call{
		method: "PUT", path: e.path("/attendance"), body: `{"members":[` + strings.Join(marks, ",") + `],"therapists":[{"therapist_id":"` + e.lead + `","present":true},{"therapist_id":"` + e.co + `","present":true}]}`,
		header: map[string]string{"If-Match": at},
	}).header.Get("ETag")
	e.must(t, http.StatusOK, call{method: "POST", path: e.path("/close"), body: `{}`, header: map[string]string{"If-Match": at}})
}

// path is a path below the study.
func (r *research) path(rest string) string { return "/v1/studies/" + r.study + rest }

// consent enters what these members said.
func (r *research) consent(t *testing.T, given bool, members ...string) {
	t.Helper()
	var all []string
	for _, m := range members {
		all = append(all, fmt.Sprintf(`{"member_id":%q,"given":%t,"on":"2026-03-01","form":"v2"}`, m, given))
	}
	r.must(t, http.StatusOK, call{method: "POST", path: r.path("/consents"), body: `{"consents":[` + strings.Join(all, ",") + `]}`})
}

// everybody consents.
func (r *research) everybody(t *testing.T) {
	t.Helper()
	for _, e := range r.evenings {
		r.consent(t, true, e.members...)
	}
}

// snapshot takes a snapshot.
func (r *research) snapshot(t *testing.T) string {
	t.Helper()
	return r.must(t, http.StatusCreated, call{method: "POST", path: r.path("/snapshots")}).id(t)
}

// researcher makes a researcher and returns the account with its token.
func (r *research) researcher(t *testing.T) (account, token string) {
	t.Helper()
	got := r.must(t, http.StatusCreated, call{method: "POST", path: r.path("/researchers"), body: `{"expires_on":"2027-03-05"}`}).object(t)
	return textAt(t, got, "account"), textAt(t, got, "token")
}

// release asks for numbers.
func (r *research) release(snapshot, selection, level, token string) call {
	return call{method: "POST", path: r.path("/releases"), body: `{"snapshot_id":"` + snapshot + `","selection":"` + selection + `","level":"` + level + `"}`, header: signed(token)}
}

// signed are the headers of who has a token, with others by name and value.
func signed(token string, others ...string) map[string]string {
	out := map[string]string{"Authorization": "Bearer " + token}
	for i := 0; i+1 < len(others); i += 2 {
		out[others[i]] = others[i+1]
	}
	return out
}

// TestAResearcherPullsNumbers goes from the study to the records, and checks that
// they are whole, the same every time, and nothing else is open.
func TestAResearcherPullsNumbers(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	r.everybody(t)
	frozen := r.snapshot(t)
	_, token := r.researcher(t)

	dry := r.must(t, http.StatusOK, call{method: "POST", path: r.path("/dry-runs"), body: `{"snapshot_id":"` + frozen + `","selection":"everything"}`, header: signed(token)}).object(t)
	if numberAt(t, dry, "counts", "members") != 15 { // 16, to the nearest five
		t.Errorf("the dry run counts %v members", at(t, dry, "counts", "members"))
	}
	made := r.must(t, http.StatusCreated, r.release(frozen, "everything", "aggregate", token)).object(t)
	place := r.path("/releases/" + textAt(t, made, "id") + "/records")
	lines := r.must(t, http.StatusOK, call{method: "GET", path: place, header: signed(token, "Accept", "application/x-ndjson")})
	all := bytes.SplitAfter(lines.body, []byte("\n"))
	all = all[:len(all)-1]
	var trailer struct {
		Trailer struct {
			Records int    `json:"records"`
			SHA256  string `json:"sha256"`
		} `json:"trailer"`
	}
	if err := json.Unmarshal(all[len(all)-1], &trailer); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(bytes.Join(all[:len(all)-1], nil))
	if trailer.Trailer.Records != len(all)-1 || trailer.Trailer.SHA256 != hex.EncodeToString(sum[:]) || len(all) < 20 {
		t.Errorf("the trailer says %+v of %d records", trailer.Trailer, len(all)-1)
	}
	for _, e := range r.evenings {
		for _, secret := range append([]string{e.group, e.session, e.lead, e.co, "2026-03"}, e.members...) {
			if bytes.Contains(lines.body, []byte(secret)) {
				t.Errorf("the records hold %q", secret)
			}
		}
	}
	whole := r.must(t, http.StatusOK, call{method: "GET", path: place, header: signed(token)}).object(t)
	if len(listAt(t, whole, "records")) != len(all)-1 {
		t.Errorf("%d records as one value, %d as lines", len(listAt(t, whole, "records")), len(all)-1)
	}
	packed := r.send(r.request(t, call{method: "GET", path: place, header: signed(token, "Accept", "application/x-ndjson", "Accept-Encoding", "gzip")}))
	z, err := gzip.NewReader(bytes.NewReader(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(z); err != nil || !bytes.Equal(plain, lines.body) {
		t.Errorf("unpacked it is something else: %v", err)
	}
	if tag := packed.header.Get("ETag"); tag == "" || tag == lines.header.Get("ETag") {
		t.Errorf("other bytes have the tag %s as well", tag)
	}
	r.must(t, http.StatusNotModified, call{method: "GET", path: place, header: signed(token, "Accept", "application/x-ndjson", "If-None-Match", lines.header.Get("ETag"))})
}

// corrections is how many there are while numbers that left stay as they were.
const corrections = 1000

// correct corrects ratings of cohesion of all evenings, one after the other and again
// and again.
func (r *research) correct(t *testing.T, times int) {
	t.Helper()
	type rating struct {
		place   string
		version float64
	}
	var all []*rating
	for _, e := range r.evenings {
		for _, x := range listAt(t, r.must(t, http.StatusOK, call{method: "GET", path: e.path("")}).object(t), "cohesion") {
			all = append(all, &rating{e.path("/ratings/" + textAt(t, x, "rating_id") + "/corrections"), numberAt(t, x, "version")})
		}
	}
	for k := range times {
		x := all[k%len(all)]
		got := r.send(r.request(t, call{
			method: "POST", path: x.place, body: fmt.Sprintf(`{"why":"typing_error","items":[{"item":1,"value":%d}]}`, int(x.version)%2),
			header: map[string]string{"If-Match": fmt.Sprintf("\"%v\"", x.version)},
		}))
		if got.status != http.StatusOK {
			t.Fatalf("correction %d: %d %s", k, got.status, got.body)
		}
		x.version++
	}
}

// TestWhatIsFrozenStays takes a snapshot, corrects a rating, and pulls the same
// bytes; the later snapshot differs by the one who was corrected, and its numbers
// do not leave. After a thousand corrections the bytes of numbers, rows and snapshot
// are still the same.
func TestWhatIsFrozenStays(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "controlled")
	r.everybody(t)
	first := r.snapshot(t)
	made := r.must(t, http.StatusCreated, r.release(first, "everything", "aggregate", r.token)).object(t)
	places := []string{"/releases/" + textAt(t, made, "id") + "/records", "/snapshots/" + first, "/snapshots/" + first + "/package", "/snapshots/" + first + "/tables/cohesion"}
	var before []answer
	for _, place := range places {
		before = append(before, r.must(t, http.StatusOK, call{method: "GET", path: r.path(place)}))
	}
	same := func(when string) {
		t.Helper()
		for i, place := range places {
			if after := r.must(t, http.StatusOK, call{method: "GET", path: r.path(place)}); !bytes.Equal(after.body, before[i].body) || len(after.body) < 200 {
				t.Errorf("%s %s is something else", when, place)
			}
		}
	}
	same("at once")
	r.correct(t, 1)
	same("after a correction")
	second := r.snapshot(t)
	differs := r.must(t, http.StatusOK, call{method: "GET", path: r.path("/snapshots/" + first + "/difference?against=" + second)}).object(t)
	// A corrected answer changes rows, and no count of a group.
	if at(t, differs, "same") != false || len(listAt(t, differs, "groups_changed")) != 0 || len(listAt(t, differs, "measures")) != 1 || numberAt(t, differs, "measures", 0, "people") != 1 {
		t.Errorf("the snapshots differ by %v", differs)
	}
	if p := r.must(t, http.StatusConflict, r.release(second, "everything", "aggregate", r.token)).problem(t); p.Rule != "differs_by_few" {
		t.Errorf("numbers that differ by one person: %+v", p)
	}
	r.must(t, http.StatusCreated, r.release(first, "everything", "aggregate", r.token)) // the very same is fine
	again := r.must(t, http.StatusOK, call{method: "GET", path: r.path("/releases")}).object(t)
	if got := listAt(t, again, "releases"); len(got) != 2 || numberAt(t, got[1], "number") != 2 {
		t.Errorf("the releases are %v", got)
	}
	if got := r.must(t, http.StatusOK, call{method: "GET", path: r.path("/snapshots")}).object(t); len(listAt(t, got, "snapshots")) != 2 {
		t.Errorf("the snapshots are %v", got)
	}
	r.correct(t, corrections)
	same("after a thousand corrections")
	x := r.must(t, http.StatusOK, call{method: "GET", path: r.path("")})
	groups, err := json.Marshal(at(t, x.object(t), "groups"))
	if err != nil {
		t.Fatal(err)
	}
	r.must(t, http.StatusOK, call{
		method: "PUT", path: r.path(""), header: map[string]string{"If-Match": x.header.Get("ETag")},
		body: fmt.Sprintf(`{"code":"COH-26","groups":%s,"measures":[%s],"release":"controlled"}`, groups, strings.SplitAfter(researchMeasures[1:], "},")[0]+`"score":"rating","rater":"member"}`),
	})
	same("under other measures of the study")
	if as, err := r.cases.CheckSnapshot(t.Context(), theOperator("checking"), study.ID(r.study), study.SnapshotID(first)); err != nil || !as {
		t.Errorf("the stored rows are those that were frozen: %t, %v", as, err)
	}
}

// TestWithoutANumberThereIsNoRelease asks for an analysis that no measure has, for groups
// that are not there, for sessions that are not, and before anybody consented. None of it
// is a look at anything: a protocol is frozen afterwards, and every question is asked for
// the first time.
func TestWithoutANumberThereIsNoRelease(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "controlled")
	unasked := r.snapshot(t)
	r.everybody(t)
	frozen := r.snapshot(t)
	r.must(t, http.StatusOK, call{method: "POST", path: r.path("/selections"), body: `{"name":"nobody","kinds":["couple"]}`})
	r.must(t, http.StatusOK, call{method: "POST", path: r.path("/selections"), body: `{"name":"late","weeks":{"from":500,"to":510}}`})
	for what, body := range map[string]string{
		"no bonds":             `{"snapshot_id":"` + frozen + `","selection":"everything","level":"aggregate","analyses":["round_robin"]}`,
		"no couples":           `{"snapshot_id":"` + frozen + `","selection":"nobody","level":"aggregate"}`,
		"no sessions":          `{"snapshot_id":"` + frozen + `","selection":"late","level":"aggregate"}`,
		"no sessions, exactly": `{"snapshot_id":"` + frozen + `","selection":"late","level":"controlled"}`,
		"no consent":           `{"snapshot_id":"` + unasked + `","selection":"everything","level":"aggregate"}`,
		"no consent, exactly":  `{"snapshot_id":"` + unasked + `","selection":"everything","level":"controlled"}`,
	} {
		got := r.send(r.request(t, call{method: "POST", path: r.path("/releases"), body: body}))
		if got.status != http.StatusUnprocessableEntity || !bytes.Contains(got.body, []byte("nothing_to_release")) {
			t.Errorf("%s: %d %s", what, got.status, got.body)
		}
	}
	if left := listAt(t, r.must(t, http.StatusOK, call{method: "GET", path: r.path("/releases")}).object(t), "releases"); len(left) != 0 {
		t.Errorf("%v is kept", left)
	}
	rev := r.must(t, http.StatusOK, call{method: "GET", path: r.path("")}).header.Get("ETag")
	r.must(t, http.StatusOK, call{method: "POST", path: r.path("/protocol"), body: researchProtocol, header: map[string]string{"If-Match": rev}})
	made := r.must(t, http.StatusCreated, r.release(frozen, "everything", "aggregate", r.token)).object(t)
	for _, x := range listAt(t, r.must(t, http.StatusOK, call{method: "GET", path: r.path("/releases/" + textAt(t, made, "id") + "/records")}).object(t), "records") {
		if numberAt(t, x, "asked") != 1 {
			t.Fatalf("asked before: %v", x)
		}
	}
}

// TestWhatIsHeldBackIsReleased releases of so few members that every number is suppressed:
// that is a look.
func TestWhatIsHeldBackIsReleased(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	for _, e := range r.evenings {
		r.consent(t, true, e.members[0])
	}
	made := r.must(t, http.StatusCreated, r.release(r.snapshot(t), "everything", "aggregate", r.token)).object(t)
	records := listAt(t, r.must(t, http.StatusOK, call{method: "GET", path: r.path("/releases/" + textAt(t, made, "id") + "/records")}).object(t), "records")
	for _, x := range records {
		if at(t, x, "estimate") != nil {
			t.Errorf("a number about four members: %v", x)
		}
	}
	if len(records) < 10 {
		t.Errorf("%d records", len(records))
	}
}

// TestATableIsThatOfThePackage pulls the tables one by one, and reads their trailers.
func TestATableIsThatOfThePackage(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "controlled")
	r.everybody(t)
	place := r.path("/snapshots/" + r.snapshot(t))
	packed := r.must(t, http.StatusOK, call{method: "GET", path: place + "/package"}).body
	files, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, name := range []string{"groups", "members", "sessions", "attendance", "cohesion", "alliances"} {
		got := r.must(t, http.StatusOK, call{method: "GET", path: place + "/tables/" + name})
		f, err := files.Open(name + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		if want, err := io.ReadAll(f); err != nil || !bytes.Equal(got.body, want) {
			t.Errorf("%s: another table than in the package, %v", name, err)
		}
		n := bytes.Count(got.body, []byte("\n")) - 1
		if sum := fmt.Sprintf("%x", sha256.Sum256(got.body)); got.header.Get("Trailer") != "Holon-Rows, Holon-Sha256" || got.header.Get("Holon-Rows") != fmt.Sprint(n) || got.header.Get("Holon-Sha256") != sum {
			t.Errorf("%s: the trailer is %v, not %d and %s", name, got.header, n, sum)
		}
		lines := r.must(t, http.StatusOK, call{method: "GET", path: place + "/tables/" + name + "?format=ndjson"})
		if bytes.Count(lines.body, []byte("\n")) != n+1 || lines.header.Get("Content-Type") != "application/x-ndjson" || got.header.Get("Content-Type") != "text/csv; charset=utf-8" {
			t.Errorf("%s: %q as lines", name, lines.body)
		}
		rows += n
	}
	if rows < 60 {
		t.Errorf("%d rows", rows)
	}
	_, token := r.researcher(t)
	if p := r.must(t, http.StatusForbidden, call{method: "GET", path: place + "/tables/groups", header: signed(token)}).problem(t); p.Rule != "no_agreement" {
		t.Errorf("%+v", p)
	}
	r.must(t, http.StatusNotFound, call{method: "GET", path: place + "/tables/names", raw: true})
	for _, who := range []map[string]string{nil, signed(token)} {
		if p := r.must(t, http.StatusNotFound, call{method: "GET", path: place + "/tables/analyses", header: who}).problem(t); p.Rule != "numbers_are_in_a_release" || !strings.Contains(p.Detail, "/releases/{release_id}/records") {
			t.Errorf("%+v", p)
		}
	}
	if p := r.must(t, http.StatusUnprocessableEntity, call{method: "GET", path: place + "/tables/groups?selection=none"}).problem(t); p.Rule != "unknown_selection" {
		t.Errorf("%+v", p)
	}
	other := newResearch(t, "aggregate")
	other.everybody(t)
	if p := other.must(t, http.StatusConflict, call{method: "GET", path: other.path("/snapshots/" + other.snapshot(t) + "/tables/groups")}).problem(t); p.Rule != "aggregate_only" {
		t.Errorf("%+v", p)
	}
}

// TestWithoutConsentNothingIsFrozen leaves a member out, and then everybody.
func TestWithoutConsentNothingIsFrozen(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	r.everybody(t)
	r.consent(t, false, r.evenings[0].members[0])
	got := r.must(t, http.StatusOK, call{method: "GET", path: r.path("/snapshots/" + r.snapshot(t))}).object(t)
	if numberAt(t, got, "counts", "members") != 15 || numberAt(t, got, "counts", "ratings") != 30 {
		t.Errorf("%v", got)
	}
	if list := listAt(t, r.must(t, http.StatusOK, call{method: "GET", path: r.path("/consents")}).object(t), "consents"); len(list) != 16 {
		t.Errorf("%d consents", len(list))
	}
	p := r.must(t, http.StatusUnprocessableEntity, call{method: "POST", path: r.path("/consents"), body: `{"consents":[{"member_id":"m-nobody","given":true,"on":"2026-03-01","form":"v2"}]}`}).problem(t)
	if len(p.Errors) != 1 || p.Errors[0].Rule != "not_in_study" {
		t.Errorf("%+v", p)
	}
}

// TestAResearchersTokenOpensNothingElse goes to what is the practice's, and to
// another study.
func TestAResearchersTokenOpensNothingElse(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "controlled")
	r.everybody(t)
	frozen := r.snapshot(t)
	account, token := r.researcher(t)
	e := r.evenings[0]
	for _, path := range []string{"/v1/members", "/v1/groups", "/v1/groups/" + e.group, e.path(""), "/v1/reports", r.path("/consents"), "/v1/studies/st-other", r.path("/snapshots/" + frozen + "/difference?against=" + frozen)} {
		if p := r.must(t, http.StatusForbidden, call{method: "GET", path: path, header: signed(token)}).problem(t); p.Rule != "not_allowed" {
			t.Errorf("%s: %+v", path, p)
		}
	}
	one := r.must(t, http.StatusOK, call{method: "GET", path: r.path(""), header: signed(token)}).object(t)
	if len(listAt(t, one, "groups")) != 0 {
		t.Errorf("the groups are told: %v", one)
	}
	if got := r.must(t, http.StatusOK, call{method: "GET", path: "/v1/studies", header: signed(token)}).object(t); len(listAt(t, got, "studies")) != 1 {
		t.Errorf("%v", got)
	}
	if p := r.must(t, http.StatusForbidden, r.release(frozen, "everything", "controlled", token)).problem(t); p.Rule != "no_agreement" {
		t.Errorf("%+v", p)
	}
	agreed := call{method: "POST", path: r.path("/agreements"), body: `{"code":"DUA-1","purpose":"reproduction","persons":["` + account + `"],"ends_on":"2026-12-31"}`}
	r.must(t, http.StatusOK, agreed)
	if p := r.must(t, http.StatusUnprocessableEntity, agreed).problem(t); len(p.Errors) != 1 || p.Errors[0].Rule != "code_taken" || p.Errors[0].Pointer != "/code" {
		t.Errorf("the same code again: %+v", p)
	}
	made := r.must(t, http.StatusCreated, r.release(frozen, "everything", "controlled", token)).object(t)
	r.must(t, http.StatusOK, call{method: "GET", path: r.path("/releases/" + textAt(t, made, "id") + "/records"), header: signed(token)})
	packed := r.must(t, http.StatusOK, call{method: "GET", path: r.path("/snapshots/" + frozen + "/package?selection=everything&release=" + textAt(t, made, "id")), header: signed(token)})
	files, err := zip.NewReader(bytes.NewReader(packed.body), int64(len(packed.body)))
	if err != nil || len(files.File) < 15 {
		t.Fatalf("the package: %v", err)
	}
	_, other := r.researcher(t)
	if p := r.must(t, http.StatusForbidden, call{method: "GET", path: r.path("/snapshots/" + frozen + "/package"), header: signed(other)}).problem(t); p.Rule != "no_agreement" {
		t.Errorf("%+v", p)
	}
	if p := r.must(t, http.StatusForbidden, call{method: "GET", path: r.path("/releases/" + textAt(t, made, "id") + "/records"), header: signed(other)}).problem(t); p.Rule != "no_agreement" {
		t.Errorf("%+v", p)
	}
}

// TestAnAgreementIsWithResearchersOfTheStudy names accounts that are of nobody, of the
// practice and of another study.
func TestAnAgreementIsWithResearchersOfTheStudy(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "controlled")
	account, _ := r.researcher(t)
	elsewhere := r.made(t, "/v1/studies", `{"code":"OTHER","groups":["`+r.evenings[0].group+`"],"measures":`+researchMeasures+`,"release":"controlled"}`).id(t)
	other := textAt(t, r.must(t, http.StatusCreated, call{method: "POST", path: "/v1/studies/" + elsewhere + "/researchers", body: `{"expires_on":"2027-03-05"}`}).object(t), "account")
	agreement := func(persons string) call {
		return call{method: "POST", path: r.path("/agreements"), body: `{"code":"DUA-1","purpose":"reproduction","persons":[` + persons + `],"ends_on":"2026-12-31"}`}
	}
	for _, wrong := range []string{"researcher-nobody", "operator", other} {
		p := r.must(t, http.StatusUnprocessableEntity, agreement(`"`+account+`","`+wrong+`"`)).problem(t)
		if len(p.Errors) != 1 || p.Errors[0].Rule != "no_such_researcher" || p.Errors[0].Pointer != "/persons/1" {
			t.Errorf("%s: %+v", wrong, p)
		}
	}
	r.must(t, http.StatusOK, agreement(`"`+account+`"`))
}

// TestAProtocolComesBeforeTheFirstLook freezes one in time, and one too late.
func TestAProtocolComesBeforeTheFirstLook(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	r.everybody(t)
	frozen := r.snapshot(t)
	protocol := researchProtocol
	r.must(t, http.StatusOK, call{method: "POST", path: r.path("/protocol"), body: protocol, header: ifMatch(1)})
	r.must(t, http.StatusOK, call{method: "POST", path: r.path("/selections"), body: `{"name":"first","numbers":{"from":1,"to":1}}`})
	if p := r.must(t, http.StatusConflict, call{method: "POST", path: r.path("/selections"), body: `{"name":"first","numbers":{"from":1,"to":2}}`}).problem(t); p.Rule != "name_taken" {
		t.Errorf("%+v", p)
	}
	x := r.must(t, http.StatusOK, call{method: "GET", path: r.path("")}).object(t)
	change := func(threshold int) string {
		groups, err := json.Marshal(at(t, x, "groups"))
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf(`{"code":"COH-26","groups":%s,"measures":%s,"threshold":%d,"release":"aggregate"}`, groups, researchMeasures, threshold)
	}
	if p := r.must(t, http.StatusConflict, call{method: "PUT", path: r.path(""), body: change(5), header: ifMatch(3)}).problem(t); p.Rule != "protocol_is_frozen" {
		t.Errorf("%+v", p)
	}
	r.must(t, http.StatusOK, call{method: "PUT", path: r.path(""), body: change(11), header: ifMatch(3)})
	planned := func(r *research, frozen, selection string) (n int, caveats string) {
		t.Helper()
		made := r.must(t, http.StatusCreated, r.release(frozen, selection, "aggregate", r.token)).object(t)
		one := r.must(t, http.StatusOK, call{method: "GET", path: r.path("/releases/" + textAt(t, made, "id"))}).object(t)
		whole := r.must(t, http.StatusOK, call{method: "GET", path: r.path("/releases/" + textAt(t, one, "id") + "/records")}).object(t)
		for _, x := range listAt(t, whole, "records") {
			primary := textAt(t, x, "analysis") == "group_level" && strings.HasPrefix(textAt(t, x, "measure"), "holon-cohesion-1")
			if primary {
				caveats += fmt.Sprint(at(t, x, "caveats"))
			}
			if at(t, x, "planned") == true {
				n++
				if !primary {
					t.Errorf("%v was not planned", x)
				}
			}
		}
		return n, caveats
	}
	if n, _ := planned(r, frozen, "everything"); n == 0 {
		t.Error("nothing is planned")
	}
	if n, caveats := planned(r, frozen, "first"); n != 0 || !strings.Contains(caveats, "selection_not_planned") {
		t.Errorf("of a selection %d are planned: %s", n, caveats)
	}
	for code, other := range map[string]string{
		"before_the_planned_end":     strings.Replace(protocol, `"groups":4`, `"groups":5`, 1),
		"another_model_than_planned": strings.Replace(protocol, "members_in_groups", "members_by_sessions", 1),
	} {
		next := newResearch(t, "aggregate")
		next.everybody(t)
		next.must(t, http.StatusOK, call{method: "POST", path: next.path("/protocol"), body: other, header: ifMatch(1)})
		if n, caveats := planned(next, next.snapshot(t), "everything"); n != 0 || !strings.Contains(caveats, code) {
			t.Errorf("%s: %d are planned: %s", code, n, caveats)
		}
	}

	late := newResearch(t, "aggregate")
	late.everybody(t)
	late.must(t, http.StatusCreated, late.release(late.snapshot(t), "everything", "aggregate", late.token))
	if p := late.must(t, http.StatusConflict, call{method: "POST", path: late.path("/protocol"), body: protocol, header: ifMatch(2)}).problem(t); p.Rule != "looked_already" {
		t.Errorf("%+v", p)
	}
}
