package httpapi

import (
	"context"
	"strings"

	"holon/internal/finding"
	"holon/internal/session"
)

// AnswerForm takes further answers to an unfinished form.
func (s *Server) AnswerForm(ctx context.Context, r AnswerFormRequestObject) (AnswerFormResponseObject, error) {
	id := session.FormID(r.FormID)
	x, err := s.practice.AnswerForm(ctx, request(ctx), session.SessionID(r.SessionID), session.FormAnswers{
		Form: id, Answers: each(list(r.Body.Items), answerDomain), Finished: orZero(r.Body.Finished),
	})
	if err != nil {
		return nil, err
	}
	out := AnswersReceipt{SessionID: string(x.ID), Rev: x.Rev, FormID: r.FormID, Ratings: []RatingVersion{}, Texts: each(s.practice.RiskTexts(ctx, x, id), personText)}
	for level, part := range x.All {
		if part.FormID == id {
			out.Unfinished = part.Unfinished
			out.Ratings = append(out.Ratings, ratingVersionWire(part.ID, level, part.Version))
		}
	}
	return AnswerForm200JSONResponse{Body: out, Headers: AnswerForm200ResponseHeaders{ETag: etag(x.Rev)}}, nil
}

// ListFindings lists what somebody must answer, raised last first.
func (s *Server) ListFindings(ctx context.Context, r ListFindingsRequestObject) (ListFindingsResponseObject, error) {
	want := finding.Filter{
		GroupID: session.GroupID(orZero(r.Params.GroupID)), MemberID: session.MemberID(orZero(r.Params.MemberID)),
		SessionID: session.SessionID(orZero(r.Params.SessionID)), Rule: finding.Rule(orZero(r.Params.Rule)),
		States: each(list(r.Params.States), func(x FindingState) finding.State { return finding.State(x) }),
	}
	list := findingsList(want)
	pg, err := pageOf(list, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	found, next, err := s.practice.Findings(ctx, request(ctx), want, pg)
	left, err := s.leftOut(ctx, err)
	if err != nil {
		return nil, err
	}
	out := FindingPage{NextCursor: cursorOf(list, next), LeftOut: left, Findings: make([]Finding, 0, len(found))}
	within := s.practice.AcknowledgeWithin(ctx)
	for _, f := range found {
		out.Findings = append(out.Findings, findingWire(f, within))
	}
	return ListFindings200JSONResponse(out), nil
}

// findingsList names the list of a filter, which cursors are bound to.
func findingsList(want finding.Filter) string {
	parts := []string{"findings", string(want.GroupID), string(want.MemberID), string(want.SessionID), string(want.Rule)}
	for _, x := range want.States {
		parts = append(parts, string(x))
	}
	return strings.Join(parts, ":")
}

// NoteFinding opens a finding by hand.
func (s *Server) NoteFinding(ctx context.Context, r NoteFindingRequestObject) (NoteFindingResponseObject, error) {
	f, err := s.practice.Note(ctx, request(ctx), session.GroupID(r.Body.GroupID), finding.Note{
		SessionID: session.SessionID(orZero(r.Body.SessionID)), Members: memberIDs(r.Body.Members), Topic: finding.Topic(r.Body.Topic),
	})
	if err != nil {
		return nil, err
	}
	return NoteFinding201JSONResponse{
		Body:    findingWire(f, s.practice.AcknowledgeWithin(ctx)),
		Headers: NoteFinding201ResponseHeaders{ETag: etag(f.Rev), Location: findingPlace(f.ID)},
	}, nil
}

// GetFinding reads one finding.
func (s *Server) GetFinding(ctx context.Context, r GetFindingRequestObject) (GetFindingResponseObject, error) {
	f, err := s.practice.Finding(ctx, request(ctx), finding.ID(r.FindingID))
	if err != nil {
		return nil, err
	}
	return GetFinding200JSONResponse{Body: findingWire(f, s.practice.AcknowledgeWithin(ctx)), Headers: GetFinding200ResponseHeaders{ETag: etag(f.Rev)}}, nil
}

// SeeFinding acknowledges a finding.
func (s *Server) SeeFinding(ctx context.Context, r SeeFindingRequestObject) (SeeFindingResponseObject, error) {
	f, err := s.practice.SeeFinding(ctx, request(ctx), finding.ID(r.FindingID))
	if err != nil {
		return nil, err
	}
	return SeeFinding200JSONResponse{Body: findingWire(f, s.practice.AcknowledgeWithin(ctx)), Headers: SeeFinding200ResponseHeaders{ETag: etag(f.Rev)}}, nil
}

// ActOnFinding notes what was done.
func (s *Server) ActOnFinding(ctx context.Context, r ActOnFindingRequestObject) (ActOnFindingResponseObject, error) {
	f, err := s.practice.ActOnFinding(ctx, request(ctx), finding.ID(r.FindingID), finding.ActionInput{
		Code: finding.ActionCode(r.Body.Code), Contact: finding.Contact(orZero(r.Body.Contact)), Reason: finding.ActionReason(orZero(r.Body.Reason)),
		Session: text[session.SessionID](r.Body.SessionID), On: orZero(r.Body.On),
	})
	if err != nil {
		return nil, err
	}
	return ActOnFinding201JSONResponse{
		Body:    findingWire(f, s.practice.AcknowledgeWithin(ctx)),
		Headers: ActOnFinding201ResponseHeaders{ETag: etag(f.Rev), Location: findingPlace(f.ID)},
	}, nil
}

// CloseFinding says that nothing is left to do.
func (s *Server) CloseFinding(ctx context.Context, r CloseFindingRequestObject) (CloseFindingResponseObject, error) {
	f, err := s.practice.CloseFinding(ctx, request(ctx), finding.ID(r.FindingID))
	if err != nil {
		return nil, err
	}
	return CloseFinding200JSONResponse{Body: findingWire(f, s.practice.AcknowledgeWithin(ctx)), Headers: CloseFinding200ResponseHeaders{ETag: etag(f.Rev)}}, nil
}

// ReopenFinding takes back a closing.
func (s *Server) ReopenFinding(ctx context.Context, r ReopenFindingRequestObject) (ReopenFindingResponseObject, error) {
	f, err := s.practice.ReopenFinding(ctx, request(ctx), finding.ID(r.FindingID))
	if err != nil {
		return nil, err
	}
	return ReopenFinding200JSONResponse{Body: findingWire(f, s.practice.AcknowledgeWithin(ctx)), Headers: ReopenFinding200ResponseHeaders{ETag: etag(f.Rev)}}, nil
}

// GetSettings reads how the practice answers findings.
func (s *Server) GetSettings(ctx context.Context, _ GetSettingsRequestObject) (GetSettingsResponseObject, error) {
	x, err := s.practice.Settings(ctx, request(ctx))
	if err != nil {
		return nil, err
	}
	return GetSettings200JSONResponse{Body: settingsWire(x), Headers: GetSettings200ResponseHeaders{ETag: etag(x.Rev)}}, nil
}

// PutSettings sets how the practice answers findings.
func (s *Server) PutSettings(ctx context.Context, r PutSettingsRequestObject) (PutSettingsResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	therapist := func(id string) session.TherapistID { return session.TherapistID(id) }
	x, err := s.practice.Set(ctx, request(ctx), rev, finding.Settings{
		AcknowledgeWithin: int(r.Body.AcknowledgeWithinMinutes), ExcusedIsMissed: orZero(r.Body.ExcusedIsMissed), AlarmBudget: orZero(r.Body.AlarmBudget),
		Substitutes: each(r.Body.Substitutes, therapist), Supervisors: each(r.Body.Supervisors, therapist), RiskTexts: each(r.Body.RiskTexts, riskTextDomain),
	})
	if err != nil {
		return nil, err
	}
	return PutSettings200JSONResponse{Body: settingsWire(x), Headers: PutSettings200ResponseHeaders{ETag: etag(x.Rev)}}, nil
}

// findingPlace says where a finding is read.
func findingPlace(id finding.ID) string { return "/v1/findings/" + string(id) }
