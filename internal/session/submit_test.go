package session_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

func TestEveryLevelTakesItsRatersAndTargets(t *testing.T) {
	t.Parallel()
	type about = session.About
	for name, c := range map[string]struct {
		kind  session.GroupKind
		ref   instrument.Ref
		rater session.Rater
		about about
		level instrument.Level
		want  []string
	}{
		"a member rates the alliance with a therapist":      {session.KindGroup, alliance, member(ann), about{TherapistID: lea}, instrument.Alliance, nil},
		"a member rates it naming the own self":             {session.KindGroup, alliance, member(ann), about{TherapistID: lea, MemberID: ann}, instrument.Alliance, nil},
		"a therapist guesses the alliance of a member":      {session.KindGroup, alliance, therapist(carl), about{MemberID: ann}, instrument.Alliance, nil},
		"an observer rates the alliance of a pair":          {session.KindGroup, alliance, observer(), about{TherapistID: lea, MemberID: ann}, instrument.Alliance, nil},
		"an alliance with nobody":                           {session.KindGroup, alliance, member(ann), about{}, "", []string{"/forms/0/about/therapist_id target_missing"}},
		"an alliance of another member":                     {session.KindGroup, alliance, member(ann), about{TherapistID: lea, MemberID: ben}, "", []string{"/forms/0/about/member_id alliance_is_the_raters_own"}},
		"an alliance of another therapist":                  {session.KindGroup, alliance, therapist(carl), about{TherapistID: lea, MemberID: ben}, "", []string{"/forms/0/about/therapist_id alliance_is_the_raters_own"}},
		"an alliance with a therapist not there":            {session.KindGroup, alliance, member(ann), about{TherapistID: sue}, "", []string{"/forms/0/about/therapist_id therapist_not_in_session"}},
		"an observer names no pair":                         {session.KindGroup, alliance, observer(), about{}, "", []string{"/forms/0/about/therapist_id target_missing", "/forms/0/about/member_id target_missing"}},
		"a member rates another":                            {session.KindGroup, bond, member(ann), about{MemberID: ben}, instrument.Bond, nil},
		"a bond with oneself":                               {session.KindGroup, bond, member(ann), about{MemberID: ann}, "", []string{"/forms/0/about/member_id bond_with_oneself"}},
		"a bond with nobody":                                {session.KindGroup, bond, member(ann), about{}, "", []string{"/forms/0/about/member_id target_missing"}},
		"a bond with somebody of another group":             {session.KindGroup, bond, member(ann), about{MemberID: dora}, "", []string{"/forms/0/about/member_id member_not_on_roster"}},
		"a therapist's bond":                                {session.KindGroup, bond, therapist(lea), about{MemberID: ann}, "", []string{"/forms/0/rater/kind rater_kind_not_allowed", "/forms/0/rater/kind bond_is_between_members"}},
		"a member's own standing":                           {session.KindGroup, standing, member(ann), about{}, instrument.MemberGroup, nil},
		"a member's standing named":                         {session.KindGroup, standing, member(ann), about{MemberID: ann}, instrument.MemberGroup, nil},
		"a member about another's standing":                 {session.KindGroup, standing, member(ann), about{MemberID: ben}, "", []string{"/forms/0/about/member_id about_another"}},
		"a member about the group":                          {session.KindGroup, cohesion, member(ann), about{}, instrument.Cohesion, nil},
		"a therapist about the group":                       {session.KindGroup, cohesion, therapist(lea), about{}, instrument.Cohesion, nil},
		"an observer about the group":                       {session.KindGroup, cohesion, observer(), about{}, instrument.Cohesion, nil},
		"cohesion of a family":                              {session.KindFamily, cohesion, member(ann), about{}, "", []string{"/forms/0/instrument cohesion_is_of_groups"}},
		"cohesion about one member":                         {session.KindGroup, cohesion, member(ann), about{MemberID: ben}, "", []string{"/forms/0/about/member_id wrong_target"}},
		"cohesion about a therapist":                        {session.KindGroup, cohesion, member(ann), about{TherapistID: lea}, "", []string{"/forms/0/about/therapist_id wrong_target"}},
		"a member about the family":                         {session.KindFamily, purpose, member(ben), about{}, instrument.System, nil},
		"the systemic alliance of a therapy group":          {session.KindGroup, purpose, member(ben), about{}, "", []string{"/forms/0/instrument system_is_of_families"}},
		"presence in the meeting":                           {session.KindGroup, presence, member(ann), about{TherapistID: lea}, instrument.Encounter, nil},
		"presence with nobody in particular":                {session.KindGroup, presence, member(ann), about{}, instrument.Encounter, nil},
		"presence with a therapist not there":               {session.KindGroup, presence, member(ann), about{TherapistID: sue}, "", []string{"/forms/0/about/therapist_id therapist_not_in_session"}},
		"a member's own symptoms":                           {session.KindGroup, phq9, member(ann), about{}, instrument.Outcome, nil},
		"a caregiver about a child's adherence":             {session.KindFamily, adherenceSeen, member(ann), about{MemberID: ben}, instrument.Outcome, nil},
		"a clinician about a child's adherence":             {session.KindFamily, adherenceSeen, therapist(lea), about{MemberID: ben}, instrument.Outcome, nil},
		"adherence seen in oneself":                         {session.KindFamily, adherenceSeen, member(ann), about{MemberID: ann}, "", []string{"/forms/0/about/member_id about_oneself"}},
		"adherence seen in nobody":                          {session.KindFamily, adherenceSeen, member(ann), about{}, "", []string{"/forms/0/about/member_id target_missing"}},
		"another's adherence in the own words":              {session.KindFamily, adherence, member(ann), about{MemberID: ben}, "", []string{"/forms/0/about/member_id about_another"}},
		"a clinician in the child's own words":              {session.KindFamily, adherence, therapist(lea), about{MemberID: ben}, "", []string{"/forms/0/rater/kind rater_kind_not_allowed"}},
		"a member about another's symptoms":                 {session.KindGroup, phq9, member(ann), about{MemberID: ben}, "", []string{"/forms/0/about/member_id about_another"}},
		"a caregiver about a child":                         {session.KindFamily, child, member(ann), about{MemberID: ben}, instrument.Outcome, nil},
		"a caregiver about a child not named":               {session.KindFamily, child, member(ann), about{}, "", []string{"/forms/0/about/member_id target_missing"}},
		"a stranger's alliance":                             {session.KindGroup, alliance, member(dora), about{TherapistID: lea}, "", []string{"/forms/0/rater/id rater_not_on_roster"}},
		"symptoms by a therapist, which are the member's":   {session.KindGroup, phq9, therapist(lea), about{MemberID: ben}, "", []string{"/forms/0/rater/kind rater_kind_not_allowed"}},
		"a rater who is in no way part of the session":      {session.KindGroup, phq9, member(dora), about{}, "", []string{"/forms/0/rater/id rater_not_on_roster"}},
		"a therapist who is in no way part of the session":  {session.KindGroup, cohesion, therapist(sue), about{}, "", []string{"/forms/0/rater/id rater_not_in_session"}},
		"an adolescent's form from an adolescent":           {session.KindFamily, teens, member(ben), about{}, instrument.Outcome, nil},
		"an adolescent's form from somebody of unknown age": {session.KindFamily, teens, member(ann), about{}, instrument.Outcome, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := meeting(t, c.kind)
			f := form(t, "f-1", c.ref, c.rater, c.about)
			if len(f.Answers) == 0 { // the instrument is not for this rater, who answers all the same
				f.Answers = []session.AnswerInput{{Item: 1, Value: new(0.0)}}
			}
			err := s.Submit([]session.FormInput{f}, reference(t))
			if c.want != nil {
				wantFault(t, err, fault.Invalid, c.want...)
				if s.Count() != 0 {
					t.Errorf("a refused form left %d ratings", s.Count())
				}
				return
			}
			must(t, err)
			r, level, ok := s.Find(session.RatingID("f-1." + string(c.level)))
			if !ok || level != c.level || s.Count() != 1 || r.FormID != "f-1" || r.Version != 1 || r.Rater != c.rater {
				t.Errorf("rating %+v at %q, %d in all", r, level, s.Count())
			}
		})
	}
}

