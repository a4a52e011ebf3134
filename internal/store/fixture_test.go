package store

import (
	"time"

	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/objective"
	"holon/internal/session"
)

// instant is a time of the fixtures, to the millisecond.
var instant = time.Date(2026, 3, 5, 19, 42, 10, 123e6, time.UTC)

// fullHead is a head with every field.
func fullHead() session.Head {
	return session.Head{Rev: 1, Schema: 1, Change: session.Change{
		By: "p-operator", At: instant, Why: "forms_submitted", Key: "6d0f", RequestSHA: "9a41",
	}}
}

// fullMark is the mark of a redaction.
func fullMark() *session.Redacted {
	return &session.Redacted{Decision: "rd-1", At: instant.Add(time.Hour)}
}

// FullSession returns a session in which every field of every type is set
// somewhere, and every state, with items of a part of a form.
func FullSession() *session.Session {
	n := 0
	rating := func(form string, level instrument.Level, rater session.Rater, answers ...session.Answer) session.Rating {
		n++
		return session.Rating{
			ID: session.RatingID(form + "." + string(level)), FormID: session.FormID(form), Version: n,
			Instrument: instrument.Ref{ID: "wai-sr", Version: "1"}, Rater: rater, Occasion: session.Post,
			Answers: answers, FormItems: 12, FormMissing: 2, ReportedTotal: new(41.5),
			Entered:     session.Entry{By: "p-operator", At: instant.Add(time.Minute), Mode: session.Paper, AnsweredOn: new(session.Date("2026-03-05"))},
			AfterSeeing: true,
		}
	}
	redacted := func(r session.Rating) session.Rating { r.Redacted = fullMark(); return r }
	member := session.Rater{Kind: instrument.RaterMember, ID: "m-1"}
	therapist := session.Rater{Kind: instrument.RaterTherapist, ID: "t-1"}
	observer := session.Rater{Kind: instrument.RaterObserver, ID: "o-1"}
	full := &session.Session{
		Head: fullHead(), ID: "s-full", GroupID: "g-thursday", GroupKind: session.KindGroup, Number: 9,
		Kind: session.Assessment, Stage: new(session.Interim), HeldOn: "2026-03-05",
		Planned: &session.Span{Start: instant, End: instant.Add(90 * time.Minute)},
		Actual:  &session.Span{Start: instant.Add(time.Minute), End: instant.Add(95 * time.Minute)},
		Status:  session.StatusCancelled, CancelWhy: new(session.CancelHoliday),
		Therapists: []session.Presence{{TherapistID: "t-1", Role: session.Lead, Present: true}, {TherapistID: "t-2", Role: session.Substitute}},
		Roster: []session.Seat{
			{MemberID: "m-1", Spell: 1, Attendance: session.Present, Modality: session.Video},
			{MemberID: "m-2", Spell: 4, Attendance: session.Excused},
			{MemberID: "m-3", Spell: 5, Redacted: true},
		},
		Goals: []session.GoalRating{
			{Rater: member, GoalID: "a-1", Version: 2, Value: new(7.5), Endorsed: new(true), Entered: session.Entry{By: "p-operator", At: instant, Mode: session.Device}},
			{Rater: therapist, GoalID: "a-2", Version: 1, Endorsed: new(false), Entered: session.Entry{By: "p-operator", At: instant, Mode: session.Paper}},
			{Rater: member, GoalID: "a-2", Version: 1, Value: new(0.0), Entered: session.Entry{By: "p-operator", At: instant, Mode: session.Imported}},
		},
		Openings: []session.Opening{
			{TherapistID: "t-1", MemberID: "m-1", Why: session.OpenedWithoutGuess, By: "p-1", At: instant},
			{TherapistID: "t-2", MemberID: "m-2", Why: session.OpenedByTyping, By: "p-2", At: instant.Add(time.Minute)},
		},
		Ruptures: []session.Rupture{
			{TherapistID: "t-1", MemberID: "m-1", Kind: session.RuptureWithdrawal, By: "p-1", At: instant, Steps: []session.RepairStep{
				{Kind: session.RepairInvited, Number: 7, By: "p-1", At: instant},
				{Kind: session.RepairChanged, Number: 8, By: "p-2", At: instant.Add(time.Hour)},
			}},
			{TherapistID: "t-2", MemberID: "m-2", By: "p-2", At: instant, Redacted: &session.Redacted{Decision: "x-1", At: instant.Add(time.Hour)}},
		},
		Ratings: session.Ratings{
			Alliances: []session.AllianceRating{
				{Rating: rating("f-1", instrument.Alliance, member,
					session.Answer{Item: 1, State: session.Answered, Value: 4},
					session.Answer{Item: 2, State: session.Declined},
					session.Answer{Item: 3, State: session.CannotSay},
					session.Answer{Item: 4, State: session.NotAnswered},
					session.Answer{Item: 5, State: session.NotShown},
					session.Answer{Item: 6, State: session.Answered, Value: 0},
				), TherapistID: "t-1", MemberID: "m-1"},
				{Rating: rating("f-2", instrument.Alliance, therapist, session.Answer{Item: 1, State: session.Answered, Value: 2.5}), TherapistID: "t-1", MemberID: "m-2"},
			},
			Bonds: []session.BondRating{{Rating: rating("f-3", instrument.Bond, member, session.Answer{Item: 1, State: session.Answered, Value: 8}), From: "m-1", To: "m-3"}},
			MemberGroup: []session.MemberGroupRating{{Rating: rating("f-4", instrument.MemberGroup, member,
				session.Answer{Item: 2, State: session.Answered, Value: 1},
				session.Answer{Item: 5, State: session.Declined},
				session.Answer{Item: 11, State: session.Answered, Value: -1},
			), MemberID: "m-1"}},
			Cohesion:  []session.CohesionRating{{Rating: rating("f-4", instrument.Cohesion, member, session.Answer{Item: 3, State: session.NotAnswered})}},
			System:    []session.SystemRating{{Rating: redacted(rating("f-5", instrument.System, observer, session.Answer{Item: 1, State: session.StateRedacted}))}},
			Encounter: []session.EncounterRating{{Rating: rating("f-6", instrument.Encounter, member, session.Answer{Item: 1, State: session.Answered, Value: 0.1}), TherapistID: "t-2"}},
			Outcomes:  []session.OutcomeRating{{Rating: rating("f-7", instrument.Outcome, member, session.Answer{Item: 1, State: session.Answered, Value: 3}), MemberID: "m-1"}},
		},
	}
	moved := rating("f-0", instrument.Outcome, member, session.Answer{Item: 1, State: session.Answered, Value: 2})
	moved.Void = &session.Void{By: "p-operator", At: instant.Add(time.Hour), Why: session.VoidMoved, MovedTo: &session.FormPlace{Session: "s-next", Form: "f-8"}}
	moved.MovedFrom = &session.Origin{
		FormPlace: session.FormPlace{Session: "s-last", Form: "f-9"}, Version: 3, By: "p-operator", At: instant.Add(2 * time.Minute), Why: session.MoveSession,
	}
	full.Outcomes = append(full.Outcomes, session.OutcomeRating{Rating: moved, MemberID: "m-1"})
	full.Outcomes[0].Unfinished, full.Outcomes[0].ByHand = true, []int{1, 3}
	return full
}

