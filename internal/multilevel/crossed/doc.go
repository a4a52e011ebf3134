// Package crossed fits variance components to ratings of members over sessions
// within groups,
//
//	y_gms = mu + G_g + M_m(g) + S_s(g) + e_gms,
//
// with an intercept only, by REML and by maximum likelihood, and to its
// sub-models: without sessions shared by members (three levels), without
// members, without groups (a single group), and with the residual alone.
//
// The covariance of the ratings is block diagonal by group, so one pass over
// them leaves counts, sums and one sum of squares per group, and nothing else of
// them is needed again. Complete groups of one shape pool into four sums of
// squares; an incomplete group costs one dense factorisation of the order of its
// members or its sessions, whichever are fewer.
//
// The package knows numbers only: which structure the ratings have, and what a
// fit says about groups, is the business of its callers.
package crossed
