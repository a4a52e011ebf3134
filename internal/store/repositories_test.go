package store_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"holon/internal/access"
	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/store/enginetest"
)

func TestEveryNounComesBackWholeAtEveryRevision(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		copyInstruments(t, e)
		wholeAtEveryRevision(t, groupsOf(e))
		wholeAtEveryRevision(t, membersOf(e))
		wholeAtEveryRevision(t, therapistsOf(e))
		wholeAtEveryRevision(t, sessionsOf(e))
		wholeAtEveryRevision(t, findingsOf(e))
		sound(t, e)
	})
}

// wholeAtEveryRevision writes a value and changes of it, and reads each
// revision back.
func wholeAtEveryRevision[T any, ID ~string](t *testing.T, n noun[T, ID]) {
	t.Helper()
	ctx := t.Context()
	_, err := n.get(ctx, n.id)
	wantFault(t, "before the first write", err, fault.NotFound, "not_found")
	v := n.fresh()
	must(t, n.all.Insert(ctx, v))
	wantFault(t, "another value under the same identifier", n.all.Insert(ctx, n.edited(n.fresh(), "other")), fault.Conflict, "id_taken")
	const last = 12 // with two digits, so that the order of numbers is not that of text
	var want []*T
	var heads []session.Head
	for rev := int64(1); ; rev++ {
		got, err := n.get(ctx, n.id)
		must(t, err)
		wantSame(t, "the stored value", v, got)
		want, heads = append(want, got), append(heads, *n.head(got))
		if rev == last {
			break
		}
		v, err = n.get(ctx, n.id)
		must(t, err)
		must(t, n.all.Replace(ctx, n.edited(v, fmt.Sprintf("key-%d", rev+1)), rev))
	}
	slices.Reverse(heads)
	var listed []session.Head
	for h, err := range n.all.Revisions(ctx, n.id) {
		must(t, err)
		listed = append(listed, h)
	}
	wantSame(t, "the revisions, newest first", heads, listed)
	for i, w := range want {
		got, err := n.all.At(ctx, n.id, int64(i+1))
		must(t, err)
		wantSame(t, fmt.Sprintf("revision %d", i+1), w, got)
	}
	for _, rev := range []int64{-1, 0, last + 1} {
		_, err := n.all.At(ctx, n.id, rev)
		wantFault(t, fmt.Sprintf("revision %d", rev), err, fault.NotFound, "not_found")
	}
	for _, h := range heads {
		got, used, err := n.all.KeyUse(ctx, n.id, h.Change.Key)
		must(t, err)
		if !used {
			t.Errorf("the key of revision %d is not found", h.Rev)
		}
		wantSame(t, "where a key was used", h, got)
	}
	for _, key := range []string{"", "never"} {
		if _, used, err := n.all.KeyUse(ctx, n.id, key); err != nil || used {
			t.Errorf("the key %q: used %v, %v", key, used, err)
		}
	}
}

func TestSessionsOfAGroupComeByNumberWithTheLevelsAsked(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		registry := copyInstruments(t, e)
		g, _ := thursday(t, e, 2)
		sessions := store.NewSessions(e)
		for n := 12; n > 1; n-- { // backwards, so that the order is not that of writing
			s := evening(t, g, n)
			if n == 3 {
				must(t, s.Submit([]session.FormInput{cohesionForm("m-01", 7)}, session.Reference{Definition: registry.Lookup}))
			}
			must(t, sessions.Insert(t.Context(), s))
		}
		numbers := func(after, limit int, levels []instrument.Level) (out []int) {
			all, errs := collect(sessions.OfGroup(t.Context(), g.ID, after, limit, levels))
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			for _, s := range all {
				out = append(out, s.Number)
			}
			return out
		}
		wantSame(t, "all", []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, numbers(0, 0, nil))
		wantSame(t, "three after the eighth", []int{9, 10, 11}, numbers(8, 3, []instrument.Level{}))
		wantSame(t, "after the last", nil, numbers(12, 3, nil))
		for _, c := range []struct {
			levels []instrument.Level
			want   int
		}{{nil, 1}, {[]instrument.Level{}, 0}, {[]instrument.Level{instrument.Bond}, 0}, {[]instrument.Level{instrument.Cohesion, instrument.Bond}, 1}} {
			s, err := sessions.Get(t.Context(), "s-03", c.levels)
			must(t, err)
			if len(s.Cohesion) != c.want || len(s.Roster) != 2 {
				t.Errorf("levels %v: %d cohesion ratings and %d seats, want %d and 2", c.levels, len(s.Cohesion), len(s.Roster), c.want)
			}
		}
		wantFault(t, "a number twice in a group", sessions.Insert(t.Context(), renamed(evening(t, g, 3), "s-other")), fault.Conflict, "unique_taken")
		wantSound(t, e)
	})
}

