package store_test

import (
	"fmt"
	"slices"
	"testing"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/redaction"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/study"
)

// studyKey is the key of the study of the tests.
func studyKey() []byte { return []byte("0123456789abcdef0123456789abcdef") }

// agreed is what a member says about taking part.
func agreed(m session.MemberID, n int, given bool) study.Consent {
	return study.Consent{Study: "st-1", Member: m, Number: n, Given: given, On: "2026-03-02", Form: "v2", By: "p", At: at(n)}
}

// theStudy stores the study of thursday's group, with its key.
func theStudy(t *testing.T, e store.Engine) *study.Study {
	t.Helper()
	s := store.FullStudy()
	s.Groups = []session.GroupID{"g-thursday"}
	must(t, store.NewStudies(e).Insert(t.Context(), s))
	must(t, store.NewStudyKeys(e).Insert(t.Context(), s.ID, studyKey()))
	return s
}

// freeze takes a snapshot of one session of a group that these members are in.
func freeze(t *testing.T, e store.Engine, id study.SnapshotID, members ...session.MemberID) {
	t.Helper()
	ctx, names := t.Context(), study.NewPseudonyms(studyKey())
	x := &study.Snapshot{ID: id, Study: "st-1", State: study.Filling, TakenAt: at(1), By: "p"}
	must(t, store.NewSnapshots(e).Insert(ctx, x))
	g, s := store.FullGroup(), store.FullSession()
	g.ID, s.ID, s.GroupID = names.Group(g.ID), "s-full", names.Group(g.ID)
	g.Rev, s.Rev = 1, 1
	must(t, store.NewFrozen(e).InsertGroup(ctx, id, g, []*session.Session{s}))
	for _, m := range members {
		x.Members = append(x.Members, names.Member(m))
	}
	slices.Sort(x.Members)
	x.Groups = []study.FrozenGroup{{ID: g.ID, Kind: g.Kind, Format: g.Format, Members: len(members), Sessions: 1}}
	x.State, x.SHA256 = study.Frozen, "7b"
	must(t, store.NewSnapshots(e).Replace(ctx, x, 1))
}

// release makes a release of a snapshot.
func release(t *testing.T, e store.Engine, id study.ReleaseID, of study.SnapshotID) {
	t.Helper()
	r := store.FullRelease()
	r.ID, r.Snapshot = id, of
	for _, err := range store.NewReleases(e).Of(t.Context(), r.Study, false) {
		must(t, err)
		r.Number++
	}
	must(t, store.NewReleases(e).Insert(t.Context(), r))
}

func TestAKeyIsKeptOnce(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		keys := store.NewStudyKeys(e)
		must(t, keys.Insert(t.Context(), "st-1", studyKey()))
		must(t, keys.Insert(t.Context(), "st-1", studyKey()))
		wantFault(t, "another", keys.Insert(t.Context(), "st-1", []byte("another-key-another-key-another-")), fault.Conflict, "id_taken")
		got, err := keys.Get(t.Context(), "st-1")
		must(t, err)
		wantSame(t, "the key", studyKey(), got)
		if err := keys.Insert(t.Context(), "st-2", []byte("short")); err == nil {
			t.Error("a short key was taken")
		}
	})
}

func TestTheLastConsentOfEveryMemberComesInOnePass(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		consents := store.NewConsents(e)
		other := agreed("m-1", 1, false)
		other.Study = "st-10"
		for _, c := range []study.Consent{agreed("m-1", 1, true), agreed("m-1", 2, false), agreed("m-1", 10, true), agreed("m-1-a", 1, true), agreed("m-2", 1, true), agreed("m-2", 2, false), other} {
			must(t, consents.Append(t.Context(), c))
		}
		must(t, consents.Append(t.Context(), agreed("m-2", 2, false)))
		wantFault(t, "taken", consents.Append(t.Context(), agreed("m-2", 2, true)), fault.Stale, "written_since")
		last, errs := collect(consents.Last(t.Context(), "st-1"))
		wantSame(t, "errors", 0, len(errs))
		slices.SortFunc(last, func(a, b study.Consent) int {
			return len(a.Member) - len(b.Member) + 10*int(a.Member[2]) - 10*int(b.Member[2])
		})
		wantSame(t, "last", []study.Consent{agreed("m-1", 10, true), agreed("m-1-a", 1, true), agreed("m-2", 2, false)}, last)
		said, err := consents.Said(t.Context(), "st-1", "m-2")
		must(t, err)
		wantSame(t, "all of one", 2, len(said))
		wantSame(t, "last of one", agreed("m-2", 2, false), said[1])
		none, err := consents.Said(t.Context(), "st-1", "m-3")
		must(t, err)
		wantSame(t, "nobody's", 0, len(none))
	})
}

