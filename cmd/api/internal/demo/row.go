package demo

import (
	"fmt"
	"slices"
	"strings"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/multilevel"
)

// row is one measure of the table.
type row struct {
	report *analysis.Report
	def    *instrument.Definition
	truth  truth
	known  bool // whether there is a truth: not for what was made in another way
}

// rowsOf finds the truth behind every report.
func rowsOf(part part, src analysis.Source, reports []analysis.Report) []row {
	var out []row
	for i := range reports {
		r := row{report: &reports[i]}
		m := r.report.Subject.Measure
		var ok bool
		if r.def, ok = src.Definition(m.Instrument); !ok {
			continue // reports are made of known definitions only
		}
		score, ok := r.def.ScoreRule(m.Score)
		if t, found := behind(part.traits, r.def, score); ok && found && m.Rater == instrument.RaterMember {
			r.truth, r.known = t.overWeeks(len(score.Items), t.asked(part.courses[0].sessions)), true
		}
		out = append(out, r)
	}
	return out
}

// result is the test's result.
func (r *row) result() *multilevel.GroupLevel { return r.report.GroupLevel() }

// heading is the level of the measure, in words: what the group's number is made
// of.
func (r *row) heading() string {
	switch r.report.Subject.Level {
	case instrument.Alliance:
		return "Average member alliance"
	case instrument.Bond:
		return "Average bond between members"
	case instrument.MemberGroup:
		return "Average standing of members"
	case instrument.Cohesion:
		return "Cohesion, as members see the group"
	case instrument.System:
		return "The family, as its members see it"
	case instrument.Encounter:
		return "Average presence of members"
	default:
		return "Average of members' own state"
	}
}

// name is the score's title, with the instrument where that has another.
func (r *row) name() string {
	s := r.report.Subject
	if s.Title == r.def.Title {
		return s.Title
	}
	return s.Title + " (" + r.def.Ref.ID + ")"
}

// line is the row as it stands in the table.
func (r *row) line() string {
	g := r.result()
	left := fmt.Sprintf("  %-32s %-14s %4s  %9s %5s %4s", r.name(), answerWords(g.Answer), whole(g.REML.Share.Group), span(g.REML.ShareCI.Group),
		r.beside(r.truth.lasting, g.REML.ShareCI.Group), probability(r.report.Around().Multiplicity.PHolm))
	if g.Weather == nil {
		return left
	}
	return left + fmt.Sprintf("   %4s  %9s %5s", whole(g.Weather.Share), span(g.Weather.CI), r.beside(r.truth.weather, g.Weather.CI))
}

// beside is the truth, with a star where the 90 % range misses it.
func (r *row) beside(truth float64, range90 []multilevel.Interval) string {
	if !r.known {
		return ""
	}
	if _, held := holds(range90, truth); !held {
		return whole(&truth) + "*"
	}
	return whole(&truth) + " "
}

// refusal says in one line why there are no numbers.
func (r *row) refusal() string {
	who := "members"
	if kind := r.report.Subject.Measure.Rater; kind != instrument.RaterMember {
		who = string(kind) + "s"
	}
	var why string
	switch r.result().Reason {
	case "one_with_many":
		why = "one rater's habit would look like a group."
	case "social_relations":
		why = "everybody rates everybody, which would look like a group."
	case "global_rating":
		why = "one report about the whole has no parts that could agree."
	default:
		why = strings.Join(analysis.Sentences(r.report)[1:], " ")
	}
	return r.name() + ", by " + who + ": " + why
}

// answerWords are the answers as short as a table needs them.
func answerWords(a multilevel.Answer) string {
	switch a {
	case multilevel.Supported:
		return "yes"
	case multilevel.NotSupported:
		return "little or none"
	case multilevel.CannotTell:
		return "too few to say"
	case multilevel.Refused:
		return "not computed"
	default:
		return "cannot be seen"
	}
}

// whole writes a share in whole percents; "" where there is none.
func whole(share *float64) string {
	if share == nil {
		return ""
	}
	return fmt.Sprintf("%.0f %%", percent(*share))
}

// span writes the 90 % limits in whole percents, which may be negative; "" where
// there are none.
func span(ci []multilevel.Interval) string {
	lower, upper, ok := limits(ci)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%.0f to %2.0f", percent(lower), percent(upper))
}

// limits returns the 90 % limits, if there are any.
func limits(ci []multilevel.Interval) (lower, upper float64, ok bool) {
	k := slices.IndexFunc(ci, func(x multilevel.Interval) bool { return x.Level == 0.90 && x.Lower != nil && x.Upper != nil })
	if k < 0 {
		return 0, 0, false
	}
	return *ci[k].Lower, *ci[k].Upper, true
}

// holds tells whether the limits, as they are printed, hold the truth; there
// may be none.
func holds(ci []multilevel.Interval, truth float64) (some, held bool) {
	lower, upper, ok := limits(ci)
	at := percent(truth)
	return ok, !ok || (percent(lower) <= at && at <= percent(upper))
}

// probability writes a p in the field's way, without a leading zero.
func probability(p *float64) string {
	switch {
	case p == nil:
		return ""
	case *p >= 0.9995:
		return "1"
	case *p < 0.0005:
		return "<.001"
	default:
		return strings.TrimPrefix(fmt.Sprintf("%.3f", *p), "0")
	}
}

// upper writes words in capitals.
func upper(words string) string { return strings.ToUpper(words) }
