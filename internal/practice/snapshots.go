package practice

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/session"
	"holon/internal/study"
)

// Taking is a snapshot that may be taken: who asks was allowed to.
type Taking struct {
	ID study.SnapshotID

	practice *Practice
	request  Request
	study    *study.Study
}

// TakeSnapshot asks the policy whether a snapshot of a study may be taken. What it
// returns takes it. The same request under one key is one snapshot, which is then
// returned as it is.
func (p *Practice) TakeSnapshot(ctx context.Context, rq Request, id study.ID) (*Taking, *study.Snapshot, error) {
	text, err := p.newID(rq, snapshotPrefix)
	if err != nil {
		return nil, nil, err
	}
	if err := p.Authorize(ctx, rq, access.TakeSnapshot, studyObject(id)); err != nil {
		return nil, nil, err
	}
	s, err := p.deps.Studies.Get(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	there, err := p.deps.Snapshots.Get(ctx, study.SnapshotID(text))
	if err == nil {
		if there.Study != id {
			return nil, nil, keyReused()
		}
		return nil, there, nil
	}
	if !fault.Is(err, fault.NotFound) {
		return nil, nil, err
	}
	return &Taking{ID: study.SnapshotID(text), practice: p, request: rq, study: s}, nil, nil
}

// Take freezes the study's sessions. progress hears how many groups are done.
func (t *Taking) Take(ctx context.Context, progress func(done, total int)) (*study.Snapshot, error) {
	p, s := t.practice, t.study
	names, err := p.pseudonyms(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	header := &study.Snapshot{ID: t.ID, Study: s.ID, StudyRev: s.Rev, State: study.Filling, TakenAt: p.now(), By: t.request.Principal.ID}
	if err := p.deps.Snapshots.Insert(ctx, header); err != nil {
		return nil, err
	}
	if err := t.fill(ctx, names, header, progress); err != nil {
		leaving, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTime)
		defer cancel()
		return nil, errors.Join(err, p.deps.Frozen.Drop(leaving, t.ID))
	}
	return header, nil
}

// dropTime bounds the removal of what was copied for a snapshot that came to nothing.
const dropTime = time.Minute

// fill copies the groups of a snapshot whose header is stored: a redaction that this
// does not see, sees the header.
func (t *Taking) fill(ctx context.Context, names study.Pseudonyms, header *study.Snapshot, progress func(done, total int)) error {
	p, s := t.practice, t.study
	consents, err := p.consenting(ctx, s.ID)
	if err != nil {
		return err
	}
	freezer := study.NewFreezer(s, names, func(m session.MemberID) bool { return consents[m] }, header.TakenAt)
	for i, g := range t.inOrder(names) {
		if err := t.freeze(ctx, freezer, g); err != nil {
			return err
		}
		if progress != nil {
			progress(i+1, len(s.Groups))
		}
	}
	freezer.Finish(header)
	return p.deps.Snapshots.Replace(ctx, header, 1)
}

// inOrder lists the study's groups by pseudonym, so that the order in which rows
// were written tells nothing.
func (t *Taking) inOrder(names study.Pseudonyms) []session.GroupID {
	out := slices.Clone(t.study.Groups)
	slices.SortFunc(out, func(a, b session.GroupID) int { return strings.Compare(string(names.Group(a)), string(names.Group(b))) })
	return out
}

// freeze takes one group, and leaves an audit entry for the reading of it.
func (t *Taking) freeze(ctx context.Context, freezer *study.Freezer, id session.GroupID) error {
	p := t.practice
	object := studyObject(t.study.ID)
	object.GroupID = id
	if err := p.Authorize(ctx, t.request, access.TakeSnapshot, object); err != nil {
		return err
	}
	g, err := p.deps.Groups.Get(ctx, id)
	if isDamaged(err) || fault.Is(err, fault.NotFound) {
		freezer.LeaveOut("groups", study.Damaged, 1)
		return nil
	}
	if err != nil {
		return err
	}
	var taken []*session.Session
	var first session.Date
	for s, err := range p.deps.Sessions.OfGroup(ctx, id, 0, 0, nil) {
		switch {
		case isDamaged(err):
			freezer.LeaveOut("sessions", study.Damaged, 1)
		case err != nil:
			return err
		case freezer.Takes(s):
			taken = append(taken, s)
			if first == "" || s.HeldOn < first {
				first = s.HeldOn
			}
		}
	}
	if len(taken) == 0 {
		freezer.LeaveOut("groups", study.Empty, 1)
		return nil
	}
	frozen := freezer.Group(g, first)
	for i, s := range taken {
		taken[i] = frozen.Session(s)
	}
	return p.deps.Frozen.InsertGroup(ctx, t.ID, frozen.End(), taken)
}

// consenting names the members who said last that they take part.
func (p *Practice) consenting(ctx context.Context, id study.ID) (map[session.MemberID]bool, error) {
	out := map[session.MemberID]bool{}
	for c, err := range p.deps.Consents.Last(ctx, id) {
		if err != nil {
			return nil, err
		}
		if c.Given && c.Redacted == nil {
			out[c.Member] = true
		}
	}
	return out, nil
}

// Snapshots lists a study's snapshots, first taken first, without their groups.
func (p *Practice) Snapshots(ctx context.Context, rq Request, id study.ID) (*study.Study, []*study.Snapshot, error) {
	if err := p.Authorize(ctx, rq, access.ReadSnapshot, studyObject(id)); err != nil {
		return nil, nil, err
	}
	of, err := p.deps.Studies.Get(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	out := []*study.Snapshot{}
	for s, err := range p.deps.Snapshots.Of(ctx, id) {
		if err != nil {
			return nil, nil, err
		}
		out = append(out, s)
	}
	return of, out, nil
}

// Snapshot reads what a snapshot of a study is.
func (p *Practice) Snapshot(ctx context.Context, rq Request, id study.ID, snapshot study.SnapshotID) (*study.Study, *study.Snapshot, error) {
	if err := p.Authorize(ctx, rq, access.ReadSnapshot, studyObject(id)); err != nil {
		return nil, nil, err
	}
	of, err := p.deps.Studies.Get(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	s, err := p.snapshotOf(ctx, id, snapshot)
	return of, s, err
}

// snapshotOf loads a snapshot that is one of a study's.
func (p *Practice) snapshotOf(ctx context.Context, id study.ID, snapshot study.SnapshotID) (*study.Snapshot, error) {
	s, err := p.deps.Snapshots.Get(ctx, snapshot)
	if fault.Is(err, fault.NotFound) || (err == nil && s.Study != id) {
		return nil, fault.New(fault.NotFound, "no_such_snapshot", "The study has no such snapshot.")
	}
	return s, err
}
