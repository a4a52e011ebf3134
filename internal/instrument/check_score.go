package instrument

import (
	"fmt"
	"slices"
	"strconv"

	"holon/internal/fault"
)

// valid tells whether m is one of the methods.
func (m Method) valid() bool {
	return slices.Contains([]Method{Sum, SumProrated, SumMeanRounded, SumOfScores, Mean}, m)
}

// checkScore checks one score against the form's items.
func (d *Definition) checkScore(faults *fault.List, index int) {
	s, at := d.Scores[index], "/scores/"+strconv.Itoa(index)
	for _, other := range d.Scores[:index] {
		if other.ID == s.ID {
			faults.Add(at+"/id", "repeated", "Another score has this id.")
		}
	}
	items := d.scoreItems(faults, s, at)
	if len(items) != len(s.Items) {
		return // the rest is about these items
	}
	mixed := false
	for i, it := range items {
		place := at + "/items/" + strconv.Itoa(i)
		switch {
		case it.Level != s.Level:
			mixed = true
			faults.Add(place, "mixed_level",
				fmt.Sprintf("This item is at another level than the score (%s). Levels are never mixed in one number.", s.Level))
		case it.Referent != items[0].Referent:
			mixed = true
			faults.Add(place, "mixed_referent",
				"This item speaks of another referent than the score's first. Such a number has no composition.")
		}
	}
	d.checkMethod(faults, index, items)
	low, high, ok := d.span(s, items)
	if ok && !mixed && (!near(low, s.Min) || !near(high, s.Max)) {
		faults.Add(at+"/min", "range_not_possible",
			fmt.Sprintf("By its items and method the score goes from %s to %s.", number(low), number(high)))
	}
	checkLimits(faults, s, at)
	checkCodes(faults, s, at)
}

// scoreItems returns the score's items, noting those the form does not have.
func (d *Definition) scoreItems(faults *fault.List, s Score, at string) []Item {
	items := make([]Item, 0, len(s.Items))
	for i, n := range s.Items {
		it, ok := d.Item(n)
		if !ok {
			faults.Add(at+"/items/"+strconv.Itoa(i), "no_such_item", "The form has no item of this number.")
			continue
		}
		items = append(items, it)
	}
	return items
}

// checkMethod checks that the method and its missing rule can work on these
// items.
func (d *Definition) checkMethod(faults *fault.List, index int, items []Item) {
	s, at := d.Scores[index], "/scores/"+strconv.Itoa(index)
	if s.MaxMissing >= len(items) {
		faults.Add(at+"/max_missing", "out_of_range", "Fewer than the score has items: something must be answered.")
	}
	if s.Method == SumOfScores {
		d.checkParts(faults, index)
	} else if len(s.Parts) > 0 {
		faults.Add(at+"/parts", "parts_not_summed", "Only the method sum_of_scores has parts.")
	}
	if (s.Method == Sum || s.Method == SumOfScores) && s.MaxMissing != 0 {
		faults.Add(at+"/max_missing", "method_needs_all", "By this method nothing may be missing; the limit is 0.")
	}
	if s.Method == Sum || s.Method == SumOfScores {
		return
	}
	for i, it := range items {
		place := at + "/items/" + strconv.Itoa(i)
		if it.Min != items[0].Min || it.Max != items[0].Max {
			faults.Add(place, "mixed_range", "Items that stand in for each other need the same range.")
		}
		if s.Method == SumMeanRounded && (it.Step != 1 || !onGrid(it.Min, 1)) {
			faults.Add(place, "not_whole", "Rounding to a whole number needs items of whole numbers.")
		}
	}
}

// checkParts checks that a sum of scores is of earlier scores whose items are
// exactly its own, each once.
func (d *Definition) checkParts(faults *fault.List, index int) {
	s, at := d.Scores[index], "/scores/"+strconv.Itoa(index)
	var union []int
	for i, id := range s.Parts {
		k := slices.IndexFunc(d.Scores[:index], func(p Score) bool { return p.ID == id })
		if k < 0 {
			faults.Add(at+"/parts/"+strconv.Itoa(i), "no_such_score", "No score before this one has this id.")
			return
		}
		union = append(union, d.Scores[k].Items...)
	}
	own := slices.Sorted(slices.Values(s.Items))
	slices.Sort(union)
	if !slices.Equal(own, union) {
		faults.Add(at+"/parts", "parts_not_items", "The items of the parts must be the score's items, each once.")
	}
}

// span returns the range that the score can have; ok is false where a fault of
// its parts was noted already.
func (d *Definition) span(s Score, items []Item) (low, high float64, ok bool) {
	switch s.Method {
	case SumOfScores:
		for _, id := range s.Parts {
			p, found := d.ScoreRule(id)
			if !found {
				return 0, 0, false
			}
			low, high = low+p.Min, high+p.Max
		}
	case Mean:
		low, high = items[0].Min, items[0].Max
	case Sum, SumProrated, SumMeanRounded:
		for _, it := range items {
			low, high = low+it.Min, high+it.Max
		}
	}
	return low * s.Factor, high * s.Factor, true
}

// checkLimits checks that cut-offs and changes lie in the score's range.
func checkLimits(faults *fault.List, s Score, at string) {
	for i, c := range s.Cutoffs {
		if c.Value < s.Min || c.Value > s.Max {
			faults.Add(at+"/cutoffs/"+strconv.Itoa(i)+"/value", "out_of_range", inRange(s))
		}
	}
	for i, c := range s.Changes {
		if c.Value > s.Max-s.Min {
			faults.Add(at+"/changes/"+strconv.Itoa(i)+"/value", "out_of_range", "At most the width of the score's range.")
		}
	}
}

// inRange says which values a cut-off can have.
func inRange(s Score) string {
	return fmt.Sprintf("Within the score's range, from %s to %s.", number(s.Min), number(s.Max))
}
