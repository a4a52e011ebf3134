package httpapi

import (
	"context"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/practice"
	"holon/internal/reporting"
	"holon/internal/session"
	"holon/internal/study"
)

// What is worked at for a study, as reports are. It stands in their collection and
// is none: see isReport.
const (
	takingSnapshot = "study_snapshot"
	makingRelease  = "study_release"
)

// noGroups is the question of such work: no group of the practice is named in it.
const noGroups = `{"groups":[]}`

// isReport tells whether a record is that of a report.
func isReport(x *analysis.Record) bool {
	return x.Analysis != takingSnapshot && x.Analysis != makingRelease
}

// work has something done for a study, and answers how far it is.
func (s *Server) work(ctx context.Context, rq practice.Request, id, name string, do func(ctx context.Context, progress analysis.Progress) error) (analysis.Record, error) {
	q := reporting.Question{ID: id, Principal: rq.Principal.ID, Analysis: name, Asked: []byte(noGroups), RequestID: rq.ID}
	if rq.Key != "" {
		q.SHA = rq.SHA
	}
	if kept, found, err := s.reports.Kept(ctx, q); err != nil || found {
		return kept, err
	}
	return s.reports.Ask(ctx, q, func(ctx context.Context, progress analysis.Progress) ([]byte, error) {
		if err := do(ctx, progress); err != nil {
			return nil, err
		}
		return []byte("{}"), nil
	})
}

// TakeSnapshot freezes a study's sessions.
func (s *Server) TakeSnapshot(ctx context.Context, r TakeSnapshotRequestObject) (TakeSnapshotResponseObject, error) {
	rq := request(ctx)
	taking, there, err := s.practice.TakeSnapshot(ctx, rq, study.ID(r.StudyID))
	if err != nil {
		return nil, err
	}
	if taking != nil {
		x, err := s.work(ctx, rq, string(taking.ID), takingSnapshot, func(ctx context.Context, progress analysis.Progress) error {
			_, err := taking.Take(ctx, func(done, total int) { progress.Tell("groups", done, total) })
			return err
		})
		if err != nil {
			return nil, err
		}
		if x.State != analysis.Done {
			return TakeSnapshot202JSONResponse{Body: fillingWire(r.StudyID, &x), Headers: TakeSnapshot202ResponseHeaders{Location: snapshotPlace(r.StudyID, x.ID)}}, nil
		}
		if _, there, err = s.practice.Snapshot(ctx, rq, study.ID(r.StudyID), taking.ID); err != nil {
			return nil, err
		}
	}
	return TakeSnapshot201JSONResponse{Body: snapshotWire(there, exactly, false), Headers: TakeSnapshot201ResponseHeaders{Location: snapshotPlace(r.StudyID, string(there.ID))}}, nil
}

// snapshotPlace is where a snapshot is read.
func snapshotPlace(id, snapshot string) string {
	return "/v1/studies/" + id + "/snapshots/" + snapshot
}

// ListSnapshots lists a study's snapshots.
func (s *Server) ListSnapshots(ctx context.Context, r ListSnapshotsRequestObject) (ListSnapshotsResponseObject, error) {
	rq := request(ctx)
	of, found, err := s.practice.Snapshots(ctx, rq, study.ID(r.StudyID))
	if err != nil {
		return nil, err
	}
	return ListSnapshots200JSONResponse{Snapshots: each(found, func(x *study.Snapshot) StudySnapshot {
		out := snapshotWire(x, countsFor(rq, of), rq.Principal.Study != "")
		out.Groups = nil
		return out
	})}, nil
}

// GetSnapshot reads what a snapshot holds, or how far it is.
func (s *Server) GetSnapshot(ctx context.Context, r GetSnapshotRequestObject) (GetSnapshotResponseObject, error) {
	rq := request(ctx)
	of, x, err := s.practice.Snapshot(ctx, rq, study.ID(r.StudyID), study.SnapshotID(r.SnapshotID))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if err != nil || x.State == study.Filling { // it may be worked at
		if job, failed := s.reports.Get(ctx, rq.Principal.ID, r.SnapshotID); failed == nil && job.Analysis == takingSnapshot && job.State != analysis.Done {
			return GetSnapshot200JSONResponse(fillingWire(r.StudyID, &job)), nil
		}
	}
	if err != nil {
		return nil, err
	}
	out := snapshotWire(x, countsFor(rq, of), rq.Principal.Study != "")
	if rq.Principal.Study != "" {
		out.Groups = nil
	}
	return GetSnapshot200JSONResponse(out), nil
}

