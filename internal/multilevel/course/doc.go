// Package course looks at ratings of members over the sessions of their groups
// for what a single number of the group level hides: who came and went, whom the
// result hangs on, what a newcomer does to those who are there, who left and with
// which last word, and whether members come to agree as weeks go by.
//
// It knows numbers and keys only. Undefined numbers are nil, and a Reason says
// why.
package course
