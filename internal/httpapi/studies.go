package httpapi

import (
	"context"

	"holon/internal/practice"
	"holon/internal/study"
	"holon/internal/study/aggregate"
)

// The lists' names, which cursors are bound to.
const (
	studiesList  = "studies"
	consentsList = "consents"
)

// CreateStudy makes a study.
func (s *Server) CreateStudy(ctx context.Context, r CreateStudyRequestObject) (CreateStudyResponseObject, error) {
	made, err := s.practice.CreateStudy(ctx, request(ctx), studyInput(r.Body))
	if err != nil {
		return nil, err
	}
	return CreateStudy201JSONResponse{
		Body: studyWire(made), Headers: CreateStudy201ResponseHeaders{ETag: etag(made.Rev), Location: "/v1/studies/" + string(made.ID)},
	}, nil
}

// ListStudies lists studies by code.
func (s *Server) ListStudies(ctx context.Context, r ListStudiesRequestObject) (ListStudiesResponseObject, error) {
	pg, err := pageOf(studiesList, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	found, next, err := s.practice.Studies(ctx, request(ctx), pg)
	left, err := s.leftOut(ctx, err)
	if err != nil {
		return nil, err
	}
	return ListStudies200JSONResponse{Studies: each(found, studyWire), NextCursor: cursorOf(studiesList, next), LeftOut: left}, nil
}

// GetStudy reads a study.
func (s *Server) GetStudy(ctx context.Context, r GetStudyRequestObject) (GetStudyResponseObject, error) {
	x, err := s.practice.Study(ctx, request(ctx), study.ID(r.StudyID))
	if err != nil {
		return nil, err
	}
	return GetStudy200JSONResponse{Body: studyWire(x), Headers: GetStudy200ResponseHeaders{ETag: etag(x.Rev)}}, nil
}

// SetStudy changes what a study is about.
func (s *Server) SetStudy(ctx context.Context, r SetStudyRequestObject) (SetStudyResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	x, err := s.practice.SetStudy(ctx, request(ctx), study.ID(r.StudyID), rev, studyInput(r.Body))
	if err != nil {
		return nil, err
	}
	return SetStudy200JSONResponse{Body: studyWire(x), Headers: SetStudy200ResponseHeaders{ETag: etag(x.Rev)}}, nil
}

// FreezeProtocol binds a study to its protocol.
func (s *Server) FreezeProtocol(ctx context.Context, r FreezeProtocolRequestObject) (FreezeProtocolResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	in, err := protocolDomain(r.Body)
	if err != nil {
		return nil, err
	}
	rq := request(ctx)
	of, err := s.practice.Study(ctx, rq, study.ID(r.StudyID))
	if err != nil {
		return nil, err
	}
	if err := aggregate.CheckPlan(of, in.Planned, s.practice.Definition); err != nil {
		return nil, err
	}
	x, err := s.practice.FreezeProtocol(ctx, rq, study.ID(r.StudyID), rev, in)
	if err != nil {
		return nil, err
	}
	return FreezeProtocol200JSONResponse{Body: studyWire(x), Headers: FreezeProtocol200ResponseHeaders{ETag: etag(x.Rev)}}, nil
}

// SaveSelection keeps a selection.
func (s *Server) SaveSelection(ctx context.Context, r SaveSelectionRequestObject) (SaveSelectionResponseObject, error) {
	x, err := s.practice.SaveSelection(ctx, request(ctx), study.ID(r.StudyID), selectionDomain(r.Body))
	if err != nil {
		return nil, err
	}
	return SaveSelection200JSONResponse(selectionWire(x)), nil
}

// RecordAgreement records an agreement about rows.
func (s *Server) RecordAgreement(ctx context.Context, r RecordAgreementRequestObject) (RecordAgreementResponseObject, error) {
	x, err := s.practice.RecordAgreement(ctx, request(ctx), study.ID(r.StudyID), agreementInput(r.Body))
	if err != nil {
		return nil, err
	}
	return RecordAgreement200JSONResponse(agreementWire(x)), nil
}

// EnterConsents keeps what members said about taking part.
func (s *Server) EnterConsents(ctx context.Context, r EnterConsentsRequestObject) (EnterConsentsResponseObject, error) {
	n, err := s.practice.EnterConsents(ctx, request(ctx), study.ID(r.StudyID), each(r.Body.Consents, consentInput))
	if err != nil {
		return nil, err
	}
	return EnterConsents200JSONResponse{Entered: int64(n)}, nil
}

// ListConsents lists what members said last.
func (s *Server) ListConsents(ctx context.Context, r ListConsentsRequestObject) (ListConsentsResponseObject, error) {
	pg, err := pageOf(consentsList, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	found, next, err := s.practice.Consents(ctx, request(ctx), study.ID(r.StudyID), pg)
	if err != nil {
		return nil, err
	}
	return ListConsents200JSONResponse{Consents: each(found, func(c *study.Consent) Consent {
		return Consent{MemberID: string(c.Member), Given: c.Given, On: string(c.On), Form: unlessEmpty[string](c.Form), By: c.By, At: c.At}
	}), NextCursor: cursorOf(consentsList, next)}, nil
}

// MakeResearcher makes a token that opens one study.
func (s *Server) MakeResearcher(ctx context.Context, r MakeResearcherRequestObject) (MakeResearcherResponseObject, error) {
	x, err := s.practice.MakeResearcher(ctx, request(ctx), study.ID(r.StudyID), r.Body.ExpiresOn)
	if err != nil {
		return nil, err
	}
	return MakeResearcher201JSONResponse{Account: x.Account, Token: x.Token, StudyID: r.StudyID, ExpiresAt: x.ExpiresAt}, nil
}

// ListResearchers lists to whom the practice gave tokens of a study.
func (s *Server) ListResearchers(ctx context.Context, r ListResearchersRequestObject) (ListResearchersResponseObject, error) {
	found, err := s.practice.Researchers(ctx, request(ctx), study.ID(r.StudyID))
	if err != nil {
		return nil, err
	}
	return ListResearchers200JSONResponse{Researchers: each(found, func(x practice.Admitted) AdmittedResearcher {
		out := AdmittedResearcher{Account: x.Account, MadeAt: x.MadeAt, ExpiresAt: x.ExpiresAt}
		if x.Ended != nil {
			out.EndedAt, out.EndedBy = &x.Ended.At, &x.Ended.By
		}
		return out
	})}, nil
}

// EndResearcher ends a researcher's token before its last day.
func (s *Server) EndResearcher(ctx context.Context, r EndResearcherRequestObject) (EndResearcherResponseObject, error) {
	x, err := s.practice.EndResearcher(ctx, request(ctx), study.ID(r.StudyID), r.Account)
	if err != nil {
		return nil, err
	}
	return EndResearcher200JSONResponse{Account: x.Account, StudyID: r.StudyID, EndedAt: x.At}, nil
}
