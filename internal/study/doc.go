// Package study holds what researchers and practices agree on and what is kept of
// it: a study with its protocol, the consent of each member, the frozen and
// pseudonymous copies of sessions that are its snapshots, and the rules by which a
// number leaves the practice or does not. It computes no statistics; the room
// below it, aggregate, does.
package study