// CompareSnapshots says what differs between two snapshots.
func (s *Server) CompareSnapshots(ctx context.Context, r CompareSnapshotsRequestObject) (CompareSnapshotsResponseObject, error) {
	x, err := s.practice.CompareSnapshots(ctx, request(ctx), study.ID(r.StudyID), study.SnapshotID(r.SnapshotID), study.SnapshotID(r.Params.Against))
	if err != nil {
		return nil, err
	}
	return CompareSnapshots200JSONResponse{
		Same: x.Same, GroupsOnlyHere: each(x.GroupsHere, groupText), GroupsOnlyThere: each(x.GroupsThere, groupText), GroupsChanged: each(x.GroupsChanged, groupText),
		MembersOnlyHere: int64(x.MembersHere), MembersOnlyThere: int64(x.MembersThere),
		Measures: each(x.Measures, func(d study.Difference) MeasureDifference {
			return MeasureDifference{Measure: d.Measures, People: int64(d.People), Groups: int64(d.Groups), Families: int64(d.Families)}
		}),
	}, nil
}

// groupText writes a group's pseudonym.
func groupText(id session.GroupID) string { return string(id) }

// fillingWire writes a snapshot that is not whole.
func fillingWire(id string, x *analysis.Record) StudySnapshot {
	out := StudySnapshot{ID: x.ID, StudyID: id, State: StudySnapshotStateFilling, TakenAt: x.CreatedAt, By: x.Principal, LeftOut: []StudyLeftOut{}}
	if x.State.Final() {
		out.State, out.Failure = StudySnapshotStateFailed, failureText(x)
	}
	return out
}

// failureText says why something that was worked at led to nothing.
func failureText(x *analysis.Record) *string {
	if x.Failure != nil {
		return new(x.Failure.Detail)
	}
	return new("It was cut off: " + string(x.State) + ". Do it again.")
}

// exactly writes a count as it is, for the practice.
func exactly(n int) *int64 { return new(int64(n)) }

// countsFor returns how counts of a study are written for who asks.
func countsFor(rq practice.Request, of *study.Study) func(int) *int64 {
	if rq.Principal.Study == "" {
		return exactly
	}
	return of.About
}

// snapshotWire writes a snapshot with its groups; about is for who may not know how many
// rows single people left out.
func snapshotWire(x *study.Snapshot, count func(int) *int64, about bool) StudySnapshot {
	out := StudySnapshot{
		ID: string(x.ID), StudyID: string(x.Study), State: StudySnapshotState(x.State), TakenAt: x.TakenAt, By: x.By, Sha256: unlessEmpty[string](x.SHA256),
		EndedAt: x.EndedAt, LeftOut: []StudyLeftOut{},
	}
	if x.State == study.Filling {
		return out
	}
	c := x.Counts
	out.Counts = StudyCounts{Groups: count(c.Groups), Members: count(c.Members), Therapists: count(c.Therapists), Sessions: count(c.Sessions), Ratings: count(c.Ratings)}
	for _, l := range x.Left {
		if about && l.What != "groups" && l.What != "sessions" { // nobody knows how many people's they are
			continue
		}
		out.LeftOut = append(out.LeftOut, StudyLeftOut{What: l.What, Reason: l.Reason, N: count(l.N)})
	}
	out.Groups = new(each(x.Groups, func(g study.FrozenGroup) FrozenGroup {
		return FrozenGroup{
			ID: string(g.ID), Kind: GroupKind(g.Kind), Format: string(g.Format), Members: int64(g.Members), Withheld: int64(g.Withheld), Therapists: int64(g.Therapists),
			Sessions: int64(g.Sessions), Ratings: int64(g.Ratings),
		}
	}))
	return out
}
