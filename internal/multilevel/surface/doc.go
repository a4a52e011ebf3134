// Package surface asks whether two raters' agreement goes with an outcome: by the
// polynomial of both ratings (response surface) instead of their difference, which
// takes for granted what the surface can test (Edwards & Parry 1993; Edwards 1994,
// 2002).
//
//	z = b0 + b1 x + b2 y + b3 x² + b4 xy + b5 y² + covariates + e
//
// with x and y less one and the same number. Standard errors are CR2 with
// Satterthwaite's degrees of freedom; where rows are not in clusters every row is
// its own, and CR2 is HC2 with those of Bell and McCaffrey.
package surface
