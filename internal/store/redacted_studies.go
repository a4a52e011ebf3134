package store

import (
	"context"
	"time"

	"holon/internal/fault"
	"holon/internal/redaction"
	"holon/internal/session"
	"holon/internal/study"
)

// What a redaction does with studies: a snapshot that holds the member ends, its
// rows go, and what was released from it is withdrawn. Values are taken out of what
// the practice records first. So a snapshot that is noted before anything is read
// for it either is found here, or has read nothing of the member.

// inSnapshot tells whether a redacted member is in a snapshot.
type inSnapshot int

// The answers.
const (
	isOut     inSnapshot = iota
	isIn                 // and it is to end
	wasIn                // the decision ended it
	cannotSay            // the study's key is not there
)

// inside tells whether a member is in a snapshot. Of one that is being filled
// nobody knows who will be in it: those are who ever said whether they take part.
func (p *pseudonyms) inside(ctx context.Context, e Engine, s *study.Snapshot, x session.Redaction) (inSnapshot, error) {
	switch s.State {
	case study.Ended:
		if s.EndedBy == x.Decision {
			return wasIn, nil
		}
		return isOut, nil
	case study.Filling:
		for _, err := range sequence(ctx, e, consentsCollection(), consentSequence(s.Study, x.Member)) {
			return isIn, err
		}
		return isOut, nil
	default:
		names, err := p.names(ctx, s.Study)
		switch {
		case err != nil:
			return isOut, err
		case names == nil:
			return cannotSay, nil
		case s.Holds(names.Member(x.Member)):
			return isIn, nil
		default:
			return isOut, nil
		}
	}
}

// lookAtStudies looks at snapshots and releases.
func (r *Redactor) lookAtStudies(ctx context.Context, all []session.Redaction, found []redaction.Sweep) error {
	names := newPseudonyms(r.engine)
	ends := make([]map[study.SnapshotID]bool, len(all))
	for i := range all {
		ends[i] = map[study.SnapshotID]bool{}
	}
	for d, err := range r.engine.Query(ctx, Query{Collection: snapshotsCollection()}) {
		if err != nil {
			return err
		}
		s, err := readSnapshot(d)
		if err != nil && !isDamaged(err) {
			return err
		}
		for i, x := range all {
			in := cannotSay
			if err == nil {
				if in, err = names.inside(ctx, r.engine, s, x); err != nil {
					return err
				}
			}
			if err := r.countSnapshot(ctx, d.ID, in, &found[i], ends[i]); err != nil {
				return err
			}
		}
	}
	return r.lookAtReleases(ctx, all, found, ends)
}

// countSnapshot counts what a decision does, or did, with a snapshot.
func (r *Redactor) countSnapshot(ctx context.Context, id string, in inSnapshot, f *redaction.Sweep, ends map[study.SnapshotID]bool) error {
	if in == isOut {
		return nil
	}
	name := documentName(snapshotsCollection(), id)
	if in == cannotSay {
		f.Blocked = append(f.Blocked, name)
		return nil
	}
	ends[study.SnapshotID(id)] = true
	f.Extent.Snapshots = append(f.Extent.Snapshots, id)
	if in == isIn {
		f.Left = append(f.Left, name)
		return nil
	}
	row, err := anyRow(ctx, r.engine, study.SnapshotID(id))
	if row != "" && err == nil {
		f.Left = append(f.Left, row)
	}
	return err
}

// lookAtReleases looks at what was released from snapshots that end, by decision.
func (r *Redactor) lookAtReleases(ctx context.Context, all []session.Redaction, found []redaction.Sweep, ends []map[study.SnapshotID]bool) error {
	for d, err := range r.engine.Query(ctx, Query{Collection: releasesCollection(), Fields: releaseHeading()}) {
		if err != nil {
			return err
		}
		name := documentName(releasesCollection(), d.ID)
		x, err := readReleaseHeading(d)
		if err != nil && !isDamaged(err) {
			return err
		}
		for i := range all {
			switch f := &found[i]; {
			case err != nil:
				if len(ends[i]) > 0 { // it may be made of one of them
					f.Blocked = append(f.Blocked, name)
				}
			case x.WithdrawnBy == all[i].Decision:
				f.Extent.Releases = append(f.Extent.Releases, d.ID)
			case x.WithdrawnBy == "" && ends[i][x.Snapshot]:
				f.Extent.Releases = append(f.Extent.Releases, d.ID)
				f.Left = append(f.Left, name)
			}
		}
	}
	return nil
}

// rewriteStudies ends snapshots that hold the member, drops their rows and
// withdraws what was released from them. What cannot be read is passed over: Look
// names it.
func (r *Redactor) rewriteStudies(ctx context.Context, x session.Redaction, at time.Time) error {
	names := newPseudonyms(r.engine)
	for s, err := range records(ctx, r.engine, Query{Collection: snapshotsCollection()}, readSnapshot) {
		if isDamaged(err) {
			continue
		}
		if err != nil {
			return err
		}
		in, err := names.inside(ctx, r.engine, s, x)
		if err != nil {
			return err
		}
		if in == isIn || in == wasIn {
			if err := r.endSnapshot(ctx, s.ID, x, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// endSnapshot ends one snapshot, whoever else changes it meanwhile, and then takes
// out what it held.
func (r *Redactor) endSnapshot(ctx context.Context, id study.SnapshotID, x session.Redaction, at time.Time) error {
	all := NewSnapshots(r.engine)
	for {
		s, err := all.Get(ctx, id)
		if err != nil {
			return err
		}
		if s.End(x.Decision, at) {
			err = all.Replace(ctx, s, s.Rev)
		}
		if fault.Is(err, fault.Stale) {
			continue
		}
		if err != nil {
			return err
		}
		if s.EndedBy != x.Decision {
			return nil // another decision ended it, and takes the rest out
		}
		if err := NewFrozen(r.engine).Drop(ctx, id); err != nil {
			return err
		}
		return r.withdrawReleases(ctx, s, x)
	}
}

// withdrawReleases withdraws what was released from a snapshot.
func (r *Redactor) withdrawReleases(ctx context.Context, s *study.Snapshot, x session.Redaction) error {
	all := NewReleases(r.engine)
	var made []study.ReleaseID
	for release, err := range all.Of(ctx, s.Study, false) {
		if err != nil && !isDamaged(err) {
			return err
		}
		if err == nil && release.Snapshot == s.ID && release.WithdrawnBy == "" {
			made = append(made, release.ID)
		}
	}
	for _, id := range made {
		if err := r.withdrawRelease(ctx, all, id, x); err != nil && !isDamaged(err) {
			return err
		}
	}
	return nil
}

// withdrawRelease withdraws one release, whoever else does.
func (r *Redactor) withdrawRelease(ctx context.Context, all *Releases, id study.ReleaseID, x session.Redaction) error {
	for {
		release, err := all.Get(ctx, id)
		if err != nil || !release.Withdraw(x.Decision) {
			return err
		}
		if err := all.Replace(ctx, release, release.Rev); !fault.Is(err, fault.Stale) {
			return err
		}
	}
}
