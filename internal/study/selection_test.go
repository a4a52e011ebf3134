package study_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"holon/internal/session"
	"holon/internal/study"
)

func TestASelectionIsKnownByWhatItSays(t *testing.T) {
	t.Parallel()
	sums := map[string]int{}
	both, turned := []session.GroupKind{session.KindFamily, session.KindGroup}, []session.GroupKind{session.KindGroup, session.KindFamily}
	for i, x := range []study.Selection{
		{},
		{Kinds: both},
		{Kinds: both[:1]},
		{Format: new(session.Open)},
		{Format: new(session.Closed)},
		{Numbers: &study.Span{From: 1, To: 4}},
		{Weeks: &study.Span{From: 1, To: 4}},
		{Weeks: &study.Span{From: 0, To: 4}},
		{Weeks: &study.Span{From: 1, To: 5}},
		{MinMembers: 3},
		{MinSessions: 3},
		{MinSessions: 4},
	} {
		s := aStudy(t)
		x.Name = session.Code(fmt.Sprint("sel-", i))
		a, err := s.Save(x)
		faults(t, "right", err)
		x.Name += "-again"
		b, err := s.Save(x)
		faults(t, "again", err)
		if a.SHA256 != b.SHA256 || len(a.SHA256) != 64 {
			t.Errorf("%d: the name is in the hash", i)
		}
		if k, twice := sums[a.SHA256]; twice {
			t.Errorf("selections %d and %d have one hash", k, i)
		}
		sums[a.SHA256] = i
	}
	s := aStudy(t)
	a, _ := s.Save(study.Selection{Name: "a", Kinds: both})
	if b, _ := s.Save(study.Selection{Name: "b", Kinds: turned}); a.SHA256 != b.SHA256 {
		t.Error("the order of kinds is in the hash")
	}
	if b, _ := s.Save(study.Selection{Name: "c"}); b.SHA256 != study.Everything().SHA256 {
		t.Error("nothing left out is not everything")
	}
}

func TestASavedSelectionDoesNotChange(t *testing.T) {
	t.Parallel()
	s := aStudy(t)
	_, err := s.Save(study.Selection{Name: "early", Weeks: &study.Span{From: 0, To: 4}})
	faults(t, "first", err)
	_, err = s.Save(study.Selection{Name: "early", Weeks: &study.Span{From: 0, To: 4}})
	faults(t, "the same", err)
	_, err = s.Save(study.Selection{Name: "early", Weeks: &study.Span{From: 0, To: 5}})
	faults(t, "another", err, " name_taken")
	_, err = s.Save(study.Selection{Name: "everything", MinMembers: 3})
	faults(t, "everything", err, " name_taken")
	if x, found := s.Selection("early"); len(s.Selections) != 1 || !found || x.Weeks.To != 4 {
		t.Errorf("%+v", s.Selections)
	}
	if _, found := s.Selection("none"); found {
		t.Error("found what is not there")
	}
	for i := len(s.Selections); i < study.MostSelections; i++ {
		_, err = s.Save(study.Selection{Name: session.Code(fmt.Sprint("s-", i)), MinSessions: i})
		faults(t, "many", err)
	}
	_, err = s.Save(study.Selection{Name: "one-more", MinSessions: 999})
	faults(t, "too many", err, " too_many_selections")
	_, err = s.Save(study.Selection{
		Name: "Mrs X", Kinds: []session.GroupKind{"cats", session.KindGroup, session.KindGroup}, Format: new(session.Format("ajar")), Numbers: &study.Span{From: 0, To: 2}, Weeks: &study.Span{From: 3, To: 2},
		MinMembers: -1, MinSessions: 10_000, Models: []session.Code{"c b", "cbt", "cbt"},
	})
	faults(t, "all wrong", err, "/name bad_code", "/kinds/0 unknown_kind", "/kinds/2 repeated", "/format unknown_format", "/therapy_models/0 bad_code", "/therapy_models/2 repeated", "/numbers out_of_range", "/weeks out_of_range", "/min_members out_of_range", "/min_sessions out_of_range")
}

// TestHashesOfSelectionsStay what they were when there were no therapy models to choose.
func TestHashesOfSelectionsStay(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte(`{"Kinds":null,"Format":"","Numbers":null,"Weeks":null,"MinMembers":0,"MinSessions":0}`))
	if got := study.Everything().SHA256; got != hex.EncodeToString(sum[:]) {
		t.Errorf("everything has the hash %s", got)
	}
}

func TestASelectionTakesWhatItSays(t *testing.T) {
	t.Parallel()
	g := study.FrozenGroup{Kind: session.KindGroup, Format: session.Open, Model: "cbt", Members: 5, Sessions: 8}
	s := &session.Session{Number: 3, HeldOn: "2000-01-17"} // in week 2
	for _, x := range []struct {
		of             study.Selection
		group, meeting bool
	}{
		{study.Everything(), true, true},
		{study.Selection{Kinds: []session.GroupKind{session.KindFamily}}, false, true},
		{study.Selection{Kinds: []session.GroupKind{session.KindFamily, session.KindGroup}}, true, true},
		{study.Selection{Format: new(session.Closed)}, false, true},
		{study.Selection{Format: new(session.Open)}, true, true},
		{study.Selection{Models: []session.Code{"ipt", "cbt"}}, true, true},
		{study.Selection{Models: []session.Code{"ipt"}}, false, true},
		{study.Selection{MinMembers: 5, MinSessions: 8}, true, true},
		{study.Selection{MinMembers: 6}, false, true},
		{study.Selection{MinSessions: 9}, false, true},
		{study.Selection{Numbers: &study.Span{From: 3, To: 3}, Weeks: &study.Span{From: 2, To: 2}}, true, true},
		{study.Selection{Numbers: &study.Span{From: 1, To: 2}}, true, false},
		{study.Selection{Numbers: &study.Span{From: 4, To: 9}}, true, false},
		{study.Selection{Weeks: &study.Span{From: 0, To: 1}}, true, false},
		{study.Selection{Weeks: &study.Span{From: 3, To: 9}}, true, false},
	} {
		if got := x.of.Takes(g); got != x.group {
			t.Errorf("%+v takes the group: %v", x.of, got)
		}
		if got := x.of.TakesSession(s); got != x.meeting {
			t.Errorf("%+v takes the session: %v", x.of, got)
		}
	}
	before := &session.Session{Number: 1, HeldOn: "2000-01-01"} // two days before the first session
	if weeks := (study.Selection{Weeks: &study.Span{From: 0, To: 9}}); weeks.TakesSession(before) {
		t.Error("a session from before the first week is in weeks 0 to 9")
	}
}
