package tables_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/tables"
)

// described is datapackage.json as any reader of the standard reads it.
type described struct {
	Schema    string           `json:"$schema"`
	Name      string           `json:"name"`
	Resources []describedTable `json:"resources"`
}

// describedTable is one table of it.
type describedTable struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	Path      string `json:"path"`
	MediaType string `json:"mediatype"`
	Encoding  string `json:"encoding"`
	Hash      string `json:"hash"`
	Bytes     int64  `json:"bytes"`
	Rows      int    `json:"rows"`
	Schema    struct {
		Fields []struct {
			Name        string `json:"name"`
			Type        string `json:"type"`
			Constraints struct {
				Required bool     `json:"required"`
				Minimum  *float64 `json:"minimum"`
				Enum     []string `json:"enum"`
			} `json:"constraints"`
		} `json:"fields"`
		MissingValues []string `json:"missingValues"`
		PrimaryKey    []string `json:"primaryKey"`
		ForeignKeys   []struct {
			Fields    []string `json:"fields"`
			Reference struct {
				Resource string   `json:"resource"`
				Fields   []string `json:"fields"`
			} `json:"reference"`
		} `json:"foreignKeys"`
	} `json:"schema"`
}

// The published profile cannot be had offline, so this is a check of our own of what
// it demands, and beyond it of every cell against what the description says: types,
// constraints, keys, references, bytes and hashes.
func TestThePackageIsWhatItsDescriptionSays(t *testing.T) {
	t.Parallel()
	f := full(t)
	files, _ := packed(t, released(t, f, study.Controlled, aggregate.Request{Analyses: []string{"group_level"}}))
	var d described
	if err := json.Unmarshal(files["datapackage.json"], &d); err != nil {
		t.Fatal(err)
	}
	if d.Schema != "https://datapackage.org/profiles/2.0/datapackage.json" || !regexp.MustCompile(`^[-a-z0-9._/]+$`).MatchString(d.Name) || len(d.Resources) != len(tables.All()) {
		t.Fatalf("profile %s, name %s, %d resources", d.Schema, d.Name, len(d.Resources))
	}
	rows := map[string][]map[string]string{}
	for _, r := range d.Resources {
		body := files[r.Path]
		sum := sha256.Sum256(body)
		if r.Hash != "sha256:"+hex.EncodeToString(sum[:]) || r.Bytes != int64(len(body)) || r.Type != "table" || r.MediaType != "text/csv" || r.Encoding != "utf-8" {
			t.Errorf("%s: hash %s, %d bytes, type %s", r.Name, r.Hash, r.Bytes, r.Type)
		}
		if bytes.Contains(body, []byte("\r")) || !bytes.HasSuffix(body, []byte("\n")) || !slices.Equal(r.Schema.MissingValues, []string{""}) {
			t.Errorf("%s: lines are not ended by LF, or null is not empty", r.Name)
		}
		rows[r.Name] = cellsOf(t, body)
		if len(rows[r.Name]) != r.Rows || r.Rows == 0 {
			t.Errorf("%s: %d rows, said %d, want some", r.Name, len(rows[r.Name]), r.Rows)
		}
		seen := map[string]bool{}
		for n, row := range rows[r.Name] {
			for _, c := range r.Schema.Fields {
				if why := misfit(row[c.Name], c.Type, c.Constraints.Required, c.Constraints.Minimum, c.Constraints.Enum); why != "" {
					t.Errorf("%s, row %d: %s is %q: %s", r.Name, n+1, c.Name, row[c.Name], why)
				}
			}
			key := values(row, r.Schema.PrimaryKey)
			if seen[key] || strings.Contains("\x00"+key, "\x00\x00") {
				t.Errorf("%s, row %d: the key %q is not its own", r.Name, n+1, key)
			}
			seen[key] = true
		}
	}
	references := 0
	for _, r := range d.Resources {
		for _, fk := range r.Schema.ForeignKeys {
			references++
			there := map[string]bool{}
			for _, row := range rows[fk.Reference.Resource] {
				there[values(row, fk.Reference.Fields)] = true
			}
			for n, row := range rows[r.Name] {
				if !there[values(row, fk.Fields)] {
					t.Errorf("%s, row %d: %q is not in %s", r.Name, n+1, values(row, fk.Fields), fk.Reference.Resource)
				}
			}
		}
	}
	if references < 20 {
		t.Errorf("%d references between tables", references)
	}
	if _, err := strconv.Atoi(rows["sessions"][0]["seats_without_consent"]); err != nil {
		t.Error(err)
	}
}

// cellsOf reads a CSV, row by row.
func cellsOf(tb testing.TB, body []byte) []map[string]string {
	tb.Helper()
	all, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	var out []map[string]string
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, c := range line {
			row[all[0][i]] = c
		}
		out = append(out, row)
	}
	return out
}

// values joins what a row has in columns.
func values(row map[string]string, columns []string) string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = row[c]
	}
	return strings.Join(out, "\x00")
}

// misfit says why a cell is not what its column holds.
func misfit(cell, kind string, required bool, minimum *float64, enum []string) string {
	if cell == "" {
		if required {
			return "null, and never may be"
		}
		return ""
	}
	if enum != nil && !slices.Contains(enum, cell) {
		return "none of the values"
	}
	switch kind {
	case "integer":
		n, err := strconv.Atoi(cell)
		if err != nil || (minimum != nil && float64(n) < *minimum) {
			return "no whole number, or below the least"
		}
	case "number":
		if v, err := strconv.ParseFloat(cell, 64); err != nil || math.IsNaN(v) || math.IsInf(v, 0) || strconv.FormatFloat(v, 'g', -1, 64) != cell {
			return "no number, or not with every digit"
		}
	case "boolean":
		if cell != "true" && cell != "false" {
			return "neither true nor false"
		}
	case "string":
	default:
		return "an unknown type"
	}
	return ""
}