func TestWhatIsFrozenBearsPseudonymsAlone(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		thursday(t, e, 1)
		theStudy(t, e)
		freeze(t, e, "sn-1", "m-01")
		freeze(t, e, "sn-2", "m-01")
		frozen, name := store.NewFrozen(e), study.NewPseudonyms(studyKey()).Group("g-thursday")
		g, err := frozen.Group(t.Context(), "sn-1", name)
		must(t, err)
		want := store.FullGroup()
		want.ID, want.Schema = name, g.Schema
		wantSame(t, "group", want, g)
		for _, levels := range [][]instrument.Level{nil, {instrument.Bond}} {
			got, errs := collect(frozen.Sessions(t.Context(), "sn-1", name, 0, levels))
			if len(errs) > 0 || len(got) != 1 || got[0].ID != "s-full" || got[0].GroupID != name || len(got[0].Bonds) != 1 || (len(got[0].Alliances) > 0) != (levels == nil) {
				t.Errorf("%v: %+v, %v", levels, got, errs)
			}
		}
		after, _ := collect(frozen.Sessions(t.Context(), "sn-1", name, 9, nil))
		wantSame(t, "after the last", 0, len(after))
		must(t, frozen.Drop(t.Context(), "sn-1"))
		must(t, frozen.Drop(t.Context(), "sn-1"))
		if _, err := frozen.Group(t.Context(), "sn-1", name); !fault.Is(err, fault.NotFound) {
			t.Errorf("after the rows are gone: %v", err)
		}
		if _, err := frozen.Group(t.Context(), "sn-2", name); err != nil {
			t.Errorf("the other snapshot's: %v", err)
		}
	})
}

func TestHeadingsComeWithoutWhatIsLong(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		must(t, store.NewSnapshots(e).Insert(t.Context(), store.FullSnapshot()))
		release(t, e, "re-1", "sn-1")
		headings, _ := collect(store.NewSnapshots(e).Of(t.Context(), "st-1"))
		want := store.FullSnapshot()
		want.Groups, want.Members = nil, nil
		wantSame(t, "snapshots", []*study.Snapshot{want}, headings)
		for _, with := range []bool{false, true} {
			got, _ := collect(store.NewReleases(e).Of(t.Context(), "st-1", with))
			want := store.FullRelease()
			if want.Body = nil; !with {
				want.Standing = study.Standing{}
			}
			wantSame(t, "releases", []*study.Release{want}, []*study.Release{store.WithoutParts(got[0])})
		}
		whole, err := store.NewReleases(e).Get(t.Context(), "re-1")
		must(t, err)
		wantSame(t, "whole", store.FullRelease(), store.WithoutParts(whole))
		none, _ := collect(store.NewReleases(e).Of(t.Context(), "st-2", true))
		wantSame(t, "another study's", 0, len(none))
	})
}

