package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"holon/internal/store"
	"holon/internal/store/mongostore/mongotest"
)

// fineFile defines a one-item instrument in steps of a thousandth, so that
// every answer is found again by its bytes.
func fineFile(id, item string) string {
	level, _, _ := strings.Cut(item, `,"referent"`)
	return `{"schema":1,"id":"` + id + `","version":"1","title":"Fine","construct":"Made for tests.","language":"und",
	"licence":{"status":"own","holder":"tests","wording_included":false},"facts":[{"about":"all","source":"made for tests","verified":true}],
	"items":[{"number":1,` + item + `,"min":0,"max":10,"step":0.001}],
	"scores":[{"id":"total","title":"Total",` + level + `,"items":[1],"method":"sum","max_missing":0,"direction":"higher_better","min":0,"max":10}]}`
}

// The marks: what was said by or about the member, in every way there is.
const (
	markCorrected, markNow, markVoid, markMoved, markHalf, markDone = 1.347, 2.458, 3.569, 4.671, 5.782, 6.893
	markTotal, markGuess, markGoal, markImported, markBond          = 7.914, 8.125, 4.319, 9.236, 3.197
	markOther                                                       = 9.763 // another's, which stays
)

// mark tells whether something stands in a content.
type mark func(content []byte) bool

// text is a mark that is looked for as it is.
func text(s string) mark {
	return func(content []byte) bool { return bytes.Contains(content, []byte(s)) }
}

// written is a number in every way in which it may stand in a file: in binary, and
// in decimals that are no part of a time of day or a duration.
func written(x float64) mark {
	double := binary.LittleEndian.AppendUint64(nil, math.Float64bits(x))
	decimal := regexp.MustCompile(`(^|[^0-9])` + regexp.QuoteMeta(strconv.FormatFloat(x, 'f', -1, 64)) + `([^0-9Zmsµ]|$)`)
	return func(content []byte) bool { return bytes.Contains(content, double) || decimal.Match(content) }
}

// marks are what is to be looked for, by what it is.
func marks() map[string]mark {
	out := map[string]mark{"the code": text("CODE-OF-ANNA"), "the day on paper": text("1998-07-06"), "the code of the goal": text("SLEEP-ALONE"), "the first words of the goal": text("to sleep without the light"), "the later words of the goal": text("to sleep and not to dream"), "words of a shared goal": text("to be left in peace"), "the way of coming": text("phone")}
	for what, x := range map[string]float64{
		"an answer before its correction": markCorrected, "a corrected answer": markNow, "a void form": markVoid, "a moved form": markMoved, "an unfinished answer": markHalf, "a finished answer": markDone,
		"a reported total": markTotal, "a guess": markGuess, "a goal's rating": markGoal, "an imported answer": markImported, "a bond": markBond,
	} {
		out[what] = written(x)
	}
	return out
}

// within lists which marks stand in a content.
func within(content []byte, what map[string]mark) map[string]bool {
	found := map[string]bool{}
	for name, stands := range what {
		if stands(content) {
			found[name] = true
		}
	}
	return found
}

// inTree lists which marks stand in any file below a directory.
func inTree(t *testing.T, dir string, what map[string]mark) []string {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		maps.Copy(found, within(content, what))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(found))
}

// inZip lists which marks stand in any entry of a backup.
func inZip(t *testing.T, path string, what map[string]mark) []string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = z.Close() }()
	found := map[string]bool{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(found, within(content, what))
	}
	return slices.Sorted(maps.Keys(found))
}

// anna is a practice in which one member used everything.
type anna struct {
	client

	member, other, thursday, saturday, report string
}

// fine is a form of one answer.
func fine(instrument, kind, rater, occasion string, about object, value float64) object {
	f := object{
		"instrument": object{"id": instrument, "version": "1"}, "rater": object{"kind": kind, "id": rater},
		"occasion": occasion, "mode": "device", "items": []object{{"item": 1, "value": value}},
	}
	if about != nil {
		f["about"] = about
	}
	return f
}

