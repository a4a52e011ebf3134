package practice

import (
	"context"
	"iter"
	"time"

	"holon/internal/access"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/redaction"
	"holon/internal/session"
	"holon/internal/study"
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

	// Members keeps members. A code that another has is the Conflict "unique_taken".
	Members interface {
		Insert(ctx context.Context, m *session.Member) error
		Get(ctx context.Context, id session.MemberID) (*session.Member, error)
		Replace(ctx context.Context, next *session.Member, rev int64) error
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

	// Instruments keeps the definitions that were used, and those that the
	// practice gave through the service. To keep one that is there already with
	// the same content is fine.
	Instruments interface {
		Copy(ctx context.Context, d *instrument.Definition) error
		Add(ctx context.Context, d *instrument.Definition) error
		All(ctx context.Context) iter.Seq2[*instrument.Definition, error]
	}

	// Findings keeps what somebody must answer. List streams those that a filter
	// wants, raised last first, from behind a place (nil: from the beginning).
	Findings interface {
		Insert(ctx context.Context, f *finding.Finding) error
		Get(ctx context.Context, id finding.ID) (*finding.Finding, error)
		Replace(ctx context.Context, next *finding.Finding, rev int64) error
		List(ctx context.Context, want finding.Filter, after *finding.Place, limit int) iter.Seq2[*finding.Finding, error]
		KeyUse(ctx context.Context, id finding.ID, key string) (session.Head, bool, error)
	}

	// Settings keeps the practice's settings; NotFound until some are set.
	Settings interface {
		Insert(ctx context.Context, s *finding.Settings) error
		Get(ctx context.Context) (*finding.Settings, error)
		Replace(ctx context.Context, next *finding.Settings, rev int64) error
		KeyUse(ctx context.Context, key string) (session.Head, bool, error)
	}

	// Audit keeps who did what; entries are only ever added.
	Audit interface {
		Append(ctx context.Context, e access.Entry) error
	}

	// Accounts keeps those who may sign in. A taken identifier is the Conflict
	// "id_taken".
	Accounts interface {
		Insert(ctx context.Context, a access.Account) error
		Get(ctx context.Context, id string) (access.Account, error)
		ByTokenHash(ctx context.Context, hash string) (access.Account, error)
		Any(ctx context.Context) (bool, error)
		OfStudy(ctx context.Context, id study.ID) iter.Seq2[access.Account, error]
	}

	// Attestations keeps what the practice says about keys from memory; they are
	// only ever added to. Append answers Stale where the number is taken.
	Attestations interface {
		Append(ctx context.Context, a instrument.Attestation) error
		Of(ctx context.Context, ref instrument.Ref) iter.Seq2[instrument.Attestation, error]
		All(ctx context.Context) iter.Seq2[instrument.Attestation, error]
	}

	// Wordings keeps wording that the practice holds a licence for; the last one
	// stands. Append answers Stale where the number is taken.
	Wordings interface {
		Append(ctx context.Context, w *instrument.LicensedWording) error
		Last(ctx context.Context, ref instrument.Ref, language string) (*instrument.LicensedWording, error)
	}

	// GoalTexts keeps what goals say in their authors' words; the last ones stand.
	// Append answers Stale where the number is taken. Redact takes a member's own
	// out of one goal.
	GoalTexts interface {
		Append(ctx context.Context, x *session.GoalText) error
		Of(ctx context.Context, group session.GroupID, goal session.GoalID) ([]*session.GoalText, error)
		Redact(ctx context.Context, group session.GroupID, goal session.GoalID, x session.Redaction) error
	}

	// Redactions keeps requests for erasure and what was decided.
	Redactions interface {
		Insert(ctx context.Context, d *redaction.Decision) error
		Get(ctx context.Context, id redaction.ID) (*redaction.Decision, error)
		Replace(ctx context.Context, next *redaction.Decision, rev int64) error
		List(ctx context.Context, after string, limit int) iter.Seq2[*redaction.Decision, error]
		In(ctx context.Context, state redaction.State) iter.Seq2[*redaction.Decision, error]
		KeyUse(ctx context.Context, id redaction.ID, key string) (session.Head, bool, error)
	}

	// Redactor takes a member's values out of everything that is stored, past
	// revisions included. Each of its methods may be repeated.
	Redactor interface {
		// Sweep looks at everything and changes nothing.
		Sweep(ctx context.Context, x session.Redaction) (redaction.Sweep, error)
		// Look is Sweep of several redactions in one pass.
		Look(ctx context.Context, all ...session.Redaction) ([]redaction.Sweep, error)
		// Rewrite takes the values out; what cannot be read is passed over.
		Rewrite(ctx context.Context, x session.Redaction, change session.Change) error
		// Dependents names the reports asked for by a time that the values may be
		// in, and those that cannot be read; Withdraw removes their content.
		Dependents(ctx context.Context, groups []session.GroupID, x session.Redaction, until time.Time) (found redaction.Reports, damaged []string, err error)
		Withdraw(ctx context.Context, groups []session.GroupID, x session.Redaction, until time.Time) (found redaction.Reports, damaged []string, err error)
		// Late is Dependents of decisions that are done, of all in one pass.
		Late(ctx context.Context, done []*redaction.Decision) ([]redaction.Reports, error)
		// Scrub removes what the engine's own files still hold of it.
		Scrub(ctx context.Context) error
	}

	// Journal keeps decisions to redact apart from the data, so that they outlive
	// a restore of data from before. Appending one that is there is fine.
	Journal interface {
		Append(ctx context.Context, e redaction.Entry) error
	}

	// Imports keeps which files were taken in, and how far. A taken identifier is
	// the Conflict "id_taken".
	Imports interface {
		Insert(ctx context.Context, x session.ImportRecord) error
		Get(ctx context.Context, id string) (session.ImportRecord, error)
		Replace(ctx context.Context, x session.ImportRecord, rev int64) error
	}
)
