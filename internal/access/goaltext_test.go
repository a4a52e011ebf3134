package access_test

import (
	"testing"

	"holon/internal/access"
	"holon/internal/instrument"
	"holon/internal/session"
)

// TestWhoMaySeeAGoalsWords goes through who asks and whose words they are.
func TestWhoMaySeeAGoalsWords(t *testing.T) {
	t.Parallel()
	left := session.Date("2026-02-01")
	g := &session.Group{
		ID: "g-1",
		Spells: []session.Spell{
			{Number: 1, MemberID: "m-1", Joined: "2026-01-01"},
			{Number: 2, MemberID: "m-2", Joined: "2026-01-01"},
			{Number: 3, MemberID: "m-gone", Joined: "2026-01-01", Left: &left},
		},
		TherapistSpells: []session.TherapistSpell{{Number: 1, TherapistID: "t-was", From: "2026-01-01", To: &left}, {Number: 2, TherapistID: "t-is", From: "2026-02-02"}, {Number: 3, TherapistID: "t-will", From: "2026-03-02"}},
	}
	by := func(kind instrument.RaterKind, id string, to session.TextVisibility) *session.GoalText {
		return &session.GoalText{GroupID: "g-1", GoalID: "a-1", Number: 1, Author: session.Rater{Kind: kind, ID: id}, VisibleTo: to, Text: "x"}
	}
	elsewhere := by(instrument.RaterMember, "m-1", session.WholeGroup)
	elsewhere.GroupID = "g-2"
	words := []*session.GoalText{
		by(instrument.RaterMember, "m-1", session.AuthorAndTherapists),
		by(instrument.RaterMember, "m-1", session.WholeGroup),
		by(instrument.RaterMember, "m-gone", session.AuthorAndTherapists),
		by(instrument.RaterTherapist, "t-is", session.AuthorAndTherapists),
		by(instrument.RaterTherapist, "t-is", session.WholeGroup),
		by(instrument.RaterMember, "m-1", "everybody"), // no visibility that there is
		elsewhere,
		nil,
	}
	member := func(id session.MemberID) access.Principal {
		return access.Principal{ID: "a", Role: "member", Member: id}
	}
	both := therapistAccount("t-is")
	both.Member = "m-1"
	operatorAsMember := access.Principal{ID: "a", Role: access.RoleOperator, Member: "m-2"}
	for name, c := range map[string]struct {
		who  access.Principal
		want string // of words, which may be seen
		give bool
	}{
		"nobody":                        {access.Principal{}, "nnnnnnnn", false},
		"nobody with a role":            {access.Principal{Role: access.RoleOperator}, "nnnnnnnn", false},
		"somebody of no role":           {access.Principal{ID: "x", Role: "guest"}, "nnnnnnnn", false},
		"a therapist of no role":        {access.Principal{ID: "x", Role: "guest", Therapist: "t-is"}, "nnnnnnnn", false},
		"who runs the service":          {access.Principal{ID: "x", Role: access.RoleOperator}, "yyyyyyny", true},
		"a therapist of the group":      {therapistAccount("t-is"), "yyyyyyny", true},
		"who was one":                   {therapistAccount("t-was"), "yyyyyyny", false},
		"who is to be one tomorrow":     {therapistAccount("t-will"), "nnnnnnnn", false},
		"a therapist of another":        {therapistAccount("t-9"), "nnnnnnnn", false},
		"the author":                    {member("m-1"), "yynnyynn", false},
		"another of the group":          {member("m-2"), "nynnynnn", false},
		"an author who left":            {member("m-gone"), "nnynnnnn", false},
		"a member of another group":     {member("m-9"), "nnnnnnnn", false},
		"a member unnamed":              {access.Principal{ID: "x", Role: "member"}, "nnnnnnnn", false},
		"a member who runs the service": {operatorAsMember, "nynnynnn", false},
		"therapist and member at once":  {both, "nnnnnnnn", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, x := range words {
				got += map[bool]string{true: "y", false: "n"}[access.MaySeeGoalText(c.who, g, x, "2026-03-01")]
			}
			if got != c.want {
				t.Errorf("sees %s, want %s", got, c.want)
			}
			if may := access.MayGiveGoalText(c.who, g, "2026-03-01"); may != c.give {
				t.Errorf("may give words: %v", may)
			}
			if access.MaySeeGoalText(c.who, nil, words[1], "2026-03-01") || access.MayGiveGoalText(c.who, nil, "2026-03-01") {
				t.Error("sees words of no group")
			}
		})
	}
	if !access.MaySeeGoalText(member("m-gone"), g, words[1], "2026-01-15") {
		t.Error("who was in the group on the day does not see what is for the group")
	}
}