func TestFormsThatCannotHaveComeInLikeThis(t *testing.T) {
	t.Parallel()
	srs := form(t, "f-1", instrument.Ref{ID: "srs", Version: "3.0"}, member(ann), session.About{TherapistID: lea})
	s := meeting(t, session.KindGroup)
	wantFault(t, s.Submit([]session.FormInput{srs}, reference(t)), fault.Invalid, "/forms/0/mode licence_paper_only")
	srs.Entered.Mode = session.Paper
	must(t, s.Submit([]session.FormInput{srs}, reference(t)))
	early := form(t, "f-2", cohesion, member(ann), session.About{})
	early.Entered.At = enteredAt.AddDate(0, 0, -2)
	wantFault(t, s.Submit([]session.FormInput{early}, reference(t)), fault.Invalid, "/forms/0/occasion not_held_yet")
	early.Entered.At = enteredAt.AddDate(0, 0, -1) // perhaps already that day where the practice is
	must(t, s.Submit([]session.FormInput{early}, reference(t)))
}

func TestAgesAreRefusedOnlyWhenCertain(t *testing.T) {
	t.Parallel()
	for day, refused := range map[string]bool{
		"2023-12-31": true,  // 10 or 11
		"2024-01-01": false, // 11 or 12: perhaps old enough
		"2030-12-31": false, // 17 or 18
		"2031-01-01": true,  // 18 or 19
	} {
		g, err := session.NewGroup("g-1", "F", session.KindFamily, session.Open, "2020-01-01")
		must(t, err)
		_, err = g.Join(ben, session.RoleChild, "2020-01-01")
		must(t, err)
		s, err := session.NewSession("s-1", g, session.Plan{Number: 1, Kind: session.Meeting, HeldOn: day})
		must(t, err)
		f := form(t, "f-1", teens, member(ben), session.About{})
		f.Entered.At = time.Date(2031, 1, 2, 9, 0, 0, 0, time.UTC)
		err = s.Submit([]session.FormInput{f}, reference(t))
		if refused {
			wantFault(t, err, fault.Invalid, "/forms/0/rater/id outside_age_range")
		} else if err != nil {
			t.Errorf("on %s: %v", day, err)
		}
	}
}

