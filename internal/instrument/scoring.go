package instrument

import (
	"fmt"
	"math"
	"slices"
)

// Answers is what scoring needs to know of one rater's form.
type Answers struct {
	// Value gives an item's raw answer; ok is false for every state but
	// answered. It is called with numbers of items only.
	Value func(item int) (value float64, ok bool)
	// FormMissing counts the items of the whole form without an answer, on
	// which the form's own rule rests. It is given because the ratings of other
	// levels may not be at hand; a count below what is seen missing is raised
	// to it.
	FormMissing int
	// TotalOnly says that only a total was copied from paper. It is never
	// spread over the items.
	TotalOnly bool
	// Unfinished says that the rater is still at the form.
	Unfinished bool
	// Redacted says that the answers were taken out, at a member's request.
	Redacted bool
}

// Score makes every score of the definition, in its order.
//
// With x_i the answers, reversed ones being min+max−x_i, N the score's items,
// n the answered ones and f the factor:
//
//	sum               f·Σx_i                    n = N needed
//	sum_prorated      f·N·Σx_i/n
//	sum_mean_rounded  f·(Σx_i + (N−n)·round(Σx_i/n)), halves away from zero
//	sum_of_scores     f·Σ scores, each by its own rule
//	mean              f·Σx_i/n
//
// There is no value, and a reason, in this order: the key is from memory and the
// practice has not attested it (or that of a part); the answers were redacted;
// the form is not finished; only a total is known; no
// item of the form is answered; the form misses more than it may; no item of
// the score is answered; the score misses more than it may; an answer is not
// one the item has. Sums are cut to the step of the items, so that four times
// 9.0 is 36 and not a little less.
func (d *Definition) Score(a Answers) []ScoreValue { return d.score("", nil, a) }

// ScoreLevel makes the scores of one level, in the definition's order.
func (d *Definition) ScoreLevel(l Level, a Answers) []ScoreValue { return d.score(l, nil, a) }

// ScoreOne makes one of the definition's scores as ScoreLevel does, and no other
// but its parts.
func (d *Definition) ScoreOne(s *Score, a Answers) ScoreValue {
	all := d.score(s.Level, s, a)
	for i := range all {
		if all[i].ScoreID == s.ID {
			return all[i]
		}
	}
	return ScoreValue{ScoreID: s.ID, Level: s.Level, Reason: ReasonNoneAnswered}
}

// score makes the scores of level l, of all levels where it is empty; with one
// score named, only that one and its parts.
func (d *Definition) score(l Level, only *Score, a Answers) []ScoreValue {
	seenMissing := 0
	for i := range d.Items {
		if l == "" || d.Items[i].Level == l {
			if _, ok := a.Value(d.Items[i].Number); !ok {
				seenMissing++
			}
		}
	}
	a.FormMissing = max(a.FormMissing, seenMissing)
	out := make([]ScoreValue, 0, len(d.Scores))
	values := make([]float64, 0, len(d.Scores)) // never grows: out points into it
	for i := range d.Scores {
		s := &d.Scores[i]
		if l != "" && s.Level != l {
			continue
		}
		if only != nil && s.ID != only.ID && !slices.Contains(only.Parts, s.ID) {
			continue
		}
		sv := ScoreValue{ScoreID: s.ID, Level: s.Level}
		t := d.tally(s, a.Value)
		sv.NItems = t.answered
		if d.keyOf(s, i).Status == KeyUnattested {
			sv.Reason, sv.Detail = ReasonKeyNotAttested, notAttested
		} else {
			sv.Reason, sv.Detail = d.whyNone(s, a, t)
		}
		value := 0.0
		if sv.Reason == "" {
			value, sv.Reason, sv.Detail = s.value(t, out)
		}
		if sv.Reason == "" {
			values = append(values, value)
			sv.Value = &values[len(values)-1]
			sv.Prorated = t.answered < len(s.Items)
		}
		out = append(out, sv)
	}
	return out
}

