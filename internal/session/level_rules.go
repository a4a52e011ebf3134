package session

import (
	"slices"
	"strings"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// target is whom a rating is about, as its level needs it.
type target struct {
	therapist TherapistID
	member    MemberID
}

// needsPresence tells whether ratings of this level, made after a meeting,
// speak of having been there. Outcomes do not: an absent member may answer.
func needsPresence(level instrument.Level) bool { return level != instrument.Outcome }

// resolveTarget says whom the form's part at this level is about, or notes
// which rule forbids it. It also tells which of the two names the level uses.
func (s *Session) resolveTarget(faults *fault.List, level instrument.Level, f *form) (t target, usesTherapist, usesMember bool) {
	switch level {
	case instrument.Alliance:
		return s.alliancePair(faults, f), true, true
	case instrument.Bond:
		return s.bondPartner(faults, f), false, true
	case instrument.MemberGroup:
		return target{member: s.ownOrNamed(faults, level, f)}, false, true
	case instrument.Cohesion:
		if s.GroupKind != KindGroup {
			faults.Add("/instrument", "cohesion_is_of_groups", "Cohesion is a therapy group's. For a family or couple use an instrument of the systemic alliance.")
		}
		return target{}, false, false
	case instrument.System:
		if s.GroupKind == KindGroup {
			faults.Add("/instrument", "system_is_of_families", "The systemic alliance is a family's or couple's. For a therapy group use an instrument of cohesion; where a form is about more than that, enter its items about the family as not_shown.")
		}
		return target{}, false, false
	case instrument.Encounter:
		if f.About.TherapistID != "" && s.therapist(f.About.TherapistID) < 0 {
			faults.Add("/about/therapist_id", "therapist_not_in_session", "This therapist was not assigned to the session. Check the therapist and the session: it has those who had charge of the group on its day.")
		}
		return target{therapist: f.About.TherapistID}, true, false
	case instrument.Outcome:
		return target{member: s.ownOrNamed(faults, level, f)}, false, true
	default:
		faults.Add("/instrument", "unknown_level", "The instrument has items of a level this version of Holon does not know.")
		return target{}, false, false
	}
}

// alliancePair completes the therapist–member pair from the rater, who is one
// of it unless an observer.
func (s *Session) alliancePair(faults *fault.List, f *form) target {
	t := target{therapist: f.About.TherapistID, member: f.About.MemberID}
	switch f.Rater.Kind {
	case instrument.RaterMember:
		if t.member != "" && string(t.member) != f.Rater.ID {
			faults.Add("/about/member_id", "alliance_is_the_raters_own", "Members rate their own alliance with the therapist. Leave the member out, or enter the form for the member who filled it in.")
		}
		t.member = MemberID(f.Rater.ID)
	case instrument.RaterTherapist:
		if t.therapist != "" && string(t.therapist) != f.Rater.ID {
			faults.Add("/about/therapist_id", "alliance_is_the_raters_own", "Therapists rate their own alliance with a member. Leave the therapist out, or enter the form for the therapist who filled it in.")
		}
		t.therapist = TherapistID(f.Rater.ID)
	case instrument.RaterObserver:
	}
	if t.therapist == "" {
		faults.Add("/about/therapist_id", "target_missing", "Say which therapist this alliance is with.")
	} else if s.therapist(t.therapist) < 0 {
		faults.Add("/about/therapist_id", "therapist_not_in_session", "This therapist was not assigned to the session. Check the therapist and the session: it has those who had charge of the group on its day.")
	}
	if f.Rater.Kind != instrument.RaterMember { // a rater's own place is judged with the rater
		s.checkNamedMember(faults, t.member, "Say which member this alliance is with.")
	}
	return t
}

// bondPartner checks that one member rates another.
func (s *Session) bondPartner(faults *fault.List, f *form) target {
	to := f.About.MemberID
	if f.Rater.Kind != instrument.RaterMember {
		faults.Add("/rater/kind", "bond_is_between_members", "A bond is one member's rating of another. Therapists and observers have none.")
		return target{member: to}
	}
	if string(to) == f.Rater.ID {
		faults.Add("/about/member_id", "bond_with_oneself", "A bond is with another member, not with oneself.")
		return target{member: to}
	}
	s.checkNamedMember(faults, to, "Say which other member this bond is with.")
	return target{member: to}
}

// ownOrNamed returns the member a form of standing or outcome is about: the
// rater, where the items say "I", or the one who is named, such as a child by a
// caregiver.
func (s *Session) ownOrNamed(faults *fault.List, level instrument.Level, f *form) MemberID {
	m := f.About.MemberID
	if f.Rater.Kind == instrument.RaterMember && f.saysI(level) {
		if m != "" && string(m) != f.Rater.ID {
			faults.Add("/about/member_id", "about_another", "These items say “I”: members answer them about themselves. Leave the member out, or enter the form for the member who filled it in.")
		}
		return MemberID(f.Rater.ID)
	}
	s.checkNamedMember(faults, m, "Say which member this form is about.")
	if f.Rater.Kind == instrument.RaterMember && string(m) == f.Rater.ID {
		faults.Add("/about/member_id", "about_oneself", "This form is about somebody else, such as a caregiver's about a child. Name whom it is about; about themselves members answer a form of their own.")
	}
	return m
}

// saysI tells whether items of this level speak of the rater.
func (f *form) saysI(level instrument.Level) bool {
	return slices.ContainsFunc(f.def.Items, func(i instrument.Item) bool {
		return i.Level == level && i.Referent == instrument.ReferentI
	})
}

// checkNamedMember notes when a member is not named or not on the roster.
func (s *Session) checkNamedMember(faults *fault.List, m MemberID, missing string) {
	switch {
	case m == "":
		faults.Add("/about/member_id", "target_missing", missing)
	case s.seat(m) < 0:
		faults.Add("/about/member_id", "member_not_on_roster", "This member is not on the session's roster. Check the member and the session; if both are right, change the roster first.")
	}
}

// checkRater notes when the rater has no place in the session or the
// instrument is not for this kind of rater.
func (s *Session) checkRater(faults *fault.List, f *form) {
	switch f.Rater.Kind {
	case instrument.RaterMember:
		if s.seat(MemberID(f.Rater.ID)) < 0 {
			faults.Add("/rater/id", "rater_not_on_roster", "This member is not on the session's roster. Check the member and the session; if both are right, change the roster first.")
		}
	case instrument.RaterTherapist:
		if s.therapist(TherapistID(f.Rater.ID)) < 0 {
			faults.Add("/rater/id", "rater_not_in_session", "This therapist was not assigned to the session. Check the therapist and the session: it has those who had charge of the group on its day.")
		}
	case instrument.RaterObserver:
	}
	for _, item := range f.def.Items {
		if !slices.Contains(item.Raters, f.Rater.Kind) && f.gaveAnswer(item) {
			faults.Add("/rater/kind", "rater_kind_not_allowed", "This instrument, or a part of it that has answers, is not for this kind of rater. It is answered by: "+ratersInWords(item.Raters)+".")
			return
		}
	}
}

// ratersInWords lists kinds of rater.
func ratersInWords(kinds []instrument.RaterKind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = string(k)
	}
	return strings.Join(words, ", ")
}