// renamed gives a session another identifier.
func renamed(s *session.Session, id session.SessionID) *session.Session {
	s.ID = id
	return s
}

// TestWhatIsOfNoLevelComesWithEvery: what was opened and what was entered of ruptures
// is read whichever level is asked for.
func TestWhatIsOfNoLevelComesWithEvery(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		sessions, full := store.NewSessions(e), store.FullSession()
		must(t, sessions.Insert(t.Context(), full))
		got, err := sessions.Get(t.Context(), full.ID, []instrument.Level{instrument.Alliance})
		must(t, err)
		listed, errs := collect(sessions.OfGroup(t.Context(), full.GroupID, 0, 0, []instrument.Level{instrument.Cohesion}))
		if len(errs) > 0 || len(listed) != 1 {
			t.Fatalf("%d sessions, %v", len(listed), errs)
		}
		for _, s := range []*session.Session{got, listed[0]} {
			wantSame(t, "openings", full.Openings, s.Openings)
			wantSame(t, "ruptures", full.Ruptures, s.Ruptures)
			wantSame(t, "goals", full.Goals, s.Goals)
		}
	})
}

func TestASessionReadInPartIsNotWrittenBack(t *testing.T) {
	t.Parallel()
	e := openSQLite(t)
	sessions := store.NewSessions(e)
	must(t, sessions.Insert(t.Context(), store.FullSession()))
	part, err := sessions.Get(t.Context(), "s-full", []instrument.Level{instrument.Cohesion})
	must(t, err)
	part.Change = change("part")
	wantFault(t, "writing a part back", sessions.Replace(t.Context(), part, 1), fault.Internal, "ratings_would_be_lost")
	got, err := sessions.Get(t.Context(), "s-full", nil)
	must(t, err)
	wantSame(t, "the session", store.FullSession(), got)
}

func TestWhatCouldNotBeReadBackIsNotStored(t *testing.T) {
	t.Parallel()
	e := openSQLite(t)
	s := store.FullSession()
	s.Change = session.Change{}
	wantFault(t, "a session without its change", store.NewSessions(e).Insert(t.Context(), s), fault.Internal, "document_incomplete")
	_, err := store.NewSessions(e).Get(t.Context(), s.ID, nil)
	wantFault(t, "afterwards", err, fault.NotFound, "not_found")
}

func TestWhatNoServerCouldKeepIsRefusedByEveryEngine(t *testing.T) {
	t.Parallel()
	e := openSQLite(t)
	body := make([]byte, store.MaxDocument-1000) // beside the other fields
	kept := analysis.Record{ID: "r-1", Principal: "p", Analysis: "a", CreatedAt: at(0), State: analysis.Done, Body: body}
	must(t, store.NewReports(e).Insert(t.Context(), kept))
	kept.ID, kept.Body = "r-2", make([]byte, store.MaxDocument)
	wantFault(t, "a report", store.NewReports(e).Insert(t.Context(), kept), fault.TooLarge, "document_full")
	s := store.FullSession()
	one := s.Outcomes[0]
	for i := range 60000 {
		one.ID = session.RatingID(fmt.Sprintf("f-%d.outcome", i))
		s.Outcomes = append(s.Outcomes, one)
	}
	wantFault(t, "a session", store.NewSessions(e).Insert(t.Context(), s), fault.TooLarge, "document_full")
}

