package practice

import (
	"context"
	"iter"

	"holon/internal/access"
	"holon/internal/instrument"
	"holon/internal/session"
)

// What the repositories have in common: Insert stores revision 1 and answers a
// taken identifier with the Conflict "id_taken", a taken code or number with
// "unique_taken". Replace swaps revision rev and answers Stale if another one
// is stored. KeyUse finds the revision whose change carries a key, also among
// those superseded. Streams yield a document that cannot be restored as an
// error with the rule "document_damaged" and go on.
type (
	// Groups keeps groups, families and couples.
	Groups interface {
		Insert(ctx context.Context, g *session.Group) error
		Get(ctx context.Context, id session.GroupID) (*session.Group, error)
		Replace(ctx context.Context, next *session.Group, rev int64) error
		List(ctx context.Context, kind *session.GroupKind, afterCode string, limit int) iter.Seq2[*session.Group, error]
		At(ctx context.Context, id session.GroupID, rev int64) (*session.Group, error)
		KeyUse(ctx context.Context, id session.GroupID, key string) (session.Head, bool, error)
	}

	// Members keeps members, who do not change.
	Members interface {
		Insert(ctx context.Context, m *session.Member) error
		Get(ctx context.Context, id session.MemberID) (*session.Member, error)
		List(ctx context.Context, afterCode string, limit int) iter.Seq2[*session.Member, error]
		KeyUse(ctx context.Context, id session.MemberID, key string) (session.Head, bool, error)
	}

	// Therapists keeps therapists, who do not change.
	Therapists interface {
		Insert(ctx context.Context, t *session.Therapist) error
		Get(ctx context.Context, id session.TherapistID) (*session.Therapist, error)
		List(ctx context.Context, afterCode string, limit int) iter.Seq2[*session.Therapist, error]
		KeyUse(ctx context.Context, id session.TherapistID, key string) (session.Head, bool, error)
	}

	// Sessions keeps sessions. levels says which ratings are read; nil is all.
	Sessions interface {
		Insert(ctx context.Context, s *session.Session) error
		Get(ctx context.Context, id session.SessionID, levels []instrument.Level) (*session.Session, error)
		Replace(ctx context.Context, next *session.Session, rev int64) error
		OfGroup(ctx context.Context, group session.GroupID, afterNumber, limit int, levels []instrument.Level) iter.Seq2[*session.Session, error]
		// LastNumber returns the highest number that a group's sessions have, as
		// far as it can be read; 0 if there is none.
		LastNumber(ctx context.Context, group session.GroupID) (int, error)
		Revisions(ctx context.Context, id session.SessionID) iter.Seq2[session.Head, error]
		At(ctx context.Context, id session.SessionID, rev int64) (*session.Session, error)
		KeyUse(ctx context.Context, id session.SessionID, key string) (session.Head, bool, error)
	}

	// Instruments keeps the definitions that were used. Copying one that is
	// there already with the same content is fine.
	Instruments interface {
		Copy(ctx context.Context, d *instrument.Definition) error
		All(ctx context.Context) iter.Seq2[*instrument.Definition, error]
	}

	// Audit keeps who did what; entries are only ever added.
	Audit interface {
		Append(ctx context.Context, e access.Entry) error
	}

	// Accounts keeps those who may sign in. A taken identifier is the Conflict
	// "id_taken".
	Accounts interface {
		Insert(ctx context.Context, a access.Account) error
		ByTokenHash(ctx context.Context, hash string) (access.Account, error)
		Any(ctx context.Context) (bool, error)
	}

	// Imports keeps which files were taken in, and how far. A taken identifier is
	// the Conflict "id_taken".
	Imports interface {
		Insert(ctx context.Context, x session.ImportRecord) error
		Get(ctx context.Context, id string) (session.ImportRecord, error)
		Replace(ctx context.Context, x session.ImportRecord, rev int64) error
	}
)
