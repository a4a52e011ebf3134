package instrument

import (
	"strconv"

	"holon/internal/fault"
)

// checkUnscored checks that a form that is not scored, in whole or in part, says
// why, and that items whose levels are not known apart make no number.
func (d *Definition) checkUnscored(faults *fault.List) {
	switch {
	case len(d.Scores) == 0 && d.WithoutKeys == nil:
		faults.Add("/scores", "scores_missing",
			"At least one score; or say in without_keys why none can be made.")
	case len(d.Scores) > 0 && d.WithoutKeys != nil && len(d.WithoutKeys.Scores) == 0:
		faults.Add("/without_keys/scores", "required", "Beside scores that can be made, name those that cannot.")
	}
	if len(d.Levels()) > 1 && d.Undivided != "" {
		faults.Add("/undivided", "undivided_levels", "Items whose levels are not known one by one are kept at one level.")
	}
	if len(d.Scores) > 0 && d.Undivided != "" {
		faults.Add("/undivided", "undivided_scores", "Of items whose levels are not known one by one no score is made.")
	}
	if d.Mixed == "" {
		return
	}
	for i, it := range d.Items {
		if it.Level != MemberGroup && it.Level.Valid() {
			faults.Add("/items/"+strconv.Itoa(i)+"/level", "mixed_item",
				"An item that speaks of several levels at once is kept at member_group, so that it is taken for neither alliance nor cohesion.")
		}
	}
}

// checkCodes checks that a code of an average stands at an average, and one of a
// total at a total.
func checkCodes(faults *fault.List, s Score, at string) {
	average := s.Method == Mean && s.Factor == 1
	for i, c := range s.Codes {
		if (c.Of == CodeOfAverage) != average {
			faults.Add(at+"/codes/"+strconv.Itoa(i)+"/of", "code_of_another",
				"A code of the average stands at a mean, a code of the total at a sum.")
		}
	}
}
