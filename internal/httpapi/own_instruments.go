package httpapi

import (
	"context"
	"strconv"

	"holon/internal/instrument"
)

// instrumentPlace is where a version can be read.
func instrumentPlace(ref instrument.Ref) string {
	return "/v1/instruments/" + ref.ID + "/versions/" + ref.Version
}

// AddInstrument takes in an instrument of the practice's own.
func (s *Server) AddInstrument(ctx context.Context, r AddInstrumentRequestObject) (AddInstrumentResponseObject, error) {
	d, err := s.practice.AddInstrument(ctx, request(ctx), *r.Body)
	if err != nil {
		return nil, err
	}
	return AddInstrument201JSONResponse{
		Body:    s.instrumentWire(d),
		Headers: AddInstrument201ResponseHeaders{ETag: `"` + d.SHA256 + `"`, Location: instrumentPlace(d.Ref)},
	}, nil
}

// AttestInstrument keeps a practice's word about keys from memory.
func (s *Server) AttestInstrument(ctx context.Context, r AttestInstrumentRequestObject) (AttestInstrumentResponseObject, error) {
	ref := instrument.Ref{ID: r.InstrumentID, Version: r.Version}
	a, err := s.practice.Attest(ctx, request(ctx), ref, attestationDomain(*r.Body))
	if err != nil {
		return nil, err
	}
	place := instrumentPlace(ref) + "/attestations#/attestations/" + strconv.Itoa(a.Number-1)
	return AttestInstrument201JSONResponse{Body: attestationWire(a), Headers: AttestInstrument201ResponseHeaders{Location: place}}, nil
}

// ListAttestations lists what the practice said about the keys of a version.
func (s *Server) ListAttestations(ctx context.Context, r ListAttestationsRequestObject) (ListAttestationsResponseObject, error) {
	all, d, err := s.practice.Attestations(ctx, request(ctx), instrument.Ref{ID: r.InstrumentID, Version: r.Version})
	if err != nil {
		return nil, err
	}
	return ListAttestations200JSONResponse{
		Sha256: d.SHA256, Attestations: each(all, attestationWire),
		Keys: each(d.Scores, func(x instrument.Score) KeyOfScore {
			return KeyOfScore{ScoreID: x.ID, Key: scoreKeyWire(d.KeyOf(x.ID))}
		}),
	}, nil
}

// PutWording keeps wording that the practice holds a licence for.
func (s *Server) PutWording(ctx context.Context, r PutWordingRequestObject) (PutWordingResponseObject, error) {
	var number int64
	if r.Params.IfMatch != nil {
		var err error
		if number, err = revisionOf(r.Params.IfMatch); err != nil {
			return nil, err
		}
	}
	ref := instrument.Ref{ID: r.InstrumentID, Version: r.Version}
	w, err := s.practice.SetWording(ctx, request(ctx), wordingDomain(ref, r.Language, *r.Body), number)
	if err != nil {
		return nil, err
	}
	return PutWording200JSONResponse{Body: wordingWire(w, s.clock()), Headers: PutWording200ResponseHeaders{ETag: etag(int64(w.Number))}}, nil
}

// GetWording reads the wording of a version in a language.
func (s *Server) GetWording(ctx context.Context, r GetWordingRequestObject) (GetWordingResponseObject, error) {
	w, err := s.practice.Wording(ctx, request(ctx), instrument.Ref{ID: r.InstrumentID, Version: r.Version}, r.Language)
	if err != nil {
		return nil, err
	}
	return GetWording200JSONResponse{Body: wordingWire(w, s.clock()), Headers: GetWording200ResponseHeaders{ETag: etag(int64(w.Number))}}, nil
}
