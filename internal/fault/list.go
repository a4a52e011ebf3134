package fault

import "errors"

// List gathers every fault of a value before anything is refused, so that a
// person mends all of them at once. The zero value is ready to use.
type List struct {
	fields []Field
}

// Add notes one fault. Pointer is relative to the value being checked.
func (l *List) Add(pointer, rule, detail string) {
	l.fields = append(l.fields, Field{Pointer: pointer, Rule: rule, Detail: detail})
}

// Under takes over the field faults of err (as from another List's Err) below
// the pointer prefix. An error that has no fields is noted as one fault of the
// prefix itself when it is Invalid, and returned otherwise: it is not a matter
// of this value.
func (l *List) Under(prefix string, err error) error {
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*Error](err)
	if !ok || (e.kind != Invalid && len(e.fields) == 0) {
		return err
	}
	if len(e.fields) == 0 {
		l.Add(prefix, e.rule, e.detail)
		return nil
	}
	for _, f := range e.fields {
		l.Add(prefix+f.Pointer, f.Rule, f.Detail)
	}
	return nil
}

// Len returns how many faults were noted.
func (l *List) Len() int { return len(l.fields) }

// Err returns nil when nothing was noted, else an Invalid fault that carries
// all of it. One broken rule gives the fault its name; several give
// "several_rules".
func (l *List) Err() error {
	if len(l.fields) == 0 {
		return nil
	}
	rule, detail := l.fields[0].Rule, l.fields[0].Detail
	for _, f := range l.fields[1:] {
		if f.Rule != rule {
			rule, detail = "several_rules", "Several rules are broken; each is listed with its place."
			break
		}
	}
	return &Error{kind: Invalid, rule: rule, detail: detail, fields: append([]Field(nil), l.fields...)}
}

// ErrAs is Err with another kind than Invalid, for faults that are all of one
// other sort, such as a batch whose places are all taken.
func (l *List) ErrAs(kind Kind) error {
	err := l.Err()
	if e, ok := errors.AsType[*Error](err); ok {
		e.kind = kind
	}
	return err
}

// Merge takes over the faults of another list below the pointer prefix.
func (l *List) Merge(prefix string, other *List) {
	for _, f := range other.fields {
		l.Add(prefix+f.Pointer, f.Rule, f.Detail)
	}
}

// At is the Invalid fault of one place alone.
func At(pointer, rule, detail string) *Error {
	return &Error{kind: Invalid, rule: rule, detail: detail, fields: []Field{{Pointer: pointer, Rule: rule, Detail: detail}}}
}