func TestEightWritersOnOneRevisionHaveOneWinner(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		copyInstruments(t, e)
		_, s := thursday(t, e, 8)
		sessions := store.NewSessions(e)
		errs := make([]error, 8)
		var writers sync.WaitGroup
		for i := range errs {
			next, err := sessions.Get(t.Context(), s.ID, nil)
			must(t, err)
			next.Change = change(fmt.Sprintf("writer-%d", i))
			next.Roster[i].Attendance, next.Roster[i].Modality = session.NoShow, ""
			writers.Go(func() { errs[i] = sessions.Replace(t.Context(), next, 1) })
		}
		writers.Wait()
		winner := slices.Index(errs, nil)
		for i, err := range errs {
			if i != winner && !fault.Is(err, fault.Stale) {
				t.Errorf("writer %d: %v, want stale", i, err)
			}
		}
		got, err := sessions.Get(t.Context(), s.ID, nil)
		must(t, err)
		if winner < 0 || got.Rev != 2 || got.Change.Key != fmt.Sprintf("writer-%d", winner) || got.Roster[winner].Attendance != session.NoShow {
			t.Errorf("writer %d won, and stored is revision %d of %s", winner, got.Rev, got.Change.Key)
		}
		past, err := sessions.At(t.Context(), s.ID, 1)
		must(t, err)
		wantSame(t, "the superseded revision", s, past)
		wantSound(t, e)
	})
}

func TestTwelveFormsAtOnceAreAllStored(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		registry := copyInstruments(t, e)
		ref := session.Reference{Definition: registry.Lookup}
		_, s := thursday(t, e, 12)
		var phones sync.WaitGroup
		errs := make([]error, 12)
		for i, seat := range s.Roster {
			phones.Go(func() {
				// Every phone sends its form twice, as after a reply that was lost.
				form := cohesionForm(seat.MemberID, float64(i%11))
				key := "phone-" + string(seat.MemberID)
				errs[i] = errors.Join(submit(t.Context(), e, ref, s.ID, key, form), submit(t.Context(), e, ref, s.ID, key, form))
			})
		}
		phones.Wait()
		must(t, errors.Join(errs...))
		got, err := store.NewSessions(e).Get(t.Context(), s.ID, nil)
		must(t, err)
		stored := map[string]float64{}
		for _, r := range got.Cohesion {
			stored[r.Rater.ID], _ = r.Value(1)
		}
		for i, seat := range s.Roster {
			if v, ok := stored[string(seat.MemberID)]; !ok || v != float64(i%11) {
				t.Errorf("member %s: %v, stored %v", seat.MemberID, v, ok)
			}
		}
		if len(got.Cohesion) != 12 || got.Rev != 13 {
			t.Errorf("%d forms at revision %d, want 12 at 13", len(got.Cohesion), got.Rev)
		}
		wantSound(t, e)
	})
}

func TestAWriteWhoseReplyWasLostIsRecognised(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, below store.Engine) {
		t.Helper()
		copyInstruments(t, below)
		_, s := thursday(t, below, 2)
		for n := 1; n <= 2; n++ { // the archiving, then the swap
			e := enginetest.NewFailing(below, enginetest.LoseReply, n, nil)
			rev := s.Rev
			s.Change = change(fmt.Sprintf("lost-%d", n))
			must(t, store.NewSessions(e).Replace(t.Context(), s, rev))
			if s.Rev != rev+1 || !e.Fired() {
				t.Errorf("revision %d after %d", s.Rev, rev)
			}
			// What was in doubt is archived: that write is durable only with it.
			_, err := below.Get(t.Context(), collectionNamed(t, "history"), fmt.Sprintf("sessions/%s@%d", s.ID, s.Rev), nil)
			if inDoubt := n == 2; inDoubt != (err == nil) {
				t.Errorf("reply %d was lost; the new revision in history: %v", n, err)
			}
		}
		// The writer is asked again for what it wrote, and somebody has written since.
		again, err := store.NewSessions(below).At(t.Context(), s.ID, 2)
		must(t, err)
		must(t, store.NewSessions(below).Replace(t.Context(), again, 1))
		other, err := store.NewSessions(below).At(t.Context(), s.ID, 2)
		must(t, err)
		other.Change = change("other")
		wantFault(t, "another write of that revision", store.NewSessions(below).Replace(t.Context(), other, 1), fault.Stale, "written_since")
		wantSound(t, below)
	})
}

