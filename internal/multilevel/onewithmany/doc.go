// Package onewithmany takes apart what therapists and members say of each other,
// where one therapist has many members (Kenny, Kashy & Cook 2006, chapter 10;
// Marcus, Kashy & Baldwin 2009):
//
//	therapist t rates member m    T_tm = m1 + a_t + r_tm (+ e of the session)
//	member m rates therapist t    C_tm = m2 + p_t + q_tm (+ f of the session)
//
// The therapist's part of either side is what all pairs of one therapist have in
// common: how the therapist sees members in general (a) and how members in
// general see this therapist (p). The pair's part is what is this pair's own.
// With several sessions of a pair it is told from the error of one session;
// without, it holds that error. Cov(a, p) makes the generalised reciprocity, Cov(r, q)
// the dyadic one, Cov(e, f) that of the same session. Either side of a pair may be
// missing, in any session. It knows numbers only.
package onewithmany
