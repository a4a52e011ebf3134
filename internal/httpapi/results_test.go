package httpapi_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"testing"
	"testing/fstest"

	"github.com/getkin/kin-openapi/openapi3"

	"holon/internal/analysis"
)

// growth is a plan whose table is not among the cases of this repository.
func growth() fs.FS {
	return fstest.MapFS{
		"growth.json": {Data: []byte(`{"analysis": "growth", "data": "growth.csv", "roles": {"member": "m", "time": "week", "outcome": "y"}}`)},
		"growth.csv":  {Data: []byte("m,week,y\na,1,2\na,2,3.5\na,3,4\nb,1,5\nb,2,4\nb,3,4.5\nc,1,1\nc,2,4\nc,3,6\nd,1,3\nd,2,3.5\nd,3,3\n")},
	}
}

// TestEveryResultIsAsTheContractSays computes one case of every analysis from a
// table and holds the report to the contract, in which exactly one of the
// results must fit.
func TestEveryResultIsAsTheContractSays(t *testing.T) {
	t.Parallel()
	schema := readContract().Components.Schemas["Report"].Value
	for name, c := range map[analysis.Name]struct{ room, id string }{
		analysis.GroupLevelName:       {"grouplevel", "crossed-in-group-missing"},
		analysis.CrossedName:          {"mixed", "crossed-penicillin"},
		analysis.GrowthName:           {"", "growth"},
		analysis.AgreementName:        {"agreement", "agreement-small-7pt"},
		analysis.AgreementNullName:    {"agreement", "agreement-null-cutoffs"},
		analysis.RaterReliabilityName: {"agreement", "shrout-fleiss-1979"},
		analysis.LevelsName:           {"decomposition", "levels-cohesion-vs-dyads"},
		analysis.LevelReliabilityName: {"decomposition", "levels-omega-two-level"},
		analysis.DesignName:           {".", "design-power"},
	} {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			dir := growth()
			if c.room != "" {
				dir = os.DirFS("../multilevel/" + c.room + "/testdata/reference")
			}
			text, err := fs.ReadFile(dir, c.id+".json")
			if err != nil {
				t.Fatal(err)
			}
			plan, err := analysis.ParsePlan(text)
			if err != nil {
				t.Fatal(err)
			}
			if name != plan.Analysis {
				t.Fatalf("the case is of %s", plan.Analysis)
			}
			plan.Draws = 19
			reports, err := analysis.RunPlan(t.Context(), dir, plan)
			if err != nil {
				t.Fatal(err)
			}
			body, err := analysis.Encode(&reports[0])
			if err != nil {
				t.Fatal(err)
			}
			var doc any
			if err := json.Unmarshal(body, &doc); err != nil {
				t.Fatal(err)
			}
			if err := schema.VisitJSON(doc, openapi3.MultiErrors()); err != nil {
				t.Error(err)
			}
		})
	}
}
