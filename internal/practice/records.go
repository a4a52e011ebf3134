package practice

import (
	"context"
	"iter"
	"slices"
	"sync"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
)

// Selection says which groups' sessions an analysis is to read.
type Selection struct {
	Groups []session.GroupID   // nil: all
	Kinds  []session.GroupKind // nil: every kind
	// Findings are read as well.
	Findings bool
	// ShownTo is a member of families who is to be shown what comes of it; empty: nobody
	// but who asks.
	ShownTo session.MemberID
}

// Records are the sessions of groups that the policy lets an analysis read.
// Make them with Practice.Records. An analysis may go on reading them after the
// request, for the hour that internal/reporting gives it, and nothing else.
type Records struct {
	practice *Practice
	groups   []*session.Group
	leftOut  []string
	allowed  map[session.GroupID]bool
	who      access.Principal
	findings bool // may be read, too
	budget   float64
	shownTo  session.MemberID

	hiding sync.Mutex
	hidden map[session.SessionID]bool // sessions of which something may not be seen yet
}

// Records asks the policy for every group of the selection, leaves an audit
// entry for each, and only then returns the way to read them. If one may not be
// read, none is. Groups that cannot be restored are left out of a selection of
// all and named by LeftOut, and refuse one that names them.
func (p *Practice) Records(ctx context.Context, rq Request, sel Selection) (*Records, error) {
	chosen, err := p.selected(ctx, sel)
	if err != nil {
		return nil, err
	}
	if len(chosen.ids) == 0 {
		chosen.ids = []session.GroupID{""}
	}
	for _, id := range chosen.ids {
		if refused := p.Authorize(ctx, rq, access.ReadSession, sessionObject("", id)); refused != nil {
			return nil, refused
		}
		if !sel.Findings {
			continue
		}
		if refused := p.Authorize(ctx, rq, access.ReadFinding, findingObject("", id)); refused != nil {
			return nil, refused
		}
	}
	if chosen.refused != nil {
		return nil, chosen.refused
	}
	r := &Records{shownTo: sel.ShownTo, findings: sel.Findings, budget: p.settingsNow(ctx).AlarmBudget, practice: p, groups: chosen.groups, leftOut: chosen.leftOut, who: rq.Principal, allowed: make(map[session.GroupID]bool, len(chosen.groups)), hidden: map[session.SessionID]bool{}}
	if sel.ShownTo != "" {
		r.leftOut = nil // the names of others' records
	}
	for _, g := range chosen.groups {
		r.allowed[g.ID] = true
	}
	return r, nil
}

// choice is what was found for a selection.
type choice struct {
	ids     []session.GroupID // to ask the policy about, found or not
	groups  []*session.Group
	leftOut []string // groups that cannot be restored
	refused error    // answers a selection that names what is not there, or not whole; told once the policy has agreed
}

// selected loads the groups of a selection: those named by identifier, or all
// by code.
func (p *Practice) selected(ctx context.Context, sel Selection) (*choice, error) {
	if sel.Groups == nil {
		return p.everyGroup(ctx, sel.wants)
	}
	c := &choice{ids: slices.Compact(slices.Sorted(slices.Values(sel.Groups)))}
	for _, id := range c.ids {
		g, err := p.deps.Groups.Get(ctx, id)
		_, unreadable := damagedID(err)
		switch {
		case unreadable, fault.Is(err, fault.NotFound):
			if c.refused == nil {
				c.refused = err
			}
		case err != nil:
			return nil, err
		case sel.wants(g):
			c.groups = append(c.groups, g)
		}
	}
	return c, nil
}

// everyGroup loads the groups that are wanted. Of one that cannot be restored
// nobody knows whether it is.
func (p *Practice) everyGroup(ctx context.Context, wanted func(*session.Group) bool) (*choice, error) {
	c := &choice{}
	for g, err := range p.deps.Groups.List(ctx, nil, "", 0) {
		id, unreadable := damagedID(err)
		switch {
		case unreadable:
			c.ids, c.leftOut = append(c.ids, session.GroupID(id)), append(c.leftOut, id)
		case err != nil:
			return nil, err
		case wanted(g):
			c.ids, c.groups = append(c.ids, g.ID), append(c.groups, g)
		}
	}
	return c, nil
}

