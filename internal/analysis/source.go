package analysis

import (
	"context"
	"iter"

	"holon/internal/instrument"
	"holon/internal/session"
)

// Source is where sessions come from: authorised records of chosen groups.
type Source interface {
	Documents

	// Groups returns the groups that may be read.
	Groups() []*session.Group
}

// Passing is a source whose groups are read one after the other, without all of them
// in memory.
type Passing interface {
	Documents

	// Each yields the groups that may be read, by identifier.
	Each(ctx context.Context) iter.Seq2[*session.Group, error]
}

// Documents are what is read of groups, and what it takes to understand it.
type Documents interface {
	// LeftOut names the groups that would be among them and cannot be read.
	LeftOut() []string
	// Sessions yields a group's sessions with the ratings of these levels, of
	// all levels when none is named. A document that cannot be read comes as an
	// error that has its DocumentID, or the rule document_damaged, and the next
	// one follows; any other error ends the analysis.
	Sessions(ctx context.Context, group session.GroupID, levels ...instrument.Level) iter.Seq2[*session.Session, error]
	// Definition returns the version of an instrument.
	Definition(ref instrument.Ref) (*instrument.Definition, bool)
	// Cutoffs returns the published and the practice's own cut-offs of a score, or
	// why there are none.
	Cutoffs(ref instrument.Ref, score string) (cutoffs []instrument.Cutoff, reason string)
}

// ruleDamaged is the rule of the fault that stands for a damaged document.
const ruleDamaged = "document_damaged"

// named is an error that knows which document it is about.
type named interface {
	error
	DocumentID() string
}
