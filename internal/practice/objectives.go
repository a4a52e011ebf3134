package practice

import (
	"context"
	"iter"
	"strconv"
	"strings"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/objective"
	"holon/internal/session"
)

type (
	// Objectives keeps the versions of objectives. A code's taken version is the
	// Conflict "unique_taken".
	Objectives interface {
		Insert(ctx context.Context, o *objective.Objective) error
		Get(ctx context.Context, id objective.ID) (*objective.Objective, error)
		Replace(ctx context.Context, next *objective.Objective, rev int64) error
		List(ctx context.Context, afterCode string, afterVersion, limit int) iter.Seq2[*objective.Objective, error]
		// LastVersion returns the highest version of a code, as far as it can be
		// read; 0 if there is none.
		LastVersion(ctx context.Context, code string) (int, error)
		KeyUse(ctx context.Context, id objective.ID, key string) (session.Head, bool, error)
	}

	// Deeds says what was done about the findings of a group. What cannot be
	// restored comes as an error with the rule "document_damaged", and the stream
	// goes on.
	Deeds interface {
		Deeds(ctx context.Context, group session.GroupID) iter.Seq2[objective.Deed, error]
	}
)

// CreateObjective takes in a rule, as the next version of its code. Earlier
// versions stay as they are, and in force until they are retired.
func (p *Practice) CreateObjective(ctx context.Context, rq Request, rule []byte) (*objective.Objective, error) {
	text, err := p.newID(rq, objectivePrefix)
	if err != nil {
		return nil, err
	}
	id := objective.ID(text)
	ctx, cancel := bounded(ctx)
	defer cancel()
	s := seed[objective.Objective]{
		object: objectiveObject(id, ""), action: access.WriteObjective,
		insert: p.deps.Objectives.Insert,
		load:   func(ctx context.Context) (*objective.Objective, error) { return p.deps.Objectives.Get(ctx, id) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return p.deps.Objectives.KeyUse(ctx, id, key)
		},
		head:  func(o *objective.Objective) *session.Head { return &o.Head },
		taken: fault.New(fault.Conflict, "version_taken", "Somebody else took in a version of this objective at the same time. Try again."),
	}
	tried := 0
	build := func(ctx context.Context) (*objective.Objective, error) {
		r, err := objective.Parse(rule, p.Definition)
		if err != nil {
			return nil, err
		}
		last, err := p.deps.Objectives.LastVersion(ctx, r.Code)
		if err != nil {
			return nil, err
		}
		tried = max(last, tried) + 1
		return objective.New(id, tried, r)
	}
	made, err := create(ctx, p, rq, s, build)
	for attempt := 0; fault.RuleOf(err) == "version_taken"; attempt++ {
		// Somebody took the version that was free: the next one then.
		if err := pause(ctx, attempt); err != nil {
			return nil, err
		}
		made, err = plant(ctx, p, rq, s, build)
	}
	return made, err
}

// Objective reads one version of an objective.
func (p *Practice) Objective(ctx context.Context, rq Request, id objective.ID) (*objective.Objective, error) {
	if err := p.allowPublic(ctx, rq, access.ReadObjective, objectiveObject(id, "")); err != nil {
		return nil, err
	}
	return p.deps.Objectives.Get(ctx, id)
}

// Objectives lists objectives by code and version, with a [LeftOutError] beside
// them if some cannot be restored. They are nobody's personal data.
func (p *Practice) Objectives(ctx context.Context, rq Request, pg Page) (list []*objective.Objective, next string, err error) {
	if err := p.allowPublic(ctx, rq, access.ReadObjective, objectiveObject("", "")); err != nil {
		return nil, "", err
	}
	code, version := "", 0
	if pg.After != "" {
		var number string
		code, number, _ = strings.Cut(pg.After, "@")
		if version, err = strconv.Atoi(number); err != nil || version < 1 || code == "" {
			return nil, "", fault.New(fault.Invalid, "bad_cursor", "The place to go on from is not one that a list gave.")
		}
	}
	stream := func(limit int) iter.Seq2[*objective.Objective, error] {
		return p.deps.Objectives.List(ctx, code, version, limit)
	}
	return page(pg.limit(), stream, func(o *objective.Objective) string { return o.Rule.Code + "@" + strconv.Itoa(o.Version) })
}

// RetireObjective says that a version is not in force any more.
func (p *Practice) RetireObjective(ctx context.Context, rq Request, id objective.ID, ifRev int64) (*objective.Objective, error) {
	o, _, err := revise(ctx, p, rq, subject[objective.Objective]{
		load: func(ctx context.Context) (*objective.Objective, error) { return p.deps.Objectives.Get(ctx, id) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return p.deps.Objectives.KeyUse(ctx, id, key)
		},
		replace: p.deps.Objectives.Replace,
		head:    func(o *objective.Objective) *session.Head { return &o.Head },
		object:  func(*objective.Objective) access.Object { return objectiveObject(id, "") },
		action:  access.WriteObjective,
	}, atRevision(ifRev), "retired", func(_ context.Context, o *objective.Objective) error { return o.Retire() })
	return o, err
}

// objectiveObject names an objective to the policy, and the group whose records
// it is asked about.
func objectiveObject(id objective.ID, group session.GroupID) access.Object {
	return access.Object{Kind: access.KindObjective, ID: string(id), GroupID: group}
}
