// Package goal follows the goals of a group over its sessions: what each rater said
// of each, and why somebody said nothing; whether all who share a goal stand behind
// it; how far apart they see it; what became of it; and how a shared goal stands
// beside the members' own goals that it contains. Whoever says how near a goal is
// does so with a number of their own: numbers of different raters, or of different
// kinds of rater, are set beside each other and never merged. Everything names the
// ratings that it rests on.
package goal