func TestGroupsAndPeoplePageByCode(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		groups, members, therapists := store.NewGroups(e), store.NewMembers(e), store.NewTherapists(e)
		for i, code := range []string{"delta", "Alpha", "charlie", "bravo", "echo"} {
			kind := []session.GroupKind{session.KindGroup, session.KindFamily}[i%2]
			g, err := session.NewGroup(session.GroupID(fmt.Sprintf("g-%d", i)), code, kind, session.Open, "2026-01-08")
			must(t, err)
			g.Change = change("x")
			must(t, groups.Insert(t.Context(), g))
			m, err := session.NewMember(session.MemberID(fmt.Sprintf("m-%d", i)), code, nil)
			must(t, err)
			m.Change = change("x")
			must(t, members.Insert(t.Context(), m))
			x, err := session.NewTherapist(session.TherapistID(fmt.Sprintf("t-%d", i)), code)
			must(t, err)
			x.Change = change("x")
			must(t, therapists.Insert(t.Context(), x))
		}
		codes := func(kind *session.GroupKind, after string, limit int) (out []session.Code) {
			all, errs := collect(groups.List(t.Context(), kind, after, limit))
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			for _, g := range all {
				out = append(out, g.Code)
			}
			return out
		}
		wantSame(t, "all", []session.Code{"Alpha", "bravo", "charlie", "delta", "echo"}, codes(nil, "", 0))
		wantSame(t, "two after bravo", []session.Code{"charlie", "delta"}, codes(nil, "bravo", 2))
		wantSame(t, "families", []session.Code{"Alpha", "bravo"}, codes(new(session.KindFamily), "", 0))
		wantSame(t, "groups after charlie", []session.Code{"delta", "echo"}, codes(new(session.KindGroup), "charlie", 0))
		people, errs := collect(members.List(t.Context(), "charlie", 1))
		if len(people) != 1 || people[0].Code != "delta" || len(errs) > 0 {
			t.Errorf("members after charlie: %v, %v", people, errs)
		}
		leaders, errs := collect(therapists.List(t.Context(), "", 2))
		if len(leaders) != 2 || leaders[1].Code != "bravo" || len(errs) > 0 {
			t.Errorf("the first two therapists: %v, %v", leaders, errs)
		}
		taken, err := session.NewMember("m-new", "delta", nil)
		must(t, err)
		taken.Change = change("x")
		wantFault(t, "a code twice", members.Insert(t.Context(), taken), fault.Conflict, "unique_taken")
	})
}

func TestInstrumentsAreCopiedOnceAndNeverChanged(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		registry := copyInstruments(t, e)
		copyInstruments(t, e) // again
		copies, errs := collect(store.NewInstruments(e).All(t.Context()))
		if len(errs) > 0 || len(copies) != len(registry.List()) {
			t.Fatalf("%d copies of %d, %v", len(copies), len(registry.List()), errs)
		}
		canonical := map[instrument.Ref]string{}
		for _, d := range copies {
			canonical[d.Ref] = string(d.Canonical())
		}
		for _, d := range registry.List() {
			wantSame(t, "the copy of "+d.Ref.String(), string(d.Canonical()), canonical[d.Ref])
		}
		d, ok := registry.Lookup(instrument.Ref{ID: "phq-9", Version: "1"})
		if !ok {
			t.Fatal("phq-9 is gone")
		}
		got, err := store.NewInstruments(e).Get(t.Context(), d.Ref)
		must(t, err)
		if !got.Equal(d) {
			t.Error("the copy of phq-9 is another")
		}
		changed, err := instrument.Restore([]byte(`{"schema":1,"id":"phq-9","version":"1",` + string(d.Canonical()[len(`{"schema":1,"id":"phq-9","version":"1",`):len(d.Canonical())-1]) + `,"later":true}`))
		must(t, err)
		wantFault(t, "another content", store.NewInstruments(e).Copy(t.Context(), changed), fault.Conflict, "instrument_changed")
		_, err = store.NewInstruments(e).Get(t.Context(), instrument.Ref{ID: "phq-9", Version: "2"})
		wantFault(t, "a version never used", err, fault.NotFound, "not_found")
	})
}

