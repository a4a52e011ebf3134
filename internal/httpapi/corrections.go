package httpapi

import (
	"context"

	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
)

// MoveForm brings a form to where it belongs.
func (s *Server) MoveForm(ctx context.Context, r MoveFormRequestObject) (MoveFormResponseObject, error) {
	version, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	m := session.Move{
		Form: session.FormID(r.FormID), Version: int(version), To: session.SessionID(orZero(r.Body.To.SessionID)),
		Occasion: text[session.Occasion](r.Body.To.Occasion), Why: session.MoveReason(r.Body.Why),
	}
	if x := r.Body.To.Rater; x != nil {
		m.Rater = &session.Rater{Kind: instrument.RaterKind(x.Kind), ID: x.ID}
	}
	if x := r.Body.To.About; x != nil {
		m.About = new(aboutDomain(*x))
	}
	got, err := s.practice.MoveForm(ctx, request(ctx), session.SessionID(r.SessionID), m)
	if err != nil {
		return nil, err
	}
	to := formChangeWire(got.To, got.NewForm)
	return MoveForm200JSONResponse{
		Body:    MoveReceipt{From: formChangeWire(got.From, got.OldForm), To: to},
		Headers: MoveForm200ResponseHeaders{ETag: etag(to.Version)},
	}, nil
}

// VoidForm takes a form back as a whole.
func (s *Server) VoidForm(ctx context.Context, r VoidFormRequestObject) (VoidFormResponseObject, error) {
	version, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	x, err := s.practice.VoidForm(ctx, request(ctx), session.SessionID(r.SessionID), session.Voiding{
		Form: session.FormID(r.FormID), Version: int(version), Why: session.VoidReason(r.Body.Why),
	})
	if err != nil {
		return nil, err
	}
	now := formChangeWire(x, session.FormID(r.FormID))
	return VoidForm200JSONResponse{Body: now, Headers: VoidForm200ResponseHeaders{ETag: etag(now.Version)}}, nil
}

// RestoreForm takes a void back.
func (s *Server) RestoreForm(ctx context.Context, r RestoreFormRequestObject) (RestoreFormResponseObject, error) {
	version, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	x, err := s.practice.RestoreForm(ctx, request(ctx), session.SessionID(r.SessionID), session.Restoring{
		Form: session.FormID(r.FormID), Version: int(version), Why: session.RestoreReason(r.Body.Why),
	})
	if err != nil {
		return nil, err
	}
	now := formChangeWire(x, session.FormID(r.FormID))
	return RestoreForm200JSONResponse{Body: now, Headers: RestoreForm200ResponseHeaders{ETag: etag(now.Version)}}, nil
}

// ListRatingVersions reads what a rating was.
func (s *Server) ListRatingVersions(ctx context.Context, r ListRatingVersionsRequestObject) (ListRatingVersionsResponseObject, error) {
	found, err := s.practice.RatingHistory(ctx, request(ctx), session.SessionID(r.SessionID), session.RatingID(r.RatingID))
	left, err := s.leftOut(ctx, err)
	if err != nil {
		return nil, err
	}
	out := RatingHistory{SessionID: r.SessionID, RatingID: r.RatingID, Versions: make([]RatingState, 0, len(found)), LeftOut: left}
	for i := range found {
		var before *practice.RatingVersion
		if i+1 < len(found) {
			before = &found[i+1]
		}
		out.Level = new(Level(found[i].Level))
		out.Versions = append(out.Versions, ratingStateWire(&found[i], before))
	}
	return ListRatingVersions200JSONResponse(out), nil
}

// formChangeWire names a form with its version.
func formChangeWire(x *session.Session, id session.FormID) FormChange {
	out := FormChange{SessionID: string(x.ID), Rev: x.Rev, FormID: string(id), Version: int64(x.FormVersion(id)), Ratings: []RatingVersion{}}
	for level, r := range x.All {
		if r.FormID == id {
			out.Ratings = append(out.Ratings, ratingVersionWire(r.ID, level, r.Version))
		}
	}
	return out
}
