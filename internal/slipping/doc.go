// Package slipping knows the signs that a member may be about to drop out: by
// attendance, by falling or low alliance, by forms left blank, and by answers that
// are always the highest and so tell nothing. A sign is no judgement about a person
// and no forecast: it says which rule was met in which session.
package slipping
