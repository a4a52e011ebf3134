// Package caveat holds the reservations that travel with numbers: each has a
// stable code for programs and a sentence for people, and whoever combines
// numbers merges their caveats upward.
package caveat

import "slices"

// Caveat is one reservation.
type Caveat struct {
	Code   string // stable, snake case
	Detail string // one sentence, complete with the counts it speaks of
}

// Set is a list of caveats without repetition, in the order of arrival. The
// zero value is ready to use.
type Set struct {
	list []Caveat
}

// Add puts a caveat in unless the very same one is there already.
func (s *Set) Add(code, detail string) {
	c := Caveat{Code: code, Detail: detail}
	if !slices.Contains(s.list, c) {
		s.list = append(s.list, c)
	}
}

// Merge adds all of other's caveats.
func (s *Set) Merge(other Set) {
	for _, c := range other.list {
		s.Add(c.Code, c.Detail)
	}
}

// Has tells whether a caveat of this code is in the set.
func (s *Set) Has(code string) bool {
	return slices.ContainsFunc(s.list, func(c Caveat) bool { return c.Code == code })
}

// List returns the caveats in the order they were added; never nil, so that
// it is an empty array on the wire.
func (s *Set) List() []Caveat {
	return append([]Caveat{}, s.list...)
}
