package study_test

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// mark is in every identifier, code, key and name of a principal that is recorded,
// and year in every day and moment: in what is frozen neither may occur.
const (
	mark = "zq"
	year = "2031"
)

// recorded is a group that is drawn with all that can be recorded of it.
type recorded struct {
	rt       *rapid.T
	group    *session.Group
	sessions []*session.Session
	consents map[session.MemberID]bool
	values   float64
	kept     map[float64]bool // values that may be frozen
}

// id is an identifier of a kind.
func id(kind string, n any) string { return fmt.Sprint(mark, "-", kind, "-", n) }

// moment is some time of the year.
func (r *recorded) moment() time.Time {
	return time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(1, 364*24*3600).Draw(r.rt, "second")) * time.Second)
}

// day is some day of the year.
func (r *recorded) day() session.Date { return session.Date(r.moment().Format(time.DateOnly)) }

// head is that of a stored document.
func (r *recorded) head() session.Head {
	return session.Head{Rev: 7, Schema: 3, Change: session.Change{By: id("principal", 1), At: r.moment(), Why: id("why", 1), Key: id("key", 1), RequestSHA: id("sha", 1)}}
}

// yes draws whether something is so, one time of n.
func (r *recorded) yes(n int) bool { return rapid.IntRange(1, n).Draw(r.rt, "one of") == 1 }

// record draws a group.
func record(rt *rapid.T, n int) *recorded {
	r := &recorded{rt: rt, consents: map[session.MemberID]bool{}, kept: map[float64]bool{}, values: float64(1000 * n)}
	g := &session.Group{
		Head: r.head(), ID: session.GroupID(id("g", n)), Code: session.Code(id("code", n)), Kind: rapid.SampledFrom([]session.GroupKind{session.KindGroup, session.KindFamily, session.KindCouple}).Draw(rt, "kind"),
		Format: session.Open, StartsOn: r.day(), EndedOn: new(r.day()), Bonds: &session.BondSetting{On: true, Every: 1, Since: new(r.day())},
	}
	for i := range rapid.IntRange(2, 5).Draw(rt, "members") {
		m := session.MemberID(id("m", fmt.Sprint(n, "-", i)))
		r.consents[m] = !r.yes(3)
		sp := session.Spell{Number: i + 1, MemberID: m, Role: session.RoleMember, Joined: r.day()}
		if r.yes(2) {
			sp.Left, sp.LeftWhy = new(r.day()), new(session.LeftPaused)
		}
		if r.yes(8) {
			sp.Redacted = true
		}
		g.Spells = append(g.Spells, sp)
		g.Goals = append(g.Goals, session.Goal{ID: session.GoalID(id("goal", fmt.Sprint(n, "-", i))), Code: session.Code(id("goalcode", i)), Owner: m, From: r.day(), Until: new(r.day())})
	}
	shared := session.Goal{ID: session.GoalID(id("goal", fmt.Sprint(n, "-shared"))), Code: session.Code(id("goalcode", "shared")), From: r.day()}
	for _, x := range g.Goals {
		shared.Contains = append(shared.Contains, x.ID)
	}
	g.Goals = append(g.Goals, shared)
	for i := range 2 {
		g.TherapistSpells = append(g.TherapistSpells, session.TherapistSpell{
			Number: i + 1, TherapistID: session.TherapistID(id("t", i)), Role: session.Lead, From: r.day(), To: new(r.day()), Why: new(session.ReleaseReason("left_the_practice")),
		})
	}
	r.group = g
	for k := range rapid.IntRange(1, 4).Draw(rt, "sessions") {
		r.sessions = append(r.sessions, r.meeting(k+1))
	}
	return r
}

// takesPart tells whether a member may be in what is frozen.
func (r *recorded) takesPart(m session.MemberID) bool {
	for _, sp := range r.group.Spells {
		if sp.MemberID == m && sp.Redacted {
			return false
		}
	}
	return r.consents[m]
}

// meeting draws a session.
func (r *recorded) meeting(n int) *session.Session {
	g := r.group
	span := &session.Span{Start: r.moment(), End: r.moment()}
	s := &session.Session{
		Head: r.head(), ID: session.SessionID(id("s", fmt.Sprint(g.ID, n))), GroupID: g.ID, GroupKind: g.Kind, Number: n, Kind: session.Assessment, Stage: new(session.Intake), HeldOn: r.day(),
		Planned: span, Actual: span, Status: session.StatusClosed, CancelWhy: new(session.CancelReason(id("cancel", 1))),
	}
	t := session.TherapistID(id("t", 0))
	s.Therapists = []session.Presence{{TherapistID: t, Role: session.Lead, Present: true}}
	for i, sp := range g.Spells {
		m, next := sp.MemberID, g.Spells[(i+1)%len(g.Spells)].MemberID
		s.Roster = append(s.Roster, session.Seat{MemberID: m, Spell: sp.Number, Attendance: session.Present, Modality: session.InPerson, Redacted: sp.Redacted})
		by := session.Rater{Kind: instrument.RaterMember, ID: string(m)}
		guess := session.Rater{Kind: instrument.RaterTherapist, ID: string(t)}
		watcher := session.Rater{Kind: instrument.RaterObserver, ID: id("o", 1)}
		for _, x := range []session.Rater{by, guess, watcher} {
			s.Alliances = append(s.Alliances, session.AllianceRating{Rating: r.rating("holon-alliance-1", x, m), TherapistID: t, MemberID: m})
		}
		s.Bonds = append(s.Bonds, session.BondRating{Rating: r.rating("holon-bond-1", by, m, next), From: m, To: next})
		s.MemberGroup = append(s.MemberGroup, session.MemberGroupRating{Rating: r.rating("holon-standing-1", by, m), MemberID: m})
		s.Cohesion = append(s.Cohesion, session.CohesionRating{Rating: r.rating("holon-cohesion-1", by, m)}, session.CohesionRating{Rating: r.rating("holon-cohesion-1", guess)})
		s.System = append(s.System, session.SystemRating{Rating: r.rating("holon-purpose-1", by, m)}, session.SystemRating{Rating: r.rating("holon-purpose-1", watcher)})
		s.Encounter = append(s.Encounter, session.EncounterRating{Rating: r.rating("holon-presence-1", by, m), TherapistID: t}, session.EncounterRating{Rating: r.rating("holon-presence-1", guess)})
		s.Outcomes = append(s.Outcomes, session.OutcomeRating{Rating: r.rating("phq-9", by, m), MemberID: m}, session.OutcomeRating{Rating: r.rating("phq-9", guess, m), MemberID: m})
		s.Openings = append(s.Openings, session.Opening{TherapistID: t, MemberID: m, Why: session.OpeningReason(id("opening", 1)), By: id("principal", 2), At: r.moment()})
		s.Ruptures = append(s.Ruptures, r.rupture(t, m, n))
		s.Goals = append(s.Goals, r.goal(by, g.Goals[i], m), r.goal(guess, g.Goals[i]), r.goal(by, g.Goals[len(g.Goals)-1], m))
	}
	return s
}

