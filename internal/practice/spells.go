package practice

import (
	"context"

	"holon/internal/session"
)

// SpellInput is what a member's spell begins with.
type SpellInput struct {
	MemberID session.MemberID
	Role     session.MemberRole
	Joined   string
}

// TherapistSpellInput is what a therapist's spell begins with.
type TherapistSpellInput struct {
	TherapistID session.TherapistID
	Role        session.TherapistRole
	From        string
}

// Join begins a member's spell in a group and returns its number.
func (p *Practice) Join(ctx context.Context, rq Request, id session.GroupID, in SpellInput) (*session.Group, int, error) {
	number := 0
	g, replayed, err := p.reviseGroup(ctx, rq, id, atAny(), "joined", func(ctx context.Context, g *session.Group) error {
		if err := p.checkMember(ctx, in.MemberID, "/member_id"); err != nil {
			return err
		}
		var err error
		number, err = g.Join(in.MemberID, in.Role, in.Joined)
		return err
	})
	if err != nil || replayed == nil {
		return g, number, err
	}
	then, err := p.deps.Groups.At(ctx, id, replayed.Rev)
	if err != nil {
		return nil, 0, err
	}
	return g, len(then.Spells), nil
}

// EndSpell ends a member's spell; left is the last day in the group.
func (p *Practice) EndSpell(ctx context.Context, rq Request, id session.GroupID, number int, ifRev int64, left string, why session.LeaveReason) (*session.Group, error) {
	g, _, err := p.reviseGroup(ctx, rq, id, atRevision(ifRev), "left", func(_ context.Context, g *session.Group) error {
		return g.Leave(number, left, why)
	})
	return g, err
}

// Assign begins a therapist's spell in a group and returns its number.
func (p *Practice) Assign(ctx context.Context, rq Request, id session.GroupID, in TherapistSpellInput) (*session.Group, int, error) {
	number := 0
	g, replayed, err := p.reviseGroup(ctx, rq, id, atAny(), "therapist_assigned", func(ctx context.Context, g *session.Group) error {
		if err := p.checkTherapist(ctx, in.TherapistID, "/therapist_id"); err != nil {
			return err
		}
		var err error
		number, err = g.Assign(in.TherapistID, in.Role, in.From)
		return err
	})
	if err != nil || replayed == nil {
		return g, number, err
	}
	then, err := p.deps.Groups.At(ctx, id, replayed.Rev)
	if err != nil {
		return nil, 0, err
	}
	return g, len(then.TherapistSpells), nil
}

// EndTherapistSpell ends a therapist's spell; to is its last day.
func (p *Practice) EndTherapistSpell(ctx context.Context, rq Request, id session.GroupID, number int, ifRev int64, to string, why session.ReleaseReason) (*session.Group, error) {
	g, _, err := p.reviseGroup(ctx, rq, id, atRevision(ifRev), "therapist_released", func(_ context.Context, g *session.Group) error {
		return g.Release(number, to, why)
	})
	return g, err
}
