package httpapi

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// paragraph is prose with code and emphasis in it.
type paragraph []piece

// piece is a stretch of prose of one kind.
type piece struct {
	Text         string
	Code, Strong bool
}

// typeView says what a value is.
type typeView struct {
	Before string // "list of "
	Name   string
	Anchor string // of the schema, where it has a name
	After  string // " or null"
}

// fieldView is one property, parameter or header.
type fieldView struct {
	Name        string
	Where       string // of a parameter
	Required    bool
	Type        typeView
	Rules       []string
	Description []paragraph
}

// schemaView is one named schema.
type schemaView struct {
	Name, Anchor string
	Description  []paragraph
	Values       []string   // of an enumeration
	Choices      []typeView // one of these
	Fields       []fieldView
}

// paragraphs reads the little of Markdown that the contract uses: blank lines,
// `code` and **emphasis**.
func paragraphs(text string) []paragraph {
	var out []paragraph
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		if block == "" {
			continue
		}
		var p paragraph
		for i, part := range strings.Split(strings.ReplaceAll(block, "\n", " "), "`") {
			if i%2 == 1 {
				p = append(p, piece{Text: part, Code: true})
				continue
			}
			for j, prose := range strings.Split(part, "**") {
				if prose != "" {
					p = append(p, piece{Text: prose, Strong: j%2 == 1})
				}
			}
		}
		out = append(out, p)
	}
	return out
}

// schemaAnchor is where a named schema stands on the page.
func schemaAnchor(name string) string { return "schema-" + name }

// schemaViewOf reads one named schema.
func schemaViewOf(name string, s *openapi3.Schema) schemaView {
	v := schemaView{Name: name, Anchor: schemaAnchor(name), Description: paragraphs(s.Description)}
	for _, value := range s.Enum {
		v.Values = append(v.Values, fmt.Sprint(value))
	}
	for _, one := range s.OneOf {
		v.Choices = append(v.Choices, typeOf(one))
	}
	v.Fields = fieldsOf(s)
	return v
}

// fieldsOf lists an object's properties, those of its parts first.
func fieldsOf(s *openapi3.Schema) []fieldView {
	var out []fieldView
	for _, part := range s.AllOf {
		out = append(out, fieldsOf(part.Value)...)
	}
	names := slices.SortedFunc(maps.Keys(s.Properties), func(a, b string) int {
		return cmp.Or(cmp.Compare(lineOf(originOf(s.Properties[a])), lineOf(originOf(s.Properties[b]))), cmp.Compare(a, b))
	})
	for _, name := range names {
		p := s.Properties[name]
		f := fieldOf(name, p, slices.Contains(s.Required, name))
		f.Description = paragraphs(p.Value.Description)
		if p.Ref != "" {
			f.Description = nil // it stands with the schema
		}
		out = append(out, f)
	}
	return out
}

// originOf returns where a property stands: the reference to its schema, or the
// schema itself.
func originOf(ref *openapi3.SchemaRef) *openapi3.Origin {
	if ref.Ref != "" {
		return ref.Origin
	}
	return ref.Value.Origin
}

// fieldOf reads name, type and rules of one value.
func fieldOf(name string, ref *openapi3.SchemaRef, required bool) fieldView {
	return fieldView{Name: name, Required: required, Type: typeOf(ref), Rules: rulesOf(ref)}
}

// typeOf says what a value is.
func typeOf(ref *openapi3.SchemaRef) typeView {
	s := ref.Value
	t := typeView{Name: "object"}
	if s.Nullable {
		t.After = " or null"
	}
	named := ref.Ref
	if named == "" && len(s.AllOf) == 1 {
		named = s.AllOf[0].Ref
	}
	switch {
	case named != "":
		t.Name = named[strings.LastIndex(named, "/")+1:]
		t.Anchor = schemaAnchor(t.Name)
	case s.Type.Is(openapi3.TypeArray):
		inner := typeOf(s.Items)
		t.Before, t.Name, t.Anchor = "list of "+inner.Before, inner.Name, inner.Anchor
	case s.Type.Is(openapi3.TypeInteger):
		t.Name = "whole number"
	case s.Type.Is(openapi3.TypeNumber):
		t.Name = "number"
	case s.Type.Is(openapi3.TypeBoolean):
		t.Name = "true or false"
	case s.Type.Is(openapi3.TypeString):
		t.Name = "text"
		switch s.Format {
		case "date":
			t.Name = "day"
		case "date-time":
			t.Name = "time"
		}
	}
	return t
}

// rulesOf lists the limits of a value in words.
func rulesOf(ref *openapi3.SchemaRef) []string {
	s := ref.Value
	if ref.Ref != "" {
		return nil
	}
	var out []string
	if len(s.Enum) > 0 {
		var values []string
		for _, v := range s.Enum {
			if v != nil {
				values = append(values, fmt.Sprint(v))
			}
		}
		out = append(out, "one of "+strings.Join(values, ", "))
	}
	if s.Min != nil {
		out = append(out, boundary("at least", "more than", s.ExclusiveMin.IsTrue(), *s.Min))
	}
	if s.Max != nil {
		out = append(out, boundary("at most", "less than", s.ExclusiveMax.IsTrue(), *s.Max))
	}
	if s.MaxLength != nil {
		out = append(out, fmt.Sprintf("at most %d characters", *s.MaxLength))
	}
	if s.MinItems > 0 {
		out = append(out, "at least "+entries(s.MinItems))
	}
	if s.MaxItems != nil {
		out = append(out, "at most "+entries(*s.MaxItems))
	}
	if s.Pattern != "" {
		out = append(out, "pattern "+s.Pattern)
	}
	if s.Default != nil {
		out = append(out, fmt.Sprintf("%v if left out", s.Default))
	}
	return out
}

// entries says a length of a list in words.
func entries(n uint64) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// boundary says a limit of a number in words.
func boundary(closed, open string, exclusive bool, limit float64) string {
	if exclusive {
		return fmt.Sprintf("%s %g", open, limit)
	}
	return fmt.Sprintf("%s %g", closed, limit)
}