func TestAFormIsSplitByLevel(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindFamily)
	f := form(t, "f-1", many, member(ben), session.About{TherapistID: lea})
	for i, v := range []float64{5, 4, 3, 2} {
		f.Answers[i].Value = &v
	}
	f.Answers[1] = session.AnswerInput{Item: 2, State: "declined"}
	must(t, s.Submit([]session.FormInput{f}, reference(t)))
	common := session.Rating{
		FormID: "f-1", Version: 1, Instrument: many, Rater: member(ben), Occasion: session.Post, FormItems: 4, FormMissing: 1,
		Entered: session.Entry{By: "operator", At: time.Date(2026, 3, 5, 20, 15, 0, 123000000, time.UTC), Mode: session.Device},
	}
	part := func(level string, answers ...session.Answer) session.Rating {
		r := common
		r.ID, r.Answers = session.RatingID("f-1."+level), answers
		return r
	}
	want := session.Ratings{
		Alliances: []session.AllianceRating{{
			Rating:      part("alliance", session.Answer{Item: 1, State: session.Answered, Value: 5}, session.Answer{Item: 4, State: session.Answered, Value: 2}),
			TherapistID: lea, MemberID: ben,
		}},
		MemberGroup: []session.MemberGroupRating{{Rating: part("member_group", session.Answer{Item: 2, State: session.Declined}), MemberID: ben}},
		System:      []session.SystemRating{{Rating: part("system", session.Answer{Item: 3, State: session.Answered, Value: 3})}},
	}
	if diff := cmp.Diff(want, s.Ratings); diff != "" {
		t.Errorf("ratings (-want +got):\n%s", diff)
	}
	if got := s.OfForm("f-1"); len(got) != 3 {
		t.Errorf("the form has %d ratings", len(got))
	}
	if v, ok := s.Alliances[0].Value(4); !ok || v != 2 {
		t.Errorf("item 4 is %v, %v", v, ok)
	}
	if _, ok := s.MemberGroup[0].Value(2); ok {
		t.Error("a declined item has a value")
	}
}

