package session

import "maps"

// Trail follows the forms that were moved. Where a form was entered for the
// wrong member, what stayed behind under that member's name are another's
// answers; so a redaction of the other takes them too.
type Trail struct {
	origin map[FormID]FormID // of a form that was moved: the form it was before
	theirs map[FormID]bool   // forms that a redaction takes and that were not moved on
	void   map[FormID]bool
	moved  map[FormID]FormID // where a form is now that was moved
}

// NewTrail returns an empty trail.
func NewTrail() *Trail {
	return &Trail{origin: map[FormID]FormID{}, theirs: map[FormID]bool{}, void: map[FormID]bool{}, moved: map[FormID]FormID{}}
}

// Add notes what a session knows about moves and about forms that the redaction
// takes.
func (t *Trail) Add(s *Session, x Redaction) {
	for _, r := range s.allWithTarget {
		id := r.rating.FormID
		if from := r.rating.MovedFrom; from != nil {
			t.origin[id] = from.Form
		}
		v := r.rating.Void
		t.void[id] = v != nil
		if v != nil && v.MovedTo != nil {
			t.moved[id] = v.MovedTo.Form
		} else if x.names(r) {
			t.theirs[id] = true
		}
	}
}

// Forms returns the forms under other names that hold what the redaction takes:
// those that its forms were before they were moved, and what moves that were
// given up left elsewhere.
func (t *Trail) Forms() map[FormID]bool {
	taken := maps.Clone(t.theirs)
	for id := range t.theirs {
		for at, moved := t.before(id); moved && !taken[at]; at, moved = t.before(at) {
			taken[at] = true
		}
	}
	for again := true; again; {
		again = false
		for id, from := range t.origin {
			if t.void[id] && taken[from] && !taken[id] {
				taken[id], again = true, true
			}
		}
	}
	maps.DeleteFunc(taken, func(id FormID, _ bool) bool { return t.theirs[id] })
	return taken
}

// before returns what a form was before it was moved. A move that was given up
// changed nothing: then the form is what it was, where it was, and another's.
func (t *Trail) before(id FormID) (FormID, bool) {
	from, moved := t.origin[id]
	if to, left := t.moved[from]; left {
		return from, moved && to == id
	}
	return from, moved && (t.void[from] || !t.void[id])
}
