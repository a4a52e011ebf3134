package importing

import (
	"cmp"
	"slices"
)

// Fault is one thing that is wrong with a place in the file, or that a person
// should see. It holds no value of the file.
type Fault struct {
	Line   int    `json:"line"`             // 0: the file as a whole
	Column int    `json:"column,omitempty"` // counted from 1; 0: the row as a whole, or a column that the file does not have
	Name   string `json:"column_name,omitempty"`
	Rule   string `json:"rule"`
	Detail string `json:"detail"`
	Also   []int  `json:"also_lines,omitempty"` // other rows that it is about
}

// maxNamed bounds how many faults are kept. Nobody mends a hundred thousand
// cells by hand, and a list without end would fill the memory.
const maxNamed = 100_000

// ledger gathers faults. The zero value is ready to use.
type ledger struct {
	faults []Fault
	more   int // that were met and not kept
	muted  bool
}

// note keeps a fault.
func (l *ledger) note(f Fault) {
	switch {
	case l.muted:
	case len(l.faults) >= maxNamed:
		l.more++
	default:
		l.faults = append(l.faults, f)
	}
}

// count returns how many faults were met.
func (l *ledger) count() int { return len(l.faults) + l.more }

// sorted returns the faults by line and column.
func (l *ledger) sorted() []Fault {
	slices.SortStableFunc(l.faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return l.faults
}