// FullGroup returns a group in which every field is set somewhere.
func FullGroup() *session.Group {
	return &session.Group{
		Head: fullHead(), ID: "g-thursday", Code: "Thursday", Kind: session.KindGroup, Format: session.Closed, StartsOn: "2026-01-08", EndedOn: new(session.Date("2026-07-01")),
		Spells: []session.Spell{
			{Number: 1, MemberID: "m-1", Role: session.RoleMember, Joined: "2026-01-08", Left: new(session.Date("2026-02-01")), LeftWhy: new(session.LeftPaused)},
			{Number: 2, MemberID: "m-1", Role: session.RoleMember, Joined: "2026-03-01", Redacted: true},
		},
		TherapistSpells: []session.TherapistSpell{
			{Number: 1, TherapistID: "t-1", Role: session.Lead, From: "2026-01-08", To: new(session.Date("2026-02-01")), Why: new(session.ReleasedLeave)},
			{Number: 2, TherapistID: "t-2", Role: session.Co, From: "2026-02-02"},
		},
		Goals: []session.Goal{
			{ID: "a-1", Code: "sleep", Owner: "m-1", From: "2026-01-08", Until: new(session.Date("2026-06-01"))},
			{ID: "a-2", Code: "together", From: "2026-02-02", Contains: []session.GoalID{"a-1"}},
		},
		Bonds: &session.BondSetting{On: true, Every: 4, Since: new(session.Date("2026-02-02"))},
	}
}