func TestRecordsComeBackWhole(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		ctx := t.Context()
		accounts, reports, audit := store.NewAccounts(e), store.NewReports(e), store.NewAudit(e)
		some, err := accounts.Any(ctx)
		if must(t, err); some {
			t.Error("there are accounts in an empty store")
		}
		account := access.Account{ID: "p-1", Role: access.RoleOperator, TokenHash: access.HashToken("x"), CreatedAt: at(1), Label: "the first", Therapist: "t-1"}
		must(t, accounts.Insert(ctx, account))
		got, err := accounts.ByTokenHash(ctx, account.TokenHash)
		must(t, err)
		wantSame(t, "the account", account, got)
		_, err = accounts.ByTokenHash(ctx, "none")
		wantFault(t, "an unknown token", err, fault.NotFound, "not_found")
		if some, err = accounts.Any(ctx); err != nil || !some {
			t.Errorf("any account: %v, %v", some, err)
		}

		report := analysis.Record{
			ID: "r-2", Rev: 1, Principal: "p-1", Analysis: "group_level", CreatedAt: at(2), RequestID: "q", RequestSHA: "5f", Asked: []byte(`{"a": 1}`),
			State: analysis.Done, StartedAt: new(at(3)), EndedAt: new(at(4)), Step: &analysis.Step{Stage: "tests", Done: 7, Total: 9}, Body: []byte("{\"a\": 1}\n\x00"),
		}
		other := report
		other.ID = "r-1"
		must(t, reports.Insert(ctx, report))
		must(t, reports.Insert(ctx, other))
		kept, err := reports.Get(ctx, "r-2")
		must(t, err)
		wantSame(t, "the report", report, kept)
		other.Asked, other.Body, report.Asked, report.Body = nil, nil, nil, nil // lists are without
		mine, errs := collect(reports.Of(ctx, "p-1", "", 0))
		wantSame(t, "my reports", []analysis.Record{other, report}, mine)
		after, _ := collect(reports.Of(ctx, "p-1", "r-1", 1))
		wantSame(t, "my reports after the first", []analysis.Record{report}, after)
		if len(errs) > 0 {
			t.Error(errs)
		}

		var entries []access.Entry
		for i := range 5 {
			x := access.Entry{
				ID: fmt.Sprintf("a-%d", i), At: at(i / 2), Principal: "p-1", Action: access.ReadSession,
				Object: access.Object{Kind: access.KindSession, ID: "s-1", GroupID: "g-1"}, Outcome: access.Denied, RequestID: "q",
			}
			must(t, audit.Append(ctx, x))
			must(t, audit.Append(ctx, x)) // as after a lost reply
			entries = append(entries, x)
		}
		changed := entries[0]
		changed.Outcome = access.Allowed
		wantFault(t, "an entry under a taken identifier", audit.Append(ctx, changed), fault.Conflict, "id_taken")
		slices.Reverse(entries)
		all, _ := collect(audit.Newest(ctx, at(99), "", 0))
		wantSame(t, "the audit", entries, all)
		two, _ := collect(audit.Newest(ctx, entries[1].At, entries[1].ID, 2))
		wantSame(t, "two entries before the second", entries[2:4], two)
		wantSound(t, e)
	})
}
