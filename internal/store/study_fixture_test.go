package store

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// FullStudy returns a study in which every field is set somewhere.
func FullStudy() *study.Study {
	bond := session.Measure{Instrument: instrument.Ref{ID: "wai-sr", Version: "1"}, Score: "bond", Rater: instrument.RaterMember, Occasion: session.Post}
	mood := session.Measure{Instrument: instrument.Ref{ID: "phq-9", Version: "1"}, Score: "total", Rater: instrument.RaterMember}
	return &study.Study{
		Head: fullHead(), ID: "st-1", Code: "alliance-25", Groups: []session.GroupID{"g-1", "g-thursday"}, Models: []study.GroupModel{{Group: "g-1", Model: "cbt"}}, Measures: []session.Measure{mood, bond},
		From: new(session.Date("2026-01-01")), To: new(session.Date("2026-12-31")), Threshold: 11, Release: study.Controlled, LookedAt: new(instant.Add(time.Minute)), RowsGiven: new(instant.Add(time.Hour)),
		Protocol: &study.Protocol{
			Primary: bond, Model: "members_in_groups", Bound: 0.05, Stop: study.Stop{Groups: 40, On: new(session.Date("2026-12-01"))},
			Planned: []study.Question{{Analysis: "lagged", Measure: bond, Against: &mood}, {Analysis: "group_level", Measure: mood}}, By: "p-operator", At: instant, SHA256: "9a41",
		},
		Selections: []study.Selection{
			{
				Name: "closed", Kinds: []session.GroupKind{session.KindGroup}, Format: new(session.Closed), Models: []session.Code{"cbt"}, Numbers: &study.Span{From: 1, To: 20}, Weeks: &study.Span{To: 12},
				MinMembers: 4, MinSessions: 3, SHA256: "5f",
			},
			{Name: "all", SHA256: "6a"},
		},
		Agreements: []study.Agreement{{
			Number: 1, Code: "DUA-1", Purpose: study.ForReproduction, Persons: []string{"a-1", "a-2"}, EndsOn: "2027-01-01", By: "p-operator", At: instant,
		}},
		Ended: []study.EndedResearcher{{Account: "a-2", By: "p-operator", At: instant}},
	}
}

// FullSnapshot returns a snapshot in which every field is set somewhere.
func FullSnapshot() *study.Snapshot {
	return &study.Snapshot{
		Rev: 1, ID: "sn-1", Study: "st-1", StudyRev: 3, State: study.Ended, TakenAt: instant, By: "p-operator", SHA256: "7b",
		Groups:  []study.FrozenGroup{{ID: "g-a", Kind: session.KindFamily, Format: session.Closed, Model: "cbt", Members: 3, Withheld: 1, Therapists: 2, Sessions: 9, Ratings: 81}},
		Members: []session.MemberID{"m-a", "m-b"}, Counts: study.SnapshotCounts{Groups: 1, Members: 3, Therapists: 2, Sessions: 9, Ratings: 81},
		Left: []study.LeftOut{{What: "members", Reason: study.NoConsent, N: 1}}, EndedBy: "rd-1", EndedAt: new(instant.Add(time.Hour)),
	}
}

// FullRelease returns a release in which every field but the mark of being
// withdrawn is set somewhere.
func FullRelease() *study.Release {
	return &study.Release{
		Rev: 1, ID: "re-1", Study: "st-1", StudyRev: 4, Analyses: []string{"group_level"}, Snapshot: "sn-1", Selection: "closed", SelectedBy: "5f", Level: study.Aggregate, By: "a-1", At: instant, Number: 2,
		Questions: []string{"group_level wai-sr@1/bond/member"}, Records: 1, SHA256: "8c", Body: []byte("{\"n\":14}\n\x00\xff"), Content: "7b",
		Standing: study.Standing{Measures: []study.MeasureStanding{
			{Measure: study.Attendance, People: study.Homes{Therapy: study.List{Len: 14, SHA256: hashOf("a")}}, Groups: study.Homes{Therapy: study.List{Len: 3, SHA256: hashOf("b")}, Families: study.List{Len: 1, SHA256: hashOf("c")}}},
			{Measure: "nothing came"},
		}},
	}
}

