package httpapi

import (
	"strconv"

	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/aggregate"
)

// studyInput reads what a study is to be about.
func studyInput(in *NewStudy) study.Input {
	return study.Input{
		Code: in.Code, Groups: each(in.Groups, func(id string) session.GroupID { return session.GroupID(id) }), Measures: each(in.Measures, measureDomain),
		Models: each(list(in.Models), func(m GroupModel) study.GroupModel {
			return study.GroupModel{Group: session.GroupID(m.GroupID), Model: session.Code(m.Model)}
		}),
		From: in.From, To: in.To, Threshold: smallInt(in.Threshold), Release: study.Level(in.Release),
	}
}

// protocolDomain reads a protocol. The names of planned analyses are known here.
func protocolDomain(in *NewProtocol) (study.ProtocolInput, error) {
	for i, q := range in.Planned {
		if err := aggregate.CheckPlanned("/planned/"+strconv.Itoa(i)+"/analysis", q.Analysis); err != nil {
			return study.ProtocolInput{}, err
		}
	}
	return study.ProtocolInput{
		Primary: measureDomain(in.Primary), Model: string(in.Model), Bound: in.Bound,
		Stop: study.StopInput{Groups: smallInt(in.Stop.Groups), On: in.Stop.On}, Planned: each(in.Planned, questionDomain),
	}, nil
}

// questionDomain reads a planned question.
func questionDomain(in StudyQuestion) study.Question {
	q := study.Question{Analysis: in.Analysis, Measure: measureDomain(in.Measure)}
	if in.Against != nil {
		q.Against = new(measureDomain(*in.Against))
	}
	return q
}

// selectionDomain reads a selection.
func selectionDomain(in *NewSelection) study.Selection {
	out := study.Selection{Name: session.Code(in.Name), Numbers: runDomain(in.Numbers), Weeks: runDomain(in.Weeks), MinMembers: int(orZero(in.MinMembers)), MinSessions: int(orZero(in.MinSessions))}
	for _, k := range list(in.Kinds) {
		out.Kinds = append(out.Kinds, session.GroupKind(k))
	}
	for _, m := range list(in.TherapyModels) {
		out.Models = append(out.Models, session.Code(m))
	}
	if in.Format != nil {
		out.Format = new(session.Format(*in.Format))
	}
	return out
}

// runDomain reads a run of numbers.
func runDomain(in *StudySpan) *study.Span {
	if in == nil {
		return nil
	}
	return &study.Span{From: int(orZero(in.From)), To: int(orZero(in.To))}
}

// studyWire writes a study.
func studyWire(s *study.Study) Study {
	out := Study{
		ID: string(s.ID), Code: string(s.Code), Groups: each(s.Groups, func(id session.GroupID) string { return string(id) }), Measures: each(s.Measures, measureOut),
		Threshold: int64(s.Threshold), Release: ReleaseLevel(s.Release), Selections: each(s.Selections, selectionWire), Agreements: each(s.Agreements, agreementWire),
		Rev: s.Rev, Change: changeWire(s.Change),
		Models: unlessNone(s.Models, func(m study.GroupModel) GroupModel {
			return GroupModel{GroupID: string(m.Group), Model: string(m.Model)}
		}),
	}
	if s.From != nil {
		out.From = new(string(*s.From))
	}
	if s.To != nil {
		out.To = new(string(*s.To))
	}
	if p := s.Protocol; p != nil {
		out.Protocol = &StudyProtocol{
			Primary: measureOut(p.Primary), Model: string(p.Model), Bound: p.Bound, Planned: each(p.Planned, questionWire), FrozenBy: p.By, FrozenAt: p.At, Sha256: p.SHA256,
			Stop: stopWire(p.Stop),
		}
	}
	return out
}

// stopWire writes when a study has all its data.
func stopWire(in study.Stop) StudyStop {
	if in.On != nil {
		return StudyStop{On: new(string(*in.On))}
	}
	return StudyStop{Groups: new(int64(in.Groups))}
}

// questionWire writes a question.
func questionWire(q study.Question) StudyQuestion {
	out := StudyQuestion{Analysis: q.Analysis, Measure: measureOut(q.Measure)}
	if q.Against != nil {
		out.Against = new(measureOut(*q.Against))
	}
	return out
}

// measureOut writes a measure.
func measureOut(m session.Measure) Measure {
	return Measure{
		Instrument: InstrumentRef{ID: m.Instrument.ID, Version: m.Instrument.Version}, Score: m.Score, Rater: RaterKind(m.Rater), Occasion: unlessEmpty[Occasion](m.Occasion),
	}
}

// selectionWire writes a selection.
func selectionWire(x study.Selection) StudySelection {
	out := StudySelection{
		Name: string(x.Name), TherapyModels: unlessNone(x.Models, func(m session.Code) string { return string(m) }), Numbers: runWire(x.Numbers), Weeks: runWire(x.Weeks), MinMembers: int64(x.MinMembers), MinSessions: int64(x.MinSessions), Sha256: x.SHA256,
	}
	if x.Kinds != nil {
		out.Kinds = new(each(x.Kinds, func(k session.GroupKind) GroupKind { return GroupKind(k) }))
	}
	if x.Format != nil {
		out.Format = new(string(*x.Format))
	}
	return out
}

// runWire writes a run of numbers.
func runWire(s *study.Span) *StudySpan {
	if s == nil {
		return nil
	}
	return &StudySpan{From: new(int64(s.From)), To: new(int64(s.To))}
}

// agreementWire writes an agreement.
func agreementWire(a study.Agreement) StudyAgreement {
	return StudyAgreement{Number: int64(a.Number), Code: string(a.Code), Purpose: string(a.Purpose), Persons: append([]string{}, a.Persons...), EndsOn: string(a.EndsOn), By: a.By, At: a.At}
}
