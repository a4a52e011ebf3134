// Package series holds numbers about values that come one after the other from
// the same person or pair: how far they spread around their own mean, control
// charts, reliable change, drops and returns, and what a person's level may be
// taken for today. It knows lists of numbers in order, and no sessions: what is
// missing is left out by the caller, who knows why.
package series