// tally is what one pass over a score's items gives.
type tally struct {
	sum      float64 // of the keyed answers, on the grid of the steps
	answered int
	foreign  bool // an answer that the item does not have
}

// tally adds a score's answers up, keyed.
func (d *Definition) tally(s *Score, value func(int) (float64, bool)) tally {
	var t tally
	grid := 1.0 // every answer is a whole number of 1/grid; 0 if there is no such number
	for _, n := range s.Items {
		x, ok := value(n)
		if !ok {
			continue
		}
		it := &d.Items[n-1]
		if _, _, ok := it.Check(x); !ok {
			t.foreign = true
		}
		if it.Reverse {
			x = it.Min + it.Max - x
		}
		grid = commonGrid(grid, it.Step)
		t.sum += x
		t.answered++
	}
	if grid > 0 {
		t.sum = math.Round(float64(t.sum*grid)) / grid
	}
	return t
}

// commonGrid returns the fewest parts of one that hold both 1/grid and step, so
// that neither a quarter nor a tenth is lost in their sum; 0 where there are
// too many for a sum to be cut to, or step is no part of one.
func commonGrid(grid, step float64) float64 {
	const most = 1e6
	q, whole := perUnit(step)
	if grid == 0 || !whole {
		return 0
	}
	a, b := grid, q
	for b != 0 {
		a, b = b, math.Mod(a, b)
	}
	if grid = grid / a * q; grid > most {
		return 0
	}
	return grid
}

// whyNone answers why a score cannot be made, "" if it can.
func (d *Definition) whyNone(s *Score, a Answers, t tally) (Reason, string) {
	items := len(s.Items)
	missing := items - t.answered
	switch {
	case a.Redacted:
		return ReasonRedacted, "The answers were redacted."
	case a.Unfinished:
		return ReasonFormUnfinished, "The form is not finished yet, so nothing is scored."
	case a.TotalOnly && t.answered == 0:
		return ReasonTotalOnly, "Only a total was copied from the form; it does not say what was answered to each item."
	case a.FormMissing >= len(d.Items):
		return ReasonNoneAnswered, fmt.Sprintf("None of the form's %d items was answered.", len(d.Items))
	case d.MaxMissing != nil && a.FormMissing > *d.MaxMissing:
		return ReasonFormInvalid, fmt.Sprintf("%d of %d missing on the form, limit %d", a.FormMissing, len(d.Items), *d.MaxMissing)
	case t.answered == 0:
		return ReasonNoneAnswered, fmt.Sprintf("None of this score's %d items was answered.", items)
	case s.Method != SumOfScores && missing > s.MaxMissing:
		return ReasonTooManyMissing, fmt.Sprintf("%d of %d missing, limit %d", missing, items, s.MaxMissing)
	case t.foreign:
		return ReasonAnswerOutOfRange, "A stored answer is not one that the item has; correct the form."
	default:
		return "", ""
	}
}

// value makes the number from a tally without a reason against it; made holds
// the scores before this one.
func (s *Score) value(t tally, made []ScoreValue) (float64, Reason, string) {
	n, all := float64(t.answered), float64(len(s.Items))
	factor := s.Factor
	if factor == 0 {
		factor = 1
	}
	switch s.Method {
	case Sum:
		return t.sum * factor, "", ""
	case SumProrated:
		return t.sum * factor * all / n, "", ""
	case SumMeanRounded:
		return (t.sum + float64((all-n)*math.Round(t.sum/n))) * factor, "", ""
	case Mean:
		return t.sum * factor / n, "", ""
	case SumOfScores:
		sum := 0.0
		for _, part := range s.Parts {
			p := find(made, part)
			if p == nil {
				return 0, ReasonPartMissing, "A score it is the sum of has no value: " + part + "."
			}
			sum += *p
		}
		return sum * factor, "", ""
	default:
		panic("instrument: unknown method in a definition")
	}
}

// find returns the value of a score already made, nil if it has none.
func find(made []ScoreValue, id string) *float64 {
	for i := range made {
		if made[i].ScoreID == id {
			return made[i].Value
		}
	}
	return nil
}
