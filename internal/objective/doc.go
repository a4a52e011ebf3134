// Package objective holds a practice's own objectives: a rule over the sessions
// that a member attends or a group holds, as data, and the answer of what was
// recorded to it: met, not met, open, or cannot be judged. What is not known is
// never guessed: the answer is what is so however the missing facts may have
// been, and where that differs it says so.
package objective
