package practice

import (
	"context"
	"errors"
	"strconv"

	"holon/internal/access"
	"holon/internal/session"
)

// MemberID returns the identifier of a member that the import makes. It derives
// from the line of the file and not from the code: an identifier outlives the
// member's redaction, and of a code it would tell whoever tries them all.
func (in *Intake) MemberID(line int) session.MemberID {
	return session.MemberID(in.ID(memberPrefix, strconv.Itoa(line)))
}

// TherapistID returns the identifier of a therapist that the import makes.
func (in *Intake) TherapistID(code string) session.TherapistID {
	return session.TherapistID(in.ID(therapistPrefix, code))
}

// GroupID returns the identifier of a group that the import makes.
func (in *Intake) GroupID(code string) session.GroupID {
	return session.GroupID(in.ID(groupPrefix, code))
}

// MakeMember stores a new member.
func (in *Intake) MakeMember(ctx context.Context, m *session.Member) error {
	members := in.practice.deps.Members
	made, err := create(ctx, in.practice, in.request(string(m.ID), ""), seed[session.Member]{
		object: access.Object{Kind: access.KindMember, ID: string(m.ID)}, action: access.WriteMember,
		insert: members.Insert,
		load:   func(ctx context.Context) (*session.Member, error) { return members.Get(ctx, m.ID) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return members.KeyUse(ctx, m.ID, key)
		},
		head:  func(m *session.Member) *session.Head { return &m.Head },
		taken: codeTaken(),
	}, func(context.Context) (*session.Member, error) { return m, nil })
	if err == nil {
		in.knowMember(made)
	}
	return err
}

// MakeTherapist stores a new therapist.
func (in *Intake) MakeTherapist(ctx context.Context, t *session.Therapist) error {
	therapists := in.practice.deps.Therapists
	made, err := create(ctx, in.practice, in.request(string(t.ID), ""), seed[session.Therapist]{
		object: access.Object{Kind: access.KindTherapist, ID: string(t.ID)}, action: access.WriteTherapist,
		insert: therapists.Insert,
		load:   func(ctx context.Context) (*session.Therapist, error) { return therapists.Get(ctx, t.ID) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return therapists.KeyUse(ctx, t.ID, key)
		},
		head:  func(t *session.Therapist) *session.Head { return &t.Head },
		taken: codeTaken(),
	}, func(context.Context) (*session.Therapist, error) { return t, nil })
	if err == nil {
		in.therapists[made.Code] = made
	}
	return err
}

// MakeGroup stores a new group with all its spells.
func (in *Intake) MakeGroup(ctx context.Context, g *session.Group) error {
	groups := in.practice.deps.Groups
	made, err := create(ctx, in.practice, in.request(string(g.ID), ""), seed[session.Group]{
		object: groupObject(g.ID), action: access.WriteGroup,
		insert: groups.Insert,
		load:   func(ctx context.Context) (*session.Group, error) { return groups.Get(ctx, g.ID) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return groups.KeyUse(ctx, g.ID, key)
		},
		head:  func(g *session.Group) *session.Head { return &g.Head },
		taken: codeTaken(),
	}, func(context.Context) (*session.Group, error) { return g, nil })
	if err == nil {
		in.groups[made.Code] = made
	}
	return err
}

// ChangeGroup adds to a stored group what apply adds. It is called with the
// group as it is then, and answers ErrNothingNew when nothing is to be added.
func (in *Intake) ChangeGroup(ctx context.Context, id session.GroupID, content string, apply func(g *session.Group) error) error {
	p := in.practice
	rq := in.request(string(id), content)
	g, _, err := p.reviseGroup(ctx, rq, id, atAny(), "imported", func(_ context.Context, g *session.Group) error { return apply(g) })
	if errors.Is(err, ErrNothingNew) {
		return nil
	}
	if err == nil {
		in.groups[g.Code] = g
	}
	return err
}
