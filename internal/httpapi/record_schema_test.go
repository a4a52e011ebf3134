package httpapi_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"holon/api"
)

// schemaFile is the published schema.
const schemaFile = "../../api/release-record.schema.json"

// schemaOfRecord writes the contract's schema of a released number as JSON Schema.
func schemaOfRecord(t *testing.T) []byte {
	t.Helper()
	of := readContract().Components.Schemas["ReleaseRecord"].Value
	properties := map[string]any{}
	for name, p := range of.Properties {
		properties[name] = jsonSchema(p.Value)
	}
	out, err := json.MarshalIndent(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A released number of a Holon study", "description": of.Description,
		"type": "object", "required": of.Required, "properties": properties, "additionalProperties": false,
	}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

// jsonSchema writes a property's schema.
func jsonSchema(s *openapi3.Schema) map[string]any {
	types := s.Type.Slice()
	out := map[string]any{"type": types[0]}
	if s.Nullable {
		out["type"] = append(slices.Clone(types), "null")
	}
	if s.Description != "" {
		out["description"] = s.Description
	}
	if len(s.Enum) > 0 {
		out["enum"] = s.Enum
	}
	if s.Items != nil {
		out["items"] = jsonSchema(s.Items.Value)
	}
	return out
}

// TestThePublishedSchemaIsTheContracts compares the file with the contract, and reads it
// where a researcher does.
func TestThePublishedSchemaIsTheContracts(t *testing.T) {
	t.Parallel()
	want := schemaOfRecord(t)
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, want) {
		t.Error("the schema is not the contract's: run with -update")
	}
	c := newClinic(t)
	if got := c.must(t, http.StatusOK, call{method: "GET", path: "/schemas/release-record.json", unsigned: true}); !bytes.Equal(got.body, api.ReleaseRecordSchema) {
		t.Error("another schema is served")
	}
}

// TestReleasedNumbersKeepTheSchema reads every record of a release against it, and one
// that breaks it.
func TestReleasedNumbersKeepTheSchema(t *testing.T) {
	t.Parallel()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaOfRecord(t)))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("record.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("record.json")
	if err != nil {
		t.Fatal(err)
	}
	r := newResearch(t, "aggregate")
	r.everybody(t)
	made := r.must(t, http.StatusCreated, r.release(r.snapshot(t), "everything", "aggregate", r.token)).object(t)
	lines := r.must(t, http.StatusOK, call{method: "GET", path: r.path("/releases/" + textAt(t, made, "id") + "/records"), header: map[string]string{"Accept": "application/x-ndjson"}})
	n := 0
	for line := range bytes.Lines(lines.body) {
		if bytes.HasPrefix(line, []byte(`{"trailer"`)) {
			continue
		}
		record, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(record); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		if n++; n == 1 {
			broken, ok := record.(map[string]any)
			if !ok {
				t.Fatal("a record is no object")
			}
			delete(broken, "reason")
			if schema.Validate(broken) == nil {
				t.Error("a record without a key passes")
			}
		}
	}
	if n < 20 {
		t.Errorf("%d records", n)
	}
}
