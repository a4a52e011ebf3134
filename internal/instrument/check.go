package instrument

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"holon/internal/fault"
)

// check answers every fault of a definition's meaning.
func (d *Definition) check() error {
	var faults fault.List
	d.checkHead(&faults)
	for i := range d.Items {
		d.checkItem(&faults, i)
	}
	d.checkRaters(&faults)
	d.checkUnscored(&faults)
	for i := range d.Scores {
		d.checkScore(&faults, i)
	}
	return faults.Err()
}

// checkHead checks what is said once for the whole form.
func (d *Definition) checkHead(faults *fault.List) {
	if d.Ages.From != nil && d.Ages.To != nil && *d.Ages.From > *d.Ages.To {
		faults.Add("/ages", "ages_reversed", "The first age must not be above the last.")
	}
	free := d.Licence.Status == LicenceFree || d.Licence.Status == LicenceOwn
	if d.Licence.WordingIncluded && !free {
		faults.Add("/licence/wording_included", "wording_not_licensed",
			"Wording may be part of a file only where it is your own or free.")
	}
	if d.Licence.WordingIncluded == (d.Language == "und") {
		faults.Add("/language", "language_without_wording",
			`With wording its language is needed; without wording the language is "und".`)
	}
	if d.MaxMissing != nil && *d.MaxMissing >= len(d.Items) {
		faults.Add("/max_missing", "out_of_range", "Fewer than the form has items.")
	}
}

// checkItem checks one item by itself.
func (d *Definition) checkItem(faults *fault.List, index int) {
	it, at := d.Items[index], "/items/"+strconv.Itoa(index)
	if it.Number != index+1 {
		faults.Add(at+"/number", "item_order", "Items stand in the order of the form and are numbered 1, 2, 3 without a gap.")
	}
	allowed := RatersOf(it.Level, it.Referent)
	if allowed == nil {
		faults.Add(at+"/referent", "level_referent",
			"An item of this level cannot speak of this referent: "+speaksOf(it.Level)+".")
	}
	for i, r := range it.Raters {
		if allowed != nil && !slices.Contains(allowed, r) {
			faults.Add(at+"/raters", "level_rater",
				fmt.Sprintf("The %s cannot answer an item of this level and referent.", it.Raters[i]))
		}
	}
	checkRange(faults, it, at)
	d.checkWording(faults, it, at)
}

// speaksOf says what the items of a level are about.
func speaksOf(l Level) string {
	switch l {
	case Alliance, Encounter:
		return "it is about one therapist and one member (I, pair, observer), never about the group"
	case Bond:
		return "it is one member's view of another (I, pair)"
	case MemberGroup, Outcome:
		return "it is about one member (I, observer)"
	case Cohesion, System:
		return "it is about the group or family as a whole (we, observer), never about the rater alone"
	default:
		return "the level is not known"
	}
}

// checkRange checks an item's range, step and risk.
func checkRange(faults *fault.List, it Item, at string) {
	if it.Min >= it.Max {
		faults.Add(at+"/max", "range_reversed", "More than min.")
		return
	}
	q, whole := perUnit(it.Step)
	switch {
	case !whole:
		faults.Add(at+"/step", "step_not_decimal", "A whole number, or 1 divided by one, such as 0.5 or 0.1.")
	case !onGrid(it.Max-it.Min, it.Step) || !onGrid(it.Min, 1/q):
		faults.Add(at+"/step", "step_misses_range", "From min, steps of this size must lead to max.")
	case (it.Max-it.Min)/it.Step > 10_000:
		faults.Add(at+"/step", "too_many_steps", "At most 10000 steps from min to max.")
	}
	if r := it.Risk; r != nil {
		if _, _, ok := it.Check(r.AtLeast); whole && !ok {
			faults.Add(at+"/risk/at_least", "out_of_range", "An answer that the item has.")
		}
	}
}

// checkWording checks that wording stands where it may, and for all who
// answer.
func (d *Definition) checkWording(faults *fault.List, it Item, at string) {
	if !d.Licence.WordingIncluded {
		if len(it.Wording) > 0 {
			faults.Add(at+"/wording", "wording_not_licensed",
				"This file says that it includes no wording. Keep licensed wording out of it.")
		}
		return
	}
	said := make([]RaterKind, 0, len(it.Wording))
	for _, w := range it.Wording {
		said = append(said, w.Rater)
	}
	if !slices.Equal(said, it.Raters) {
		faults.Add(at+"/wording", "wording_by_rater", "One wording for each kind of rater of the item, no other.")
	}
}

// checkRaters checks that all items of a level have the same raters: a rating
// is one rater's answers at one level, in form order.
func (d *Definition) checkRaters(faults *fault.List) {
	first := map[Level][]RaterKind{}
	for i, it := range d.Items {
		if known, ok := first[it.Level]; ok && !slices.Equal(known, it.Raters) {
			faults.Add("/items/"+strconv.Itoa(i)+"/raters", "raters_differ",
				"All items of one level need the same raters. Make the other rater's form a version of its own.")
			continue
		}
		first[it.Level] = it.Raters
	}
}

// near tells whether two numbers are the same but for rounding.
func near(a, b float64) bool { return math.Abs(a-b) <= tolerance*max(1, math.Abs(a), math.Abs(b)) }
