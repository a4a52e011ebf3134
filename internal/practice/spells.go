package practice

import (
	"context"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/session"
)

// SpellInput is what a member's spell begins with. One that is over already has
// its end too.
type SpellInput struct {
	MemberID session.MemberID
	Role     session.MemberRole
	Joined   string
	Left     *string             // nil: the spell is running
	LeftWhy  session.LeaveReason // counts only with Left
}

// TherapistSpellInput is what a therapist's spell begins with. One that is over
// already has its end too.
type TherapistSpellInput struct {
	TherapistID session.TherapistID
	Role        session.TherapistRole
	From        string
	To          *string               // nil: the spell is running
	ToWhy       session.ReleaseReason // counts only with To
}

// Join begins a member's spell in a group, or enters one that is over, and
// returns its number.
func (p *Practice) Join(ctx context.Context, rq Request, id session.GroupID, in SpellInput) (*session.Group, int, error) {
	number := 0
	g, replayed, err := p.reviseGroup(ctx, rq, id, atAny(), "joined", func(ctx context.Context, g *session.Group) error {
		return known(p.checkMember(ctx, in.MemberID, "/member_id"), func() (err error) {
			if in.Left != nil {
				number, err = g.EnterSpell(in.MemberID, in.Role, in.Joined, *in.Left, in.LeftWhy)
				return err
			}
			number, err = g.Join(in.MemberID, in.Role, in.Joined)
			return err
		})
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

// AmendSpell mends the record of a member's spell; what it was stays in the
// group's history.
func (p *Practice) AmendSpell(ctx context.Context, rq Request, id session.GroupID, number int, ifRev int64, a session.SpellAmendment) (*session.Group, error) {
	g, _, err := p.reviseGroup(ctx, rq, id, atRevision(ifRev), "spell_amended:"+string(a.Why), func(_ context.Context, g *session.Group) error {
		return g.AmendSpell(number, a)
	})
	return g, err
}

// Assign begins a therapist's spell in a group, or enters one that is over, and
// returns its number.
func (p *Practice) Assign(ctx context.Context, rq Request, id session.GroupID, in TherapistSpellInput) (*session.Group, int, error) {
	number := 0
	g, replayed, err := p.reviseGroup(ctx, rq, id, atAny(), "therapist_assigned", func(ctx context.Context, g *session.Group) error {
		if err := p.chargeAllowed(ctx, rq, g, in.TherapistID); err != nil {
			return err
		}
		return known(p.checkTherapist(ctx, in.TherapistID, "/therapist_id"), func() (err error) {
			if in.To != nil {
				number, err = g.EnterTherapistSpell(in.TherapistID, in.Role, in.From, *in.To, in.ToWhy)
				return err
			}
			number, err = g.Assign(in.TherapistID, in.Role, in.From)
			return err
		})
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

// AmendTherapistSpell mends the record of a therapist's spell; what it was stays
// in the group's history.
func (p *Practice) AmendTherapistSpell(ctx context.Context, rq Request, id session.GroupID, number int, ifRev int64, a session.TherapistSpellAmendment) (*session.Group, error) {
	g, _, err := p.reviseGroup(ctx, rq, id, atRevision(ifRev), "therapist_spell_amended:"+string(a.Why), func(ctx context.Context, g *session.Group) error {
		if number >= 1 && number <= len(g.TherapistSpells) {
			if err := p.chargeAllowed(ctx, rq, g, g.TherapistSpells[number-1].TherapistID); err != nil {
				return err
			}
		}
		return g.AmendTherapistSpell(number, a)
	})
	return g, err
}

// chargeAllowed asks the policy whether somebody may say when a therapist has charge
// of the group, which is read by now; a denied attempt leaves an entry of its own.
func (p *Practice) chargeAllowed(ctx context.Context, rq Request, g *session.Group, t session.TherapistID) error {
	denied := access.MayTakeCharge(rq.Principal, g, t, p.today())
	if denied == nil {
		return nil
	}
	if err := p.record(ctx, rq, access.WriteGroup, groupObject(g.ID), access.Denied); err != nil {
		return err
	}
	return denied
}

// known applies a change and puts its faults beside that of a person whom the
// practice does not know, so that all of them are told at once.
func known(person error, apply func() error) error {
	var faults fault.List
	if err := faults.Under("", person); err != nil {
		return err
	}
	if err := faults.Under("", apply()); err != nil {
		return err
	}
	return faults.Err()
}
