package tables

import (
	"bytes"
	"embed"
	"strings"
	"text/template"

	"holon/internal/fault"
)

// files are the texts of a package.
//
//go:embed scripts
var files embed.FS

// texts returns the files of a package that are no tables, its description first.
func (e *export) texts(made map[Name]Trailer) ([]part, error) {
	described, err := e.describe(made)
	if err != nil {
		return nil, err
	}
	out := []part{{"datapackage.json", described}}
	md, html, err := e.codebook(made)
	if err != nil {
		return nil, err
	}
	out = append(out, part{"codebook.md", md}, part{"codebook.html", html})
	for _, name := range []string{"load.R", "load.py", "reproduce.R"} {
		body, err := e.script(name)
		if err != nil {
			return nil, err
		}
		out = append(out, part{name, body})
	}
	return out, nil
}

// script fills a script in: tables with the types of their columns, and the level
// of the release.
func (e *export) script(name string) ([]byte, error) {
	level := "none"
	if e.in.Release != nil {
		level = string(e.in.Release.Level)
	}
	// @[ and ]@ stand in no R and no Python of ours.
	t, err := template.New(name).Delims("@[", "]@").Funcs(template.FuncMap{"types": types, "level": func() string { return level }}).ParseFS(files, "scripts/"+name)
	if err != nil {
		return nil, unfilled(err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, All()); err != nil {
		return nil, unfilled(err)
	}
	return out.Bytes(), nil
}

// unfilled is the fault of a text of ours that cannot be made.
func unfilled(err error) error {
	return fault.Wrap(fault.Internal, "package_text", "A text of the package could not be made.", err)
}

// types lists the types of a table's columns as letters: t for text, i for a whole
// number, n for a number and l for true or false.
func types(t Table) string {
	var out strings.Builder
	for _, c := range t.Columns {
		letter := map[Type]string{Text: "t", Whole: "i", Number: "n", Truth: "l"}[c.Type]
		out.WriteString(letter)
	}
	return out.String()
}
