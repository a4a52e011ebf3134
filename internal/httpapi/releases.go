package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/aggregate"
)

// CreateRelease computes the numbers of a selection, and keeps what may leave.
func (s *Server) CreateRelease(ctx context.Context, r CreateReleaseRequestObject) (CreateReleaseResponseObject, error) {
	rq, in := request(ctx), r.Body
	analyses := list(in.Analyses)
	if err := aggregate.CheckAnalyses("/analyses", analyses...); err != nil {
		return nil, err
	}
	releasing, there, err := s.practice.Release(ctx, rq, study.ID(r.StudyID), study.SnapshotID(in.SnapshotID), session.Code(in.Selection), study.Level(in.Level), analyses)
	if err != nil {
		return nil, err
	}
	if releasing != nil {
		x, err := s.work(ctx, rq, string(releasing.ID), makingRelease, func(ctx context.Context, progress analysis.Progress) error {
			return ReleaseNumbers(ctx, s.practice, releasing, progress)
		})
		if err != nil {
			return nil, err
		}
		if x.State != analysis.Done {
			return CreateRelease202JSONResponse{Body: pendingRelease(r.StudyID, &x), Headers: CreateRelease202ResponseHeaders{Location: releasePlace(r.StudyID, x.ID)}}, nil
		}
		if there, err = s.practice.ReleaseOf(ctx, rq, study.ID(r.StudyID), releasing.ID); err != nil {
			return nil, err
		}
	}
	return CreateRelease201JSONResponse{Body: releaseWire(there), Headers: CreateRelease201ResponseHeaders{Location: releasePlace(r.StudyID, string(there.ID))}}, nil
}

// releasePlace is where a release is read.
func releasePlace(id, release string) string { return "/v1/studies/" + id + "/releases/" + release }

// keeper keeps releases.
type keeper interface {
	KeepRelease(ctx context.Context, x *practice.Releasing, questions []string, records int, body []byte, sum string) (*study.Release, error)
}

// selected are frozen records that analyses read.
type selected struct{ *practice.FrozenRecords }

// Loaded reads all their groups.
func (s selected) Loaded(ctx context.Context) (analysis.Source, error) {
	return s.FrozenRecords.Loaded(ctx)
}

// ReleaseNumbers computes a release and keeps it.
func ReleaseNumbers(ctx context.Context, p keeper, x *practice.Releasing, progress analysis.Progress) error {
	if err := aggregate.CheckAnalyses("/analyses", x.Analyses...); err != nil {
		return err
	}
	records, questions, err := recordsToLeave(ctx, x, aggregate.Request{Analyses: x.Analyses, Asked: x.Asked, Progress: progress})
	if err != nil {
		return err
	}
	if !aggregate.Tells(records) {
		return fault.At("/analyses", "nothing_to_release", "There is no number: none of these analyses is one of the study's measures, or the selection holds no group, or nothing to compute from. Choose other analyses or another selection.")
	}
	body, err := aggregate.Encode(records)
	if err != nil {
		return err
	}
	if len(body) > maxReportBytes {
		return fault.At("", "release_too_large", "The release would be too large to keep. Choose fewer analyses.")
	}
	sum := sha256.Sum256(body)
	_, err = p.KeepRelease(ctx, x, questions, len(records), body, hex.EncodeToString(sum[:]))
	return err
}

// recordsToLeave computes the numbers of a release as they may leave, with the keys of
// the questions that were asked.
func recordsToLeave(ctx context.Context, x *practice.Releasing, rq aggregate.Request) ([]aggregate.Record, []string, error) {
	from := x.Records
	rq.Interim = map[aggregate.Home]bool{
		aggregate.TherapyGroups: !from.Study.Protocol.Complete(from.Snapshot, false), aggregate.Families: !from.Study.Protocol.Complete(from.Snapshot, true),
	}
	rq.Part = from.Selection.SHA256 != study.Everything().SHA256
	rq.ModelOf = func(id session.GroupID) session.Code { g, _ := x.Records.Snapshot.Group(id); return g.Model }
	figures, questions, err := aggregate.Tabulate(ctx, selected{x.Records}, x.Records.Study, rq)
	if err != nil {
		return nil, nil, err
	}
	if x.Level == study.Aggregate {
		aggregate.Unsay(figures, x.SaysMissing)
	}
	if !x.SaysModels() {
		aggregate.UnsayModels(figures)
	}
	return aggregate.Disclose(figures, x.Level, x.Records.Study.Threshold), questions, nil
}

