package practice

import (
	"context"
	"iter"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// What repositories of studies have in common is said at [Groups] and the others.
type (
	// Studies keeps studies. A code that another has is the Conflict "unique_taken".
	Studies interface {
		Insert(ctx context.Context, s *study.Study) error
		Get(ctx context.Context, id study.ID) (*study.Study, error)
		Replace(ctx context.Context, next *study.Study, rev int64) error
		List(ctx context.Context, afterCode string, limit int) iter.Seq2[*study.Study, error]
		At(ctx context.Context, id study.ID, rev int64) (*study.Study, error)
		KeyUse(ctx context.Context, id study.ID, key string) (session.Head, bool, error)
	}

	// StudyKeys keeps the key of each study's pseudonyms. To keep the same key
	// again is fine; another one is the Conflict "id_taken".
	StudyKeys interface {
		Insert(ctx context.Context, id study.ID, key []byte) error
		Get(ctx context.Context, id study.ID) ([]byte, error)
	}

	// Consents keeps what members said about taking part; they are only ever added
	// to. Append answers Stale where the member's number is taken. Last gives what each
	// said last, by member, and Said all that one said, in order; one that a redaction
	// took out says no.
	Consents interface {
		Append(ctx context.Context, c study.Consent) error
		Said(ctx context.Context, id study.ID, m session.MemberID) ([]study.Consent, error)
		Last(ctx context.Context, id study.ID) iter.Seq2[study.Consent, error]
	}

	// Snapshots keeps what a study's frozen data are. Insert stores revision 1, and
	// Replace the next over revision rev. Of streams them by identifier without
	// their groups and members.
	//
	// A snapshot is inserted, as one that is being filled, before anything of the
	// study's groups, sessions and consents is read: a redaction takes values out
	// first and ends snapshots after, those that are being filled among them, so that
	// the Replace that would freeze one with the member inside is Stale.
	Snapshots interface {
		Insert(ctx context.Context, s *study.Snapshot) error
		Get(ctx context.Context, id study.SnapshotID) (*study.Snapshot, error)
		Replace(ctx context.Context, next *study.Snapshot, rev int64) error
		Of(ctx context.Context, id study.ID) iter.Seq2[*study.Snapshot, error]
	}

	// Frozen keeps the pseudonymous copies that snapshots are made of. InsertGroup
	// may be repeated; into a snapshot that ended meanwhile it puts nothing and
	// answers the Conflict "snapshot_ended". Sessions streams a group's by number,
	// those after one, with the levels named (nil: all). Drop removes a snapshot's
	// rows, and may be repeated: whoever is refused the freezing drops what was
	// filled in.
	Frozen interface {
		InsertGroup(ctx context.Context, snapshot study.SnapshotID, g *session.Group, sessions []*session.Session) error
		Group(ctx context.Context, snapshot study.SnapshotID, id session.GroupID) (*session.Group, error)
		Sessions(ctx context.Context, snapshot study.SnapshotID, group session.GroupID, after int, levels []instrument.Level) iter.Seq2[*session.Session, error]
		Drop(ctx context.Context, snapshot study.SnapshotID) error
	}

	// Releases keeps what left the practice. A taken number of the study is the
	// Conflict "unique_taken". Of streams those of a study by number without their bodies, and with what stands behind them if asked to.
	//
	// Whoever inserts a release looks at its snapshot once more afterwards, and
	// withdraws the release if it ended: a redaction sees what was there before it.
	Releases interface {
		Insert(ctx context.Context, r *study.Release) error
		Get(ctx context.Context, id study.ReleaseID) (*study.Release, error)
		Replace(ctx context.Context, next *study.Release, rev int64) error
		Of(ctx context.Context, id study.ID, standing bool) iter.Seq2[*study.Release, error]
	}
	// Contributions keeps the lists of what stands behind releases, each once, whoever
	// asks for it. Nothing of them is ever changed or removed.
	Contributions interface {
		Keep(ctx context.Context, id study.ID, counted *study.Standing) (*study.Standing, error)
	}
)
