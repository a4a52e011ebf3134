package practice

import (
	"context"
	"time"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/session"
	"holon/internal/study"
)

// Recompute returns a kept release and what its numbers can be computed from once
// more: the same selection of the same frozen rows, under the study as it was when
// the release was made. It is for the practice, and nothing new leaves by it.
func (p *Practice) Recompute(ctx context.Context, rq Request, id study.ID, release study.ReleaseID) (*study.Release, *Releasing, error) {
	kept, err := p.RecordsOf(ctx, rq, id, release)
	if err != nil {
		return nil, nil, err
	}
	r, err := p.frozenRecords(ctx, rq, access.TakeSnapshot, id, kept.Snapshot, kept.Selection)
	if err != nil {
		return nil, nil, err
	}
	measures := r.Study.Measures
	if r.Study, err = p.studyThen(ctx, r.Study, kept.StudyRev, kept.At); err != nil {
		return nil, nil, err
	}
	r.Study.Measures = measures
	out := &Releasing{ID: kept.ID, Records: r, Level: kept.Level, request: rq, behind: &kept.Standing}
	if kept.Level == study.Aggregate {
		counted, err := r.counted(ctx, nil)
		if err != nil {
			return nil, nil, err
		}
		out.missing = counted.Missing()
	}
	return kept, out, nil
}

// studyThen returns a study as it was at a revision, or where that is not known at a
// moment.
func (p *Practice) studyThen(ctx context.Context, s *study.Study, rev int64, at time.Time) (*study.Study, error) {
	if rev == s.Rev {
		return s, nil
	}
	if rev > 0 {
		return p.deps.Studies.At(ctx, s.ID, rev)
	}
	var err error
	for s.Change.At.After(at) && s.Rev > 1 && err == nil {
		s, err = p.deps.Studies.At(ctx, s.ID, s.Rev-1)
	}
	return s, err
}

// CheckSnapshot reads all rows of a snapshot and tells whether they are still those
// that were frozen, by the hash of their content.
func (p *Practice) CheckSnapshot(ctx context.Context, rq Request, id study.ID, snapshot study.SnapshotID) (same bool, err error) {
	r, err := p.frozenRecords(ctx, rq, access.TakeSnapshot, id, snapshot, study.Everything().Name)
	if err != nil {
		return false, err
	}
	sum, err := r.content(ctx)
	if isDamaged(err) || fault.Is(err, fault.NotFound) { // a row cannot be read, or is not there
		return false, nil
	}
	return sum == r.Snapshot.SHA256, err
}

// content computes the hash of the rows as they are stored, one group in memory at a
// time.
func (r *FrozenRecords) content(ctx context.Context) (string, error) {
	var read study.Content
	for g, err := range r.Each(ctx) {
		if err != nil {
			return "", err
		}
		var sessions []*session.Session
		for s, err := range r.Sessions(ctx, g.ID) {
			if err != nil {
				return "", err
			}
			sessions = append(sessions, s)
		}
		read.Check(g, r.modelOf(g.ID), sessions)
	}
	return read.Sum(), nil
}
