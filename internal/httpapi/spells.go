package httpapi

import (
	"context"
	"strconv"

	"holon/internal/practice"
	"holon/internal/session"
)

// JoinGroup begins a member's spell.
func (s *Server) JoinGroup(ctx context.Context, r JoinGroupRequestObject) (JoinGroupResponseObject, error) {
	g, number, err := s.practice.Join(ctx, request(ctx), session.GroupID(r.GroupID), practice.SpellInput{
		MemberID: session.MemberID(r.Body.MemberID), Role: session.MemberRole(r.Body.Role), Joined: r.Body.Joined,
		Left: r.Body.Left, LeftWhy: session.LeaveReason(orZero(r.Body.LeftWhy)),
	})
	if err != nil {
		return nil, err
	}
	return JoinGroup201JSONResponse{
		Body:    SpellReceipt{Number: int64(number), Group: groupWire(g)},
		Headers: JoinGroup201ResponseHeaders{ETag: etag(g.Rev), Location: spellPlace(g.ID, "spells", number)},
	}, nil
}

// EndSpell ends a member's spell.
func (s *Server) EndSpell(ctx context.Context, r EndSpellRequestObject) (EndSpellResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	g, err := s.practice.EndSpell(ctx, request(ctx), session.GroupID(r.GroupID), int(r.Number), rev, r.Body.Left, session.LeaveReason(r.Body.Why))
	if err != nil {
		return nil, err
	}
	return EndSpell200JSONResponse{Body: groupWire(g), Headers: EndSpell200ResponseHeaders{ETag: etag(g.Rev)}}, nil
}

// CorrectSpell mends the record of a member's spell.
func (s *Server) CorrectSpell(ctx context.Context, r CorrectSpellRequestObject) (CorrectSpellResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	g, err := s.practice.AmendSpell(ctx, request(ctx), session.GroupID(r.GroupID), int(r.Number), rev, session.SpellAmendment{
		Joined: r.Body.Joined, Role: text[session.MemberRole](r.Body.Role), Left: r.Body.Left, LeftWhy: text[session.LeaveReason](r.Body.LeftWhy),
		Running: orZero(r.Body.Running), Why: session.AmendReason(r.Body.Why),
	})
	if err != nil {
		return nil, err
	}
	return CorrectSpell200JSONResponse{Body: groupWire(g), Headers: CorrectSpell200ResponseHeaders{ETag: etag(g.Rev)}}, nil
}

// AssignTherapist begins a therapist's spell.
func (s *Server) AssignTherapist(ctx context.Context, r AssignTherapistRequestObject) (AssignTherapistResponseObject, error) {
	g, number, err := s.practice.Assign(ctx, request(ctx), session.GroupID(r.GroupID), practice.TherapistSpellInput{
		TherapistID: session.TherapistID(r.Body.TherapistID), Role: session.TherapistRole(r.Body.Role), From: r.Body.From,
		To: r.Body.To, ToWhy: session.ReleaseReason(orZero(r.Body.ToWhy)),
	})
	if err != nil {
		return nil, err
	}
	return AssignTherapist201JSONResponse{
		Body:    SpellReceipt{Number: int64(number), Group: groupWire(g)},
		Headers: AssignTherapist201ResponseHeaders{ETag: etag(g.Rev), Location: spellPlace(g.ID, "therapist_spells", number)},
	}, nil
}

// EndTherapistSpell ends a therapist's spell.
func (s *Server) EndTherapistSpell(ctx context.Context, r EndTherapistSpellRequestObject) (EndTherapistSpellResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	g, err := s.practice.EndTherapistSpell(ctx, request(ctx), session.GroupID(r.GroupID), int(r.Number), rev, r.Body.To, session.ReleaseReason(r.Body.Why))
	if err != nil {
		return nil, err
	}
	return EndTherapistSpell200JSONResponse{Body: groupWire(g), Headers: EndTherapistSpell200ResponseHeaders{ETag: etag(g.Rev)}}, nil
}

// CorrectTherapistSpell mends the record of a therapist's spell.
func (s *Server) CorrectTherapistSpell(ctx context.Context, r CorrectTherapistSpellRequestObject) (CorrectTherapistSpellResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	g, err := s.practice.AmendTherapistSpell(ctx, request(ctx), session.GroupID(r.GroupID), int(r.Number), rev, session.TherapistSpellAmendment{
		From: r.Body.From, Role: text[session.TherapistRole](r.Body.Role), To: r.Body.To, ToWhy: text[session.ReleaseReason](r.Body.ToWhy),
		Running: orZero(r.Body.Running), Why: session.AmendReason(r.Body.Why),
	})
	if err != nil {
		return nil, err
	}
	return CorrectTherapistSpell200JSONResponse{Body: groupWire(g), Headers: CorrectTherapistSpell200ResponseHeaders{ETag: etag(g.Rev)}}, nil
}

// spellPlace says where a spell is found: in its group, by a JSON pointer.
func spellPlace(group session.GroupID, list string, number int) string {
	return "/v1/groups/" + string(group) + "#/" + list + "/" + strconv.Itoa(number-1)
}