func TestItemsNotForTheRaterWereNotShown(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindFamily)
	f := form(t, "f-1", many, therapist(lea), session.About{MemberID: ben})
	must(t, s.Submit([]session.FormInput{f}, reference(t)))
	if len(s.MemberGroup) != 0 || len(s.Alliances) != 1 || len(s.System) != 1 {
		t.Fatalf("levels %+v", s.Ratings)
	}
	if r := s.System[0]; r.FormItems != 3 || r.FormMissing != 0 {
		t.Errorf("the therapist's form has %d items, %d missing; want 3 and 0", r.FormItems, r.FormMissing)
	}
	must(t, s.Correct(session.Correction{Rating: "f-1.alliance", Version: 1, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, State: "declined"}}}, reference(t)))
	if r := s.System[0]; r.FormItems != 3 || r.FormMissing != 1 {
		t.Errorf("after a correction the therapist's form has %d items, %d missing; want 3 and 1", r.FormItems, r.FormMissing)
	}
	f.ID, f.Occasion = "f-2", session.Pre
	f.Answers = append(f.Answers, session.AnswerInput{Item: 2, Value: new(1.0)})
	wantFault(t, s.Submit([]session.FormInput{f}, reference(t)), fault.Invalid, "/forms/0/rater/kind rater_kind_not_allowed")
	f.Answers = []session.AnswerInput{{Item: 2, State: "not_shown"}, {Item: 1, State: "not_shown"}, {Item: 3, State: "not_shown"}, {Item: 4, State: "not_shown"}}
	wantFault(t, s.Submit([]session.FormInput{f}, reference(t)), fault.Invalid, "/forms/0/items empty_form")
}

func TestSixFactsAboutAnItemNoneOfThemZero(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	f := form(t, "f-1", phq9, member(ann), session.About{})
	f.Answers = []session.AnswerInput{
		{Item: 1, Value: new(0.0)},
		{Item: 2, Value: new(3.0), State: "answered"},
		{Item: 3, State: "declined"},
		{Item: 4, State: "cannot_say"},
		{Item: 5, State: "not_answered"},
		{Item: 6, State: "not_shown"},
		{Item: 7},
		{Item: 9, Value: new(1.0)}, // and item 8 left out
	}
	must(t, s.Submit([]session.FormInput{f}, reference(t)))
	want := []session.Answer{
		{Item: 1, State: session.Answered},
		{Item: 2, State: session.Answered, Value: 3},
		{Item: 3, State: session.Declined},
		{Item: 4, State: session.CannotSay},
		{Item: 5, State: session.NotAnswered},
		{Item: 6, State: session.NotShown},
		{Item: 7, State: session.NotAnswered},
		{Item: 8, State: session.NotAnswered},
		{Item: 9, State: session.Answered, Value: 1},
	}
	got := s.Outcomes[0]
	if diff := cmp.Diff(want, got.Answers); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	if got.FormMissing != 6 {
		t.Errorf("%d missing, want 6", got.FormMissing)
	}
	for n := 1; n <= 9; n++ {
		if _, ok := got.Value(n); ok != (n == 1 || n == 2 || n == 9) {
			t.Errorf("item %d has a value: %v", n, ok)
		}
	}
	if _, _, ok := s.Find("f-2.outcome"); ok {
		t.Error("the sixth fact: whoever was absent has no form, and none is made")
	}
	for _, state := range []session.State{session.NotAnswered, session.Answered, session.Declined, session.CannotSay, session.NotShown} {
		if back, ok := session.ParseState(state.String()); !ok || back != state {
			t.Errorf("the state %s is read back as %s", state, back)
		}
	}
	if session.State(77).String() != "unknown" {
		t.Error("an impossible state has a name")
	}
}

