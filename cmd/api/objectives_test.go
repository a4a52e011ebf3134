package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestARuleIsCheckedBeforeItIsTakenIn(t *testing.T) {
	t.Parallel()
	rule := `{"code": "came", "for": "each_member", "over": {"sessions": "scheduled", "first": 10}, "conditions": [{"attended": {}, "needed": {"at_least": 8}}]}`
	for name, x := range map[string]struct {
		text        string
		code        int
		out, errors string
	}{
		"good": {rule, exitDone, "Over the first 10 of the meetings that the member is expected to: the member comes, at least 8 times.\n", ""},
		"faulty": {
			strings.NewReplacer("scheduled", "attended", ": 8", ": 11").Replace(rule), exitRefused, "",
			"  /conditions/0/needed/at_least: This lies between 1 and 10, as many as there are. (out_of_range)\n",
		},
		"no rule": {`{"code": "came", "cod": 1}`, exitRefused, "", "(unknown_key)"},
	} {
		file := filepath.Join(t.TempDir(), "rule.json")
		if err := os.WriteFile(file, []byte(x.text), 0o600); err != nil {
			t.Fatal(err)
		}
		code, out, errs := command(t, "objectives", "check", file)
		if code != x.code || out != x.out || !strings.Contains(errs, x.errors) {
			t.Errorf("%s: code %d\n%s\n%s", name, code, out, errs)
		}
	}
	if code, _, errs := command(t, "objectives", "check", filepath.Join(t.TempDir(), "none.json")); code != exitRefused || !strings.Contains(errs, "no such file") {
		t.Errorf("no file: code %d, %s", code, errs)
	}
}