// TestARedactionEndsWhatTheMemberIsIn goes through snapshots with the member, with
// others, without rows yet, and what was released from each.
func TestARedactionEndsWhatTheMemberIsIn(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		ctx := t.Context()
		thursday(t, e, 2)
		theStudy(t, e)
		for _, c := range []study.Consent{agreed("m-01", 1, true), agreed("m-01", 2, true), agreed("m-02", 1, true)} {
			must(t, store.NewConsents(e).Append(ctx, c))
		}
		freeze(t, e, "sn-in", "m-01", "m-02")
		freeze(t, e, "sn-out", "m-02")
		release(t, e, "re-in", "sn-in")
		release(t, e, "re-out", "sn-out")
		filling := &study.Snapshot{ID: "sn-filling", Study: "st-1", State: study.Filling, TakenAt: at(1), By: "p"}
		must(t, store.NewSnapshots(e).Insert(ctx, filling))
		r, x := store.NewRedactor(e), session.Redaction{Member: "m-01", Decision: "rd-1", About: true, At: at(2)}
		before, err := r.Sweep(ctx, x)
		must(t, err)
		for range 2 {
			must(t, r.Rewrite(ctx, x, change("redacted")))
		}
		after, err := r.Sweep(ctx, x)
		must(t, err)
		wantSame(t, "left", 0, len(after.Left)+len(after.Blocked))
		for name, f := range map[string]redaction.Sweep{"before": before, "after": after} {
			wantSame(t, name+": snapshots", []string{"sn-filling", "sn-in"}, f.Extent.Snapshots)
			wantSame(t, name+": releases", []string{"re-in"}, f.Extent.Releases)
		}
		for _, left := range []string{"snapshots/sn-in", "snapshots/sn-filling", "releases/re-in", "consents/st-1@m-01@000002"} {
			if !slices.Contains(before.Left, left) {
				t.Errorf("before, %s is not left: %v", left, before.Left)
			}
		}
		wantSame(t, "consents", 2, after.Extent.Consents)
		filling.State, filling.SHA256 = study.Frozen, "7b"
		wantFault(t, "to freeze what was being filled", store.NewSnapshots(e).Replace(ctx, filling, 1), fault.Stale, "written_since")
		name := study.NewPseudonyms(studyKey()).Group("g-thursday")
		g := store.FullGroup()
		g.ID = name
		wantFault(t, "to fill on", store.NewFrozen(e).InsertGroup(ctx, "sn-filling", g, nil), fault.Conflict, "snapshot_ended")
		for id, there := range map[study.SnapshotID]bool{"sn-in": false, "sn-filling": false, "sn-out": true} {
			if _, err := store.NewFrozen(e).Group(ctx, id, name); (err == nil) != there {
				t.Errorf("rows of %s: %v", id, err)
			}
		}
		gone, err := store.NewReleases(e).Get(ctx, "re-in")
		must(t, err)
		kept, err := store.NewReleases(e).Get(ctx, "re-out")
		must(t, err)
		if gone.Body != nil || gone.WithdrawnBy != "rd-1" || kept.WithdrawnBy != "" || len(kept.Body) == 0 {
			t.Errorf("withdrawn %+v, kept %+v", gone, kept)
		}
		list, err := store.NewConsents(e).Said(ctx, "st-1", "m-01")
		must(t, err)
		said := list[len(list)-1]
		if said.Given || said.Form != "" || said.On != "" || said.Redacted == nil {
			t.Errorf("of what was said is kept %+v", said)
		}
	})
}

// TestRowsPutBackAreFoundAgain puts back what a redaction took out.
func TestRowsPutBackAreFoundAgain(t *testing.T) {
	t.Parallel()
	e := openSQLite(t)
	thursday(t, e, 1)
	theStudy(t, e)
	must(t, store.NewConsents(e).Append(t.Context(), agreed("m-01", 1, true)))
	freeze(t, e, "sn-1", "m-01")
	c := collectionNamed(t, "frozen_groups")
	name := "sn-1." + string(study.NewPseudonyms(studyKey()).Group("g-thursday"))
	row, err := e.Get(t.Context(), c, name, nil)
	must(t, err)
	r, x := store.NewRedactor(e), session.Redaction{Member: "m-01", Decision: "rd-1", At: at(2)}
	must(t, r.Rewrite(t.Context(), x, change("redacted")))
	must(t, e.Insert(t.Context(), c, row))
	release(t, e, "re-late", "sn-1")
	found, err := r.Sweep(t.Context(), x)
	must(t, err)
	wantSame(t, "left", []string{"frozen_groups/" + name, "releases/re-late"}, found.Left)
	must(t, r.Rewrite(t.Context(), x, change("redacted")))
	found, err = r.Sweep(t.Context(), x)
	must(t, err)
	wantSame(t, "left", 0, len(found.Left))
}