func TestABatchNamesEveryFaultAndStoresNothing(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	must(t, s.Submit([]session.FormInput{form(t, "f-0", phq9, member(ann), session.About{})}, reference(t)))
	before := snapshot(t, s)
	good := form(t, "f-1", phq9, member(ben), session.About{})
	unknown := form(t, "f-2", phq9, member(cleo), session.About{})
	unknown.Instrument.Version = "99"
	bad := form(t, "F 3", phq9, session.Rater{Kind: "cat", ID: "Mrs Cat"}, session.About{})
	bad.Occasion, bad.Entered.Mode = "during", "telepathy"
	bad.Answers = []session.AnswerInput{
		{Item: 1, Value: new(4.0)},
		{Item: 2, Value: new(0.5)},
		{Item: 3, Value: new(math.NaN())},
		{Item: 4, Value: new(math.Inf(-1))},
		{Item: 10, Value: new(1.0)},
		{Item: 5, Value: new(1.0)},
		{Item: 5, Value: new(1.0)},
		{Item: 6, State: "maybe"},
		{Item: 7, State: "answered"},
		{Item: 8, State: "declined", Value: new(0.0)},
	}
	taken := form(t, "f-4", phq9, member(ann), session.About{})
	wantFault(t, s.Submit([]session.FormInput{good, unknown, bad, taken}, reference(t)), fault.Invalid,
		"/forms/1/instrument unknown_instrument_version",
		"/forms/2/form_id bad_id", "/forms/2/occasion unknown_occasion", "/forms/2/rater/kind unknown_rater", "/forms/2/rater/id bad_id", "/forms/2/mode unknown_mode",
		"/forms/2/items/0/value out_of_range", "/forms/2/items/1/value off_step", "/forms/2/items/2/value not_finite", "/forms/2/items/3/value not_finite",
		"/forms/2/items/4/item no_such_item", "/forms/2/items/6/item item_twice",
		"/forms/2/items/7/state unknown_state", "/forms/2/items/8/value answered_without_value", "/forms/2/items/9/value value_without_answer",
		"/forms/2/rater/kind rater_kind_not_allowed", "/forms/2/about/member_id target_missing",
		"/forms/3 slot_taken",
	)
	if after := snapshot(t, s); after != before {
		t.Errorf("a refused batch changed the session:\n%s", cmp.Diff(before, after))
	}
	wantFault(t, s.Submit(nil, reference(t)), fault.Invalid, "empty_batch")
	wantFault(t, s.Submit(make([]session.FormInput, session.MaxForms+1), reference(t)), fault.TooLarge, "batch_too_large")
}

func TestTwoWritersOfOneRevisionDoNotMeet(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	must(t, s.Submit([]session.FormInput{
		form(t, "f-1", phq9, member(ann), session.About{}), form(t, "f-2", phq9, member(ben), session.About{}), form(t, "f-3", phq9, member(cleo), session.About{}),
	}, reference(t)))
	one, other := *s, *s
	first, second := form(t, "f-4", phq9, member(ann), session.About{}), form(t, "f-5", phq9, member(ben), session.About{})
	first.Occasion, second.Occasion = session.Pre, session.Pre
	must(t, one.Submit([]session.FormInput{first}, reference(t)))
	must(t, other.Submit([]session.FormInput{second}, reference(t)))
	if one.Outcomes[3].FormID != "f-4" || other.Outcomes[3].FormID != "f-5" || len(s.Outcomes) != 3 {
		t.Errorf("one holds %s, the other %s", one.Outcomes[3].FormID, other.Outcomes[3].FormID)
	}
}

func TestAPlaceInASessionIsTakenOnce(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	first := form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea})
	again := form(t, "f-2", alliance, member(ann), session.About{TherapistID: lea, MemberID: ann})
	wantFault(t, s.Submit([]session.FormInput{first, again}, reference(t)), fault.Conflict, "/forms/1 slot_taken")
	must(t, s.Submit([]session.FormInput{first}, reference(t)))
	wantFault(t, s.Submit([]session.FormInput{again}, reference(t)), fault.Conflict, "/forms/0 slot_taken")
	same := form(t, "f-1", phq9, member(ann), session.About{})
	wantFault(t, s.Submit([]session.FormInput{same}, reference(t)), fault.Conflict, "/forms/0 form_stored_already")
	// Another therapist, occasion or rater is another place.
	other := []session.FormInput{
		form(t, "f-3", alliance, member(ann), session.About{TherapistID: carl}),
		form(t, "f-4", alliance, member(ann), session.About{TherapistID: lea}),
		form(t, "f-5", alliance, therapist(lea), session.About{MemberID: ann}),
		form(t, "f-6", alliance, member(ben), session.About{TherapistID: lea}),
	}
	other[1].Occasion = session.Pre
	must(t, s.Submit(other, reference(t)))
	// A multi-level form with one part taken is taken as a whole.
	f := meeting(t, session.KindFamily)
	must(t, f.Submit([]session.FormInput{form(t, "f-1", many, member(ann), session.About{TherapistID: lea})}, reference(t)))
	wantFault(t, f.Submit([]session.FormInput{form(t, "f-2", many, member(ann), session.About{TherapistID: carl})}, reference(t)), fault.Conflict, "/forms/0 slot_taken")
}

