package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/redaction"
	"holon/internal/session"
)

// membership is the groups a member is or was in, by kind; "" of one that
// cannot be read, which is then taken for every kind.
type membership map[session.GroupID]session.GroupKind

// membershipOf looks the kinds of groups up.
func (r *Redactor) membershipOf(ctx context.Context, groups []session.GroupID) (membership, error) {
	out := membership{}
	for _, id := range groups {
		g, err := NewGroups(r.engine).Get(ctx, id)
		switch {
		case isDamaged(err), fault.Is(err, fault.NotFound):
			out[id] = ""
		case err != nil:
			return nil, err
		default:
			out[id] = g.Kind
		}
	}
	return out, nil
}

// question is what a report's question says of the data it is about.
type question struct {
	Groups []session.GroupID   `json:"groups"`
	Kinds  []session.GroupKind `json:"kinds"`
	Table  *struct{}           `json:"table"`
}

// questionOf reads the question of a report; nil of one of an earlier version,
// which did not keep it.
func questionOf(x *analysis.Record) *question {
	var q question
	if len(x.Asked) == 0 || json.Unmarshal(x.Asked, &q) != nil {
		return nil
	}
	return &q
}

// dependsOn tells whether a report may hold what a member answered: it was made
// of the sessions of one of the member's groups, or nobody knows of what. table
// says that it was made of a table that somebody sent.
func (m membership) dependsOn(q *question) (depends, table bool) {
	if q == nil {
		return len(m) > 0, false
	}
	if q.Table != nil {
		return false, true
	}
	for id, kind := range m {
		if (q.Groups == nil || slices.Contains(q.Groups, id)) && (q.Kinds == nil || kind == "" || slices.Contains(q.Kinds, kind)) {
			return true, false
		}
	}
	return false, false
}

// Dependents names the reports asked for by a time that may hold what a member
// of these groups answered, or were withdrawn by the redaction already. blocked
// names those that cannot be read.
func (r *Redactor) Dependents(ctx context.Context, groups []session.GroupID, x session.Redaction, until time.Time) (found redaction.Reports, blocked []string, err error) {
	return r.reports(ctx, groups, x, until, func(*analysis.Record) error { return nil })
}

// Withdraw removes the content of those reports, and ends those that are still
// computed: what they read was there before.
func (r *Redactor) Withdraw(ctx context.Context, groups []session.GroupID, x session.Redaction, until time.Time) (found redaction.Reports, blocked []string, err error) {
	return r.reports(ctx, groups, x, until, func(report *analysis.Record) error { return r.withdraw(ctx, report.ID, x, until) })
}

// Late is Dependents of decisions that are done, of all of them in one pass:
// there may be many, and many reports. What cannot be read is passed over.
func (r *Redactor) Late(ctx context.Context, done []*redaction.Decision) ([]redaction.Reports, error) {
	found, in := make([]redaction.Reports, len(done)), make([]membership, len(done))
	for i, d := range done {
		var err error
		if in[i], err = r.membershipOf(ctx, d.Extent.Groups); err != nil {
			return nil, err
		}
	}
	if len(done) == 0 {
		return found, nil
	}
	for x, err := range records(ctx, r.engine, Query{Collection: reportsCollection()}, readReport) {
		if isDamaged(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		q := questionOf(&x)
		for i, d := range done {
			in[i].sort(&x, q, string(d.ID), *d.DoneAt, &found[i])
		}
	}
	return found, nil
}

// reports goes through the reports asked for by a time.
func (r *Redactor) reports(ctx context.Context, groups []session.GroupID, by session.Redaction, until time.Time, each func(*analysis.Record) error) (found redaction.Reports, blocked []string, err error) {
	in, err := r.membershipOf(ctx, groups)
	if err != nil {
		return found, nil, err
	}
	for x, err := range records(ctx, r.engine, Query{Collection: reportsCollection()}, readReport) {
		if damage, ok := errors.AsType[*DamagedError](err); ok {
			blocked = append(blocked, reportsCollection().Name+"/"+damage.ID)
			continue
		}
		if err != nil {
			return found, nil, err
		}
		if !in.sort(&x, questionOf(&x), by.Decision, until, &found) {
			continue
		}
		if err := each(&x); err != nil {
			return found, nil, err
		}
	}
	return found, blocked, nil
}

// sort counts a report among those that a decision concerns, if it is one, and
// tells whether its content is still to be withdrawn.
func (m membership) sort(x *analysis.Record, q *question, decision string, until time.Time, found *redaction.Reports) (withdraw bool) {
	depends, table := m.dependsOn(q)
	switch {
	case x.CreatedAt.After(until):
	case x.State == analysis.Withdrawn && x.WithdrawnBy == decision:
		found.Withdrawn = append(found.Withdrawn, x.ID)
	case x.State.Final() && x.State != analysis.Done:
	case table:
		found.Tables++
	case depends:
		found.Withdrawn = append(found.Withdrawn, x.ID)
		return true
	}
	return false
}

// withdraw removes the content of one report, whatever becomes of it meanwhile.
func (r *Redactor) withdraw(ctx context.Context, id string, by session.Redaction, at time.Time) error {
	all := NewReports(r.engine)
	for {
		x, err := all.Get(ctx, id)
		if err != nil {
			return err
		}
		if x.State.Final() && x.State != analysis.Done {
			return nil
		}
		rev := x.Rev
		x.Rev++
		x.State, x.Body, x.Lease, x.Step, x.WithdrawnBy = analysis.Withdrawn, nil, analysis.Lease{}, nil, by.Decision
		if x.EndedAt == nil {
			x.EndedAt = new(session.Millis(at))
		}
		if err := all.Replace(ctx, x, rev); !fault.Is(err, fault.Stale) {
			return err
		}
	}
}
