package httpapi

import (
	"context"

	"holon/internal/practice"
	"holon/internal/session"
)

// groupsList is the list's name, which cursors are bound to; one of a single
// kind has its own.
const groupsList = "groups"

// CreateGroup begins a group, family or couple.
func (s *Server) CreateGroup(ctx context.Context, r CreateGroupRequestObject) (CreateGroupResponseObject, error) {
	g, err := s.practice.CreateGroup(ctx, request(ctx), practice.GroupInput{
		Code: r.Body.Code, Kind: session.GroupKind(r.Body.Kind), Format: session.Format(r.Body.Format), StartsOn: r.Body.StartsOn,
	})
	if err != nil {
		return nil, err
	}
	return CreateGroup201JSONResponse{
		Body:    groupWire(g),
		Headers: CreateGroup201ResponseHeaders{ETag: etag(g.Rev), Location: "/v1/groups/" + string(g.ID)},
	}, nil
}

// ListGroups lists groups by code, of one kind or all.
func (s *Server) ListGroups(ctx context.Context, r ListGroupsRequestObject) (ListGroupsResponseObject, error) {
	list, filter := groupsList, practice.GroupFilter{}
	if r.Params.Kind != nil {
		list += ":" + string(*r.Params.Kind)
		filter.Kind = new(session.GroupKind(*r.Params.Kind))
	}
	pg, err := pageOf(list, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	found, next, err := s.practice.Groups(ctx, request(ctx), filter, pg)
	left, err := s.leftOut(ctx, err)
	if err != nil {
		return nil, err
	}
	return ListGroups200JSONResponse{Groups: each(found, groupWire), NextCursor: cursorOf(list, next), LeftOut: left}, nil
}

// GetGroup reads one group with its spells.
func (s *Server) GetGroup(ctx context.Context, r GetGroupRequestObject) (GetGroupResponseObject, error) {
	g, err := s.practice.Group(ctx, request(ctx), session.GroupID(r.GroupID))
	if err != nil {
		return nil, err
	}
	return GetGroup200JSONResponse{Body: groupWire(g), Headers: GetGroup200ResponseHeaders{ETag: etag(g.Rev)}}, nil
}

// EndGroup ends a group.
func (s *Server) EndGroup(ctx context.Context, r EndGroupRequestObject) (EndGroupResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	g, err := s.practice.EndGroup(ctx, request(ctx), session.GroupID(r.GroupID), rev, r.Body.EndedOn)
	if err != nil {
		return nil, err
	}
	return EndGroup200JSONResponse{Body: groupWire(g), Headers: EndGroup200ResponseHeaders{ETag: etag(g.Rev)}}, nil
}

// SwitchBonds says whether a group's members are asked about each other.
func (s *Server) SwitchBonds(ctx context.Context, r SwitchBondsRequestObject) (SwitchBondsResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	in := practice.BondsInput{On: *r.Body.On, Since: r.Body.Since}
	if r.Body.Every != nil {
		in.Every = int(*r.Body.Every)
	}
	g, err := s.practice.SwitchBonds(ctx, request(ctx), session.GroupID(r.GroupID), rev, in)
	if err != nil {
		return nil, err
	}
	return SwitchBonds200JSONResponse{Body: groupWire(g), Headers: SwitchBonds200ResponseHeaders{ETag: etag(g.Rev)}}, nil
}