func TestATotalFromPaperIsKeptApart(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	f := form(t, "f-1", phq9, member(ann), session.About{})
	f.Answers, f.ReportedTotal = nil, new(27.0)
	must(t, s.Submit([]session.FormInput{f}, reference(t)))
	r := s.Outcomes[0]
	if len(r.Answers) != 0 || *r.ReportedTotal != 27 || r.FormMissing != 9 || r.FormItems != 9 {
		t.Errorf("rating %+v", r)
	}
	for name, c := range map[string]struct {
		change func(*session.FormInput)
		want   string
	}{
		"beyond the form's range": {func(f *session.FormInput) { f.ReportedTotal = new(27.5) }, "/forms/0/reported_total out_of_range"},
		"not a number":            {func(f *session.FormInput) { f.ReportedTotal = new(math.NaN()) }, "/forms/0/reported_total out_of_range"},
		"neither items nor total": {func(f *session.FormInput) { f.ReportedTotal = nil }, "/forms/0/items empty_form"},
	} {
		g := f
		g.ID, g.Rater = "f-2", member(ben)
		c.change(&g)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantFault(t, meeting(t, session.KindGroup).Submit([]session.FormInput{g}, reference(t)), fault.Invalid, c.want)
		})
	}
	family := meeting(t, session.KindFamily)
	mixed := form(t, "f-1", many, member(ann), session.About{TherapistID: lea})
	mixed.ReportedTotal = new(8.0)
	wantFault(t, family.Submit([]session.FormInput{mixed}, reference(t)), fault.Invalid, "/forms/0/reported_total total_of_mixed_levels")
}

func TestAGuessAfterSeeingIsATherapistsAlliance(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	guess := form(t, "f-1", alliance, therapist(lea), session.About{MemberID: ann})
	guess.AfterSeeing = true
	must(t, s.Submit([]session.FormInput{guess}, reference(t)))
	if !s.Alliances[0].AfterSeeing {
		t.Error("that the guess was made after seeing is lost")
	}
	own := form(t, "f-2", alliance, member(ann), session.About{TherapistID: lea})
	of := form(t, "f-3", cohesion, therapist(lea), session.About{})
	own.AfterSeeing, of.AfterSeeing = true, true
	wantFault(t, s.Submit([]session.FormInput{own, of}, reference(t)), fault.Invalid, "/forms/0/after_seeing only_a_guess", "/forms/1/after_seeing only_a_guess")
}

func TestAPaperFormIsEnteredLaterWithAuthorAndDay(t *testing.T) {
	t.Parallel()
	s := meeting(t, session.KindGroup)
	f := form(t, "f-1", alliance, member(ann), session.About{TherapistID: lea})
	f.Entered = session.Entry{By: "operator", At: enteredAt.AddDate(0, 0, 8), Mode: session.Paper, AnsweredOn: new(session.Date("2026-03-06"))}
	must(t, s.Submit([]session.FormInput{f}, reference(t)))
	got := s.Alliances[0].Entered
	if got.By != "operator" || !got.At.Equal(time.Date(2026, 3, 13, 20, 15, 0, 123000000, time.UTC)) || got.Mode != session.Paper || *got.AnsweredOn != "2026-03-06" {
		t.Errorf("entered %+v", got)
	}
	f.ID, f.Rater = "f-2", member(ben)
	f.Entered.AnsweredOn = new(session.Date("2026-03-15"))
	wantFault(t, s.Submit([]session.FormInput{f}, reference(t)), fault.Invalid, "/forms/0/answered_on answered_in_the_future")
	f.Entered.AnsweredOn = new(session.Date("Friday"))
	wantFault(t, s.Submit([]session.FormInput{f}, reference(t)), fault.Invalid, "/forms/0/answered_on bad_date")
	f.Entered.AnsweredOn = new(session.Date("2026-03-14")) // already tomorrow where the practice is
	must(t, s.Submit([]session.FormInput{f}, reference(t)))
}
