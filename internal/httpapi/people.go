package httpapi

import (
	"context"

	"holon/internal/session"
)

// The lists' names, which cursors are bound to.
const (
	membersList    = "members"
	therapistsList = "therapists"
)

// CreateMember enters a member.
func (s *Server) CreateMember(ctx context.Context, r CreateMemberRequestObject) (CreateMemberResponseObject, error) {
	m, err := s.practice.CreateMember(ctx, request(ctx), r.Body.Code, smallInt(r.Body.BirthYear))
	if err != nil {
		return nil, err
	}
	return CreateMember201JSONResponse{
		Body:    memberWire(m),
		Headers: CreateMember201ResponseHeaders{ETag: etag(m.Rev), Location: "/v1/members/" + string(m.ID)},
	}, nil
}

// ListMembers lists members by code.
func (s *Server) ListMembers(ctx context.Context, r ListMembersRequestObject) (ListMembersResponseObject, error) {
	pg, err := pageOf(membersList, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	list, next, err := s.practice.Members(ctx, request(ctx), pg)
	left, err := s.leftOut(ctx, err)
	if err != nil {
		return nil, err
	}
	return ListMembers200JSONResponse{Members: each(list, memberWire), NextCursor: cursorOf(membersList, next), LeftOut: left}, nil
}

// GetMember reads one member.
func (s *Server) GetMember(ctx context.Context, r GetMemberRequestObject) (GetMemberResponseObject, error) {
	m, err := s.practice.Member(ctx, request(ctx), session.MemberID(r.MemberID))
	if err != nil {
		return nil, err
	}
	return GetMember200JSONResponse{Body: memberWire(m), Headers: GetMember200ResponseHeaders{ETag: etag(m.Rev)}}, nil
}

// CorrectMember mends what was entered wrongly of a member.
func (s *Server) CorrectMember(ctx context.Context, r CorrectMemberRequestObject) (CorrectMemberResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	m, err := s.practice.CorrectMember(ctx, request(ctx), session.MemberID(r.MemberID), rev, session.MemberCorrection{
		Code: r.Body.Code, BirthYear: smallInt(r.Body.BirthYear), NoBirthYear: len(list(r.Body.Remove)) > 0, Why: session.AmendReason(r.Body.Why),
	})
	if err != nil {
		return nil, err
	}
	return CorrectMember200JSONResponse{Body: memberWire(m), Headers: CorrectMember200ResponseHeaders{ETag: etag(m.Rev)}}, nil
}

// CreateTherapist enters a therapist.
func (s *Server) CreateTherapist(ctx context.Context, r CreateTherapistRequestObject) (CreateTherapistResponseObject, error) {
	t, err := s.practice.CreateTherapist(ctx, request(ctx), r.Body.Code)
	if err != nil {
		return nil, err
	}
	return CreateTherapist201JSONResponse{
		Body:    therapistWire(t),
		Headers: CreateTherapist201ResponseHeaders{ETag: etag(t.Rev), Location: "/v1/therapists/" + string(t.ID)},
	}, nil
}

// ListTherapists lists therapists by code.
func (s *Server) ListTherapists(ctx context.Context, r ListTherapistsRequestObject) (ListTherapistsResponseObject, error) {
	pg, err := pageOf(therapistsList, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	list, next, err := s.practice.Therapists(ctx, request(ctx), pg)
	left, err := s.leftOut(ctx, err)
	if err != nil {
		return nil, err
	}
	return ListTherapists200JSONResponse{Therapists: each(list, therapistWire), NextCursor: cursorOf(therapistsList, next), LeftOut: left}, nil
}

// GetTherapist reads one therapist.
func (s *Server) GetTherapist(ctx context.Context, r GetTherapistRequestObject) (GetTherapistResponseObject, error) {
	t, err := s.practice.Therapist(ctx, request(ctx), session.TherapistID(r.TherapistID))
	if err != nil {
		return nil, err
	}
	return GetTherapist200JSONResponse{Body: therapistWire(t), Headers: GetTherapist200ResponseHeaders{ETag: etag(t.Rev)}}, nil
}
