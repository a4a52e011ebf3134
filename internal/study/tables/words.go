package tables

import (
	_ "embed"
	"strings"

	"holon/internal/instrument"
)

// wordsText says each code in a sentence: a line for each, with a tabulator after
// the code. A code that is no reason has its kind before it, and of a statistic the unit
// stands behind another tabulator.
//
//go:embed words.tsv
var wordsText string

// The kinds of codes that are no reasons. Statistics and what they are of have the name
// of the analysis before them, or all.
const (
	kindAnalysis  = "analysis"
	kindStatistic = "statistic"
	kindOf        = "of"
	kindAnswer    = "answer"
	kindMethod    = "method"
	kindCaveat    = "caveat"
)

// Reasons that tables have beside those of scoring and of the analyses.
const (
	reasonUndefined = "undefined" // a number that is none
	reasonNotRated  = "not_rated" // of a goal
)

// scoreReasons lists why a rating has no score.
func scoreReasons() []string {
	out := []string{reasonUndefined}
	for _, r := range []instrument.Reason{
		instrument.ReasonKeyNotAttested, instrument.ReasonTotalOnly, instrument.ReasonNoneAnswered, instrument.ReasonFormInvalid, instrument.ReasonTooManyMissing,
		instrument.ReasonPartMissing, instrument.ReasonAnswerOutOfRange, instrument.ReasonFormUnfinished, instrument.ReasonRedacted, instrument.ReasonKeysMissing,
	} {
		out = append(out, string(r))
	}
	return out
}

// dictionary is what codes say in words.
type dictionary map[string]string

// newDictionary reads it.
func newDictionary() dictionary {
	d := dictionary{}
	for line := range strings.Lines(wordsText) {
		if code, words, found := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); found {
			d[code] = words
		}
	}
	return d
}

// linesOf lists the codes of a kind in the order of the file, each with its parts and its
// words.
func linesOf(kind string) [][]string {
	var out [][]string
	for line := range strings.Lines(wordsText) {
		if rest, is := strings.CutPrefix(strings.TrimSuffix(line, "\n"), kind+" "); is {
			code, said, _ := strings.Cut(rest, "\t")
			out = append(out, append(strings.Fields(code), strings.Split(said, "\t")...))
		}
	}
	return out
}

// caveat says a reservation in a sentence: many are reasons as well.
func (d dictionary) caveat(code string) (string, bool) {
	if said, ok := d[kindCaveat+" "+code]; ok {
		return said, true
	}
	return d.words(code)
}

// words says a reason in a sentence. Exclusions are made of parts: which of two
// measures, and what is missing.
func (d dictionary) words(code string) (string, bool) {
	if said, ok := d[code]; ok {
		return said, true
	}
	for _, part := range reasonParts() {
		if rest, is := strings.CutPrefix(code, part.Code); is {
			if said, ok := d.words(rest); ok {
				return part.Words + " " + said, true
			}
			if state, ok := itemStates()[rest]; ok {
				return part.Words + " " + state, true
			}
		}
	}
	return "", false
}

// reasonParts lists what stands before a reason that is put together.
func reasonParts() []Code {
	return []Code{
		{Code: "missing_score_", Words: "There is no score."},
		{Code: "missing_items_", Words: "The items are not complete."},
		{Code: "first_", Words: "Of the first measure:"},
		{Code: "second_", Words: "Of the second measure:"},
	}
}

// itemStates says what became of an item that has no answer.
func itemStates() map[string]string {
	return map[string]string{
		"not_answered": "An item was left blank.", "declined": "The rater declined an item.", "cannot_say": "The rater could not say.",
		"not_shown": "An item was not shown.", "redacted": "Not there: no consent to the study, or taken out at the member's request.",
	}
}
