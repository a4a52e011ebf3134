package tables

import (
	_ "embed"
	"strings"

	"holon/internal/instrument"
)

// wordsText says each code in a sentence: a line for each, with a tabulator after
// the code.
//
//go:embed words.tsv
var wordsText string

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

// words says a code in a sentence. Exclusions are made of parts: which of two
// measures, and what is missing.
func (d dictionary) words(code string) (string, bool) {
	if said, ok := d[code]; ok {
		return said, true
	}
	for _, part := range []struct{ before, says string }{
		{"missing_score_", "There is no score. "},
		{"missing_items_", "The items are not complete. "},
		{"first_", "Of the first measure: "},
		{"second_", "Of the second measure: "},
	} {
		if rest, is := strings.CutPrefix(code, part.before); is {
			if said, ok := d.words(rest); ok {
				return part.says + said, true
			}
			if state, ok := itemStates()[rest]; ok {
				return part.says + state, true
			}
		}
	}
	return "", false
}

// itemStates says what became of an item that has no answer.
func itemStates() map[string]string {
	return map[string]string{
		"not_answered": "An item was left blank.", "declined": "The rater declined an item.", "cannot_say": "The rater could not say.",
		"not_shown": "An item was not shown.", "redacted": "The answers were taken out at a member's request.",
	}
}
