package httpapi

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"holon/internal/objective"
	"holon/internal/practice"
	"holon/internal/strictjson"
)

func TestNothingOfObjectivesIsLostOnTheWire(t *testing.T) {
	t.Parallel()
	results := filled[practice.ObjectiveResults](t)
	full(t, resultsWire(&results))
	o := filled[objective.Objective](t)
	wire, err := objectiveWire(&o)
	if err != nil {
		t.Fatal(err)
	}
	full(t, wire, "Objective.Rule.Conditions.Attended")
	rule, err := o.Rule.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	var sent ObjectiveRule
	if err := strictjson.DecodeBytes(rule, &sent); err != nil {
		t.Fatalf("the contract does not know all of a rule: %v", err)
	}
	again, err := json.Marshal(sent)
	if err != nil {
		t.Fatal(err)
	}
	var back objective.Rule
	if err := strictjson.DecodeBytes(again, &back); err != nil {
		t.Fatalf("a rule does not know all of the contract: %v", err)
	}
	if diff := cmp.Diff(o.Rule, back, cmpopts.IgnoreUnexported(objective.Needed{})); diff != "" {
		t.Errorf("there and back (-want +got):\n%s", diff)
	}
}