// FullMember returns a member with every field.
func FullMember() *session.Member {
	return &session.Member{Head: fullHead(), ID: "m-1", Code: "A-17", BirthYear: new(1981), Redacted: fullMark()}
}

// FullTherapist returns a therapist with every field.
func FullTherapist() *session.Therapist {
	return &session.Therapist{Head: fullHead(), ID: "t-1", Code: "T-1"}
}

// FullFinding returns a finding in which every field is set somewhere.
func FullFinding() *finding.Finding {
	action := &finding.Action{
		Code: finding.Contacted, Contact: finding.ContactReached, Reason: finding.ReasonOther, Session: new(session.SessionID("s-10")), On: "2026-03-06",
		By: "p-operator", At: instant.Add(2 * time.Minute),
	}
	return &finding.Finding{
		Head: fullHead(), ID: "fi-1", Rule: finding.RiskItem, RuleVersion: 1, GroupID: "g-thursday", SessionID: "s-full", Members: []session.MemberID{"m-1", "m-2"},
		Risk: &finding.Risk{
			Instrument: instrument.Ref{ID: "phq-9", Version: "1"}, Item: 9, Rater: session.Rater{Kind: instrument.RaterMember, ID: "m-1"}, Occasion: session.Pre,
			Trigger: finding.Trigger{AtLeast: 1, Source: "somewhere", Verified: true, Site: true},
		},
		Course: &finding.Course{Instrument: instrument.Ref{ID: "wai-sr", Version: "1"}, Score: "bond", TherapistID: "t-1", MovedMost: "m-1"},
		Topic:  finding.TopicOther, Redacted: &session.Redacted{Decision: "rd-1", At: instant},
		Events: []finding.Event{
			{Kind: finding.Raised, At: instant, By: "p-operator", Rating: &finding.RatingVersion{ID: "f-7.outcome", Version: 2}, To: "t-1"},
			{Kind: finding.Escalated, At: instant.Add(time.Minute), By: finding.Clock, To: "t-2"},
			{Kind: finding.WasActed, At: action.At, By: action.By, Action: action},
			{Kind: finding.Withdrawn, At: instant.Add(time.Hour), By: "p-operator", Cause: finding.AnswerCorrected},
		},
	}
}

// FullSettings returns settings in which every field is set somewhere.
func FullSettings() *finding.Settings {
	return &finding.Settings{
		Head: fullHead(), ID: finding.SettingsID, AcknowledgeWithin: 90, AlarmBudget: 0.5, Substitutes: []session.TherapistID{"t-2"}, Supervisors: []session.TherapistID{"t-3"},
		ExcusedIsMissed: true, RiskTexts: []finding.RiskText{{InstrumentID: "phq-9", Item: 9, Language: "en", Text: "Speak to us."}, {Language: "de", Text: "Sprechen Sie mit uns."}},
	}
}

// FullObjective returns a retired objective with a condition of every kind, as
// far as one rule holds them.
func FullObjective() *objective.Objective {
	m := objective.Measure{Instrument: objective.Instrument{ID: "wai-sr", Version: "1"}, Score: "task", Rater: instrument.RaterMember, Occasion: session.Post, Scale: objective.ScalePerItem}
	return &objective.Objective{Head: fullHead(), ID: "o-1", Version: 2, Retired: true, Rule: objective.Rule{
		Code: "several", For: objective.EachMember,
		Over: objective.Over{
			Sessions: objective.Scheduled, Kinds: []session.Kind{session.Meeting}, Excused: objective.ExcusedLeftOut, First: new(10), Until: new(40), Weeks: new(8), From: "2026-02-01",
		},
		Conditions: []objective.Condition{
			{Score: &objective.ScoreReaches{Measure: m, AtLeast: new(4.0), OutOf: 5, GraceDays: 7}, Needed: objective.Needed{AtLeast: new(2), Consecutive: true}},
			{DropAddressed: &objective.DropAddressed{Measure: m, Drop: 2, OutOf: 5, Codes: []finding.ActionCode{finding.RaisedInGroup}}, Needed: objective.Needed{Every: true}},
			{MissContacted: &objective.MissContacted{After: []session.Attendance{session.NoShow}, WithinDays: 7, Contacts: []finding.Contact{finding.ContactReached}}, Needed: objective.Needed{Share: new(0.9)}},
			{GoalsEndorsed: &objective.GoalsEndorsed{By: objective.ByBoth}, Needed: objective.Needed{AtLeast: new(3)}},
		},
	}}
}
