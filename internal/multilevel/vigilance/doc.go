// Package vigilance finds members of a group who stand out in a week, beside what
// the others did in that week, with as many false alarms as were allowed: rules,
// the limits that a budget gives them, what chance gives, and what is missed. It
// knows tables of numbers by week and member, and no sessions.
package vigilance
