package store

import (
	"context"
	"fmt"

	"holon/internal/instrument"
	"holon/internal/session"
)

// knownGroup is what sessions are held against: who the group's spells are of.
type knownGroup struct {
	members    map[int]session.MemberID
	therapists map[session.TherapistID]bool
	goals      []session.GoalID
}

// group keeps the spells of a group, and looks for the people they are of.
func (n *inspection) group(ctx context.Context, g *session.Group) error {
	n.groups[g.ID] = spellsOf(g)
	for _, s := range g.Spells {
		if err := n.names(ctx, groupsCollection(), string(g.ID), membersCollection(), string(s.MemberID), "member"); err != nil {
			return err
		}
	}
	for _, s := range g.TherapistSpells {
		if err := n.names(ctx, groupsCollection(), string(g.ID), therapistsCollection(), string(s.TherapistID), "therapist"); err != nil {
			return err
		}
	}
	return nil
}

// spellsOf is what is kept of a group.
func spellsOf(g *session.Group) knownGroup {
	known := knownGroup{members: map[int]session.MemberID{}, therapists: map[session.TherapistID]bool{}}
	for _, s := range g.Spells {
		known.members[s.Number] = s.MemberID
	}
	for _, s := range g.TherapistSpells {
		known.therapists[s.TherapistID] = true
	}
	for _, x := range g.Goals {
		known.goals = append(known.goals, x.ID)
	}
	return known
}

// names reports a person that a document names and that is not stored.
func (n *inspection) names(ctx context.Context, in Collection, id string, of Collection, person, noun string) error {
	there, err := n.stored(ctx, documentName(of, person))
	if err == nil && !there {
		n.report(noun+"_missing", in.Name, id, "It names the "+noun+" "+person+", who is not stored.")
	}
	return err
}

// session looks for what a session names.
func (n *inspection) session(ctx context.Context, s *session.Session) error {
	there, err := n.stored(ctx, documentName(groupsCollection(), string(s.GroupID)))
	if err != nil {
		return err
	}
	if !there {
		n.report("group_missing", sessionsCollection().Name, string(s.ID), "Its group "+string(s.GroupID)+" is not stored.")
	}
	if err := n.places(ctx, s); err != nil {
		return err
	}
	asked := map[instrument.Ref]bool{}
	for _, r := range s.All {
		if asked[r.Instrument] {
			continue
		}
		asked[r.Instrument] = true
		there, err := n.stored(ctx, documentName(instrumentsCollection(), r.Instrument.String()))
		if err != nil {
			return err
		}
		if !there {
			n.report("instrument_missing", sessionsCollection().Name, string(s.ID), "There is no copy of "+r.Instrument.String()+", so its answers cannot be scored.")
		}
	}
	if err := n.moves(ctx, s); err != nil {
		return err
	}
	return n.raised(ctx, s)
}

// places holds a session's roster and therapists against the people and the
// group's spells. A group that was changed since it was read is read again.
func (n *inspection) places(ctx context.Context, s *session.Session) error {
	if n.unknownSpells(s) != "" {
		if err := n.readAgain(ctx, s.GroupID); err != nil {
			return err
		}
	}
	if detail := n.unknownSpells(s); detail != "" {
		n.report("spell_missing", sessionsCollection().Name, string(s.ID), detail)
	}
	for _, p := range s.Roster {
		if err := n.names(ctx, sessionsCollection(), string(s.ID), membersCollection(), string(p.MemberID), "member"); err != nil {
			return err
		}
	}
	for _, p := range s.Therapists {
		if err := n.names(ctx, sessionsCollection(), string(s.ID), therapistsCollection(), string(p.TherapistID), "therapist"); err != nil {
			return err
		}
	}
	return nil
}

// unknownSpells says which of a session's places the group has no spell for; ""
// is none, or that the group cannot be read, which was reported. A therapist who
// stood in needs no spell.
func (n *inspection) unknownSpells(s *session.Session) string {
	known, read := n.groups[s.GroupID]
	if !read {
		return ""
	}
	for _, p := range s.Roster {
		if known.members[p.Spell] != p.MemberID {
			return fmt.Sprintf("Its roster names spell %d of the member %s, which the group does not have.", p.Spell, p.MemberID)
		}
	}
	for _, p := range s.Therapists {
		if p.Role != session.Substitute && !known.therapists[p.TherapistID] {
			return "It names the therapist " + string(p.TherapistID) + ", who has no spell in the group."
		}
	}
	return ""
}

// readAgain brings what is known of a group up to date. That it cannot be read
// was reported.
func (n *inspection) readAgain(ctx context.Context, id session.GroupID) error {
	g, err := NewGroups(n.engine).Get(ctx, id)
	if err != nil {
		return ctx.Err()
	}
	n.groups[id] = spellsOf(g)
	return nil
}
