package httpapi

import (
	"time"

	"holon/internal/finding"
	"holon/internal/session"
)

// findingWire writes a finding; within is the time to acknowledge it.
func findingWire(f *finding.Finding, within time.Duration) Finding {
	return Finding{
		ID: string(f.ID), Rule: FindingRule(f.Rule), RuleVersion: int64(f.RuleVersion), GroupID: string(f.GroupID),
		SessionID: unlessEmpty[string](f.SessionID), Members: each(f.Members, func(m session.MemberID) string { return string(m) }),
		Risk: findingRiskWire(f.Risk), Course: findingCourseWire(f.Course), Topic: unlessEmpty[FindingTopic](f.Topic), Redacted: markWire(f.Redacted), State: FindingState(f.State()), Stands: f.Stands(),
		RaisedAt: f.LastRaised().At, AddressedTo: unlessEmpty[string](f.AddressedTo()), AcknowledgeBy: acknowledgeBy(f, within),
		Events: each(f.Events, findingEventWire), Rev: f.Rev, Change: changeWire(f.Change),
	}
}

// acknowledgeBy returns when a finding goes to the next person, nil if it does
// not.
func acknowledgeBy(f *finding.Finding, within time.Duration) *time.Time {
	if at, goes := f.DueAt(within); goes {
		return &at
	}
	return nil
}

// findingRiskWire writes which item raised a finding.
func findingRiskWire(x *finding.Risk) *FindingRisk {
	if x == nil {
		return nil
	}
	return &FindingRisk{
		Instrument: refWire(x.Instrument), Item: int64(x.Item), Rater: Rater{Kind: RaterKind(x.Rater.Kind), ID: x.Rater.ID},
		Occasion: Occasion(x.Occasion), Trigger: Risk{AtLeast: x.Trigger.AtLeast, Source: x.Trigger.Source, Verified: x.Trigger.Verified, Site: x.Trigger.Site},
	}
}

// findingCourseWire writes which measure an alarm is about.
func findingCourseWire(x *finding.Course) *FindingCourse {
	if x == nil {
		return nil
	}
	return &FindingCourse{Instrument: refWire(x.Instrument), Score: x.Score, TherapistID: unlessEmpty[string](x.TherapistID), MovedMost: unlessEmpty[string](x.MovedMost)}
}

// findingEventWire writes one thing that happened to a finding.
func findingEventWire(e finding.Event) FindingEvent {
	out := FindingEvent{
		Kind: FindingEventKind(e.Kind), At: e.At, By: e.By, To: unlessEmpty[string](e.To), Cause: unlessEmpty[WithdrawalCause](e.Cause),
	}
	if e.Rating != nil {
		out.Rating = &FindingRating{RatingID: string(e.Rating.ID), Version: int64(e.Rating.Version)}
	}
	if a := e.Action; a != nil {
		out.Action = &FindingAction{
			Code: ActionCode(a.Code), Contact: unlessEmpty[ContactOutcome](a.Contact), Reason: unlessEmpty[ActionReason](a.Reason),
			SessionID: text[string](a.Session), On: string(a.On),
		}
	}
	return out
}

// personText writes what the person reads who answered.
func personText(t finding.RiskText) PersonText {
	return PersonText{Language: t.Language, Text: t.Text}
}

// riskTextDomain reads one of the practice's own texts.
func riskTextDomain(t RiskText) finding.RiskText {
	return finding.RiskText{InstrumentID: orZero(t.InstrumentID), Item: int(orZero(t.Item)), Language: t.Language, Text: t.Text}
}

// settingsWire writes the settings.
func settingsWire(x *finding.Settings) Settings {
	therapist := func(id session.TherapistID) string { return string(id) }
	out := Settings{
		Rev: x.Rev, AcknowledgeWithinMinutes: int64(x.AcknowledgeWithin), ExcusedIsMissed: x.ExcusedIsMissed, AlarmBudget: x.AlarmBudget,
		Substitutes: each(x.Substitutes, therapist), Supervisors: each(x.Supervisors, therapist),
		RiskTexts: each(x.RiskTexts, func(t finding.RiskText) RiskText {
			out := RiskText{InstrumentID: unlessEmpty[string](t.InstrumentID), Language: t.Language, Text: t.Text}
			if t.Item != 0 {
				out.Item = new(int64(t.Item))
			}
			return out
		}),
	}
	if !x.Change.At.IsZero() {
		out.Change = new(changeWire(x.Change))
	}
	return out
}
