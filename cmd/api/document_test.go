package main

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson" //nolint:depguard // the page shows Extended JSON, which the driver reads

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/store"
)

// blocks returns the fenced blocks of a language from a page.
func blocks(t *testing.T, file, language string) []string {
	t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, b := range strings.Split(string(page), "\n```"+language+"\n")[1:] {
		body, _, _ := strings.Cut(b, "\n```")
		out = append(out, body)
	}
	return out
}

func TestTheExampleOfTheDocsIsAStoredSession(t *testing.T) {
	t.Parallel()
	example := blocks(t, "../../docs/session-document.md", "json")[0]
	var d bson.D
	if err := bson.UnmarshalExtJSON([]byte(example), false, &d); err != nil {
		t.Fatal(err)
	}
	body, err := bson.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	p := &program{ctx: t.Context(), stderr: &bytes.Buffer{}}
	engine, err := openDirectory(p, t.TempDir(), false)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, c := range store.Collections() {
		if c.Name == "sessions" {
			if err := engine.Insert(t.Context(), c, store.Document{ID: "s-example", Rev: 4, Body: body}); err != nil {
				t.Fatal(err)
			}
		}
	}
	s, err := store.NewSessions(engine).Get(t.Context(), "s-example", nil)
	if err != nil {
		t.Fatalf("the example cannot be restored: %v", err)
	}
	if len(s.Alliances) != 2 || len(s.Bonds) != 1 || len(s.Cohesion) != 2 || len(s.Outcomes) != 1 || len(s.Roster) != 3 {
		t.Errorf("the example was read as %+v", s)
	}
	wai := s.Alliances[0]
	if wai.Answers[2].State != session.Declined || wai.FormMissing != 1 || wai.Entered.Mode != session.Paper || wai.Rater.Kind != instrument.RaterMember {
		t.Errorf("the WAI-SR was read as %+v", wai)
	}
	if from, v := s.Cohesion[0].MovedFrom, s.Cohesion[1].Void; from == nil || from.Why != session.MoveSession || v == nil || v.MovedTo == nil || v.MovedTo.Form != "f-7" {
		t.Errorf("the move and the void were read as %+v and %+v", from, v)
	}
	if total := s.Outcomes[0].ReportedTotal; total == nil || *total != 11 || !s.Alliances[1].AfterSeeing || s.Cohesion[0].Version != 2 {
		t.Error("the total, the guess or the corrected version was not read")
	}
}

// Every path that a query of the docs names is one that the example has.
func TestTheQueriesOfTheDocsNameFieldsThatExist(t *testing.T) {
	t.Parallel()
	var doc object
	if err := json.Unmarshal([]byte(blocks(t, "../../docs/session-document.md", "json")[0]), &doc); err != nil {
		t.Fatal(err)
	}
	known := paths("", doc)
	for _, level := range []string{"alliances", "bonds", "outcomes"} { // any rating may have it; the example has it in one
		known = append(known, level+".void")
	}
	dotted := regexp.MustCompile(`"\$?((?:alliances|bonds|cohesion|outcomes|roster)(?:\.[a-z_0-9]+)*|number)"`)
	named := 0
	for _, q := range blocks(t, "../../docs/session-document.md", "js") {
		for _, m := range dotted.FindAllStringSubmatch(q, -1) {
			named++
			if path := strings.TrimSuffix(m[1], ".0"); !slices.Contains(known, path) {
				t.Errorf("a query names %s, which the example does not have", path)
			}
		}
	}
	if named < 15 {
		t.Errorf("only %d paths were found: the pattern is broken", named)
	}
}

// paths lists the dotted paths of a document, through its arrays.
func paths(at string, v any) []string {
	var out []string
	switch v := v.(type) {
	case object:
		for name, x := range v {
			full := strings.TrimPrefix(at+"."+name, ".")
			out = append(append(out, full), paths(full, x)...)
		}
	case []any:
		for _, x := range v {
			out = append(out, paths(at, x)...)
		}
	}
	return out
}
