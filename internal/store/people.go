package store

import (
	"context"
	"iter"

	"holon/internal/session"
)

// Members keeps members.
type Members struct {
	versioned[session.Member, session.MemberID]
}

// NewMembers returns the members of an engine.
func NewMembers(e Engine) *Members {
	return &Members{versioned[session.Member, session.MemberID]{engine: e, shape: memberShape()}}
}

// memberShape is the shape of members' documents.
func memberShape() shape[session.Member, session.MemberID] {
	return shape[session.Member, session.MemberID]{
		collection: membersCollection(),
		about:      func(m *session.Member) (session.MemberID, *session.Head) { return m.ID, &m.Head },
		write:      writeMember,
		read:       (*decoder).readMember,
	}
}

// List streams members by code, those after a code ("": from the first) and at
// most limit of them (0: all). A damaged document comes as a [DamagedError],
// and the stream goes on.
func (m *Members) List(ctx context.Context, after string, limit int) iter.Seq2[*session.Member, error] {
	return m.stream(ctx, byCode(after, limit), everyLevel)
}

// Therapists keeps therapists.
type Therapists struct {
	versioned[session.Therapist, session.TherapistID]
}

// NewTherapists returns the therapists of an engine.
func NewTherapists(e Engine) *Therapists {
	return &Therapists{versioned[session.Therapist, session.TherapistID]{engine: e, shape: therapistShape()}}
}

// therapistShape is the shape of therapists' documents.
func therapistShape() shape[session.Therapist, session.TherapistID] {
	return shape[session.Therapist, session.TherapistID]{
		collection: therapistsCollection(),
		about:      func(t *session.Therapist) (session.TherapistID, *session.Head) { return t.ID, &t.Head },
		write:      writeTherapist,
		read:       (*decoder).readTherapist,
	}
}

// List streams therapists by code, those after a code ("": from the first) and
// at most limit of them (0: all). A damaged document comes as a [DamagedError],
// and the stream goes on.
func (t *Therapists) List(ctx context.Context, after string, limit int) iter.Seq2[*session.Therapist, error] {
	return t.stream(ctx, byCode(after, limit), everyLevel)
}
