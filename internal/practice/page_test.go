package practice_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
)

func TestAListGoesOnPastWhatIsDamagedAndNamesIt(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 0)
	ids := []session.SessionID{c.session}
	for range 8 {
		s, err := c.OpenSession(t.Context(), request(), c.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-12"})
		must(t, err)
		ids = append(ids, s.ID)
	}
	checkPages(t, c, "none", ids, 4, []string{"[1 2 3 4] []", "[5 6 7 8] []", "[9] []"})
	damage(t, e, "sessions", string(ids[1]), "status") // 2
	checkPages(t, c, "one on the first page", ids, 4, []string{"[1 3 4 5] [2]", "[6 7 8 9] []"})
	damage(t, e, "sessions", string(ids[4]), "status") // 5
	checkPages(t, c, "one between two pages", ids, 3, []string{"[1 3 4] [2]", "[6 7 8] [5]", "[9] []"})
	damage(t, e, "sessions", string(ids[8]), "status") // 9
	checkPages(t, c, "one behind the last", ids, 3, []string{"[1 3 4] [2]", "[6 7 8] [5 9]"})
	for _, k := range []int{0, 2, 3, 5, 6} {
		damage(t, e, "sessions", string(ids[k]), "status")
	}
	checkPages(t, c, "all but one", ids, 1, []string{"[8] [1 2 3 4 5 6 7 9]"})
	damage(t, e, "sessions", string(ids[7]), "status")
	checkPages(t, c, "all of them", ids, 2, []string{"[] [1 2 3 4 5 6 7 8 9]"})
}

// checkPages reads all pages of a group's sessions.
func checkPages(t *testing.T, c *clinic, name string, ids []session.SessionID, limit int, want []string) {
	t.Helper()
	var pages []string
	for after := ""; ; {
		list, next, err := c.SessionsOf(t.Context(), request(), c.group, practice.Page{After: after, Limit: limit}, instrument.Alliance)
		var good, bad []int
		for _, s := range list {
			good = append(good, s.Number)
		}
		if out, ok := errors.AsType[*practice.LeftOutError](err); ok {
			wantFault(t, err, fault.Internal, "document_damaged")
			for _, id := range out.IDs {
				bad = append(bad, 1+slices.Index(ids, session.SessionID(id)))
			}
		} else {
			must(t, err)
		}
		pages = append(pages, fmt.Sprint(good, bad))
		if after = next; next == "" || len(pages) > len(ids) {
			break
		}
	}
	if !slices.Equal(pages, want) {
		t.Errorf("%s: pages %q, want %q", name, pages, want)
	}
}

func TestAHistoryGoesOnPastWhatIsDamagedAndNamesIt(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 4)
	for i := range 4 {
		_, err := c.Submit(t.Context(), request(), c.session, []session.FormInput{c.form(i)})
		must(t, err)
	}
	name := "sessions/" + string(c.session)
	revisions := func(want string, named ...string) {
		t.Helper()
		list, err := c.History(t.Context(), request(), c.session)
		var got []int64
		for _, r := range list {
			got = append(got, r.Rev)
		}
		out, ok := errors.AsType[*practice.LeftOutError](err)
		if fmt.Sprint(got) != want || ok != (len(named) > 0) || (ok && !slices.Equal(out.IDs, named)) {
			t.Errorf("revisions %v, want %s; %v", got, want, err)
		}
	}
	revisions("[5 4 3 2 1]")
	damage(t, e, "history", name+"@2", "was_schema")
	damage(t, e, "history", name+"@4", "was_schema")
	revisions("[5 3 1]", name+"@4", name+"@2")
	damage(t, e, "sessions", string(c.session), "change")
	revisions("[3 1]", string(c.session), name+"@4", name+"@2")
	_, err := c.History(t.Context(), request(), "s-none")
	wantFault(t, err, fault.NotFound, "not_found")
}

func TestEveryListNamesWhatIsDamaged(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 2)
	c.damageAGroup(t)
	damage(t, e, "members", string(c.members[0]), "change")
	damage(t, e, "therapists", string(c.therapist), "change")
	named := func(name string, found, beside int, err error, want string) {
		t.Helper()
		out, ok := errors.AsType[*practice.LeftOutError](err)
		if !ok || !slices.Equal(out.IDs, []string{want}) {
			t.Errorf("%s: %v", name, err)
		}
		if found != beside {
			t.Errorf("%s: %d beside it", name, found)
		}
	}
	groups, _, err := c.Groups(t.Context(), request(), practice.GroupFilter{}, practice.Page{})
	named("groups", len(groups), 1, err, string(c.damagedGroup))
	members, _, err := c.Members(t.Context(), request(), practice.Page{})
	named("members", len(members), 1, err, string(c.members[0]))
	therapists, _, err := c.Therapists(t.Context(), request(), practice.Page{})
	named("therapists", len(therapists), 0, err, string(c.therapist))
}