// annasPractice fills a practice through its service.
func annasPractice(t *testing.T, c client) *anna {
	t.Helper()
	a := &anna{client: c}
	post := func(path string, body any) answer {
		t.Helper()
		return c.must(t, http.StatusCreated, "POST", path, "", body)
	}
	for id, item := range map[string]string{
		"fine-outcome":  `"level":"outcome","referent":"I","raters":["member"]`,
		"fine-alliance": `"level":"alliance","referent":"pair","raters":["member","therapist"]`,
		"fine-bond":     `"level":"bond","referent":"pair","raters":["member"]`,
		"fine-cohesion": `"level":"cohesion","referent":"we","raters":["member"]`,
	} {
		post("/v1/instruments", json.RawMessage(fineFile(id, item)))
	}
	thursday, lead, others := c.group(t, "THU", 2)
	c.bonds(t, thursday)
	a.other, a.thursday = others[0], thursday
	var wrong []string
	a.saturday, _, wrong = c.group(t, "SAT", 2)
	a.member = post("/v1/members", object{"code": "CODE-OF-ANNA", "birth_year": 1937}).id
	post("/v1/groups/"+thursday+"/spells", object{"member_id": a.member, "role": "member", "joined": "2026-01-12"})
	goal := read[object](t, post("/v1/groups/"+thursday+"/goals", object{"code": "SLEEP-ALONE", "owner": a.member, "from": "2026-01-12"}))["goal_id"]
	a.words(t, thursday, goal)
	held := post("/v1/groups/"+thursday+"/sessions", object{"kind": "meeting", "held_on": "2026-01-12"}).id
	at := "/v1/sessions/" + held
	c.must(t, http.StatusOK, "PUT", at+"/attendance", `"1"`, object{"members": []object{{"member_id": a.member, "attendance": "late", "modality": "phone"}}})
	total := fine("fine-cohesion", "member", a.member, "pre", nil, 0)
	delete(total, "items")
	total["reported_total"], total["mode"], total["answered_on"] = markTotal, "paper", "1998-07-06"
	half := fine("fine-cohesion", "member", a.member, "post", nil, markHalf)
	half["unfinished"] = true
	risk := object{
		"instrument": object{"id": "phq-9", "version": "1"}, "rater": object{"kind": "member", "id": a.member}, "occasion": "pre", "mode": "device",
		"items": []object{{"item": 9, "value": 2}},
	}
	receipt := read[struct {
		Forms []struct {
			FormID  string `json:"form_id"`
			Ratings []struct {
				RatingID string `json:"rating_id"`
			}
		}
	}](t, post(at+"/forms", object{"forms": []object{
		fine("fine-outcome", "member", a.member, "post", nil, markCorrected), fine("fine-outcome", "member", a.member, "pre", nil, markVoid), total, half, risk,
		fine("fine-alliance", "therapist", lead, "post", object{"member_id": a.member}, markGuess),
		fine("fine-bond", "member", a.other, "post", object{"member_id": a.member}, markBond),
		fine("fine-outcome", "member", a.other, "post", nil, markOther),
	}})).Forms
	c.must(t, http.StatusOK, "POST", at+"/ratings/"+receipt[0].Ratings[0].RatingID+"/corrections", `"1"`, object{"items": []object{{"item": 1, "value": markNow}}, "why": "typing_error"})
	c.must(t, http.StatusOK, "POST", at+"/forms/"+receipt[1].FormID+"/void", `"1"`, object{"why": "entered_twice"})
	c.must(t, http.StatusOK, "POST", at+"/forms/"+receipt[3].FormID+"/answers", "", object{"items": []object{{"item": 1, "value": markDone}}, "finished": true})
	c.must(t, http.StatusCreated, "POST", at+"/goal-ratings", "", object{"ratings": []object{{"rater": object{"kind": "member", "id": a.member}, "goal_id": goal, "value": markGoal, "endorsed": true, "mode": "device"}}})

	elsewhere := post("/v1/groups/"+a.saturday+"/sessions", object{"kind": "meeting", "held_on": "2026-01-12"}).id
	form := read[struct {
		Forms []struct {
			FormID string `json:"form_id"`
		}
	}](t, post("/v1/sessions/"+elsewhere+"/forms", object{"forms": []object{fine("fine-cohesion", "member", wrong[0], "post", nil, markMoved), fine("fine-cohesion", "member", wrong[1], "post", nil, 5)}})).Forms[0].FormID
	a.report = post("/v1/reports", object{"analysis": "level_table", "groups": []string{a.saturday}}).id
	second := post("/v1/groups/"+thursday+"/sessions", object{"kind": "meeting", "held_on": "2026-01-19"}).id
	c.must(t, http.StatusOK, "POST", "/v1/sessions/"+elsewhere+"/forms/"+form+"/move", `"1"`, object{"to": object{"session_id": second, "rater": object{"kind": "member", "id": a.member}}, "why": "wrong_session"})
	return a
}

