// Package rupture finds falls in the course of one person's or pair's values, and
// what becomes of them: what rule found a fall, how deep it went, whether the
// values came back, and how much of all that chance alone gives in people whose
// level never moves. It knows lists of numbers in order, and no sessions.
package rupture
