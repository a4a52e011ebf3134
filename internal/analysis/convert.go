package analysis

import (
	"bytes"
	"encoding/json"

	"holon/internal/caveat"
	"holon/internal/fault"
	"holon/internal/multilevel"
)

// Document returns the report as it is written.
func (r *Report) Document() ReportDocument {
	name, v := r.Result.Analysis(), r.Result.Verdict()
	return ReportDocument{
		Analysis: string(name), MethodVersion: name.method(), Input: r.inputDocument(), Outcome: r.Outcome,
		Subject: r.Subject.document(),
		Counts: CountsDocument{
			Groups: r.Counts.Groups, Members: r.Counts.Members, Sessions: r.Counts.Sessions, Ratings: r.Counts.Ratings,
			Excluded: each(r.Counts.Excluded, func(x multilevel.Exclusion) ExclusionDocument { return ExclusionDocument(x) }),
		},
		Estimand: orNull(string(v.Estimand)), Answer: orNull(string(v.Answer)), Reason: string(v.Reason),
		Caveats: caveatDocuments(&r.Caveats),
		Result:  r.Result.document(),
	}
}

// caveatDocuments returns reservations as they are written.
func caveatDocuments(set *caveat.Set) []CaveatDocument {
	return each(set.List(), func(c caveat.Caveat) CaveatDocument { return CaveatDocument(c) })
}

// Encode writes one report as canonical JSON: the keys in one order, numbers
// in the shortest form that reads back as the same, no line feed at the end.
func Encode(r *Report) ([]byte, error) { return encode(r.Document()) }

// EncodeAll writes several reports as one JSON value.
func EncodeAll(reports []Report) ([]byte, error) {
	return encode(ReportsDocument{Reports: each(reports, func(r Report) ReportDocument { return r.Document() })})
}

// encode writes a document.
func encode(d any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(d); err != nil {
		return nil, fault.Wrap(fault.Internal, "unwritable_report", "The report cannot be written.", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// orNull returns a name that may be empty as it is written, nil for none.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// each converts a list; the result is never nil, so that it is an array on the
// wire.
func each[S, T any](list []S, f func(S) T) []T {
	out := make([]T, 0, len(list))
	for _, x := range list {
		out = append(out, f(x))
	}
	return out
}

// document returns the subject as it is written, nil for none.
func (s *Subject) document() *SubjectDocument {
	if s == nil {
		return nil
	}
	d := &SubjectDocument{
		Measure: MeasureDocument{
			Instrument: InstrumentDocument(s.Measure.Instrument), Score: s.Measure.Score, Rater: string(s.Measure.Rater),
		},
		Title: s.Title, Level: string(s.Level), Referent: string(s.Referent), Composition: string(s.Composition), RuleSet: s.RuleSet,
		GroupKinds: []string{},
	}
	if s.Measure.Occasion != "" {
		d.Measure.Occasion = new(string(s.Measure.Occasion))
	}
	for _, k := range s.Kinds {
		d.GroupKinds = append(d.GroupKinds, string(k))
	}
	return d
}
