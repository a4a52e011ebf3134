package httpapi

import (
	"context"

	"holon/internal/instrument"
)

// ListInstruments lists every version that new forms may use.
func (s *Server) ListInstruments(ctx context.Context, _ ListInstrumentsRequestObject) (ListInstrumentsResponseObject, error) {
	found, err := s.practice.Instruments(ctx, request(ctx))
	if err != nil {
		return nil, err
	}
	return ListInstruments200JSONResponse{Instruments: each(found, instrumentOutlineWire)}, nil
}

// GetInstrument reads one version.
func (s *Server) GetInstrument(ctx context.Context, r GetInstrumentRequestObject) (GetInstrumentResponseObject, error) {
	d, err := s.practice.Instrument(ctx, request(ctx), instrument.Ref{ID: r.InstrumentID, Version: r.Version})
	if err != nil {
		return nil, err
	}
	return GetInstrument200JSONResponse{Body: s.instrumentWire(d), Headers: GetInstrument200ResponseHeaders{ETag: `"` + d.SHA256 + `"`}}, nil
}
