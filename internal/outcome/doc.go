// Package outcome knows members' own symptoms and functioning. It turns
// sessions into tables for the numbers and says what was left out: a member's
// own answers, never mixed with what others say of the member.
package outcome
