package httpapi

import (
	"context"
	"slices"
	"strconv"

	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
)

// OpenSession opens a session of a group.
func (s *Server) OpenSession(ctx context.Context, r OpenSessionRequestObject) (OpenSessionResponseObject, error) {
	x, err := s.practice.OpenSession(ctx, request(ctx), session.GroupID(r.GroupID), practice.OpenInput{
		Number: smallInt(r.Body.Number), Kind: session.Kind(r.Body.Kind), Stage: text[session.Stage](r.Body.Stage),
		HeldOn: r.Body.HeldOn, Planned: spanDomain(r.Body.Planned), Members: memberIDs(r.Body.Members),
	})
	if err != nil {
		return nil, err
	}
	return OpenSession201JSONResponse{
		Body:    outlineWire(x),
		Headers: OpenSession201ResponseHeaders{ETag: etag(x.Rev), Location: sessionPlace(x.ID)},
	}, nil
}

// ListSessions lists a group's sessions by number, without ratings.
func (s *Server) ListSessions(ctx context.Context, r ListSessionsRequestObject) (ListSessionsResponseObject, error) {
	list := "sessions:" + r.GroupID
	pg, err := pageOf(list, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	found, next, err := s.practice.SessionsOf(ctx, request(ctx), session.GroupID(r.GroupID), pg)
	left, err := s.leftOut(ctx, err)
	if err != nil {
		return nil, err
	}
	return ListSessions200JSONResponse{Sessions: each(found, outlineWire), NextCursor: cursorOf(list, next), LeftOut: left}, nil
}

// GetSession reads a session with its ratings and scores, of some levels or
// all.
func (s *Server) GetSession(ctx context.Context, r GetSessionRequestObject) (GetSessionResponseObject, error) {
	var levels []instrument.Level
	if r.Params.Levels != nil {
		levels = each(*r.Params.Levels, func(l Level) instrument.Level { return instrument.Level(l) })
	}
	x, err := s.practice.Session(ctx, request(ctx), session.SessionID(r.SessionID), levels)
	if err != nil {
		return nil, err
	}
	due, err := s.practice.BondsDue(ctx, x)
	if err != nil {
		return nil, err
	}
	body := s.sessionWire(x, levels)
	body.BondsDue = &due
	if rq := request(ctx); rq.Principal.Therapist != "" && body.Alliances != nil {
		body.GuessesDue = new(memberTexts(s.practice.GuessesDue(rq, x)))
	}
	return GetSession200JSONResponse{Body: body, Headers: GetSession200ResponseHeaders{ETag: etag(x.Rev)}}, nil
}

// SetRoster says who belongs to an open session.
func (s *Server) SetRoster(ctx context.Context, r SetRosterRequestObject) (SetRosterResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	x, err := s.practice.SetRoster(ctx, request(ctx), session.SessionID(r.SessionID), rev, memberIDs(&r.Body.Members))
	if err != nil {
		return nil, err
	}
	return SetRoster200JSONResponse{Body: outlineWire(x), Headers: SetRoster200ResponseHeaders{ETag: etag(x.Rev)}}, nil
}

// SetAttendance notes who came.
func (s *Server) SetAttendance(ctx context.Context, r SetAttendanceRequestObject) (SetAttendanceResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	x, err := s.practice.Attend(ctx, request(ctx), session.SessionID(r.SessionID), rev,
		each(list(r.Body.Members), markDomain), each(list(r.Body.Therapists), therapistMarkDomain))
	if err != nil {
		return nil, err
	}
	return SetAttendance200JSONResponse{Body: outlineWire(x), Headers: SetAttendance200ResponseHeaders{ETag: etag(x.Rev)}}, nil
}

// CloseSession says that everybody's attendance is known.
func (s *Server) CloseSession(ctx context.Context, r CloseSessionRequestObject) (CloseSessionResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	x, err := s.practice.CloseSession(ctx, request(ctx), session.SessionID(r.SessionID), rev, spanDomain(r.Body.Actual))
	if err != nil {
		return nil, err
	}
	return CloseSession200JSONResponse{Body: outlineWire(x), Headers: CloseSession200ResponseHeaders{ETag: etag(x.Rev)}}, nil
}

// CancelSession says that a session did not take place.
func (s *Server) CancelSession(ctx context.Context, r CancelSessionRequestObject) (CancelSessionResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	x, err := s.practice.CancelSession(ctx, request(ctx), session.SessionID(r.SessionID), rev, session.CancelReason(r.Body.Why))
	if err != nil {
		return nil, err
	}
	return CancelSession200JSONResponse{Body: outlineWire(x), Headers: CancelSession200ResponseHeaders{ETag: etag(x.Rev)}}, nil
}

// ListRevisions lists a session's revisions, newest first.
func (s *Server) ListRevisions(ctx context.Context, r ListRevisionsRequestObject) (ListRevisionsResponseObject, error) {
	list := "history:" + r.SessionID
	pg, err := pageOf(list, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	all, err := s.practice.History(ctx, request(ctx), session.SessionID(r.SessionID))
	left, err := s.leftOut(ctx, err)
	if err != nil {
		return nil, err
	}
	found, next := revisionsAfter(all, pg)
	return ListRevisions200JSONResponse{Revisions: each(found, revisionWire), NextCursor: cursorOf(list, next), LeftOut: left}, nil
}

// revisionsAfter cuts a page out of all revisions, newest first.
func revisionsAfter(all []practice.Revision, pg practice.Page) (found []practice.Revision, next string) {
	if after, err := strconv.ParseInt(pg.After, 10, 64); err == nil {
		all = slices.DeleteFunc(all, func(x practice.Revision) bool { return x.Rev >= after })
	}
	if len(all) <= pg.Limit {
		return all, ""
	}
	found = all[:pg.Limit]
	return found, strconv.FormatInt(found[len(found)-1].Rev, 10)
}

// GetRevision reads a session as it was.
func (s *Server) GetRevision(ctx context.Context, r GetRevisionRequestObject) (GetRevisionResponseObject, error) {
	x, err := s.practice.SessionAt(ctx, request(ctx), session.SessionID(r.SessionID), r.Rev)
	if err != nil {
		return nil, err
	}
	return GetRevision200JSONResponse{Body: s.sessionWire(x, nil), Headers: GetRevision200ResponseHeaders{ETag: etag(x.Rev)}}, nil
}

// sessionPlace says where a session is read.
func sessionPlace(id session.SessionID) string { return "/v1/sessions/" + string(id) }
