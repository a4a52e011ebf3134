package store

import (
	"context"
	"iter"

	"holon/internal/session"
	"holon/internal/study"
)

// releasesCollection holds what left the practice for researchers, by study and number.
func releasesCollection() Collection {
	return Collection{Name: "releases", Indexes: []Index{
		{Name: "study", Fields: []string{"study_id", "number"}, Unique: true},
	}}
}

// Releases keeps what left the practice for researchers. They have no history: a
// release is withdrawn, and does not change otherwise.
type Releases struct {
	engine Engine
}

// NewReleases returns the releases of an engine.
func NewReleases(e Engine) *Releases { return &Releases{engine: e} }

// Insert keeps a new release as revision 1; its body is kept byte for byte. A taken
// identifier is the Conflict "id_taken", a taken number of the study "unique_taken". Rev of the value is set once it is stored.
func (p *Releases) Insert(ctx context.Context, x *study.Release) error {
	d, err := releaseDocument(x, 1)
	if err != nil {
		return err
	}
	if err := written(ctx, p.engine, releasesCollection(), d, p.engine.Insert(ctx, releasesCollection(), d)); err != nil {
		return err
	}
	x.Rev = 1
	return nil
}

// Replace swaps revision rev for the next. Of several writers one wins, and the
// others get Stale. Rev of the value is set once it is stored.
func (p *Releases) Replace(ctx context.Context, next *study.Release, rev int64) error {
	d, err := releaseDocument(next, rev+1)
	if err != nil {
		return err
	}
	if err := written(ctx, p.engine, releasesCollection(), d, p.engine.Replace(ctx, releasesCollection(), d, rev)); err != nil {
		return err
	}
	next.Rev = rev + 1
	return nil
}

// Get reads a release, whole.
func (p *Releases) Get(ctx context.Context, id study.ReleaseID) (*study.Release, error) {
	d, err := p.engine.Get(ctx, releasesCollection(), string(id), nil)
	if err != nil {
		return nil, err
	}
	x, err := readRelease(d)
	if err != nil {
		return nil, err
	}
	NewContributions(p.engine).open(x.Study, &x.Standing)
	return x, nil
}

// releaseHeading are the fields that lists are made of.
func releaseHeading() []string {
	return []string{
		"schema", "study_id", "study_rev", "snapshot_id", "selection", "selection_sha256", "level", "by", "at", "number", "analyses", "questions", "records", "sha256", "content", "withdrawn_by",
	}
}

// Of streams a study's releases by number, without their bodies, and with what
// stands behind them if that is asked for.
func (p *Releases) Of(ctx context.Context, id study.ID, standing bool) iter.Seq2[*study.Release, error] {
	q := Query{Collection: releasesCollection(), Index: "study", Equal: []any{string(id)}, Fields: releaseHeading()}
	if standing {
		q.Fields = append(q.Fields, "contributions")
	}
	return records(ctx, p.engine, q, func(d Document) (*study.Release, error) {
		x, err := readReleaseHeading(d)
		if err != nil {
			return nil, err
		}
		x.Body = nil // an engine may return more than asked
		if !standing {
			x.Standing = study.Standing{}
		}
		NewContributions(p.engine).open(x.Study, &x.Standing)
		return x, nil
	})
}

// releaseDocument writes a release.
func releaseDocument(x *study.Release, rev int64) (Document, error) {
	behind, err := packStanding(&x.Standing)
	if err != nil {
		return Document{}, malformed("document_incomplete", "release %s cannot be stored: a list of who stands behind it has no hash", x.ID)
	}
	w := newWriting(len(x.Body) + len(behind) + 1024)
	w.text("_id", string(x.ID))
	w.revision("rev", rev)
	w.whole("schema", recordSchema)
	w.text("study_id", string(x.Study))
	if x.StudyRev > 0 {
		w.revision("study_rev", x.StudyRev)
	}
	w.text("snapshot_id", string(x.Snapshot))
	w.text("selection", string(x.Selection))
	w.text("selection_sha256", x.SelectedBy)
	w.text("level", string(x.Level))
	w.text("by", x.By)
	w.instant("at", x.At)
	w.whole("number", x.Number)
	if len(x.Analyses) > 0 {
		texts(w, "analyses", x.Analyses)
	}
	texts(w, "questions", x.Questions)
	w.whole("records", x.Records)
	w.text("sha256", x.SHA256)
	w.text("content", x.Content)
	w.textIfAny("withdrawn_by", x.WithdrawnBy)
	w.binary("contributions", behind)
	if len(x.Body) > 0 {
		w.binary("body", x.Body)
	}
	d := Document{ID: string(x.ID), Rev: rev, Body: w.bytes()}
	if !soundRelease(x) || (x.WithdrawnBy == "") != (len(x.Body) > 0) {
		return Document{}, malformed("document_incomplete", "release %s cannot be stored: a field is missing, or there is a body of one that was withdrawn", x.ID)
	}
	return d, checkSize(d)
}

// soundRelease tells whether everything that lists show is there.
func soundRelease(x *study.Release) bool {
	return session.ValidID(string(x.ID)) && x.Study != "" && x.Snapshot != "" && x.Selection != "" && x.SelectedBy != "" && x.Level.Valid() &&
		x.By != "" && !x.At.IsZero() && x.Number > 0 && x.SHA256 != "" && x.Content != ""
}

// readRelease reads the document of a release.
func readRelease(d Document) (*study.Release, error) {
	x, err := readReleaseHeading(d)
	if err != nil {
		return nil, err
	}
	if (x.WithdrawnBy == "") != (len(x.Body) > 0) {
		return nil, damaged(releasesCollection().Name, d.ID, errIncomplete)
	}
	return x, nil
}

// readReleaseHeading reads the document of a release of which the body and who
// stands behind it need not be there.
func readReleaseHeading(d Document) (*study.Release, error) {
	x := &study.Release{ID: study.ReleaseID(d.ID), Rev: d.Rev}
	dec := &decoder{}
	err := readRecord(releasesCollection(), d, func(r *reading) bool { return dec.readReleaseField(r, x) }, func() bool { return soundRelease(x) })
	if err != nil {
		return nil, err
	}
	return x, nil
}

// readReleaseField reads the field at hand, and tells whether it knows it.
func (d *decoder) readReleaseField(r *reading, x *study.Release) bool {
	switch string(r.key) {
	case "study_id":
		x.Study = study.ID(r.text())
	case "study_rev":
		x.StudyRev = r.integer()
	case "analyses":
		x.Analyses = readTexts[string](d, r)
	case "snapshot_id":
		x.Snapshot = study.SnapshotID(r.text())
	case "selection":
		x.Selection = session.Code(r.text())
	case "selection_sha256":
		x.SelectedBy = r.text()
	case "level":
		x.Level = study.Level(r.text())
	case "by":
		x.By = r.text()
	case "at":
		x.At = r.instant()
	case "number":
		x.Number = r.small()
	case "questions":
		x.Questions = readTexts[string](d, r)
	case "records":
		x.Records = r.small()
	case "sha256":
		x.SHA256 = r.text()
	case "content":
		x.Content = r.text()
	case "withdrawn_by":
		x.WithdrawnBy = r.text()
	case "contributions":
		var err error
		x.Standing, err = unpackStanding(r.binary())
		r.fail(err)
	case "body":
		x.Body = r.binary()
	default:
		return false
	}
	return true
}
