// Package grouplevel tests whether groups carry variance of their own in
// whatever structure their ratings have: it chooses the structure from the rows,
// says which it chose and why, fits it, and answers by multilevel.Decide with
// the test that is right for it.
//
// What it never computes is the F test of all ratings of a group over its
// sessions, nor that of member means: without any group variance they find some
// in most data sets, because a member's ratings resemble each other and because
// everybody shares the same evenings.
package grouplevel
