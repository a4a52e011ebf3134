package store

import (
	"context"
	"iter"
	"strings"

	"holon/internal/session"
	"holon/internal/study"
)

// snapshotsCollection holds what studies' frozen data are, by study.
func snapshotsCollection() Collection {
	return Collection{Name: "snapshots", Indexes: []Index{
		{Name: "study", Fields: []string{"study_id"}},
	}}
}

// Snapshots keeps what studies' frozen data are. They have no history: a snapshot
// changes its state and nothing else.
type Snapshots struct {
	engine Engine
}

// NewSnapshots returns the snapshots of an engine.
func NewSnapshots(e Engine) *Snapshots { return &Snapshots{engine: e} }

// Insert keeps a new snapshot as revision 1. A taken identifier is the Conflict
// "id_taken". Rev of the value is set once it is stored.
func (s *Snapshots) Insert(ctx context.Context, x *study.Snapshot) error {
	d, err := snapshotDocument(x, 1)
	if err != nil {
		return err
	}
	if err := written(ctx, s.engine, snapshotsCollection(), d, s.engine.Insert(ctx, snapshotsCollection(), d)); err != nil {
		return err
	}
	x.Rev = 1
	return nil
}

// Replace swaps revision rev for the next state; of several writers one wins, and
// the others get Stale. Rev of the value is set once it is stored.
func (s *Snapshots) Replace(ctx context.Context, next *study.Snapshot, rev int64) error {
	d, err := snapshotDocument(next, rev+1)
	if err != nil {
		return err
	}
	if err := written(ctx, s.engine, snapshotsCollection(), d, s.engine.Replace(ctx, snapshotsCollection(), d, rev)); err != nil {
		return err
	}
	next.Rev = rev + 1
	return nil
}

// Get reads a snapshot, whole.
func (s *Snapshots) Get(ctx context.Context, id study.SnapshotID) (*study.Snapshot, error) {
	d, err := s.engine.Get(ctx, snapshotsCollection(), string(id), nil)
	if err != nil {
		return nil, err
	}
	return readSnapshot(d)
}

// snapshotHeading are the fields that lists are made of.
func snapshotHeading() []string {
	return []string{"schema", "study_id", "study_rev", "state", "taken_at", "by", "sha256", "counts", "left", "ended_by", "ended_at"}
}

// Of streams a study's snapshots by identifier, without their groups and members.
func (s *Snapshots) Of(ctx context.Context, id study.ID) iter.Seq2[*study.Snapshot, error] {
	q := Query{Collection: snapshotsCollection(), Index: "study", Equal: []any{string(id)}, Fields: snapshotHeading()}
	return records(ctx, s.engine, q, func(d Document) (*study.Snapshot, error) {
		x, err := readSnapshot(d)
		if err != nil {
			return nil, err
		}
		x.Groups, x.Members = nil, nil // an engine may return more than asked
		return x, nil
	})
}

// snapshotDocument writes a snapshot.
func snapshotDocument(x *study.Snapshot, rev int64) (Document, error) {
	w := newWriting(1024 + 160*len(x.Groups) + 32*len(x.Members))
	w.text("_id", string(x.ID))
	w.revision("rev", rev)
	w.whole("schema", recordSchema)
	w.text("study_id", string(x.Study))
	if x.StudyRev > 0 {
		w.revision("study_rev", x.StudyRev)
	}
	w.text("state", string(x.State))
	w.instant("taken_at", x.TakenAt)
	w.text("by", x.By)
	w.textIfAny("sha256", x.SHA256)
	w.document("counts")
	w.whole("groups", x.Counts.Groups)
	w.whole("members", x.Counts.Members)
	w.whole("therapists", x.Counts.Therapists)
	w.whole("sessions", x.Counts.Sessions)
	w.whole("ratings", x.Counts.Ratings)
	w.end()
	list(w, "left", x.Left, func(w *writing, l *study.LeftOut) {
		w.text("what", l.What)
		w.text("reason", l.Reason)
		w.whole("n", l.N)
	})
	w.textIfAny("ended_by", x.EndedBy)
	instantOf(w, "ended_at", x.EndedAt)
	list(w, "groups", x.Groups, writeFrozenGroup)
	texts(w, "members", x.Members)
	d := Document{ID: string(x.ID), Rev: rev, Body: w.bytes()}
	if !soundSnapshot(x) {
		return Document{}, malformed("document_incomplete", "snapshot %s cannot be stored: a field is missing", x.ID)
	}
	return d, checkSize(d)
}

