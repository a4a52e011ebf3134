package practice

import (
	"context"
	"iter"
	"slices"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// Selection says which groups' sessions an analysis is to read.
type Selection struct {
	Groups []session.GroupID   // nil: all
	Kinds  []session.GroupKind // nil: every kind
}

// Records are the sessions of groups that the policy lets an analysis read.
// Make them with Practice.Records; they live as long as the request.
type Records struct {
	practice *Practice
	groups   []*session.Group
	allowed  map[session.GroupID]bool
}

// Records asks the policy for every group of the selection, leaves an audit
// entry for each, and only then returns the way to read them. If one may not be
// read, none is. Groups that cannot be restored are left out of a selection of
// all, and refuse one that names them.
func (p *Practice) Records(ctx context.Context, rq Request, sel Selection) (*Records, error) {
	groups, err := p.selected(ctx, sel)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	for _, id := range sel.Groups {
		if !slices.ContainsFunc(groups, func(g *session.Group) bool { return g.ID == id }) {
			if refused := p.Authorize(ctx, rq, access.ReadSession, sessionObject("", id)); refused != nil {
				return nil, refused
			}
		}
	}
	if len(groups) == 0 && sel.Groups == nil {
		if refused := p.Authorize(ctx, rq, access.ReadSession, sessionObject("", "")); refused != nil {
			return nil, refused
		}
	}
	r := &Records{practice: p, groups: groups, allowed: make(map[session.GroupID]bool, len(groups))}
	for _, g := range groups {
		if refused := p.Authorize(ctx, rq, access.ReadSession, sessionObject("", g.ID)); refused != nil {
			return nil, refused
		}
		r.allowed[g.ID] = true
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

// selected loads the groups of a selection: those named in their order, or all
// by code. A named group that does not exist is NotFound, beside those that do.
func (p *Practice) selected(ctx context.Context, sel Selection) ([]*session.Group, error) {
	wanted := func(g *session.Group) bool { return sel.Kinds == nil || slices.Contains(sel.Kinds, g.Kind) }
	var (
		out     []*session.Group
		missing error
	)
	if sel.Groups == nil {
		for g, err := range p.deps.Groups.List(ctx, nil, "", 0) {
			switch {
			case err == nil && wanted(g):
				out = append(out, g)
			case err != nil && fault.RuleOf(err) != ruleDamaged:
				return nil, err
			}
		}
		return out, nil
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(sel.Groups))) {
		g, err := p.deps.Groups.Get(ctx, id)
		switch {
		case fault.Is(err, fault.NotFound):
			missing = err
		case err != nil:
			return nil, err
		case wanted(g):
			out = append(out, g)
		}
	}
	return out, missing
}

// Groups returns the groups that may be read.
func (r *Records) Groups() []*session.Group { return slices.Clone(r.groups) }

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
	return r.practice.deps.Sessions.OfGroup(ctx, group, 0, 0, levels)
}

// Definition returns the version of an instrument.
func (r *Records) Definition(ref instrument.Ref) (*instrument.Definition, bool) {
	return r.practice.Definition(ref)
}