// hashOf is a SHA-256 in text.
func hashOf(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// WithoutParts returns a release whose lists are not read.
func WithoutParts(x *study.Release) *study.Release {
	for i := range x.Standing.Measures {
		for _, list := range lists(&x.Standing.Measures[i]) {
			list.Part = nil
		}
	}
	return x
}

// FullConsent returns a consent with every field but the mark of a redaction.
func FullConsent() study.Consent {
	return study.Consent{Study: "st-1", Member: "m-1", Number: 1, Given: true, On: "2026-03-02", Form: "v2", By: "p-operator", At: instant}
}

func TestAStudyComesBackTheSame(t *testing.T) {
	t.Parallel()
	roundTrip(t, studyShape(), FullStudy())
}

// comesBack checks that what is no document with a shape comes back the same.
func comesBack[T any](t *testing.T, v T, d Document, read func(Document) (T, error), full bool) {
	t.Helper()
	if full {
		for _, name := range unset(v) {
			t.Errorf("the fixture never sets %s", name)
		}
	}
	if err := bson.Raw(d.Body).Validate(); err != nil {
		t.Fatal(err)
	}
	got, err := read(d)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v, got); diff != "" {
		t.Errorf("after a round trip (-want +got):\n%s", diff)
	}
}

func TestWhatAStudyKeepsComesBackTheSame(t *testing.T) {
	t.Parallel()
	d, err := snapshotDocument(FullSnapshot(), 1)
	if err != nil {
		t.Fatal(err)
	}
	comesBack(t, FullSnapshot(), d, readSnapshot, true)
	r := FullRelease()
	if d, err = releaseDocument(r, 1); err != nil {
		t.Fatal(err)
	}
	comesBack(t, r, d, readRelease, false)
	r.WithdrawnBy = "rd-1"
	for _, name := range unset(r) {
		if name == "List.Part" { // is not stored
			continue
		}
		t.Errorf("the fixture never sets %s", name)
	}
	if _, err := releaseDocument(r, 1); err == nil {
		t.Error("a withdrawn release was stored with its body")
	}
	r.Body = nil
	if d, err = releaseDocument(r, 1); err != nil {
		t.Fatal(err)
	}
	comesBack(t, r, d, readRelease, false)
	c := FullConsent()
	comesBack(t, c, consentDocument(&c, 1), readConsent, false)
	x := session.Redaction{Member: "m-1", Decision: "rd-1", At: instant}
	if !c.Redact(x) || c.Redact(x) {
		t.Error("a consent is taken out other than once")
	}
	comesBack(t, c, consentDocument(&c, 2), readConsent, false)
	if bytes.Contains(consentDocument(&c, 2).Body, []byte("given")) {
		t.Error("the tombstone says what was said")
	}
}

// TestWhatStandsBehindIsPackedAndUnpacked goes through whatever there may be, and
// through bytes that are nothing.
func TestWhatStandsBehindIsPackedAndUnpacked(t *testing.T) {
	t.Parallel()
	list := rapid.Custom(func(t *rapid.T) study.List {
		n := rapid.IntRange(0, 3).Draw(t, "n")
		if n == 0 {
			return study.List{}
		}
		return study.List{Len: n, SHA256: hashOf(rapid.String().Draw(t, "what is in it"))}
	})
	homes := rapid.Custom(func(t *rapid.T) study.Homes {
		return study.Homes{Therapy: list.Draw(t, "therapy"), Families: list.Draw(t, "families")}
	})
	measure := rapid.Custom(func(t *rapid.T) study.MeasureStanding {
		return study.MeasureStanding{Measure: rapid.String().Draw(t, "measure"), People: homes.Draw(t, "people"), Groups: homes.Draw(t, "groups")}
	})
	rapid.Check(t, func(t *rapid.T) {
		want := study.Standing{Measures: rapid.SliceOf(measure).Draw(t, "measures")}
		b, err := packStanding(&want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := unpackStanding(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
		if len(b) > 0 {
			cut := rapid.IntRange(1, len(b)).Draw(t, "cut")
			if part, err := unpackStanding(b[:len(b)-cut]); err == nil && len(part.Measures) >= len(want.Measures) {
				t.Fatal("cut off, it is still whole")
			}
		}
		_, _ = unpackStanding(rapid.SliceOf(rapid.Byte()).Draw(t, "noise")) // must not panic
	})
}

// TestListsInEarlierLayoutsAreNotKnown: what was kept in them cannot be held against
// later releases.
func TestListsInEarlierLayoutsAreNotKnown(t *testing.T) {
	t.Parallel()
	for _, layout := range []byte{0, 1} {
		if got, err := unpackStanding([]byte{layout, 0, 0, 0, 1, 'x', 0, 0, 0, 0}); err != nil || len(got.Measures) > 0 {
			t.Errorf("layout %d: %v, %v", layout, got, err)
		}
	}
}
