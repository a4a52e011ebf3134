package httpapi_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
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
		analysis.OneWithManyName:      {"onewithmany", "one-with-many-reciprocal"},
		analysis.LaggedName:           {"lagged", "within-person-lag"},
		analysis.DesignName:           {".", "design-power"},
		analysis.FamilyRolesName:      {"familyrole", "family-srm-four-roles"},
		analysis.ResponseSurfaceName:  {"examples", "response-surface"},
		analysis.RoundRobinName:       {"roundrobin", "srm-multi-group"},
	} {
		t.Run(string(name), func(t *testing.T) {
			t.Parallel()
			dir := growth()
			switch c.room {
			case "":
			case "examples":
				dir = os.DirFS("../../docs/examples")
			default:
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

// TestResultSchemasAreThoseOfTheDocuments walks the contract's results beside
// the types that are written: the same keys, every one required, and null
// where the type allows it and nowhere else.
func TestResultSchemasAreThoseOfTheDocuments(t *testing.T) {
	t.Parallel()
	schemas := readContract().Components.Schemas
	walked, seen := 0, map[reflect.Type]bool{}
	var walk func(typ reflect.Type, s *openapi3.Schema, path string)
	walk = func(typ reflect.Type, s *openapi3.Schema, path string) {
		if typ.Kind() == reflect.Pointer {
			if !s.Nullable {
				t.Errorf("%s may be null, and the contract does not say so", path)
			}
			typ = typ.Elem()
		} else if s.Nullable {
			t.Errorf("%s is never null, and the contract says it may be", path)
		}
		if len(s.AllOf) == 1 {
			s = s.AllOf[0].Value
		}
		switch typ.Kind() {
		case reflect.Slice:
			walk(typ.Elem(), s.Items.Value, path+"[]")
		case reflect.Struct:
			if seen[typ] {
				return
			}
			seen[typ] = true
			var keys []string
			for field := range typ.Fields() {
				key := field.Tag.Get("json")
				keys = append(keys, key)
				if p := s.Properties[key]; p != nil {
					walk(field.Type, p.Value, path+"."+key)
				}
			}
			slices.Sort(keys)
			walked += len(keys)
			if has := slices.Sorted(maps.Keys(s.Properties)); !slices.Equal(has, keys) {
				t.Errorf("%s has in the contract %v, is written with %v", path, has, keys)
			}
			if required := slices.Sorted(slices.Values(s.Required)); !slices.Equal(required, keys) {
				t.Errorf("%s: required are %v of %v", path, required, keys)
			}
		default:
			kind := map[reflect.Kind]string{
				reflect.String: "string", reflect.Bool: "boolean", reflect.Int: "integer", reflect.Uint64: "integer", reflect.Float64: "number",
			}[typ.Kind()]
			if !s.Type.Is(kind) {
				t.Errorf("%s is a %s, the contract has %v", path, kind, s.Type)
			}
		}
	}
	for name, typ := range map[string]reflect.Type{
		"ResponseSurfaceResult": reflect.TypeFor[analysis.ResponseSurfaceDocument](),
		"GroupLevelResult":      reflect.TypeFor[analysis.GroupLevelDocument](), "ModelResult": reflect.TypeFor[analysis.ModelDocument](),
		"AgreementResult": reflect.TypeFor[analysis.AgreementDocument](), "AgreementNullResult": reflect.TypeFor[analysis.NullCutoffsDocument](),
		"RaterReliabilityResult": reflect.TypeFor[analysis.RaterReliabilityDocument](), "LevelsResult": reflect.TypeFor[analysis.LevelsDocument](),
		"LevelTableResult":       reflect.TypeFor[analysis.LevelTableDocument](),
		"LevelReliabilityResult": reflect.TypeFor[analysis.LevelReliabilityDocument](), "DesignResult": reflect.TypeFor[analysis.DesignDocument](),
		"RoundRobinResult": reflect.TypeFor[analysis.RoundRobinDocument](), "BondsResult": reflect.TypeFor[analysis.BondsDocument](),
		"OutcomeChangeResult": reflect.TypeFor[analysis.OutcomeChangeDocument](), "AllianceResult": reflect.TypeFor[analysis.AllianceDocument](),
		"GoalsResult": reflect.TypeFor[analysis.GoalsDocument](),
	} {
		walk(typ, schemas[name].Value, strings.TrimSuffix(name, "Result"))
	}
	if walked < 300 {
		t.Fatalf("only %d keys were looked at", walked)
	}
}
