// Package cohesion knows the level of the therapy group: what informants say
// about us, the group, and apart from it each member's own standing, which is
// never called cohesion. It turns sessions into tables for the numbers and
// says what was left out and what a group's number is made of.
package cohesion