// gaveAnswer tells whether the item was put to the rater at all, as far as the
// form says. A bare total counts as an answer to everything.
func (f *form) gaveAnswer(item instrument.Item) bool {
	for _, a := range f.answers {
		if a.Item == item.Number {
			return a.State != NotShown
		}
	}
	return true
}

// checkPresence notes when a rating made after the meeting is by or about
// somebody who was not there.
func (s *Session) checkPresence(faults *fault.List, level instrument.Level, f *form, t target) {
	if f.Occasion != Post || !needsPresence(level) {
		return
	}
	if s.Status == StatusCancelled {
		faults.Add("", "session_cancelled", "The session was cancelled, so there is no meeting to rate. Outcomes can still be entered.")
		return
	}
	if s.raterAbsent(f.Rater) {
		faults.Add("/rater/id", "rater_absent", "The rater was absent, so there is no rating of this meeting. Outcomes can still be entered.")
	}
	if k := s.seat(t.member); t.member != "" && string(t.member) != f.Rater.ID && k >= 0 && s.Roster[k].Attendance.Absent() {
		faults.Add("/about/member_id", "target_absent", "The member this is about was absent from the meeting.")
	}
	if k := s.therapist(t.therapist); t.therapist != "" && string(t.therapist) != f.Rater.ID && k >= 0 && !s.Therapists[k].Present {
		faults.Add("/about/therapist_id", "target_absent", "The therapist this is about was absent from the meeting.")
	}
}

// raterAbsent tells whether the rater is known not to have been there.
func (s *Session) raterAbsent(r Rater) bool {
	switch r.Kind {
	case instrument.RaterMember:
		k := s.seat(MemberID(r.ID))
		return k >= 0 && s.Roster[k].Attendance.Absent()
	case instrument.RaterTherapist:
		k := s.therapist(TherapistID(r.ID))
		return k >= 0 && !s.Therapists[k].Present
	default:
		return false
	}
}
