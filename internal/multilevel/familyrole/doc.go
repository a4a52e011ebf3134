// Package familyrole takes apart what members of many families with the same roles
// say of each other: what belongs to the family, to a role's way of seeing, to a
// role's way of being seen, and to the relationship of two roles (the social
// relations model with roles: Kenny & La Voie 1984; Cook 1994). It is about many
// families; of one family it says nothing.
package familyrole
