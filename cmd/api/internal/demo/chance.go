// Package demo makes a synthetic practice whose true variance components are
// known, writes it through the same use cases as everybody, and shows the
// group-level test of every measure beside the truth. Nobody in it exists.
package demo

import (
	"hash/fnv"
	"math/rand/v2"
	"strings"
)

// seed is what all of the practice follows from.
const seed = 20260105

// draw is a source of chance of its own for every key: what one member answers
// does not depend on who else was drawn before.
func draw(key ...string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strings.Join(key, "\x00"))) // a hash never fails to write
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// normal returns the standard normal value of a key.
func normal(key ...string) float64 { return draw(key...).NormFloat64() }

// happens tells whether an event of this probability befalls the key.
func happens(p float64, key ...string) bool { return draw(key...).Float64() < p }
