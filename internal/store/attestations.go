package store

import (
	"context"
	"iter"
	"slices"

	"holon/internal/instrument"
)

// attestationsCollection holds what the practice says about keys from memory,
// by version and number (`<id>@<version>@<number>`).
func attestationsCollection() Collection {
	return Collection{Name: "attestations"}
}

// Attestations keeps what the practice says about keys from memory. They are
// only ever added to.
type Attestations struct {
	engine Engine
}

// NewAttestations returns the attestations of an engine.
func NewAttestations(e Engine) *Attestations { return &Attestations{engine: e} }

// Append keeps an attestation, durably. If the version has one of this number,
// the answer is Stale.
func (a *Attestations) Append(ctx context.Context, x instrument.Attestation) error {
	id := numbered(x.Ref.String(), x.Number)
	w := record(id, 512)
	writeInstrumentRef(w, x.Ref)
	w.whole("number", x.Number)
	w.text("sha256", x.SHA256)
	texts(w, "scores", x.Scores)
	w.text("statement", x.Statement)
	w.text("by", x.By)
	w.instant("at", x.At)
	w.textIfAny("key", x.Key)
	w.textIfAny("request_sha", x.RequestSHA)
	return appendRecord(ctx, a.engine, attestationsCollection(), id, w)
}

// All streams every attestation, those of one version from the first to the
// last.
func (a *Attestations) All(ctx context.Context) iter.Seq2[instrument.Attestation, error] {
	return records(ctx, a.engine, Query{Collection: attestationsCollection()}, readAttestation)
}

// Of streams the attestations of one version, from the first to the last.
func (a *Attestations) Of(ctx context.Context, ref instrument.Ref) iter.Seq2[instrument.Attestation, error] {
	return recordsOf(sequence(ctx, a.engine, attestationsCollection(), ref.String()), readAttestation)
}

// readAttestation reads the document of an attestation.
func readAttestation(d Document) (instrument.Attestation, error) {
	var (
		x   instrument.Attestation
		dec decoder
	)
	err := readRecord(attestationsCollection(), d, func(r *reading) bool {
		switch string(r.key) {
		case "instrument":
			in := r.document()
			r.fail(dec.readInstrument(&in, &x.Ref))
		case "number":
			x.Number = r.small()
		case "sha256":
			x.SHA256 = r.text()
		case "scores":
			in := r.array()
			for in.next() {
				x.Scores = append(x.Scores, in.text())
			}
			r.fail(in.err)
		case "statement":
			x.Statement = r.text()
		case "by":
			x.By = r.text()
		case "at":
			x.At = r.instant()
		case "key":
			x.Key = r.text()
		case "request_sha":
			x.RequestSHA = r.text()
		default:
			return false
		}
		return true
	}, func() bool {
		return d.ID == numbered(x.Ref.String(), x.Number) && x.SHA256 != "" && len(x.Scores) > 0 &&
			slices.Contains([]string{instrument.StatementCompared, instrument.StatementWithdrawn}, x.Statement) && x.By != "" && !x.At.IsZero()
	})
	return x, err
}
