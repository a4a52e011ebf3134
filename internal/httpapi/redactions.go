package httpapi

import (
	"context"

	"holon/internal/redaction"
	"holon/internal/session"
)

// redactionsList is the list's name, which cursors are bound to.
const redactionsList = "redactions"

// RequestRedaction records that somebody asked for a member's data to be
// erased.
func (s *Server) RequestRedaction(ctx context.Context, r RequestRedactionRequestObject) (RequestRedactionResponseObject, error) {
	d, err := s.practice.RequestRedaction(ctx, request(ctx), session.MemberID(r.MemberID), redaction.Request{
		By: redaction.Requester(r.Body.By), On: r.Body.On, Reference: r.Body.Reference,
	})
	if err != nil {
		return nil, err
	}
	return RequestRedaction201JSONResponse{
		Body:    redactionWire(d),
		Headers: RequestRedaction201ResponseHeaders{ETag: etag(d.Rev), Location: "/v1/redactions/" + string(d.ID)},
	}, nil
}

// ListRedactions lists requests by identifier.
func (s *Server) ListRedactions(ctx context.Context, r ListRedactionsRequestObject) (ListRedactionsResponseObject, error) {
	pg, err := pageOf(redactionsList, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	list, next, err := s.practice.Redactions(ctx, request(ctx), pg)
	left, err := s.leftOut(ctx, err)
	if err != nil {
		return nil, err
	}
	return ListRedactions200JSONResponse{Redactions: each(list, redactionWire), NextCursor: cursorOf(redactionsList, next), LeftOut: left}, nil
}

// GetRedaction reads one request.
func (s *Server) GetRedaction(ctx context.Context, r GetRedactionRequestObject) (GetRedactionResponseObject, error) {
	d, err := s.practice.Redaction(ctx, request(ctx), redaction.ID(r.RedactionID))
	if err != nil {
		return nil, err
	}
	return GetRedaction200JSONResponse{Body: redactionWire(d), Headers: GetRedaction200ResponseHeaders{ETag: etag(d.Rev)}}, nil
}

// PreviewRedaction looks what a redaction would take out.
func (s *Server) PreviewRedaction(ctx context.Context, r PreviewRedactionRequestObject) (PreviewRedactionResponseObject, error) {
	verdict := redaction.Redact
	if r.Params.Verdict != nil {
		verdict = redaction.Verdict(*r.Params.Verdict)
	}
	seen, err := s.practice.PreviewRedaction(ctx, request(ctx), redaction.ID(r.RedactionID), verdict)
	if err != nil {
		return nil, err
	}
	return PreviewRedaction200JSONResponse(previewWire(*seen)), nil
}

// DecideRedaction decides a request, and has a redaction carried out.
func (s *Server) DecideRedaction(ctx context.Context, r DecideRedactionRequestObject) (DecideRedactionResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	d, err := s.practice.DecideRedaction(ctx, request(ctx), redaction.ID(r.RedactionID), rev,
		redaction.Verdict(r.Body.Verdict), redaction.Basis(orZero(r.Body.Basis)))
	if err != nil {
		return nil, err
	}
	return DecideRedaction200JSONResponse{Body: redactionWire(d), Headers: DecideRedaction200ResponseHeaders{ETag: etag(d.Rev)}}, nil
}
