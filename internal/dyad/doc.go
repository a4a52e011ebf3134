// Package dyad knows the level of pairs: a therapist's and a member's alliance,
// one member's bond with another, and, shown beside the alliance, presence in
// the meeting. It turns sessions into tables for the numbers and says what was
// left out. A mean of alliances is an average member alliance; nothing here is
// ever called cohesion.
package dyad
