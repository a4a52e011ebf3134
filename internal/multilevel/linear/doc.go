// Package linear fits covariances that are linear in their parameters, to
// independent blocks of ratings such as therapists or groups:
//
//	y = X b + u,  cov(u of one block) = V = sum_k theta_k V_k,
//
// by restricted or full maximum likelihood (Harville 1977). What a block looks
// like is free: any rating may be missing, and covariances between two roles
// that each block plays are parameters like variances. With N ratings, p columns,
// W = V^-1, C = (X'WX)^-1 and P = W - WXCX'W the restricted deviance is
//
//	(N-p) log 2pi + log|V| + log|X'WX| + y'Py,
//
// the full one has N and no third term; all constants are kept. The derivative
// by theta_k is tr(P V_k) - y'P V_k P y (without REML tr(W V_k)), its expected
// derivative tr(P V_i P V_j), and the observed one 2 y'P V_i P V_j P y less that.
//
// A variance may be zero and two variances with their covariance may be a
// singular matrix, which is a legal answer: the search goes along the face and
// leaves it where the deviance falls on the way inside (Karush, Kuhn, Tucker),
// never by clipping afterwards. A block costs the cube of its ratings.
package linear
