package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"holon/api"
)

// Every request that the page about corrections names is one of the contract's,
// and every member of a body that it gives is known there.
func TestTheRequestsOfTheCorrectionsPageAreTheContracts(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/corrections.md")
	if err != nil {
		t.Fatal(err)
	}
	contract := string(api.OpenAPI)
	names := strings.NewReplacer("{session}", "{session_id}", "{rating}", "{rating_id}", "{form}", "{form_id}", "{member}", "{member_id}", "{group}", "{group_id}")
	found := regexp.MustCompile("`(GET|POST|PUT) (/v1/[^`]+)`").FindAllStringSubmatch(string(page), -1)
	for _, m := range found {
		_, below, ok := strings.Cut(contract, "\n  "+names.Replace(m[2])+":\n")
		if operations, _, _ := strings.Cut(below, "\n  /"); !ok || !strings.Contains("\n"+operations, "\n    "+strings.ToLower(m[1])+":\n") {
			t.Errorf("the page names %s %s, which the contract does not have", m[1], m[2])
		}
	}
	for _, key := range []string{"reported_total", "remove", "mode", "answered_on", "after_seeing", "session_id", "rater", "about", "occasion", "data_version", "latest_change", "documents"} {
		if !strings.Contains(string(page), key) || !strings.Contains(contract, "        "+key+": {") {
			t.Errorf("%s is not on the page, or not in the contract", key)
		}
	}
	if len(found) < 9 {
		t.Errorf("only %d requests were found: the pattern is broken", len(found))
	}
}
