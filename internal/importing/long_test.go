package importing_test

import (
	"testing"

	"holon/internal/importing"
	"holon/internal/session"
)

func TestALongTableBecomesSessions(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 3)
	c.bonds(t)
	text := long(
		"THU,1,2026-02-05,member,A1,T1,,holon-alliance-1,1,post,1,7,,,,present,",
		"THU,1,,member,A2,T1,,holon-alliance-1,1,post,1,8,,,,present,video",
		"THU,1,,member,A3,,,,,,,,,,,no_show,",
		"THU,1,,member,A1,,,phq-9,1,pre,,,,14,,,",
		"THU,2,2026-02-12,member,A1,,,holon-cohesion-1,1,post,1,0,,,,,",
		"THU,,2026-02-19,member,A1,,A2,holon-bond-1,1,post,1,,declined,,,,",
	)
	dry := c.take(t, text, importing.Options{Kind: importing.Long, DryRun: true})
	before := c.documents(t)
	r := c.take(t, text, importing.Options{Kind: importing.Long})
	if dry.New != r.New || r.New.Sessions != 3 || r.New.Forms != 5 || r.New.TotalsOnly != 1 || len(before) != len(c.documents(t))-3-4 {
		t.Errorf("dry %+v, real %+v; %d documents before, %d after", dry.New, r.New, len(before), len(c.documents(t)))
	}
	again := c.take(t, text, importing.Options{Kind: importing.Long})
	if again.New != (importing.Counts{}) || again.Already.Forms != 5 || again.Already.Sessions != 3 {
		t.Errorf("again: %+v", again)
	}
	held := c.sessionsOf(t, "THU")
	if held[0].Status != session.StatusClosed || held[1].Status != session.StatusOpen || held[0].Roster[1].Modality != session.Video || held[0].Roster[2].Attendance != session.NoShow {
		t.Errorf("%+v", held)
	}
}