// ListReleases lists what left for a study.
func (s *Server) ListReleases(ctx context.Context, r ListReleasesRequestObject) (ListReleasesResponseObject, error) {
	found, err := s.practice.Releases(ctx, request(ctx), study.ID(r.StudyID))
	if err != nil {
		return nil, err
	}
	return ListReleases200JSONResponse{Releases: each(found, releaseWire)}, nil
}

// GetRelease reads what a release is, or how far it is.
func (s *Server) GetRelease(ctx context.Context, r GetReleaseRequestObject) (GetReleaseResponseObject, error) {
	rq := request(ctx)
	x, err := s.practice.ReleaseOf(ctx, rq, study.ID(r.StudyID), study.ReleaseID(r.ReleaseID))
	if fault.Is(err, fault.NotFound) {
		if job, failed := s.reports.Get(ctx, rq.Principal.ID, r.ReleaseID); failed == nil && job.Analysis == makingRelease {
			return GetRelease200JSONResponse(pendingRelease(r.StudyID, &job)), nil
		}
	}
	if err != nil {
		return nil, err
	}
	return GetRelease200JSONResponse(releaseWire(x)), nil
}

// DryRun says what a selection would hold.
func (s *Server) DryRun(ctx context.Context, r DryRunRequestObject) (DryRunResponseObject, error) {
	rq := request(ctx)
	records, err := s.practice.SelectedOf(ctx, rq, study.ID(r.StudyID), study.SnapshotID(r.Body.SnapshotID), session.Code(r.Body.Selection))
	if err != nil {
		return nil, err
	}
	out, err := dryRun(ctx, records, rq.Principal.Study != "")
	return DryRun200JSONResponse(out), err
}

// dryRun counts what a selection holds; for researchers without what tells about few.
func dryRun(ctx context.Context, records *practice.FrozenRecords, disclose bool) (DryRun, error) {
	found, err := aggregate.Count(ctx, records, records.Study, records.Snapshot, &records.Selection)
	if err != nil {
		return DryRun{}, err
	}
	if disclose {
		found.Disclose(records.Study.Threshold)
	}
	return dryRunWire(records, found), nil
}

// WriteDryRun writes what a selection holds as the practice sees it, as the body of the
// answer to a dry run.
func WriteDryRun(ctx context.Context, w io.Writer, records *practice.FrozenRecords) error {
	out, err := dryRun(ctx, records, false)
	if err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	lines.SetIndent("", "  ")
	return lines.Encode(out)
}

// pendingRelease writes a release that is not there.
func pendingRelease(id string, x *analysis.Record) StudyRelease {
	out := StudyRelease{ID: x.ID, StudyID: id, State: StudyReleaseState(x.State), By: new(x.Principal), At: new(x.CreatedAt), Questions: []string{}}
	if x.State.Final() {
		out.Failure = failureText(x)
	}
	return out
}

// releaseWire writes a release.
func releaseWire(x *study.Release) StudyRelease {
	out := StudyRelease{
		ID: string(x.ID), StudyID: string(x.Study), State: StudyReleaseStateDone, Number: new(int64(x.Number)), SnapshotID: new(string(x.Snapshot)), SnapshotSha256: new(x.Content),
		Selection: new(string(x.Selection)), SelectionSha256: new(x.SelectedBy), Level: new(StudyReleaseLevel(x.Level)), By: new(x.By), At: new(x.At),
		Records: new(int64(x.Records)), Sha256: new(x.SHA256), Questions: append([]string{}, x.Questions...),
	}
	if x.WithdrawnBy != "" {
		out.State, out.Failure = StudyReleaseStateWithdrawn, new("Somebody behind these numbers asked for erasure, so they are gone.")
	}
	return out
}
