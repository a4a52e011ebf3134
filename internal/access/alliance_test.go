package access_test

import (
	"testing"
	"time"

	"holon/internal/access"
	"holon/internal/instrument"
	"holon/internal/session"
)

// said is one rating of the alliance of therapist t-1 or another with a member.
func said(id string, kind instrument.RaterKind, rater, therapist, member string, at session.Occasion) session.AllianceRating {
	return session.AllianceRating{
		Rating: session.Rating{
			ID: session.RatingID(id), FormID: session.FormID("f-" + id), Rater: session.Rater{Kind: kind, ID: rater}, Occasion: at,
			Answers: []session.Answer{{Item: 1, State: session.Answered, Value: 5}},
		},
		TherapistID: session.TherapistID(therapist), MemberID: session.MemberID(member),
	}
}

// TestWhoMaySeeAnAlliance goes through who asks and what stands in the session.
func TestWhoMaySeeAnAlliance(t *testing.T) {
	t.Parallel()
	answer := said("answer", instrument.RaterMember, "m-1", "t-1", "m-1", session.Post)
	ofOther := said("of-co", instrument.RaterMember, "m-1", "t-2", "m-1", session.Post)
	before := said("before", instrument.RaterMember, "m-1", "t-1", "m-1", session.Pre)
	observed := said("observed", instrument.RaterObserver, "o-1", "t-1", "m-1", session.Post)
	guess := said("guess", instrument.RaterTherapist, "t-1", "t-1", "m-1", session.Post)
	early := said("early", instrument.RaterTherapist, "t-1", "t-1", "m-1", session.Pre)
	cos := said("cos", instrument.RaterTherapist, "t-2", "t-2", "m-1", session.Post)
	ofAnother := said("another", instrument.RaterTherapist, "t-1", "t-1", "m-2", session.Post)
	void := said("void", instrument.RaterTherapist, "t-1", "t-1", "m-1", session.Post)
	void.Void = &session.Void{By: "x", At: time.Unix(1, 0), Why: session.VoidTrial}
	everything := []session.AllianceRating{answer, ofOther, before, observed, cos}
	for name, c := range map[string]struct {
		who    access.Principal
		stands []session.AllianceRating
		opened session.MemberID
		want   string // of everything, what may be seen: y or n
	}{
		"nobody":                                   {access.Principal{}, nil, "", "nnnnn"},
		"somebody of no role":                      {access.Principal{ID: "x", Role: "guest"}, []session.AllianceRating{guess}, "", "nnnnn"},
		"a member":                                 {access.Principal{ID: "x", Role: "member"}, []session.AllianceRating{guess}, "m-1", "nnnnn"},
		"an account that is no therapist's own":    {access.Principal{ID: "x", Role: access.RoleOperator}, nil, "", "yyyyy"},
		"a therapist of another group":             {therapistAccount("t-9"), nil, "", "yyyyy"},
		"a therapist without a guess":              {therapistAccount("t-1"), nil, "", "nnnnn"},
		"a therapist with a guess":                 {therapistAccount("t-1"), []session.AllianceRating{guess}, "", "yyyyy"},
		"a therapist with a guess before":          {therapistAccount("t-1"), []session.AllianceRating{early}, "", "nnynn"},
		"a therapist with a guess of another":      {therapistAccount("t-1"), []session.AllianceRating{ofAnother}, "", "nnnnn"},
		"a therapist whose guess was taken back":   {therapistAccount("t-1"), []session.AllianceRating{void}, "", "nnnnn"},
		"a therapist who gave the guess up":        {therapistAccount("t-1"), nil, "m-1", "yyyyy"},
		"a therapist who gave another guess up":    {therapistAccount("t-1"), nil, "m-2", "nnnnn"},
		"a co-therapist: the own guess only":       {therapistAccount("t-2"), []session.AllianceRating{guess}, "", "yyyyy"},
		"a substitute, not there, without a guess": {therapistAccount("t-3"), []session.AllianceRating{guess}, "", "nnnnn"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &session.Session{ID: "s-1", GroupID: "g-1", Therapists: []session.Presence{
				{TherapistID: "t-1", Present: true}, {TherapistID: "t-2", Present: true}, {TherapistID: "t-3"},
			}}
			s.Alliances = append(s.Alliances, c.stands...)
			s.Alliances = append(s.Alliances, everything...)
			if c.opened != "" {
				s.Openings = []session.Opening{{TherapistID: c.who.Therapist, MemberID: c.opened, Why: session.OpenedWithoutGuess, At: time.Unix(1, 0)}}
			}
			got := ""
			for i := range everything {
				if access.MaySeeAlliance(c.who, s, &everything[i]) {
					got += "y"
				} else {
					got += "n"
				}
			}
			if got != c.want {
				t.Errorf("sees %s, want %s", got, c.want)
			}
			if access.MaySeeAlliance(c.who, nil, &answer) || access.MaySeeAlliance(c.who, s, nil) || access.MaySeeMember(c.who, nil, "m-1", session.Post) {
				t.Error("sees what is not there")
			}
		})
	}
}

// therapistAccount is a therapist's own account.
func therapistAccount(id session.TherapistID) access.Principal {
	return access.Principal{ID: "a", Role: access.RoleOperator, Therapist: id}
}
