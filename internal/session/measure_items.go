package session

import (
	"iter"

	"holon/internal/instrument"
)

// Forms takes what GatherItems finds.
type Forms interface {
	Leaver

	// AddForm takes one row's answers to the items of the measure's score, in
	// its order, keyed so that all point the same way.
	AddForm(row string, values []float64)
}

// Items returns the items of the measure's score, in its order.
func (s *Scorer) Items() []instrument.Item {
	var items []instrument.Item
	for _, number := range s.Rule().Items {
		if item, ok := s.def.Item(number); ok {
			items = append(items, item)
		}
	}
	return items
}

// GatherItems puts the answers to the measure's items in one session into
// forms. Only forms with an answer to every item count, whatever the score's
// own rule for missing items; the others are counted as Gather counts what is
// not of the measure and what is redacted, as "missing_items_total_only" where only a total was
// copied, as "missing_items_" and the state of the first item without an
// answer, or as "answer_out_of_range".
func (s *Scorer) GatherItems(ratings iter.Seq2[string, *Rating], forms Forms) {
	items := s.Items()
	for row, r := range ratings {
		if r.withdrawn() {
			continue
		}
		switch fit := s.Fit(r); {
		case fit == OtherInstrument:
		case fit == Fits && r.Redacted != nil:
			forms.Leave(ReasonRedacted, 1)
		case fit == Fits && r.Unfinished:
			forms.Leave(unfinishedForm, 1)
		case fit == Fits:
			if values, why := r.keyed(items); why == "" {
				forms.AddForm(row, values)
			} else {
				forms.Leave(why, 1)
			}
		default:
			forms.Leave(string(fit), 1)
		}
	}
}

// keyed returns the answers to items, or why they are not complete.
func (r *Rating) keyed(items []instrument.Item) (values []float64, why string) {
	if len(r.Answers) == 0 {
		return nil, "missing_items_total_only"
	}
	for i := range items {
		x, ok := r.Value(items[i].Number)
		if !ok {
			return nil, "missing_items_" + r.state(items[i].Number).String()
		}
		if _, _, ok := items[i].Check(x); !ok {
			return nil, "answer_out_of_range"
		}
		if items[i].Reverse {
			x = items[i].Min + items[i].Max - x
		}
		values = append(values, x)
	}
	return values, ""
}

// state returns what became of an item; one that the rating does not hold was
// not shown.
func (r *Rating) state(item int) State {
	for _, a := range r.Answers {
		if a.Item == item {
			return a.State
		}
	}
	return NotShown
}