// words gives a member's goal its words, twice, and a shared one the same member's.
func (a *anna) words(t *testing.T, group string, goal any) {
	t.Helper()
	goals := "/v1/groups/" + group + "/goals"
	own := fmt.Sprintf("%s/%v/text", goals, goal)
	a.must(t, http.StatusOK, "PUT", own, "", object{"text": "to sleep without the light", "visible_to": "group"})
	a.must(t, http.StatusOK, "PUT", own, `"1"`, object{"text": "to sleep and not to dream", "why": "reworded"})
	shared := read[object](t, a.must(t, http.StatusCreated, "POST", goals, "", object{"code": "PEACE", "from": "2026-01-12", "contains": []any{goal}}))["goal_id"]
	a.must(t, http.StatusOK, "PUT", fmt.Sprintf("%s/%v/text", goals, shared), "", object{"text": "to be left in peace", "author": object{"kind": "member", "id": a.member}})
}

// TestAMemberWhoUsedEverythingIsErasedFromEverything follows one member through
// every way in, and then looks at every byte of the data directory, of the logs,
// of a backup made afterwards, and of what an older backup is restored to.
func TestAMemberWhoUsedEverythingIsErasedFromEverything(t *testing.T) {
	t.Parallel()
	at := func() string { return filepath.Join(t.TempDir(), "data") }
	dir, files := at(), t.TempDir()
	old, after, long := filepath.Join(files, "old.zip"), filepath.Join(files, "after.zip"), filepath.Join(files, "long.csv")
	serve := []string{"serve", "--addr", "127.0.0.1:0", "--data-dir", dir}
	first := start(t, serve...)
	a := annasPractice(t, first.client)
	first.stop()
	rows := "group,session_number,held_on,rater_kind,rater,instrument,version,occasion,item,value\n" +
		fmt.Sprintf("THU,3,2026-01-26,member,CODE-OF-ANNA,fine-outcome,1,post,1,%v\n", markImported)
	if err := os.WriteFile(long, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	done(t, exitDone, "import", "long", long, "--data-dir", dir)
	done(t, exitDone, "backup", "--data-dir", dir, "--out", old)
	all := slices.Sorted(maps.Keys(marks()))
	if found := inTree(t, dir, marks()); !slices.Equal(found, all) {
		t.Fatalf("before, only %v stand in the files", found)
	}

	again := start(t, serve...)
	again.token = first.token
	asked := again.must(t, http.StatusCreated, "POST", "/v1/members/"+a.member+"/redactions", "", object{"by": "member", "on": "2026-02-02", "reference": "DSR-7"})
	decided := read[object](t, again.must(t, http.StatusOK, "POST", "/v1/redactions/"+asked.id+"/decision", `"1"`, object{"verdict": "redact"}))
	if decided["state"] != "done" {
		t.Fatalf("%v", decided)
	}
	if state := read[object](t, again.must(t, http.StatusOK, "GET", "/v1/reports/"+a.report, "", nil))["state"]; state != "withdrawn" {
		t.Errorf("the report of the group in which a form stood by mistake is %v", state)
	}
	if found := inTree(t, dir, marks()); found != nil {
		t.Errorf("while the service runs, %v stand in the files", found)
	}
	findings := again.must(t, http.StatusOK, "GET", "/v1/findings?member_id="+a.member, "", nil)
	if bytes.Contains(findings.body, []byte("phq-9")) || !bytes.Contains(findings.body, []byte(`"redacted"`)) {
		t.Errorf("the finding still says what was answered: %s", findings.body)
	}
	for _, goal := range read[struct {
		Goals []struct {
			ID string `json:"id"`
		} `json:"goals"`
	}](t, again.must(t, http.StatusOK, "GET", "/v1/groups/"+a.thursday, "", nil)).Goals {
		words := read[object](t, again.must(t, http.StatusOK, "GET", "/v1/groups/"+a.thursday+"/goals/"+goal.ID+"/text", "", nil))
		if words["text"] != nil || words["redacted"] == nil {
			t.Errorf("the words are %v", words)
		}
	}
	again.stop()
	if found := within([]byte(first.said.String()+again.said.String()), marks()); len(found) > 0 {
		t.Errorf("the logs hold %v", found)
	}
	done(t, exitDone, "doctor", "--data-dir", dir)
	if found := inTree(t, dir, map[string]mark{"another's": written(markOther)}); found == nil {
		t.Error("another's answer is gone, too")
	}
	done(t, exitDone, "backup", "--data-dir", dir, "--out", after)
	if found := inZip(t, after, marks()); found != nil {
		t.Errorf("a backup made afterwards holds %v", found)
	}

	journal, restored := filepath.Join(dir, journalName), at()
	if found := inZip(t, old, marks()); !slices.Equal(found, all) {
		t.Fatalf("the older backup holds only %v", found)
	}
	done(t, exitDone, "restore", old, "--verify", "--data-dir", restored, "--redactions", journal)
	if found := inTree(t, restored, marks()); found != nil {
		t.Errorf("restored from before, %v stand in the files", found)
	}
	a.restoresToMongoDB(t, old, journal)
	copiesAreNamed(t, dir)
	a.knowsItsDecisions(t, after, at(), asked.id)
}

// copiesAreNamed puts copies beside the data as a start makes them before a change
// of layout: doctor names the one that is older than the redaction, and what was
// left of one.
func copiesAreNamed(t *testing.T, dir string) {
	t.Helper()
	copies := filepath.Join(dir, copiesName)
	if err := os.Mkdir(copies, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"before-layout-old.db", "before-layout-new.db", ".before-layout-cut.db.part"} {
		if err := os.WriteFile(filepath.Join(copies, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(copies, "before-layout-old.db"), past, past); err != nil {
		t.Fatal(err)
	}
	out := done(t, exitFindings, "doctor", "--data-dir", dir)
	for _, want := range []string{"before-layout-old.db: This copy of the data is from before a redaction", "before-layout-cut.db.part: A start was killed", "2 found."} {
		if !strings.Contains(out, want) {
			t.Errorf("doctor does not say %q: %s", want, out)
		}
	}
}

// restoresToMongoDB restores the older backup into a database, and looks at every
// document of it.
func (a *anna) restoresToMongoDB(t *testing.T, old, journal string) {
	t.Helper()
	server, err := url.Parse(mongotest.URI(t))
	if err != nil {
		t.Fatal(err)
	}
	database := mongotest.Database(t)
	server.Path = "/" + database
	done(t, exitDone, "restore", old, "--mongodb-uri", server.String(), "--redactions", journal)
	engine := mongotest.Reopen(t, database, store.Collections())
	documents := 0
	for _, c := range store.Collections() {
		for d, err := range engine.Query(t.Context(), store.Query{Collection: c}) {
			if err != nil {
				t.Fatal(err)
			}
			documents++
			if found := within(d.Body, marks()); len(found) > 0 {
				t.Errorf("%s/%s holds %v", c.Name, d.ID, found)
			}
		}
	}
	if documents < 50 {
		t.Errorf("only %d documents were looked at", documents)
	}
}

// knowsItsDecisions restores a backup that knows the decision to a directory
// without a journal. Once it was served, its own journal has to name the decision:
// the next restore of an older backup goes by that.
func (a *anna) knowsItsDecisions(t *testing.T, after, dir, decision string) {
	t.Helper()
	done(t, exitDone, "restore", after, "--data-dir", dir)
	start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", dir).stop()
	text, err := os.ReadFile(filepath.Join(dir, journalName))
	if err != nil || bytes.Count(text, []byte(decision)) != 1 {
		t.Errorf("the journal beside restored data: %s, %v", text, err)
	}
}
