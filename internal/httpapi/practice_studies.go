package httpapi

import (
	"context"

	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/study"
)

// studies are the use cases about what leaves the practice for research.
type studies interface {
	CreateStudy(ctx context.Context, rq practice.Request, in study.Input) (*study.Study, error)
	Studies(ctx context.Context, rq practice.Request, pg practice.Page) ([]*study.Study, string, error)
	Study(ctx context.Context, rq practice.Request, id study.ID) (*study.Study, error)
	SetStudy(ctx context.Context, rq practice.Request, id study.ID, ifRev int64, in study.Input) (*study.Study, error)
	FreezeProtocol(ctx context.Context, rq practice.Request, id study.ID, ifRev int64, in study.ProtocolInput) (*study.Study, error)
	SaveSelection(ctx context.Context, rq practice.Request, id study.ID, in study.Selection) (study.Selection, error)
	RecordAgreement(ctx context.Context, rq practice.Request, id study.ID, in study.AgreementInput) (study.Agreement, error)
	EnterConsents(ctx context.Context, rq practice.Request, id study.ID, in []study.ConsentInput) (int, error)
	Consents(ctx context.Context, rq practice.Request, id study.ID, pg practice.Page) ([]*study.Consent, string, error)
	Researchers(ctx context.Context, rq practice.Request, id study.ID) ([]practice.Admitted, error)
	EndResearcher(ctx context.Context, rq practice.Request, id study.ID, account string) (study.EndedResearcher, error)
	MakeResearcher(ctx context.Context, rq practice.Request, id study.ID, expiresOn string) (*practice.Researcher, error)
	snapshots
	releases
}

// snapshots are the use cases about frozen data.
type snapshots interface {
	TakeSnapshot(ctx context.Context, rq practice.Request, id study.ID) (*practice.Taking, *study.Snapshot, error)
	Snapshots(ctx context.Context, rq practice.Request, id study.ID) (*study.Study, []*study.Snapshot, error)
	Snapshot(ctx context.Context, rq practice.Request, id study.ID, snapshot study.SnapshotID) (*study.Study, *study.Snapshot, error)
	CompareSnapshots(ctx context.Context, rq practice.Request, id study.ID, here, there study.SnapshotID) (*practice.SnapshotDifference, error)
	SelectedOf(ctx context.Context, rq practice.Request, id study.ID, snapshot study.SnapshotID, selection session.Code) (*practice.FrozenRecords, error)
}

// releases are the use cases about numbers that leave.
type releases interface {
	Release(ctx context.Context, rq practice.Request, id study.ID, snapshot study.SnapshotID, selection session.Code, level study.Level, analyses []string) (*practice.Releasing, *study.Release, error)
	KeepRelease(ctx context.Context, x *practice.Releasing, questions []string, records int, body []byte, sum string) (*study.Release, error)
	Releases(ctx context.Context, rq practice.Request, id study.ID) ([]*study.Release, error)
	ReleaseOf(ctx context.Context, rq practice.Request, id study.ID, release study.ReleaseID) (*study.Release, error)
	Rows(ctx context.Context, rq practice.Request, id study.ID, snapshot study.SnapshotID, selection session.Code, release study.ReleaseID) (*practice.Rows, error)
	RecordsOf(ctx context.Context, rq practice.Request, id study.ID, release study.ReleaseID) (*study.Release, error)
}
