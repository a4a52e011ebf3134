package practice_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store"
)

func TestRecordsStreamWhatWasAskedForAndLeaveAnEntryPerGroup(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 1)
	ctx := t.Context()
	_, err := c.Submit(ctx, request(), c.session, []session.FormInput{c.form(0)})
	must(t, err)
	family, err := c.CreateGroup(ctx, request(), practice.GroupInput{Code: "FAM", Kind: session.KindFamily, Format: session.Open, StartsOn: "2026-02-05"})
	must(t, err)
	rq := request()
	rq.ID = "req-all"
	all, err := c.Records(ctx, rq, practice.Selection{})
	must(t, err)
	if got := all.Groups(); len(got) != 2 || got[0].Code != "FAM" || got[1].Code != "THU" {
		t.Errorf("groups %+v", got)
	}
	n := 0
	for _, x := range entries(t, e) {
		if x.RequestID == "req-all" && x.Action == access.ReadSession && x.Object.ID == "" && x.Object.GroupID != "" {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d entries for two groups", n)
	}
	for _, x := range []struct {
		levels []instrument.Level
		want   int
	}{{nil, 1}, {[]instrument.Level{instrument.Alliance}, 1}, {[]instrument.Level{instrument.Outcome}, 0}} {
		list := collect(t, all.Sessions(ctx, c.group, x.levels...))
		if len(list) != 1 || list[0].Count() != x.want {
			t.Errorf("levels %v: %d sessions", x.levels, len(list))
		}
	}
	families, err := c.Records(ctx, request(), practice.Selection{Kinds: []session.GroupKind{session.KindFamily}})
	must(t, err)
	if got := families.Groups(); len(got) != 1 || got[0].ID != family.ID {
		t.Errorf("families %+v", got)
	}
	for _, err := range families.Sessions(ctx, c.group) {
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("a group that was not asked for is read: %v", err)
		}
	}
	named, err := c.Records(ctx, request(), practice.Selection{Groups: []session.GroupID{c.group, c.group}})
	must(t, err)
	if got := named.Groups(); len(got) != 1 {
		t.Errorf("a group named twice comes %d times", len(got))
	}
	_, err = c.Records(ctx, request(), practice.Selection{Groups: []session.GroupID{c.group, "g-none"}})
	wantFault(t, err, fault.NotFound, "not_found")
	if none, err := c.Records(ctx, request(), practice.Selection{Groups: []session.GroupID{}}); err != nil || len(none.Groups()) != 0 {
		t.Errorf("no group named: %+v, %v", none, err)
	}
	if d, ok := named.Definition(alliance); !ok || d.Ref != alliance {
		t.Error("the definition is not at hand")
	}
}

func TestADamagedSessionIsPassedOnByNameAndTheNextFollows(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 1)
	ctx := t.Context()
	for range 2 {
		_, err := c.OpenSession(ctx, request(), c.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-12"})
		must(t, err)
	}
	damage(t, e, "sessions", string(c.session), "status")
	r, err := c.Records(ctx, request(), practice.Selection{})
	must(t, err)
	var good []int
	bad := 0
	for s, err := range r.Sessions(ctx, c.group) {
		if err != nil {
			wantFault(t, err, fault.Internal, "document_damaged")
			bad++
			continue
		}
		good = append(good, s.Number)
	}
	if bad != 1 || !slices.Equal(good, []int{2, 3}) {
		t.Errorf("%d damaged, sessions %v", bad, good)
	}
	// The damaged one keeps its number.
	s, err := c.OpenSession(ctx, request(), c.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-19"})
	if err != nil || s.Number != 4 {
		t.Errorf("the next session is %+v, %v", s, err)
	}
	// So do damaged ones at the end, whatever their numbers.
	far, err := c.OpenSession(ctx, request(), c.group, practice.OpenInput{Number: new(6), Kind: session.Meeting, HeldOn: "2026-03-19"})
	must(t, err)
	damage(t, e, "sessions", string(s.ID), "status")
	damage(t, e, "sessions", string(far.ID), "status")
	for _, want := range []int{7, 8} {
		s, err := c.OpenSession(ctx, request(), c.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-26"})
		if err != nil || s.Number != want {
			t.Errorf("the next session is %+v, %v; want number %d", s, err, want)
		}
	}
	_, err = c.Session(ctx, request(), c.session, nil)
	wantFault(t, err, fault.Internal, "document_damaged")
	if history, err := c.History(ctx, request(), c.session); err != nil || len(history) != 1 {
		t.Errorf("the history of a damaged session: %+v, %v", history, err)
	}
}

// damage writes a field's name in capitals by hand, so that one is missing and
// there is one that nobody knows.
func damage(t *testing.T, e store.Engine, collection, id, field string) {
	t.Helper()
	all := store.Collections()
	c := all[slices.IndexFunc(all, func(c store.Collection) bool { return c.Name == collection })]
	d, err := e.Get(t.Context(), c, id, nil)
	must(t, err)
	broken := bytes.Replace(d.Body, []byte(field+"\x00"), []byte(strings.ToUpper(field)+"\x00"), 1)
	if bytes.Equal(broken, d.Body) {
		t.Fatalf("%s has no field %s", id, field)
	}
	must(t, e.Delete(t.Context(), c, id, d.Rev))
	must(t, e.Insert(t.Context(), c, store.Document{ID: d.ID, Rev: d.Rev, Body: broken}))
}

func TestADamagedGroupIsLeftOutOfAllAndRefusesOneThatNamesIt(t *testing.T) {
	t.Parallel()
	e := open(t)
	c := newClinic(t, e, 1)
	c.damageAGroup(t)
	rq := request()
	rq.ID = "req-all"
	r, err := c.Records(t.Context(), rq, practice.Selection{})
	must(t, err)
	if got := r.Groups(); len(got) != 1 || got[0].ID != c.group || !slices.Equal(r.LeftOut(), []string{string(c.damagedGroup)}) {
		t.Errorf("groups %v, left out %v", got, r.LeftOut())
	}
	asked := map[session.GroupID]int{}
	for _, x := range entries(t, e) {
		if x.RequestID == "req-all" {
			asked[x.Object.GroupID]++
		}
	}
	if len(asked) != 2 || asked[c.group] != 1 || asked[c.damagedGroup] != 1 {
		t.Errorf("entries %v", asked)
	}
	for _, err := range r.Sessions(t.Context(), c.damagedGroup) {
		wantFault(t, err, fault.Forbidden, "not_selected")
	}
	_, err = c.Records(t.Context(), request(), practice.Selection{Groups: []session.GroupID{c.group, c.damagedGroup}})
	wantFault(t, err, fault.Internal, "document_damaged")
}
