package practice

import (
	"context"
	"iter"
	"slices"
	"time"

	"holon/internal/access"
	"holon/internal/instrument"
	"holon/internal/session"
)

// GroupInput is what creating a group needs.
type GroupInput struct {
	Code     string
	Kind     session.GroupKind
	Format   session.Format
	StartsOn string
}

// GroupFilter says which groups a list holds.
type GroupFilter struct {
	Kind *session.GroupKind // nil: every kind
}

// CreateGroup begins a therapy group, a family or a couple.
func (p *Practice) CreateGroup(ctx context.Context, rq Request, in GroupInput) (*session.Group, error) {
	text, err := p.newID(rq, groupPrefix)
	if err != nil {
		return nil, err
	}
	id := session.GroupID(text)
	s := seed[session.Group]{
		object: groupObject(id), action: access.WriteGroup,
		insert: p.deps.Groups.Insert,
		load:   func(ctx context.Context) (*session.Group, error) { return p.deps.Groups.Get(ctx, id) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return p.deps.Groups.KeyUse(ctx, id, key)
		},
		head:  func(g *session.Group) *session.Head { return &g.Head },
		taken: codeTaken(),
	}
	return create(ctx, p, rq, s, func(context.Context) (*session.Group, error) {
		return session.NewGroup(id, in.Code, in.Kind, in.Format, in.StartsOn)
	})
}

// Group reads a group.
func (p *Practice) Group(ctx context.Context, rq Request, id session.GroupID) (*session.Group, error) {
	if err := p.Authorize(ctx, rq, access.ReadGroup, groupObject(id)); err != nil {
		return nil, err
	}
	return p.deps.Groups.Get(ctx, id)
}

// Groups lists groups by code, with a [LeftOutError] beside them if some cannot
// be restored.
func (p *Practice) Groups(ctx context.Context, rq Request, filter GroupFilter, pg Page) (list []*session.Group, next string, err error) {
	if err := p.Authorize(ctx, rq, access.ReadGroup, access.Object{Kind: access.KindGroup}); err != nil {
		return nil, "", err
	}
	stream := func(limit int) iter.Seq2[*session.Group, error] {
		return p.deps.Groups.List(ctx, filter.Kind, pg.After, limit)
	}
	return page(pg.limit(), stream, func(g *session.Group) string { return string(g.Code) })
}

// EndGroup says on which day a group ended.
func (p *Practice) EndGroup(ctx context.Context, rq Request, id session.GroupID, ifRev int64, on string) (*session.Group, error) {
	g, _, err := p.reviseGroup(ctx, rq, id, atRevision(ifRev), "ended", func(_ context.Context, g *session.Group) error { return g.End(on) })
	return g, err
}

// BondsInput is what switching a group's bonds needs.
type BondsInput struct {
	On    bool
	Every int     // 0: every fourth session
	Since *string // nil: where they are switched on, today
}

// SwitchBonds says whether the members of a group are asked about each other.
func (p *Practice) SwitchBonds(ctx context.Context, rq Request, id session.GroupID, ifRev int64, in BondsInput) (*session.Group, error) {
	why := "bonds_off"
	if in.On {
		why = "bonds_on"
		if in.Since == nil {
			in.Since = new(p.now().Format(time.DateOnly))
		}
	}
	g, _, err := p.reviseGroup(ctx, rq, id, atRevision(ifRev), why, func(_ context.Context, g *session.Group) error {
		return g.SwitchBonds(in.On, in.Every, in.Since)
	})
	return g, err
}

// takingBonds tells whether the group takes bonds, as far as any of the forms
// holds one: only then the group is read.
func (p *Practice) takingBonds(ctx context.Context, id session.GroupID, forms []session.FormInput) (func(session.GroupID, session.Date) bool, error) {
	asked := slices.ContainsFunc(forms, func(f session.FormInput) bool {
		def, ok := p.Definition(f.Instrument)
		return ok && slices.Contains(def.Levels(), instrument.Bond)
	})
	if !asked {
		return nil, nil //nolint:nilnil // nobody asks
	}
	g, err := p.deps.Groups.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	return func(of session.GroupID, day session.Date) bool { return of == id && g.TakesBonds(day) }, nil
}

// reviseGroup changes a group.
func (p *Practice) reviseGroup(ctx context.Context, rq Request, id session.GroupID, at precondition, why string, apply func(context.Context, *session.Group) error) (*session.Group, *session.Head, error) {
	return revise(ctx, p, rq, p.groupSubject(id, access.WriteGroup), at, why, apply)
}

// groupSubject is a group about to be changed.
func (p *Practice) groupSubject(id session.GroupID, action access.Action) subject[session.Group] {
	return subject[session.Group]{
		load: func(ctx context.Context) (*session.Group, error) { return p.deps.Groups.Get(ctx, id) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return p.deps.Groups.KeyUse(ctx, id, key)
		},
		replace: p.deps.Groups.Replace,
		head:    func(g *session.Group) *session.Head { return &g.Head },
		object:  func(*session.Group) access.Object { return groupObject(id) },
		action:  action,
	}
}

// groupObject names a group to the policy.
func groupObject(id session.GroupID) access.Object {
	return access.Object{Kind: access.KindGroup, ID: string(id), GroupID: id}
}
