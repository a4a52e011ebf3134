// Package pool lets practices answer a question together without giving each
// other a rating: each writes a file of totals, of all groups of one shape at
// once, and whoever has the files tests the group level of all of them as if the
// ratings lay in one place.
//
// A file holds no total that would give a group or a person away: see Rule.
// Nothing in a file depends on what was withheld.
package pool
