// Package lagged asks whether one measure of members goes before another from
// one session to the next: within members, in both directions, each given where
// the measure that follows was before. Trends that each member has of its own,
// and what a whole group shared in a session, are taken out before anything is
// answered, for two unrelated drifts go together as well.
package lagged
