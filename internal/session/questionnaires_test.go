package session_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// The questionnaires below are those whose parts go to several places.
var (
	softaClient    = instrument.Ref{ID: "softa-s-client", Version: "1"}
	softaTherapist = instrument.Ref{ID: "softa-s-therapist", Version: "1"}
	softaMember    = instrument.Ref{ID: "softa-o-member", Version: "1"}
	softaFamily    = instrument.Ref{ID: "softa-o-family", Version: "1"}
	gcs            = instrument.Ref{ID: "gcs", Version: "1"}
	gsrs           = instrument.Ref{ID: "gsrs", Version: "1"}
	waiSR          = instrument.Ref{ID: "wai-sr", Version: "1"}
	carerForm      = instrument.Ref{ID: "cors-carer", Version: "1"}
)

// sharedPurpose are the SOFTA-s items about the family.
func sharedPurpose() []int { return []int{4, 8, 12, 16} }

// notShown takes items off a form.
func notShown(f session.FormInput, items ...int) session.FormInput {
	for i := range f.Answers {
		if slices.Contains(items, f.Answers[i].Item) {
			f.Answers[i] = session.AnswerInput{Item: f.Answers[i].Item, State: "not_shown"}
		}
	}
	return f
}

// levels counts a session's ratings by level.
func levels(s *session.Session) map[instrument.Level]int {
	out := map[instrument.Level]int{}
	for level, n := range map[instrument.Level]int{
		instrument.Alliance: len(s.Alliances), instrument.MemberGroup: len(s.MemberGroup),
		instrument.Cohesion: len(s.Cohesion), instrument.System: len(s.System), instrument.Outcome: len(s.Outcomes),
	} {
		if n > 0 {
			out[level] = n
		}
	}
	return out
}

// TestSOFTAOfAFamilyGoesToThreeLevels: one form of a member is an alliance, a
// standing and a report about the family.
func TestSOFTAOfAFamilyGoesToThreeLevels(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindFamily)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", softaClient, member(ann), session.About{TherapistID: lea})}, reference(t)))
	want := map[instrument.Level]int{instrument.Alliance: 1, instrument.MemberGroup: 1, instrument.System: 1}
	if diff := cmp.Diff(want, levels(s)); diff != "" {
		t.Error(diff)
	}
	if n := len(s.Alliances[0].Answers); n != 8 {
		t.Errorf("%d alliance items, want 8", n)
	}
}

// TestSOFTAOfATherapyGroupHasNoSharedPurpose: those items are about a family, so
// they are refused in a therapy group, and the form is taken without them.
func TestSOFTAOfATherapyGroupHasNoSharedPurpose(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	f := form(t, "f-1", softaClient, member(ann), session.About{TherapistID: lea})
	wantFault(t, s.Submit([]session.FormInput{f}, reference(t)), fault.Invalid, "/forms/0/instrument system_is_of_families")
	must(t, s.Submit([]session.FormInput{notShown(f, sharedPurpose()...)}, reference(t)))
	want := map[instrument.Level]int{instrument.Alliance: 1, instrument.MemberGroup: 1}
	if diff := cmp.Diff(want, levels(s)); diff != "" {
		t.Error(diff)
	}
}

// TestATherapistsSOFTACountsTheFamilyOnce: one form for each member, shared
// purpose on one of them.
func TestATherapistsSOFTACountsTheFamilyOnce(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindFamily)
	must(t, s.Submit([]session.FormInput{form(t, "f-1", softaTherapist, therapist(lea), session.About{MemberID: ann})}, reference(t)))
	second := form(t, "f-2", softaTherapist, therapist(lea), session.About{MemberID: ben})
	wantFault(t, s.Submit([]session.FormInput{second}, reference(t)), fault.Conflict, "/forms/0 slot_taken")
	must(t, s.Submit([]session.FormInput{notShown(second, sharedPurpose()...)}, reference(t)))
	want := map[instrument.Level]int{instrument.Alliance: 2, instrument.MemberGroup: 2, instrument.System: 1}
	if diff := cmp.Diff(want, levels(s)); diff != "" {
		t.Error(diff)
	}
}

// TestAnObserversSOFTAIsTwoForms: three dimensions for each member, and one for
// the family.
func TestAnObserversSOFTAIsTwoForms(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindFamily)
	must(t, s.Submit([]session.FormInput{
		form(t, "f-1", softaMember, observer(), session.About{TherapistID: lea, MemberID: ann}),
		form(t, "f-2", softaMember, observer(), session.About{TherapistID: lea, MemberID: ben}),
		form(t, "f-3", softaFamily, observer(), session.About{}),
	}, reference(t)))
	want := map[instrument.Level]int{instrument.Alliance: 2, instrument.MemberGroup: 2, instrument.System: 1}
	if diff := cmp.Diff(want, levels(s)); diff != "" {
		t.Error(diff)
	}
}

// TestWhatQuestionnairesRefuse has a form each that a rule of its questionnaire
// turns away.
func TestWhatQuestionnairesRefuse(t *testing.T) {
	t.Parallel()
	older := form(t, "f-1", waiSR, member(ann), session.About{TherapistID: lea})
	older.Answers[3].Value = new(7.0) // an answer of the older form of twelve items
	for name, c := range map[string]struct {
		kind session.GroupKind
		form session.FormInput
		want string
	}{
		"an answer of the WAI-S on a WAI-SR": {session.KindGroup, older, "/forms/0/items/3/value out_of_range"},
		"a paper form on a device":           {session.KindGroup, form(t, "f-1", gsrs, member(ann), session.About{}), "/forms/0/mode licence_paper_only"},
		"the group's cohesion in a family":   {session.KindFamily, form(t, "f-1", gcs, member(ann), session.About{}), "/forms/0/instrument cohesion_is_of_groups"},
		"a carer's form about nobody":        {session.KindFamily, onPaper(form(t, "f-1", carerForm, member(ann), session.About{})), "/forms/0/about/member_id target_missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantFault(t, meeting(t, c.kind).Submit([]session.FormInput{c.form}, reference(t)), fault.Invalid, c.want)
		})
	}
}

// onPaper makes a form one that was typed from paper.
func onPaper(f session.FormInput) session.FormInput {
	f.Entered.Mode = session.Paper
	return f
}