// writeFrozenGroup writes what may be asked of a frozen group.
func writeFrozenGroup(w *writing, g *study.FrozenGroup) {
	w.text("id", string(g.ID))
	w.text("kind", string(g.Kind))
	w.text("format", string(g.Format))
	w.textIfAny("model", string(g.Model))
	w.whole("members", g.Members)
	w.whole("withheld", g.Withheld)
	w.whole("therapists", g.Therapists)
	w.whole("sessions", g.Sessions)
	w.whole("ratings", g.Ratings)
}

// soundSnapshot tells whether what a snapshot of its state has is there. Its
// identifier has no dot, with which the names of its rows go on.
func soundSnapshot(x *study.Snapshot) bool {
	return session.ValidID(string(x.ID)) && !strings.Contains(string(x.ID), ".") && x.Study != "" && x.State.Valid() && !x.TakenAt.IsZero() && x.By != "" &&
		(x.State != study.Frozen || x.SHA256 != "") && (x.State == study.Ended) == (x.EndedBy != "" && x.EndedAt != nil)
}

// readSnapshot reads the document of a snapshot, of which groups and members need
// not be there.
func readSnapshot(d Document) (*study.Snapshot, error) {
	x := &study.Snapshot{ID: study.SnapshotID(d.ID), Rev: d.Rev}
	dec := newDecoder(everyLevel)
	err := readRecord(snapshotsCollection(), d, func(r *reading) bool { return dec.readSnapshotField(r, x) }, func() bool { return soundSnapshot(x) })
	if err != nil {
		return nil, err
	}
	return x, nil
}

// readSnapshotField reads the field at hand, and tells whether it knows it.
func (d *decoder) readSnapshotField(r *reading, x *study.Snapshot) bool {
	switch string(r.key) {
	case "study_id":
		x.Study = study.ID(r.text())
	case "study_rev":
		x.StudyRev = r.integer()
	case "state":
		x.State = study.SnapshotState(r.text())
	case "taken_at":
		x.TakenAt = r.instant()
	case "by":
		x.By = r.text()
	case "sha256":
		x.SHA256 = r.text()
	case "counts":
		in := r.document()
		r.fail(readCounts(&in, &x.Counts))
	case "left":
		x.Left = readList(r, d.readLeftOut)
	case "ended_by":
		x.EndedBy = r.text()
	case "ended_at":
		x.EndedAt = new(r.instant())
	case "groups":
		x.Groups = readList(r, d.readFrozenGroup)
	case "members":
		x.Members = readTexts[session.MemberID](d, r)
	default:
		return false
	}
	return true
}

// readCounts reads how much is in a snapshot.
func readCounts(r *reading, x *study.SnapshotCounts) error {
	for r.next() {
		switch string(r.key) {
		case "groups":
			x.Groups = r.small()
		case "members":
			x.Members = r.small()
		case "therapists":
			x.Therapists = r.small()
		case "sessions":
			x.Sessions = r.small()
		case "ratings":
			x.Ratings = r.small()
		default:
			r.unknown()
		}
	}
	return r.err
}

// readLeftOut reads how much was not taken for one reason.
func (d *decoder) readLeftOut(r *reading, x *study.LeftOut) error {
	for r.next() {
		switch string(r.key) {
		case "what":
			x.What = d.word(r)
		case "reason":
			x.Reason = d.word(r)
		case "n":
			x.N = r.small()
		default:
			r.unknown()
		}
	}
	return r.err
}

// readFrozenGroup reads what may be asked of a frozen group.
func (d *decoder) readFrozenGroup(r *reading, g *study.FrozenGroup) error {
	for r.next() {
		switch string(r.key) {
		case "id":
			g.ID = session.GroupID(r.text())
		case "kind":
			g.Kind = session.GroupKind(d.word(r))
		case "format":
			g.Format = session.Format(d.word(r))
		case "model":
			g.Model = session.Code(d.word(r))
		case "members":
			g.Members = r.small()
		case "withheld":
			g.Withheld = r.small()
		case "therapists":
			g.Therapists = r.small()
		case "sessions":
			g.Sessions = r.small()
		case "ratings":
			g.Ratings = r.small()
		default:
			r.unknown()
		}
	}
	if r.err == nil && g.ID == "" {
		return errIncomplete
	}
	return r.err
}
