package httpapi

import "holon/internal/session"

// memberWire writes a member.
func memberWire(m *session.Member) Member {
	return Member{ID: string(m.ID), Code: string(m.Code), BirthYear: wide(m.BirthYear), Rev: m.Rev, Change: changeWire(m.Change), Redacted: markWire(m.Redacted)}
}

// therapistWire writes a therapist.
func therapistWire(t *session.Therapist) Therapist {
	return Therapist{ID: string(t.ID), Code: string(t.Code), Rev: t.Rev, Change: changeWire(t.Change)}
}

// changeWire writes who made a revision, when and why. The request's key and
// hash stay inside.
func changeWire(c session.Change) Change { return Change{By: c.By, At: c.At, Why: c.Why} }

// groupWire writes a group with its spells.
func groupWire(g *session.Group) Group {
	return Group{
		ID: string(g.ID), Code: string(g.Code), Kind: GroupKind(g.Kind), Format: GroupFormat(g.Format),
		StartsOn: string(g.StartsOn), EndedOn: text[string](g.EndedOn),
		Spells: each(g.Spells, spellWire), TherapistSpells: each(g.TherapistSpells, therapistSpellWire),
		Goals: unlessNone(g.Goals, goalWire), Bonds: bondsWire(g.Bonds),
		Rev: g.Rev, Change: changeWire(g.Change),
	}
}

// bondsWire writes a group's setting of bonds; nil while nobody ever switched them.
func bondsWire(b *session.BondSetting) *BondSetting {
	if b == nil {
		return nil
	}
	return &BondSetting{On: b.On, Every: int64(b.Every), Since: text[string](b.Since)}
}

// spellWire writes a member's spell.
func spellWire(s session.Spell) Spell {
	return Spell{
		Number: int64(s.Number), MemberID: string(s.MemberID), Role: MemberRole(s.Role),
		Joined: string(s.Joined), Left: text[string](s.Left), LeftWhy: text[LeaveReason](s.LeftWhy), Redacted: onlyIf(s.Redacted),
	}
}

// therapistSpellWire writes a therapist's spell.
func therapistSpellWire(s session.TherapistSpell) TherapistSpell {
	return TherapistSpell{
		Number: int64(s.Number), TherapistID: string(s.TherapistID), Role: TherapistRole(s.Role),
		From: string(s.From), To: text[string](s.To), Why: text[ReleaseReason](s.Why),
	}
}
