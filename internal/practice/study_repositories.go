package practice

import (
	"context"
	"iter"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

type (
	// Studies keeps studies. A taken code is the Conflict "unique_taken".
	Studies interface {
		Insert(ctx context.Context, s *study.Study) error
		Get(ctx context.Context, id study.ID) (*study.Study, error)
		Replace(ctx context.Context, next *study.Study, rev int64) error
		List(ctx context.Context, afterCode string, limit int) iter.Seq2[*study.Study, error]
		KeyUse(ctx context.Context, id study.ID, key string) (session.Head, bool, error)
	}

	// StudyKeys keeps the keys that pseudonyms are made with, apart from all else.
	// A study that has one is the Conflict "id_taken".
	StudyKeys interface {
		Insert(ctx context.Context, id study.ID, key []byte) error
		Get(ctx context.Context, id study.ID) ([]byte, error)
	}

	// Consents keeps what members said about taking part; they are only ever added
	// to. Append answers Stale where the number is taken. Last streams what each
	// member said last, by member.
	Consents interface {
		Append(ctx context.Context, c study.Consent) error
		Last(ctx context.Context, id study.ID, after session.MemberID, limit int) iter.Seq2[study.Consent, error]
		LastOf(ctx context.Context, id study.ID, member session.MemberID) (c study.Consent, found bool, err error)
	}

	// Snapshots keeps what snapshots are. Of streams a study's, first taken first,
	// without their groups and members.
	Snapshots interface {
		Insert(ctx context.Context, s *study.Snapshot) error
		Get(ctx context.Context, id study.SnapshotID) (*study.Snapshot, error)
		Replace(ctx context.Context, next *study.Snapshot, rev int64) error
		Of(ctx context.Context, id study.ID) iter.Seq2[*study.Snapshot, error]
	}

	// Frozen keeps snapshots' groups and sessions. Drop removes those of one
	// snapshot.
	Frozen interface {
		InsertGroup(ctx context.Context, id study.SnapshotID, g *session.Group, sessions []*session.Session) error
		Group(ctx context.Context, id study.SnapshotID, group session.GroupID) (*session.Group, error)
		Sessions(ctx context.Context, id study.SnapshotID, group session.GroupID, levels []instrument.Level) iter.Seq2[*session.Session, error]
		Drop(ctx context.Context, id study.SnapshotID) error
	}

	// Releases keeps what left the practice. Of streams a study's, first made
	// first, without their bytes.
	Releases interface {
		Insert(ctx context.Context, r *study.Release) error
		Get(ctx context.Context, id study.ReleaseID) (*study.Release, error)
		Replace(ctx context.Context, next *study.Release, rev int64) error
		Of(ctx context.Context, id study.ID) iter.Seq2[*study.Release, error]
	}
)
