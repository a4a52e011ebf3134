package finding

// State says how far a finding is answered. It follows from the events.
type State string

// The states.
const (
	New    State = "new"    // nobody has acknowledged it
	Seen   State = "seen"   // somebody has
	Acted  State = "acted"  // somebody has noted what was done
	Closed State = "closed" // nothing is left to do
)

// Valid tells whether s is one of the states.
func (s State) Valid() bool { return s == New || s == Seen || s == Acted || s == Closed }

// State returns how far the finding is answered.
func (f *Finding) State() State {
	state := New
	for i := range f.Events {
		state = f.after(state, &f.Events[i])
	}
	if f.Redacted != nil {
		return Closed
	}
	return state
}

// after returns the state that an event leads to.
func (f *Finding) after(state State, e *Event) State {
	switch e.Kind {
	case Raised, RaisedAgain:
		return New
	case WasSeen:
		if state == New {
			return Seen
		}
	case WasActed:
		return Acted
	case WasClosed:
		return Closed
	case Reopened:
		return Seen
	case Withdrawn:
		if f.Rule.facts().settles || e.Cause == AnswerNotStored || e.Cause == AnswerRedacted {
			return Closed
		}
	case Escalated:
	}
	return state
}

// LastRaised returns the event by which the finding was raised last.
func (f *Finding) LastRaised() Event {
	return f.Events[f.lastRaised()]
}

// lastRaised returns the place of the event that raised the finding last: the
// first, if no other did.
func (f *Finding) lastRaised() int {
	for i := len(f.Events) - 1; i > 0; i-- {
		if f.Events[i].raises() {
			return i
		}
	}
	return 0
}

// Stands tells whether the facts that raised the finding are still what is
// stored, as far as is known. One that does not is still to be answered, unless
// it is closed.
func (f *Finding) Stands() bool {
	if f.Redacted != nil {
		return false
	}
	for _, e := range f.Events[f.lastRaised():] {
		if e.Kind == Withdrawn {
			return false
		}
	}
	return true
}
