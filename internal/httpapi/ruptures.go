package httpapi

import (
	"context"

	"holon/internal/session"
)

// EnterRupture says what a therapist says of a rupture in a session.
func (s *Server) EnterRupture(ctx context.Context, r EnterRuptureRequestObject) (EnterRuptureResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	in := session.RuptureInput{TherapistID: session.TherapistID(r.Body.TherapistID), MemberID: session.MemberID(r.Body.MemberID)}
	if r.Body.Kind != RuptureEntryKindNone {
		in.Kind = new(session.RuptureKind(r.Body.Kind))
	}
	if r.Body.Steps != nil {
		for _, x := range *r.Body.Steps {
			in.Steps = append(in.Steps, session.RepairInput{Kind: session.RepairKind(x.Kind), Number: int(x.Session)})
		}
	}
	x, err := s.practice.EnterRupture(ctx, request(ctx), session.SessionID(r.SessionID), rev, in)
	if err != nil {
		return nil, err
	}
	return EnterRupture200JSONResponse{
		Body:    RuptureReceipt{SessionID: string(x.ID), Rev: x.Rev, Ruptures: each(x.Ruptures, ruptureWire)},
		Headers: EnterRupture200ResponseHeaders{ETag: etag(x.Rev)},
	}, nil
}

// ruptureWire writes what was entered of a rupture.
func ruptureWire(r session.Rupture) Rupture {
	out := Rupture{
		TherapistID: string(r.TherapistID), MemberID: string(r.MemberID), By: r.By, At: r.At, Redacted: markWire(r.Redacted),
		Steps: each(r.Steps, func(x session.RepairStep) RepairStep {
			return RepairStep{Kind: RepairKind(x.Kind), Session: int64(x.Number), By: x.By, At: x.At}
		}),
	}
	if r.Kind != "" {
		out.Kind = new(RuptureKind(r.Kind))
	}
	return out
}
