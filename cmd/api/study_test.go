package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holon/internal/httpapi"
	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// importedPractice writes the roster and the answers of a practice's three groups, of
// five members over three evenings, as that practice hands them on, and imports them.
func importedPractice(t *testing.T, dir, site string, rng *rand.Rand) {
	t.Helper()
	var roster, long strings.Builder
	roster.WriteString("what,group,member,therapist,kind,format,starts_on,ended_on,birth_year,role,from,to,why\n")
	long.WriteString("group,session_number,held_on,rater_kind,rater,instrument,version,occasion,item,value,attendance\n")
	fmt.Fprintf(&roster, "therapist,,,%s-T1,,,,,,,,,\n", site)
	for g := range 3 {
		group := fmt.Sprintf("%s-G%d", site, g)
		fmt.Fprintf(&roster, "group,%s,,,group,open,2026-01-08,,,,,,\ntherapist_spell,%s,,%s-T1,,,,,,lead,2026-01-08,,\n", group, group, site)
		for m := range 5 {
			member := fmt.Sprintf("%s-M%d", group, m)
			fmt.Fprintf(&roster, "member,,%s,,,,,,,,,,\nspell,%s,%s,,,,,,,member,2026-01-08,,\n", member, group, member)
			for s := range 3 {
				fmt.Fprintf(&long, "%s,%d,2026-01-%02d,member,%s,,,,,,present\n", group, s+1, 8+7*s, member)
				fmt.Fprintf(&long, "%s,%d,2026-01-%02d,member,%s,holon-cohesion-1,1,post,1,%d,\n", group, s+1, 8+7*s, member, 3+g+rng.IntN(4))
			}
		}
	}
	for name, text := range map[string]string{"roster": roster.String(), "long": long.String()} {
		if err := os.WriteFile(filepath.Join(dir, site+"-"+name+".csv"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"roster", "long"} {
		if code, out, errs := command(t, "import", name, filepath.Join(dir, site+"-"+name+".csv"), "--data-dir", dir); code != exitDone {
			t.Fatalf("%s of %s: code %d: %s%s", name, site, code, out, errs)
		}
	}
}

// codes returns identifiers by code of what a practice has.
func codes(t *testing.T, dir string) (groups, members map[string]string) {
	t.Helper()
	e, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: dir, Collections: store.Collections(), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }() // it was only read
	groups, members = map[string]string{}, map[string]string{}
	for g, err := range store.NewGroups(e).List(t.Context(), nil, "", 0) {
		if err != nil {
			t.Fatal(err)
		}
		groups[string(g.Code)] = string(g.ID)
	}
	for m, err := range store.NewMembers(e).List(t.Context(), "", 0) {
		if err != nil {
			t.Fatal(err)
		}
		members[string(m.Code)] = string(m.ID)
	}
	return groups, members
}

// TestAStudyOfTwoPracticesIsMadeAtTheKeyboard imports what two practices hand on into
// the data of one, and goes from the study to its numbers without the service.
func TestAStudyOfTwoPracticesIsMadeAtTheKeyboard(t *testing.T) {
	t.Parallel()
	dir, rng := startedOnce(t), rand.New(rand.NewPCG(1, 7))
	importedPractice(t, dir, "EAST", rng)
	importedPractice(t, dir, "WEST", rng)
	groups, members := codes(t, dir)
	if len(groups) != 6 || len(members) != 30 {
		t.Fatalf("%d groups, %d members", len(groups), len(members))
	}
	file := func(name string, content any) string {
		text, err := json.Marshal(content)
		if err != nil {
			t.Fatal(err)
		}
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return at
	}
	do := func(want int, args ...string) string {
		t.Helper()
		code, out, errs := command(t, append(append([]string{"study"}, args...), "--data-dir", dir)...)
		if code != want {
			t.Fatalf("%v: code %d: %s%s", args, code, out, errs)
		}
		if want != exitDone {
			return errs
		}
		return out
	}
	holds := func(text string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if !strings.Contains(text, part) {
				t.Errorf("%q is not in:\n%s", part, text)
			}
		}
	}
	cohesion := map[string]any{"instrument": map[string]any{"id": "holon-cohesion-1", "version": "1"}, "score": "rating", "rater": "member"}
	var all []string
	var of []map[string]string
	for code, id := range groups {
		all, of = append(all, id), append(of, map[string]string{"group_id": id, "model": strings.ToLower(code[:4])})
	}
	id := strings.TrimSpace(do(exitDone, "create", file("study.json", map[string]any{"code": "TWO", "groups": all, "models": of, "measures": []any{cohesion}, "release": "controlled"})))
	var said []map[string]any
	for _, m := range members {
		said = append(said, map[string]any{"member_id": m, "given": true, "on": "2026-01-05", "form": "v1"})
	}
	holds(do(exitDone, "consents", id, file("consents.json", map[string]any{"consents": said})), "Entered: 30 of 30")

	protocol := map[string]any{"primary": cohesion, "model": "members_by_sessions", "bound": .05, "stop": map[string]any{"groups": 6}, "planned": []any{map[string]any{"analysis": "grouplevel", "measure": cohesion}}}
	holds(do(exitRefused, "protocol", id, file("wrong.json", protocol)), "/planned/0/analysis", "unknown_analysis")
	protocol["planned"] = []any{map[string]any{"analysis": "agreement", "measure": cohesion}}
	holds(do(exitDone, "protocol", id, file("protocol.json", protocol)), "1 other questions")
	holds(do(exitRefused, "protocol", id, file("protocol.json", protocol)), "The protocol is frozen already")

	snapshot := strings.Fields(do(exitDone, "snapshot", id))[0]
	holds(do(exitDone, "select", id, file("early.json", map[string]any{"name": "early", "weeks": map[string]any{"from": 0, "to": 1}})), "early  SHA-256: ")
	var dry struct {
		Counts   map[string]int `json:"counts"`
		Measures []struct {
			Sessions int `json:"sessions"`
		} `json:"measures"`
	}
	if err := json.Unmarshal([]byte(do(exitDone, "dry-run", id, snapshot, "--selection", "early")), &dry); err != nil {
		t.Fatal(err)
	}
	if dry.Counts["groups"] != 6 || dry.Counts["members"] != 30 || dry.Counts["sessions"] != 12 || len(dry.Measures) != 1 || dry.Measures[0].Sessions != 12 {
		t.Errorf("the dry run counts %+v", dry)
	}
	holds(do(exitRefused, "dry-run", id, snapshot, "--selection", "late"), "unknown_selection")

	release := strings.Fields(do(exitDone, "release", id, snapshot))[0]
	holds(do(exitDone, "records", id, release), `"statistic":"variance_share"`, `"planned":true`, `"reason":"too_few_models"`)
	holds(do(exitDone, "table", id, snapshot, "groups"), ",therapy_model\n", ",east\n", ",west\n")
	holds(do(exitDone, "table", id, snapshot, "cohesion", "--format", "ndjson"), `{"trailer":{"rows":90,`)
	holds(do(exitRefused, "table", id, snapshot, "names"), "There is no such table. There are groups, members, sessions,")
	holds(do(exitRefused, "table", id, snapshot, "analyses"), "Numbers are in a release", "holon study records")
	holds(do(exitRefused, "release", id, "sn-none"), "The study has no such snapshot.")
	holds(do(exitRefused, "consents", "st-none", file("consents.json", map[string]any{"consents": said})), "There is no study st-none. holon study list says which there are.")
	holds(do(exitRefused, "snapshot", "st-none"), "There is no study st-none.")
	holds(do(exitRefused, "create", filepath.Join(t.TempDir(), "nowhere.json")), "There is no such file: ", "nowhere.json")
	torn := filepath.Join(t.TempDir(), "torn.json")
	if err := os.WriteFile(torn, []byte(`{"code": "X", `), 0o600); err != nil {
		t.Fatal(err)
	}
	holds(do(exitRefused, "create", torn), "in the file "+torn)
	until := time.Now().UTC().AddDate(1, 0, 0).Format(time.DateOnly)
	token := do(exitDone, "researcher", id, "--until", until)
	account := strings.TrimSuffix(strings.Fields(strings.TrimPrefix(token, "Token of the account "))[0], ",")
	agreed := map[string]any{"code": "DUA-1", "purpose": "reproductions", "persons": []string{account}, "ends_on": until}
	holds(do(exitRefused, "agreement", id, file("wrong.json", agreed)), "/purpose", "wrong.json")
	agreed["purpose"] = "reproduction"
	holds(do(exitDone, "agreement", id, file("agreement.json", agreed)), "Agreement 1 of the study, DUA-1: rows for reproduction until "+until+". Accounts: 1")
	open := strings.TrimSpace(do(exitDone, "create", file("study.json", map[string]any{"code": "OPEN", "groups": all, "measures": []any{cohesion}, "release": "aggregate"})))
	holds(do(exitRefused, "agreement", open, file("agreement.json", agreed)), "This study releases aggregate numbers only")

	holds(do(exitDone, "check", id), "snapshot "+snapshot+"  rows as they were frozen", "release "+release, "  agreed")
	again := strings.Fields(do(exitDone, "snapshot", id))[0]
	holds(do(exitDone, "compare", id, snapshot, again), "The two hold the same rows.")
	holds(do(exitDone, "list"), "  researcher "+account+"  until the end of "+until)
	holds(do(exitDone, "end", id, account), "The token of "+account)
	holds(do(exitDone, "list"), "  researcher "+account+"  ended on ")
	holds(do(exitDone, "list"), "protocol of ", "release "+release)
}

// TestTheFilesOfThePageAreRead reads the files that docs/studies.md shows, as the
// commands read theirs.
func TestTheFilesOfThePageAreRead(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(docs, "studies.md"))
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for i, part := range strings.Split(string(page), "```json\n") {
		if text, _, closed := strings.Cut(part, "```"); i > 0 && closed {
			shown = append(shown, text)
		}
	}
	kinds := []func(io.Reader) error{reads(httpapi.ReadStudy), reads(httpapi.ReadStudy), reads(httpapi.ReadConsents), reads(httpapi.ReadProtocol), reads(httpapi.ReadSelection), reads(httpapi.ReadAgreement)}
	if len(shown) != len(kinds) {
		t.Fatalf("the page shows %d files, not %d", len(shown), len(kinds))
	}
	for i, read := range kinds {
		if err := read(strings.NewReader(shown[i])); err != nil {
			t.Errorf("%v in:\n%s", err, shown[i])
		}
	}
}

// reads tells of a reader whether it reads.
func reads[T any](read func(io.Reader) (T, error)) func(io.Reader) error {
	return func(r io.Reader) error {
		_, err := read(r)
		return err
	}
}
