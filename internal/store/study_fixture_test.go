package store

import (
	"bytes"
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
		From: new(session.Date("2026-01-01")), To: new(session.Date("2026-12-31")), Threshold: 11, Release: study.Controlled, RowsGiven: new(instant.Add(time.Hour)),
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
		Contributions: study.Contributions{Measures: []study.MeasureContributions{
			{Measure: study.Attendance, People: []study.Contribution{{Of: 1 << 62, Digest: 3, Around: 4}}, Groups: []study.Contribution{{Of: study.Whose(7, true), Digest: 1<<64 - 1, Around: 5}}},
			{Measure: "nothing came"},
		}},
	}
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

// TestContributionsArePackedAndUnpacked goes through whatever there may be, and
// through bytes that are nothing.
func TestContributionsArePackedAndUnpacked(t *testing.T) {
	t.Parallel()
	one := rapid.Custom(func(t *rapid.T) study.Contribution {
		return study.Contribution{Of: rapid.Uint64().Draw(t, "of"), Digest: rapid.Uint64().Draw(t, "digest"), Around: rapid.Uint64().Draw(t, "around")}
	})
	measure := rapid.Custom(func(t *rapid.T) study.MeasureContributions {
		return study.MeasureContributions{Measure: rapid.String().Draw(t, "measure"), People: rapid.SliceOf(one).Draw(t, "people"), Groups: rapid.SliceOf(one).Draw(t, "groups")}
	})
	rapid.Check(t, func(t *rapid.T) {
		want := study.Contributions{Measures: rapid.SliceOf(measure).Draw(t, "measures")}
		b := packContributions(&want)
		got, err := unpackContributions(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
		if len(b) > 0 {
			cut := rapid.IntRange(1, len(b)).Draw(t, "cut")
			if part, err := unpackContributions(b[:len(b)-cut]); err == nil && len(part.Measures) >= len(want.Measures) {
				t.Fatal("cut off, it is still whole")
			}
		}
		_, _ = unpackContributions(rapid.SliceOf(rapid.Byte()).Draw(t, "noise")) // must not panic
	})
}
