// Package roundrobin takes apart ratings in which the members of a group rate
// each other: how members rate others in general (actor), how they are rated in
// general (partner), and what is between two of them in particular
// (relationship), after the social relations model
//
//	y_ij = m + a_i + b_j + g_ij,  i ≠ j,  Cov(a_i, b_i) = c_ab,  Cov(g_ij, g_ji) = c_g
//
// (Warner, Kenny & Stoto 1979; Kenny 1994). It also describes one group's
// ratings as ties between people.
package roundrobin
