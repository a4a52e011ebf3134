package httpapi

import (
	"context"
	"encoding/json"

	"holon/internal/fault"
	"holon/internal/objective"
	"holon/internal/practice"
	"holon/internal/session"
)

// objectivesList is the list's name, which cursors are bound to.
const objectivesList = "objectives"

// CreateObjective takes in a rule as the next version of its code. The body is
// the rule's own text: what a file holds may be sent, and the other way round.
func (s *Server) CreateObjective(ctx context.Context, r CreateObjectiveRequestObject) (CreateObjectiveResponseObject, error) {
	rule, err := json.Marshal(r.Body)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "rule_unwritten", "The rule cannot be read.", err)
	}
	o, err := s.practice.CreateObjective(ctx, request(ctx), rule)
	if err != nil {
		return nil, err
	}
	body, err := objectiveWire(o)
	if err != nil {
		return nil, err
	}
	return CreateObjective201JSONResponse{
		Body:    body,
		Headers: CreateObjective201ResponseHeaders{ETag: etag(o.Rev), Location: "/v1/objectives/" + string(o.ID)},
	}, nil
}

// ListObjectives lists objectives by code and version.
func (s *Server) ListObjectives(ctx context.Context, r ListObjectivesRequestObject) (ListObjectivesResponseObject, error) {
	pg, err := pageOf(objectivesList, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	found, next, err := s.practice.Objectives(ctx, request(ctx), pg)
	left, err := s.leftOut(ctx, err)
	if err != nil {
		return nil, err
	}
	out := ListObjectives200JSONResponse{Objectives: make([]Objective, 0, len(found)), NextCursor: cursorOf(objectivesList, next), LeftOut: left}
	for _, o := range found {
		x, err := objectiveWire(o)
		if err != nil {
			return nil, err
		}
		out.Objectives = append(out.Objectives, x)
	}
	return out, nil
}

// GetObjective reads one version of an objective.
func (s *Server) GetObjective(ctx context.Context, r GetObjectiveRequestObject) (GetObjectiveResponseObject, error) {
	o, err := s.practice.Objective(ctx, request(ctx), objective.ID(r.ObjectiveID))
	if err != nil {
		return nil, err
	}
	body, err := objectiveWire(o)
	if err != nil {
		return nil, err
	}
	return GetObjective200JSONResponse{Body: body, Headers: GetObjective200ResponseHeaders{ETag: etag(o.Rev)}}, nil
}

// RetireObjective says that a version is not in force any more.
func (s *Server) RetireObjective(ctx context.Context, r RetireObjectiveRequestObject) (RetireObjectiveResponseObject, error) {
	rev, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	o, err := s.practice.RetireObjective(ctx, request(ctx), objective.ID(r.ObjectiveID), rev)
	if err != nil {
		return nil, err
	}
	body, err := objectiveWire(o)
	if err != nil {
		return nil, err
	}
	return RetireObjective200JSONResponse{Body: body, Headers: RetireObjective200ResponseHeaders{ETag: etag(o.Rev)}}, nil
}

// GetObjectiveResults answers what the records of a group say.
func (s *Server) GetObjectiveResults(ctx context.Context, r GetObjectiveResultsRequestObject) (GetObjectiveResultsResponseObject, error) {
	x, err := s.practice.ObjectiveResults(ctx, request(ctx), objective.ID(r.ObjectiveID), session.GroupID(r.Params.GroupID), r.Params.AsOf)
	if err != nil {
		return nil, err
	}
	s.notWhole(ctx, x.LeftOut)
	return GetObjectiveResults200JSONResponse(resultsWire(x)), nil
}

// objectiveWire writes one version of an objective.
func objectiveWire(o *objective.Objective) (Objective, error) {
	out := Objective{
		ID: string(o.ID), Code: o.Rule.Code, Version: int64(o.Version), Sentence: o.Rule.Sentence(), Retired: o.Retired,
		Rev: o.Rev, Change: changeWire(o.Change),
	}
	text, err := o.Rule.Canonical()
	if err == nil {
		err = json.Unmarshal(text, &out.Rule)
	}
	if err != nil {
		return out, fault.Wrap(fault.Internal, "rule_unwritten", "The rule cannot be written.", err)
	}
	return out, nil
}

// resultsWire writes what the records say.
func resultsWire(x *practice.ObjectiveResults) ObjectiveResults {
	return ObjectiveResults{
		ObjectiveID: string(x.Objective.ID), Code: x.Objective.Rule.Code, Version: int64(x.Objective.Version), GroupID: string(x.Group),
		AsOf: string(x.AsOf), Sessions: int64(x.Sessions), LeftOut: append([]string{}, x.LeftOut...), DataVersion: x.DataVersion,
		Results: each(x.Results, resultWire),
	}
}

// resultWire writes the answer for one subject.
func resultWire(x objective.Result) ObjectiveResult {
	return ObjectiveResult{
		MemberID: unlessEmpty[string](x.Member), Answer: ObjectiveResultAnswer(x.Answer), Reason: string(x.Reason), Sentence: x.Sentence,
		From: string(x.From), Until: unlessEmpty[string](x.Until), Conditions: each(x.Counts, countWire),
		Used: each(x.Used, useWire), LeftOut: each(x.LeftOut, func(l objective.LeftOut) ObjectiveLeftOut {
			return ObjectiveLeftOut{Session: placeWire(l.Session), Reason: string(l.Reason)}
		}),
	}
}

// countWire writes how often each truth was found.
func countWire(n objective.Count) ObjectiveCounts {
	return ObjectiveCounts{Holds: int64(n.Holds), Fails: int64(n.Fails), Unknown: int64(n.Unknown), Pending: int64(n.Pending), Goals: wide(n.Goals)}
}

// useWire writes one occasion as it was looked at.
func useWire(u objective.Use) ObjectiveUse {
	out := ObjectiveUse{Counts: ObjectiveUseCounts(u.Counts), Shows: each(u.Shows, func(x objective.Shown) ObjectiveShown {
		return ObjectiveShown{Truth: ObjectiveShownTruth(x.Truth), Reason: unlessEmpty[string](x.Reason)}
	})}
	if u.Session != nil {
		out.Session = new(placeWire(*u.Session))
	}
	if u.Period != nil {
		out.Period = &ObjectivePeriod{First: string(u.Period.First), Last: string(u.Period.Last)}
	}
	return out
}

// placeWire names a session.
func placeWire(p objective.Place) ObjectiveSession {
	return ObjectiveSession{ID: string(p.ID), Number: int64(p.Number), HeldOn: string(p.HeldOn)}
}
