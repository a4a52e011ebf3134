package tables

import (
	"bytes"
	htmltemplate "html/template"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// book is what the codebook says.
type book struct {
	Origin   origin
	Protocol *plan
	Tables   []bookTable
	Measures []bookMeasure
	Reasons  [][2]string
	Families bool // some were left out

	Analyses, Statistics, Ofs, Answers, Methods [][]string // each a code in its parts, with its words
	Caveats                                     [][2]string
}

// bookTable is a table with its rows counted.
type bookTable struct {
	Table

	Rows int
}

// plan is the study's protocol in words.
type plan struct {
	Primary, Model, Bound, Stop, SHA256 string
	Planned                             []string
}

// bookMeasure is a measure in words.
type bookMeasure struct {
	Name, Title, Instrument, Construct, Level, Referent, Rater, Range, Direction, Method, Missing, Key, Licence string
}

// codebook writes the codebook, as Markdown and as a page.
func (e *export) codebook(made map[Name]Trailer) (md, html []byte, err error) {
	b := e.book(made)
	text, err := template.New("codebook.md").Funcs(template.FuncMap{"cell": markdownCell, "join": strings.Join}).ParseFS(files, "scripts/codebook.md")
	if err != nil {
		return nil, nil, unfilled(err)
	}
	page, err := htmltemplate.New("codebook.html").Funcs(htmltemplate.FuncMap{"join": strings.Join}).ParseFS(files, "scripts/codebook.html")
	if err != nil {
		return nil, nil, unfilled(err)
	}
	var a, z bytes.Buffer
	if err := text.Execute(&a, b); err != nil {
		return nil, nil, unfilled(err)
	}
	if err := page.Execute(&z, b); err != nil {
		return nil, nil, unfilled(err)
	}
	return a.Bytes(), z.Bytes(), nil
}

// markdownCell keeps a text within one cell of a table.
func markdownCell(s string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ").Replace(s)
}

// book gathers what the codebook says.
func (e *export) book(made map[Name]Trailer) *book {
	o := e.origin()
	b := &book{
		Origin: o, Protocol: planOf(e.in.Study.Protocol), Families: e.left.families > 0, Caveats: e.caveats(),
		Analyses: linesOf(kindAnalysis), Statistics: linesOf(kindStatistic), Ofs: linesOf(kindOf), Answers: linesOf(kindAnswer), Methods: linesOf(kindMethod),
	}
	for _, t := range All() {
		b.Tables = append(b.Tables, bookTable{t, made[t.Name].Rows})
	}
	for k := range e.measures {
		if def, ok := e.in.Definition(e.measures[k].Instrument); ok {
			b.Measures = append(b.Measures, inWords(&e.measures[k], def))
		}
	}
	b.Reasons = e.reasons()
	return b
}

// reasons lists the codes that stand in the tables or may, with their words.
func (e *export) reasons() [][2]string {
	codes := append(scoreReasons(), reasonNotRated)
	for _, x := range e.leftOut() {
		codes = append(codes, x.Reason)
	}
	for code := range e.said {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	known := newDictionary()
	var out [][2]string
	for _, code := range slices.Compact(codes) {
		said, ok := known.words(code)
		if !ok {
			said = "A reason of the analysis that it stands beside, which Holon's page about that analysis names."
		}
		out = append(out, [2]string{code, said})
	}
	return out
}

// caveats lists the reservations that numbers have or may have, with their words.
func (e *export) caveats() [][2]string {
	codes := make([]string, 0, len(e.warned))
	for code := range e.warned {
		codes = append(codes, code)
	}
	for _, line := range linesOf(kindCaveat) {
		codes = append(codes, line[0])
	}
	slices.Sort(codes)
	known := newDictionary()
	var out [][2]string
	for _, code := range slices.Compact(codes) {
		said, ok := known.caveat(code)
		if !ok {
			said = "A reservation of the analysis that it stands beside, which Holon's page about that analysis names."
		}
		out = append(out, [2]string{code, said})
	}
	return out
}

// planOf says a protocol in words; nil of none. The day on which the study has all
// its data is not among them: no day is.
func planOf(p *study.Protocol) *plan {
	if p == nil {
		return nil
	}
	out := &plan{Primary: study.MeasureName(p.Primary), Model: p.Model.Words(), Bound: plain(p.Bound), SHA256: p.SHA256, Stop: "on a day that the protocol names"}
	if p.Stop.On == nil {
		out.Stop = "at " + strconv.Itoa(p.Stop.Groups) + " therapy groups, or families and couples, whichever is asked about"
	}
	for _, q := range p.Planned {
		out.Planned = append(out.Planned, q.Key())
	}
	return out
}

// plain writes a number the shortest way.
func plain(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// inWords says what a measure is.
func inWords(m *measured, def *instrument.Definition) bookMeasure {
	rule := m.Rule()
	occasion := "before or after the meeting, whichever there is"
	switch m.Measure.Occasion {
	case session.Pre:
		occasion = "before the meeting"
	case session.Post:
		occasion = "after the meeting"
	}
	return bookMeasure{
		Name: m.name, Title: rule.Title, Instrument: def.Title + ", version " + def.Ref.Version, Construct: def.Construct,
		Level: string(rule.Level), Referent: string(rule.Referent), Rater: string(m.Rater) + ", " + occasion,
		Range:     plain(rule.Min) + " to " + plain(rule.Max),
		Direction: map[instrument.Direction]string{instrument.HigherBetter: "higher is better", instrument.HigherWorse: "higher is worse", instrument.Neutral: "neither end is better"}[rule.Direction],
		Method:    methodWords(&rule), Missing: missingWords(&rule, def), Key: keyWords(def, rule.ID), Licence: licenceWords(&def.Licence),
	}
}

// methodWords says how a score is made.
func methodWords(s *instrument.Score) string {
	items := make([]string, len(s.Items))
	for i, n := range s.Items {
		items[i] = strconv.Itoa(n)
	}
	of := "items " + strings.Join(items, ", ")
	out := ""
	switch s.Method {
	case instrument.Sum:
		out = "sum of " + of
	case instrument.SumProrated:
		out = "mean of the answered ones of " + of + ", times their number"
	case instrument.SumMeanRounded:
		out = "sum of " + of + "; for one that is missing stands the mean of the answered ones, rounded to a whole number"
	case instrument.SumOfScores:
		out = "sum of the scores " + strings.Join(s.Parts, ", ")
	case instrument.Mean:
		out = "mean of the answered ones of " + of
	}
	if s.Factor != 0 && s.Factor != 1 {
		out += "; times " + plain(s.Factor)
	}
	return out
}

// missingWords says how much may be missing.
func missingWords(s *instrument.Score, def *instrument.Definition) string {
	out := "at most " + strconv.Itoa(s.MaxMissing) + " of " + strconv.Itoa(len(s.Items)) + " items of the score"
	switch s.Method {
	case instrument.SumOfScores:
		out = "each of the scores by its own rule"
	case instrument.Sum:
		out = "no item of the score"
	default:
	}
	if def.MaxMissing != nil {
		out += "; at most " + strconv.Itoa(*def.MaxMissing) + " of " + strconv.Itoa(len(def.Items)) + " items of the form"
	}
	return out
}

// keyWords says how sure the key is.
func keyWords(def *instrument.Definition, score string) string {
	switch def.KeyOf(score).Status {
	case instrument.KeyUnattested:
		return "from memory, and not compared with a form: no scores are made"
	case instrument.KeyAttested:
		return "from memory; the practice has compared it with its own form"
	default:
		return "as published"
	}
}

// licenceWords says on what ground the wording may be used. No wording is in the
// package.
func licenceWords(l *instrument.Licence) string {
	out := map[instrument.LicenceStatus]string{
		instrument.LicenceFree: "free", instrument.LicencePermissionRequired: "permission required", instrument.LicencePaperOnly: "on paper only",
		instrument.LicenceCommercial: "commercial", instrument.LicenceOwn: "of Holon or the practice",
	}[l.Status]
	if l.Holder != "" {
		out += "; " + l.Holder
	}
	return out
}
