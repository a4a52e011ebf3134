package tables

import (
	"strings"

	"holon/internal/study/aggregate"
)

// analysesTable holds one row for each record of the release.
func analysesTable() Table {
	count := func(name, about string) Column {
		return Column{Name: name, Type: Whole, About: about + "; null where the number does not tell of them.", Least: new(0)}
	}
	return Table{
		Name: Analyses, Title: "Numbers of the release",
		About: "One row for each number of the release that the package was asked for with, in its order; none where none was named.",
		Key:   []string{"record"}, Refers: []Reference{{Columns: []string{"measure"}, Table: Measures, In: []string{"measure"}, checked: true}},
		Columns: append(required(
			Column{Name: "record", Type: Whole, About: "Its place in the release, counted from 1.", Least: new(1)},
			Column{Name: "kind", Type: Text, About: "Therapy groups, or families and couples: never both.", Values: []string{"group", "family"}},
			Column{Name: "level", Type: Text, About: "The level of the measure.", Values: []string{"alliance", "bond", "member_group", "cohesion", "system", "encounter", "outcome"}},
			Column{Name: "measure", Type: Text, About: "The measure that was asked about, as in the table measures."}),
			append([]Column{
				{Name: "against", Type: Text, About: "The second measure; null of an analysis of one."},
				{Name: "analysis", Type: Text, About: "The analysis, by the name of its page in Holon's documentation.", Required: true},
				{Name: "method_version", Type: Text, About: "The version of its method; null where nothing was computed."},
				{Name: "statistic", Type: Text, About: "What the number is.", Required: true},
				{Name: "of", Type: Text, About: "Of which component, reason or direction; null where there is but one."},
				{Name: "estimate", Type: Number, About: "The number; null where there is none, and then reason says why."},
				{Name: "se", Type: Number, About: "Its standard error; null where there is none."},
				{Name: "lower", Type: Number, About: "The lower limit of its interval; null where there is none."},
				{Name: "upper", Type: Number, About: "The upper limit of its interval; null where there is none."},
				{Name: "ci_level", Type: Number, About: "The level of the interval; null where there is none."},
				{Name: "p", Type: Number, About: "The p value; null where nothing was tested."},
				{Name: "method", Type: Text, About: "The method of the interval or test; null where there is none."},
			},
				count("groups", "Groups that the number stands on"), count("members", "Members that it stands on"), count("therapists", "Therapists that it stands on"),
				count("sessions", "Sessions that it stands on"), count("ratings", "Ratings that it stands on"),
				Column{Name: "answer", Type: Text, About: "The answer of the analysis that it comes from; null of one that only describes."},
				Column{Name: "planned", Type: Truth, About: "Whether the question was in the protocol before the first look.", Required: true},
				Column{Name: "asked", Type: Whole, About: "How often the question had been asked, this time included.", Required: true, Least: new(1)},
				Column{Name: "suppressed", Type: Truth, About: "Whether the number was taken out because it stands on too few.", Required: true},
				Column{Name: "reason", Type: Text, About: "Why there is no estimate; null where there is one."},
				Column{Name: "caveats", Type: Text, About: "Codes of the analysis's reservations, with a semicolon between two; null where there is none."})...),
	}
}

// analyses writes the records of the release.
func (e *export) analyses() error {
	for i := range e.in.Records {
		r := e.in.Records[i]
		if r.Kind == aggregate.Families && !e.families {
			r = withoutNumbers(r)
		}
		if _, known := e.named[r.Measure]; !known {
			e.broken[Analyses] = true
		}
		found, reason := number(r.Estimate), textIfAny(r.Reason)
		switch {
		case found != null():
			reason = null()
		case reason == null():
			reason = reasonUndefined
		}
		if err := e.write(Analyses, whole(i+1), text(r.Kind), text(r.Level), text(r.Measure), textIfAny(r.Against), text(r.Analysis), text(r.MethodVersion),
			text(r.Statistic), textIfAny(r.Of), found, number(r.SE), number(r.Lower), number(r.Upper), number(r.CILevel), number(r.P), textIfAny(r.Method),
			wholeIfAny(r.Groups), wholeIfAny(r.Members), wholeIfAny(r.Therapists), wholeIfAny(r.Sessions), wholeIfAny(r.Ratings),
			textIfAny(r.Answer), truth(r.Planned), whole(r.Asked), truth(r.Suppressed), reason, text(strings.Join(r.Caveats, ";"))); err != nil {
			return err
		}
		if reason != null() {
			e.said[string(reason)] = true
		}
		if r.Statistic == statisticExcluded && r.Of != nil {
			e.said[*r.Of] = true
		}
		for _, code := range r.Caveats {
			e.warned[code] = true
		}
	}
	return nil
}

// statisticExcluded is the statistic whose of is a reason.
const statisticExcluded = "excluded_rows"

// withoutNumbers returns a record of families from which no number can be had:
// there are fewer of them than the threshold, and a number over a few families is
// about single people.
func withoutNumbers(r aggregate.Record) aggregate.Record {
	return aggregate.Record{
		Kind: r.Kind, Level: r.Level, Measure: r.Measure, Against: r.Against, Analysis: r.Analysis, MethodVersion: r.MethodVersion, Statistic: r.Statistic, Of: r.Of,
		Planned: r.Planned, Asked: r.Asked, Suppressed: true, Reason: new(aggregate.Suppressed), Caveats: []string{},
	}
}
