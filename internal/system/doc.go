// Package system knows the level of the family or couple as a system: what
// informants and observers say about it as a whole, and apart from it each
// member's own standing in it. It turns sessions into tables for the numbers
// and says what was left out and what a family's number is made of.
package system