// value is one that no other answer has, which may be frozen or not.
func (r *recorded) value(kept bool) float64 {
	r.values++
	if kept {
		r.kept[r.values] = true
	}
	return r.values
}

// rating draws a rating of people, of whom each must take part.
func (r *recorded) rating(ref string, by session.Rater, people ...session.MemberID) session.Rating {
	x := session.Rating{
		ID: session.RatingID(id("r", r.values)), FormID: session.FormID(id("f", r.values)), Version: 3, Instrument: instrument.Ref{ID: ref, Version: "1"}, Rater: by, Occasion: session.Post,
		FormItems: 2, FormMissing: 1, Entered: session.Entry{By: id("principal", 3), At: r.moment(), Mode: session.Paper, AnsweredOn: new(r.day())}, AfterSeeing: r.yes(2),
		MovedFrom: &session.Origin{At: r.moment(), By: id("principal", 4)}, ByHand: []int{1},
	}
	kept := true
	for _, m := range people {
		kept = kept && r.takesPart(m)
	}
	switch rapid.IntRange(0, 12).Draw(r.rt, "sort") {
	case 0:
		x.Void, kept = &session.Void{By: id("principal", 5), At: r.moment(), Why: session.VoidReason(id("void", 1))}, false
	case 1:
		x.Redacted, kept = &session.Redacted{Decision: id("decision", 1), At: r.moment()}, false
	case 2:
		x.Unfinished, kept = true, false
	case 3:
		x.Instrument.ID, kept = "holon-rapport-1", false
	}
	x.Answers = []session.Answer{{Item: 1, State: session.Answered, Value: r.value(kept)}, {Item: 2, State: session.Declined}}
	x.ReportedTotal = new(r.value(kept))
	return x
}

// rupture draws what a therapist entered.
func (r *recorded) rupture(t session.TherapistID, m session.MemberID, n int) session.Rupture {
	x := session.Rupture{TherapistID: t, MemberID: m, Kind: session.RuptureWithdrawal, Steps: []session.RepairStep{{Kind: session.RepairClarified, Number: n, By: id("principal", 6), At: r.moment()}}, By: id("principal", 6), At: r.moment()}
	if r.yes(6) {
		x.Kind, x.Redacted = "", &session.Redacted{Decision: id("decision", 2), At: r.moment()}
	}
	return x
}

// goal draws what somebody said of a goal.
func (r *recorded) goal(by session.Rater, g session.Goal, people ...session.MemberID) session.GoalRating {
	kept := g.Owner == "" || r.takesPart(g.Owner)
	for _, m := range people {
		kept = kept && r.takesPart(m)
	}
	return session.GoalRating{
		Rater: by, GoalID: g.ID, Version: 2, Value: new(r.value(kept)), Endorsed: new(true), Entered: session.Entry{By: id("principal", 7), At: r.moment(), Mode: session.Device, AnsweredOn: new(r.day())},
	}
}

// first is the day of the first session.
func (r *recorded) first() session.Date {
	out := r.sessions[0].HeldOn
	for _, s := range r.sessions {
		out = min(out, s.HeldOn)
	}
	return out
}

// takenAt is when the drawn groups are frozen.
var takenAt = time.Date(2040, 5, 6, 7, 8, 9, 0, time.UTC)

// copied is a frozen group with its sessions.
type copied struct {
	group    *session.Group
	sessions []*session.Session
}

// freezeAll takes a snapshot of groups in their order.
func freezeAll(all []*recorded, key string) (*study.Snapshot, []copied) {
	s := &study.Study{}
	for _, ref := range []string{"holon-alliance-1", "holon-bond-1", "holon-standing-1", "holon-cohesion-1", "holon-purpose-1", "holon-presence-1", "phq-9"} {
		s.Measures = append(s.Measures, own(ref, instrument.RaterMember))
	}
	f := study.NewFreezer(s, study.NewPseudonyms([]byte(key)), func(m session.MemberID) bool {
		for _, r := range all {
			if r.consents[m] {
				return true
			}
		}
		return false
	}, takenAt)
	var out []copied
	for _, r := range all {
		fg := f.Group(r.group, r.first())
		var c copied
		for _, x := range r.sessions {
			if f.Takes(x) {
				c.sessions = append(c.sessions, fg.Session(x))
			}
		}
		c.group = fg.End()
		out = append(out, c)
	}
	header := &study.Snapshot{}
	f.Finish(header)
	return header, out
}