// TestASnapshotWithoutItsKeyKeepsARedactionFromItsEnd: nobody can tell who is in it.
func TestASnapshotWithoutItsKeyKeepsARedactionFromItsEnd(t *testing.T) {
	t.Parallel()
	e := openSQLite(t)
	thursday(t, e, 1)
	theStudy(t, e)
	freeze(t, e, "sn-1", "m-01")
	must(t, e.Delete(t.Context(), collectionNamed(t, "study_keys"), "st-1", 1))
	found, err := store.NewRedactor(e).Sweep(t.Context(), session.Redaction{Member: "m-01", Decision: "rd-1", At: at(2)})
	must(t, err)
	wantSame(t, "blocked", []string{"snapshots/sn-1"}, found.Blocked)
}

func TestTheInspectionFindsWhatDoesNotGoTogetherInStudies(t *testing.T) {
	t.Parallel()
	e := openSQLite(t)
	ctx := t.Context()
	g, _ := thursday(t, e, 1)
	copyInstruments(t, e)
	s := theStudy(t, e)
	must(t, store.NewConsents(e).Append(ctx, agreed("m-01", 1, true)))
	freeze(t, e, "sn-1", "m-01")
	freeze(t, e, "sn-2", "m-01")
	release(t, e, "re-1", "sn-1")
	wantSound(t, e)
	name := string(study.NewPseudonyms(studyKey()).Group(g.ID))
	must(t, e.Delete(ctx, collectionNamed(t, "frozen_sessions"), "sn-1.s-full", 1))
	must(t, e.Delete(ctx, collectionNamed(t, "snapshots"), "sn-2", 2))
	release(t, e, "re-2", "sn-none")
	must(t, store.NewConsents(e).Append(ctx, agreed("m-none", 1, true)))
	nowhere := agreed("m-01", 1, true)
	nowhere.Study = "st-none"
	must(t, store.NewConsents(e).Append(ctx, nowhere))
	must(t, store.NewStudyKeys(e).Insert(ctx, "st-none", studyKey()))
	must(t, store.NewSnapshots(e).Insert(ctx, &study.Snapshot{ID: "sn-3", Study: "st-1", State: study.Filling, TakenAt: at(1), By: "p"}))
	s.Groups = append(s.Groups, "g-unknown")
	must(t, store.NewStudies(e).Replace(ctx, s, 1))
	found := inspected(t, e)
	slices.Sort(found)
	wantSame(t, "found", []string{
		"group_missing studies/st-1", "member_missing consents/st-1@m-none@000001",
		"rows_without_snapshot frozen_groups/sn-2." + name, "rows_without_snapshot frozen_sessions/sn-2.s-full",
		"snapshot_missing releases/re-2", "snapshot_rows_missing snapshots/sn-1", "snapshot_unfinished snapshots/sn-3",
		"study_missing consents/st-none@m-01@000001", "study_missing study_keys/st-none",
	}, found)
}

func TestAResearchersAccountComesBackTheSame(t *testing.T) {
	t.Parallel()
	e := openSQLite(t)
	want := access.Account{ID: "a-1", Role: access.RoleResearcher, TokenHash: "5f", CreatedAt: at(1), Label: "l", Study: "st-1", ExpiresAt: new(at(9))}
	must(t, store.NewAccounts(e).Insert(t.Context(), want))
	got, err := store.NewAccounts(e).ByTokenHash(t.Context(), "5f")
	must(t, err)
	wantSame(t, "account", want, got)
}

// BenchmarkFreezingAGroup writes a group of 20 sessions: a thousand of them are to
// take well under a minute.
func BenchmarkFreezingAGroup(b *testing.B) {
	e := openSQLite(b)
	must(b, store.NewSnapshots(e).Insert(b.Context(), &study.Snapshot{ID: "sn-1", Study: "st-1", State: study.Filling, TakenAt: at(1), By: "p"}))
	frozen, k := store.NewFrozen(e), 0
	for b.Loop() {
		k++
		g := store.FullGroup()
		g.ID = session.GroupID(fmt.Sprintf("g-%04d", k))
		var sessions []*session.Session
		for n := range 20 {
			s := store.FullSession()
			s.ID, s.GroupID, s.Number = session.SessionID(fmt.Sprintf("%s.%d", g.ID, n+1)), g.ID, n+1
			sessions = append(sessions, s)
		}
		must(b, frozen.InsertGroup(b.Context(), "sn-1", g, sessions))
	}
}