// wants tells whether a group is of a kind that is asked for, and where it is to be shown
// to a member, one of that member's families.
func (s Selection) wants(g *session.Group) bool {
	return (s.Kinds == nil || slices.Contains(s.Kinds, g.Kind)) && (s.ShownTo == "" || (g.Kind != session.KindGroup && g.HasMember(s.ShownTo)))
}

// Groups returns the groups that may be read.
func (r *Records) Groups() []*session.Group { return slices.Clone(r.groups) }

// LeftOut names the groups that would be among them and cannot be restored.
func (r *Records) LeftOut() []string { return slices.Clone(r.leftOut) }

// Sessions yields a group's sessions by number, with the ratings of these
// levels, of all when none is named. A session that cannot be restored comes as
// an error with the rule document_damaged, and the next one follows; any other
// error is the last.
func (r *Records) Sessions(ctx context.Context, group session.GroupID, levels ...instrument.Level) iter.Seq2[*session.Session, error] {
	if !r.allowed[group] {
		return func(yield func(*session.Session, error) bool) {
			yield(nil, fault.New(fault.Forbidden, "not_selected", "This group is not among those that were asked for."))
		}
	}
	if len(levels) == 0 {
		levels = nil
	}
	found := r.practice.deps.Sessions.OfGroup(ctx, group, 0, 0, levels)
	if mayReadBonds(r.who, group) && r.who.Therapist == "" && r.shownTo == "" {
		return found
	}
	return func(yield func(*session.Session, error) bool) {
		shown := 0
		for s, err := range found {
			if err == nil && !r.withoutHidden(s) || isDamaged(err) && r.shownTo != "" {
				continue
			}
			if shown++; err == nil && r.shownTo != "" {
				s.Number = shown // the numbers of other sessions would tell that there are some
			}
			if !yield(s, err) {
				return
			}
		}
	}
}

// withoutHidden takes out of a session what the reader may not see, and notes
// that alliances were. ok is false of a session that is not to be seen at all.
func (r *Records) withoutHidden(s *session.Session) (ok bool) {
	withoutHiddenBonds(r.who, s)
	if withoutHiddenAlliances(r.who, s, s) {
		r.hiding.Lock()
		r.hidden[s.ID] = true
		r.hiding.Unlock()
	}
	return r.shownTo == "" || withoutOthers(r.shownTo, s)
}

// Findings yields a group's findings, raised last first, without those that would
// tell the reader of an alliance before the guess. Errors are those of Sessions.
func (r *Records) Findings(ctx context.Context, group session.GroupID) iter.Seq2[*finding.Finding, error] {
	if !r.allowed[group] || !r.findings {
		return func(yield func(*finding.Finding, error) bool) {
			yield(nil, fault.New(fault.Forbidden, "not_selected", "The findings of this group are not among what was asked for."))
		}
	}
	return r.practice.openFindings(ctx, r.who, r.practice.deps.Findings.List(ctx, finding.Filter{GroupID: group}, nil, 0))
}

// AlarmBudget is how many false alarms one therapist of the practice bears in a week.
func (r *Records) AlarmBudget() float64 { return r.budget }

// Withheld tells whether the reader is to guess a member's alliance in a session
// before anything that is said of it is shown. It hangs on the reader's own guess
// alone, and not on whether the member has answered.
func (r *Records) Withheld(s *session.Session, m session.MemberID) bool {
	return r.who.Therapist != "" && !access.MaySeeMember(r.who, s, m, session.Post)
}

// ShownTo is the member of families who is to be shown what comes of the records.
func (r *Records) ShownTo() session.MemberID { return r.shownTo }

// Hidden counts the sessions read so far of which alliances were left out, because
// the reader has not handed in a guess yet.
func (r *Records) Hidden() int {
	r.hiding.Lock()
	defer r.hiding.Unlock()
	return len(r.hidden)
}

// Definition returns the version of an instrument.
func (r *Records) Definition(ref instrument.Ref) (*instrument.Definition, bool) {
	return r.practice.Definition(ref)
}

// Cutoffs returns the published and the practice's own cut-offs of a score, or
// why there are none.
func (r *Records) Cutoffs(ref instrument.Ref, score string) (cutoffs []instrument.Cutoff, reason string) {
	return r.practice.Cutoffs(ref, score)
}
