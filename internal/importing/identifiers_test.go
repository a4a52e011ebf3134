package importing_test

import (
	"testing"

	"holon/internal/importing"
	"holon/internal/instrument"
	"holon/internal/session"
)

// Identifiers outlive a redaction, and the import's own stands beside them: who
// has the store could try every code against an identifier that derives from one.
func TestNoIdentifierOfAnImportTellsWhetherACodeIsRight(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 1)
	roster := c.take(t, rosterHeader+"\nmember,,B7,,,,,,1980,,,,\nspell,THU,B7,,,,,,,,2026-01-08,,\n", importing.Options{Kind: importing.Roster})
	answers := c.take(t, long("THU,1,2026-01-15,member,B7,,,phq-9,1,post,1,2,,,,,"), importing.Options{Kind: importing.Long})
	in, err := c.Intake(t.Context(), request())
	must(t, err)
	m, known := in.Member("B7")
	g, _ := in.Group("THU")
	if !known {
		t.Fatal("the member was not made")
	}
	_, err = in.For(t.Context(), roster.ID)
	must(t, err)
	if id := in.ID("m-", "B7"); id == string(m.ID) {
		t.Error("the identifier of the member derives from the code")
	}
	if want := in.MemberID(2); m.ID != want {
		t.Errorf("the member is %s, and %s is made of its line", m.ID, want)
	}
	_, err = in.For(t.Context(), answers.ID)
	must(t, err)
	s, err := in.Session(t.Context(), in.SessionID(g.ID, 1))
	must(t, err)
	form := s.Outcomes[0].FormID
	if id := in.ID("f-", string(s.ID), "phq-9", string(instrument.RaterMember), "B7", "", "", string(session.Post)); id == string(form) {
		t.Error("the identifier of the form derives from the code")
	}
	if want := in.FormID(s.ID, 1); form != want {
		t.Errorf("the form is %s, and %s is made of its place", form, want)
	}
}
