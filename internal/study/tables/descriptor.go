package tables

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	"holon/internal/fault"
	"holon/internal/study"
)

// profile is the standard that the description of a package keeps.
const profile = "https://datapackage.org/profiles/2.0/datapackage.json"

// descriptor is datapackage.json.
type descriptor struct {
	Schema      string     `json:"$schema"`
	Name        string     `json:"name"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Resources   []resource `json:"resources"`
	Holon       origin     `json:"holon"`
}

// resource is one table.
type resource struct {
	Name        Name    `json:"name"`
	Type        string  `json:"type"`
	Title       string  `json:"title"`
	Description string  `json:"description"`
	Path        string  `json:"path"`
	Format      string  `json:"format"`
	MediaType   string  `json:"mediatype"`
	Encoding    string  `json:"encoding"`
	Bytes       int64   `json:"bytes"`
	Hash        string  `json:"hash"`
	Rows        int     `json:"rows"`
	Dialect     dialect `json:"dialect"`
	Schema      schema  `json:"schema"`
}

// dialect is how the CSV is written.
type dialect struct {
	Header         bool   `json:"header"`
	Delimiter      string `json:"delimiter"`
	LineTerminator string `json:"lineTerminator"`
	QuoteChar      string `json:"quoteChar"`
	DoubleQuote    bool   `json:"doubleQuote"`
}

// schema is what a table's columns are.
type schema struct {
	Fields        []field      `json:"fields"`
	MissingValues []string     `json:"missingValues"`
	PrimaryKey    []string     `json:"primaryKey"`
	ForeignKeys   []foreignKey `json:"foreignKeys,omitempty"`
}

// field is one column.
type field struct {
	Name        string      `json:"name"`
	Type        Type        `json:"type"`
	Description string      `json:"description"`
	Constraints constraints `json:"constraints,omitzero"`
}

// constraints bound what a column holds.
type constraints struct {
	Required bool     `json:"required,omitempty"`
	Minimum  *int     `json:"minimum,omitempty"`
	Enum     []string `json:"enum,omitempty"`
}

// foreignKey says in which table values stand.
type foreignKey struct {
	Fields    []string `json:"fields"`
	Reference place    `json:"reference"`
}

// place names columns of a table.
type place struct {
	Resource Name     `json:"resource"`
	Fields   []string `json:"fields"`
}

// origin says what the rows are of. It holds no day: those of sessions are numbers
// and weeks, and the day of a snapshot would bound them.
type origin struct {
	Study     string     `json:"study"`
	Protocol  *string    `json:"protocol_sha256"`
	Snapshot  named      `json:"snapshot"`
	Selection named      `json:"selection"`
	Release   *published `json:"release"`
	Threshold int        `json:"threshold"`
	LeftOut   []LeftOut  `json:"left_out"`
}

// named is something with a name and the hash of what it is.
type named struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
}

// published is the release whose numbers stand in analyses.
type published struct {
	ID     study.ReleaseID `json:"id"`
	Number int             `json:"number"`
	Level  study.Level     `json:"level"`
	SHA256 string          `json:"sha256"`
}

// LeftOut says how much is not in the tables, and why.
type LeftOut struct {
	What   string `json:"what"`
	Reason string `json:"reason"`
	N      *int   `json:"n"` // nil of what is too few to be counted
}

// FewFamilies is the reason for which no table has rows of families and couples.
const FewFamilies = "fewer_families_than_threshold"

// reasonNotSelected is the reason of what the selection leaves out.
const reasonNotSelected = "not_selected"

// leftOut lists what is not in the tables: what was not frozen, then what the
// selection and the rule about families left out.
func (e *export) leftOut() []LeftOut {
	out := []LeftOut{}
	for _, x := range e.in.Snapshot.Left {
		out = append(out, LeftOut{What: x.What, Reason: x.Reason, N: new(x.N)})
	}
	if e.left.groups > 0 {
		out = append(out, LeftOut{What: "groups", Reason: reasonNotSelected, N: new(e.left.groups)})
	}
	if e.left.sessions > 0 {
		out = append(out, LeftOut{What: "sessions", Reason: reasonNotSelected, N: new(e.left.sessions)})
	}
	if e.left.families > 0 {
		out = append(out, LeftOut{What: "families", Reason: FewFamilies})
	}
	return out
}

// origin says what the rows are of.
func (e *export) origin() origin {
	in := e.in
	o := origin{
		Study:     string(in.Study.Code),
		Snapshot:  named{Name: string(in.Snapshot.ID), SHA256: in.Snapshot.SHA256},
		Selection: named{Name: string(in.Selection.Name), SHA256: in.Selection.SHA256},
		Threshold: in.Study.Threshold, LeftOut: e.leftOut(),
	}
	if p := in.Study.Protocol; p != nil {
		o.Protocol = &p.SHA256
	}
	if r := in.Release; r != nil {
		o.Release = &published{ID: r.ID, Number: r.Number, Level: r.Level, SHA256: r.SHA256}
	}
	return o
}

// describe returns datapackage.json.
func (e *export) describe(made map[Name]Trailer) ([]byte, error) {
	code := string(e.in.Study.Code)
	d := descriptor{
		Schema: profile, Name: "holon-study-" + strings.ToLower(code), Title: "Study " + code,
		Description: "Pseudonymous rows of a frozen selection, for those named in a recorded agreement and for its purpose. codebook.md says what every column, measure and code is.",
		Holon:       e.origin(),
	}
	for _, t := range All() {
		d.Resources = append(d.Resources, e.resource(t, made[t.Name]))
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(d); err != nil {
		return nil, fault.Wrap(fault.Internal, "package_undescribed", "The package could not be described.", err)
	}
	return out.Bytes(), nil
}

// resource describes a table.
func (e *export) resource(t Table, made Trailer) resource {
	r := resource{
		Name: t.Name, Type: "table", Title: t.Title, Description: t.About, Path: fileOf(t.Name), Format: "csv", MediaType: "text/csv", Encoding: "utf-8",
		Bytes: made.Bytes, Hash: "sha256:" + made.SHA256, Rows: made.Rows,
		Dialect: dialect{Header: true, Delimiter: ",", LineTerminator: "\n", QuoteChar: `"`, DoubleQuote: true},
		Schema:  schema{MissingValues: []string{""}, PrimaryKey: t.Key},
	}
	for _, c := range t.Columns {
		r.Schema.Fields = append(r.Schema.Fields, field{
			Name: c.Name, Type: c.Type, Description: c.About, Constraints: constraints{Required: c.Required, Minimum: c.Least, Enum: c.Values},
		})
	}
	for _, ref := range t.Refers {
		if !ref.checked || !e.broken[t.Name] {
			r.Schema.ForeignKeys = append(r.Schema.ForeignKeys, foreignKey{Fields: ref.Columns, Reference: place{Resource: ref.Table, Fields: ref.In}})
		}
	}
	return r
}

// part is a file of a package that is text.
type part struct {
	name string
	body []byte
}

// reader reads the text.
func (p part) reader() io.Reader { return bytes.NewReader(p.body) }
