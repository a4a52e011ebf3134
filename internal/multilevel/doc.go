// Package multilevel splits the variance of ratings into levels and tests
// whether the group level carries any of it. It knows slices of numbers and
// keys, not sessions or instruments: what a table means is said by its caller.
//
// Undefined numbers are nil, and a caveat or the reason of the answer says why;
// a result holds neither NaN nor an infinity, whatever finite ratings went in.
package multilevel
