// Package early asks whether an alliance formed early in treatment tells of the
// final outcome beyond where a member began and what had changed by then.
package early
