package httpapi_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// publishedCode is a code as a researcher reads it.
type publishedCode struct {
	Analysis string `json:"analysis"`
	Code     string `json:"code"`
	Words    string `json:"words"`
	Unit     string `json:"unit"`
}

// codedRecord is what of a released number is a code.
type codedRecord struct {
	Analysis  string   `json:"analysis"`
	Statistic string   `json:"statistic"`
	Of        *string  `json:"of"`
	Answer    *string  `json:"answer"`
	Method    *string  `json:"method"`
	Reason    *string  `json:"reason"`
	Caveats   []string `json:"caveats"`
}

// publishedCodes returns the codes of every list, with the name of the list before them,
// and the analysis where it is of one.
func publishedCodes(t *testing.T, body []byte) map[string]bool {
	t.Helper()
	var lists map[string][]publishedCode
	if err := json.Unmarshal(body, &lists); err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for name, list := range lists {
		if len(list) == 0 {
			t.Errorf("%s is empty", name)
		}
		for _, x := range list {
			out[strings.Join(strings.Fields(name+" "+x.Analysis+" "+x.Code), " ")] = x.Words != "" && (name != "statistics" || x.Unit != "")
		}
	}
	return out
}

// TestWhoHasNumbersAloneFindsEveryCode pulls a release of the level aggregate, as who has
// no codebook does, and looks its codes up without a token.
func TestWhoHasNumbersAloneFindsEveryCode(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	r.everybody(t)
	said, looked := publishedCodes(t, r.must(t, http.StatusOK, call{method: "GET", path: "/schemas/release-codes.json", unsigned: true}).body), 0
	look := func(key, code string) bool {
		looked++
		return said[key+" "+code]
	}
	made := r.must(t, http.StatusCreated, r.release(r.snapshot(t), "everything", "aggregate", r.token)).object(t)
	lines := r.must(t, http.StatusOK, call{method: "GET", path: r.path("/releases/" + textAt(t, made, "id") + "/records"), header: map[string]string{"Accept": "application/x-ndjson"}})
	for line := range bytes.Lines(lines.body) {
		var x codedRecord
		if err := json.Unmarshal(line, &x); err != nil {
			t.Fatal(err)
		}
		if x.Analysis == "" { // the trailer
			continue
		}
		if !look("analyses", x.Analysis) || (!look("statistics "+x.Analysis, x.Statistic) && !look("statistics all", x.Statistic)) {
			t.Errorf("%s %s is not said", x.Analysis, x.Statistic)
		}
		for key, code := range map[string]*string{"answers": x.Answer, "methods": x.Method, "reasons": x.Reason} {
			if code != nil && !look(key, *code) {
				t.Errorf("%s %s of %s is not said", key, *code, x.Statistic)
			}
		}
		if x.Of != nil && x.Statistic != "excluded_rows" && !strings.HasPrefix(x.Statistic, "heterogeneity_") && !look("of "+x.Analysis, *x.Of) {
			t.Errorf("%s of %s is not said", *x.Of, x.Statistic)
		}
		for _, c := range x.Caveats {
			if !look("caveats", c) && !look("reasons", c) {
				t.Errorf("caveat %s is not said", c)
			}
		}
	}
	if looked < 100 {
		t.Errorf("only %d codes were looked up", looked)
	}
}

// TestEveryKeyOfARecordIsSaid: who reads the contract or the published schema learns what
// each key holds.
func TestEveryKeyOfARecordIsSaid(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ReleaseRecord", "ReleaseCodes"} {
		for key, p := range readContract().Components.Schemas[name].Value.Properties {
			if p.Value.Description == "" {
				t.Errorf("%s.%s has no description", name, key)
			}
		}
	}
}
