package store

import (
	"context"

	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
)

// definition reads the copy of an instrument and remembers it.
func (n *inspection) definition(d Document) error {
	x, err := readInstrument(d)
	if err == nil {
		n.definitions[x.Ref] = x
	}
	return err
}

// grounds returns what in a session must be answered at once. Missed sessions
// are no matter of safety and not looked for.
func (n *inspection) grounds(s *session.Session) []finding.Ground {
	var out []finding.Ground
	for _, g := range finding.GroundsOf(s, finding.Reading{
		Definition: func(ref instrument.Ref) (*instrument.Definition, bool) { d, ok := n.definitions[ref]; return d, ok },
	}) {
		if g.Rule == finding.RiskItem {
			out = append(out, g)
		}
	}
	return out
}

// raised looks for the findings of what must be answered at once. A trigger
// that is not verified may have been raised by the practice, whose files are not
// here.
func (n *inspection) raised(ctx context.Context, s *session.Session) error {
	for _, g := range n.grounds(s) {
		if !g.Risk.Trigger.Verified {
			continue
		}
		f, err := NewFindings(n.engine).Get(ctx, g.ID)
		switch {
		case fault.Is(err, fault.NotFound):
		case err != nil:
			if err := n.passed(err); err != nil {
				return err
			}
			continue
		case f.Stands():
			continue
		}
		n.report("finding_missing", sessionsCollection().Name, string(s.ID), "An answer in the rating "+string(g.Rating.ID)+" must be seen at once and has no finding. The command findings recompute raises it.")
	}
	return nil
}

// finding looks for the session and the answer that a finding rests on.
func (n *inspection) finding(ctx context.Context, f *finding.Finding) error {
	if f.SessionID == "" {
		return nil
	}
	there, err := n.stored(ctx, documentName(sessionsCollection(), string(f.SessionID)))
	if err != nil {
		return err
	}
	if !there {
		n.report("finding_orphan", findingsCollection().Name, string(f.ID), "Its session "+string(f.SessionID)+" is not stored.")
		return nil
	}
	if f.Rule != finding.RiskItem || !f.Stands() {
		return nil
	}
	s, err := NewSessions(n.engine).Get(ctx, f.SessionID, nil)
	if err != nil {
		return n.passed(err)
	}
	last := f.LastRaised()
	if cause, gone := f.Ungrounded(s, n.grounds(s), last.At.Add(finding.InFlight)); gone {
		n.report("answer_not_stored", findingsCollection().Name, string(f.ID), "It rests on nothing that is stored ("+string(cause)+"), unless its save is under way. The command findings recompute says so in it.")
	}
	return nil
}

// passed drops the error of a document that is named where it is read itself.
func (n *inspection) passed(err error) error {
	if isDamaged(err) {
		return nil
	}
	return err
}
