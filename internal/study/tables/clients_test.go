package tables_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/studytest"
	"holon/internal/study/tables"
)

// blocks returns the pieces of a page that are code of a language, in order.
func blocks(t *testing.T, page, language string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		out = append(out, m[1])
	}
	return out
}

// service answers as the API does, to who has the token.
func service(t *testing.T, in tables.Input) *httptest.Server {
	t.Helper()
	records, err := aggregate.Encode(in.Records)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(records)
	records = fmt.Appendf(records, `{"trailer":{"rows":%d,"bytes":%d,"sha256":"%s"}}`+"\n", len(in.Records), len(records), hex.EncodeToString(sum[:]))
	_, zip := packed(t, in)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/studies/st-1/releases/re-1/records", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept") != "application/x-ndjson" {
			w.WriteHeader(http.StatusNotAcceptable)
			return
		}
		_, _ = w.Write(records)
	})
	mux.HandleFunc("GET /v1/studies/st-1/snapshots/sn-1/package", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("selection") != "everything" || r.URL.Query().Get("release") != "re-1" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write(zip)
	})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer holon_test" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// engaged is the measure that the examples of the docs take.
const engaged = "gcq-s@1/engaged/member"

// ofTwoScores draws a study with two scores of one level, made of the same forms:
// an example that took all rows of the level would mix them.
func ofTwoScores(t *testing.T, d studytest.Design) *studytest.Frozen {
	t.Helper()
	drawn := studytest.Draw(t, d)
	other := studytest.Cohesion()
	other.Score = "conflict"
	return drawn.Freeze(t, drawn.Study(t, studytest.Cohesion(), other), everybody)
}

// TestTheClientsOfTheDocsWork pastes them, in order, against a service that answers
// like the API.
func TestTheClientsOfTheDocsWork(t *testing.T) {
	t.Parallel()
	f := ofTwoScores(t, studytest.Design{Groups: 14, Members: 4, Sessions: 2, Group: .3, Member: .2, Residual: .5, Missing: .1, Seed: 6})
	in := released(t, f, study.Controlled, aggregate.Request{Analyses: []string{"group_level"}})
	s := service(t, in)
	env := []string{"HOLON_URL=" + s.URL, "HOLON_TOKEN=holon_test", "HOLON_STUDY=st-1", "HOLON_SNAPSHOT=sn-1", "HOLON_RELEASE=re-1", "no_proxy=127.0.0.1"}
	var share, mean string
	for _, r := range in.Records {
		if r.Measure == engaged && r.Statistic == "variance_share" && *r.Of == "group" {
			share = strconv.FormatFloat(*r.Estimate, 'g', -1, 64)[:14]
		}
		if r.Measure == engaged && r.Statistic == "mean" {
			mean = "mean " + strconv.FormatFloat(*r.Estimate, 'g', 12, 64)
		}
	}
	for _, c := range []struct {
		language, program, does string
		pandas                  bool
	}{{"r", "Rscript", "library(jsonlite)", false}, {"python", "python3", "", false}, {"python", "python3", "import pandas", true}} {
		t.Run(strings.TrimSpace(c.program+" "+c.does), func(t *testing.T) {
			t.Parallel()
			needs(t, c.program, c.does)
			dir := t.TempDir()
			var all bytes.Buffer
			pasted := 0
			for i, code := range blocks(t, "clients.md", c.language) {
				if strings.Contains(code, "frames()") && !c.pandas {
					continue
				}
				pasted++
				name := filepath.Join(dir, fmt.Sprintf("example-%d", i))
				if err := os.WriteFile(name, []byte(code), 0o600); err != nil {
					t.Fatal(err)
				}
				status, out := ran(t, dir, env, c.program, name)
				if status != 0 {
					t.Fatalf("status %d of\n%s\n%s", status, code, out)
				}
				all.WriteString(out)
			}
			if pasted < 2 || !strings.Contains(all.String(), share) || !strings.Contains(all.String(), mean) {
				t.Errorf("%d examples do not print %s and %s:\n%s", pasted, share, mean, all.String())
			}
		})
	}
}

// TestTheExamplesOfTheExportsRun pastes what docs say of reading a package.
func TestTheExamplesOfTheExportsRun(t *testing.T) {
	t.Parallel()
	dir := unpacked(t, input(ofTwoScores(t, studytest.Design{Groups: 14, Members: 4, Sessions: 3, Group: .3, Member: .2, Residual: .5, Seed: 6})))
	for language, program := range map[string][]string{
		"r": {"Rscript", "library(lme4)", "-e", "", "Number of obs: 168,"}, "python": {"python3", "", "-c", "\nprint(len(values), 'values')", "168 values"},
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			needs(t, program[0], program[1])
			found := blocks(t, "study-exports.md", language)
			for _, code := range found {
				if status, out := ran(t, dir, nil, program[0], program[2], code+program[3]); status != 0 || !strings.Contains(out, program[4]) {
					t.Errorf("status %d of\n%s\n%s\nwhich does not take %s", status, code, out, program[4])
				}
			}
			if len(found) == 0 {
				t.Error("the page has no example")
			}
		})
	}
}
