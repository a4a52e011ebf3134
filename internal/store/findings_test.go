package store_test

import (
	"fmt"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/session"
	"holon/internal/store"
)

// noted is a finding of a group, raised at a minute.
func noted(id finding.ID, group session.GroupID, minute int) *finding.Finding {
	return &finding.Finding{
		Head: session.Head{Change: change(string(id))}, ID: id, Rule: finding.Noted, RuleVersion: 1, GroupID: group, Topic: finding.TopicOther,
		Members: []session.MemberID{"m-1"}, Events: []finding.Event{{Kind: finding.Raised, At: at(minute), By: "p"}},
	}
}

func TestFindingsComeRaisedLastFirstAsFiltered(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		all := store.NewFindings(e)
		for i := range 6 {
			f := noted(finding.ID(fmt.Sprintf("fi-%d", i)), session.GroupID(fmt.Sprintf("g-%d", i%2)), i/2) // two at each time
			if i == 3 {
				f.SessionID, f.Members = "s-1", []session.MemberID{"m-2"}
				f.Events = append(f.Events, finding.Event{Kind: finding.WasSeen, At: at(9), By: "p"})
			}
			must(t, all.Insert(t.Context(), f))
		}
		ids := func(want finding.Filter, after *finding.Place, limit int) (out []finding.ID) {
			list, errs := collect(all.List(t.Context(), want, after, limit))
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			for _, f := range list {
				out = append(out, f.ID)
			}
			return out
		}
		wantSame(t, "all", []finding.ID{"fi-5", "fi-4", "fi-3", "fi-2", "fi-1", "fi-0"}, ids(finding.Filter{}, nil, 0))
		wantSame(t, "two of a page", []finding.ID{"fi-5", "fi-4"}, ids(finding.Filter{}, nil, 2))
		wantSame(t, "the next", []finding.ID{"fi-3", "fi-2"}, ids(finding.Filter{}, &finding.Place{RaisedAt: at(2), ID: "fi-4"}, 2))
		wantSame(t, "of a group", []finding.ID{"fi-5", "fi-3", "fi-1"}, ids(finding.Filter{GroupID: "g-1"}, nil, 0))
		wantSame(t, "of a group, from behind one", []finding.ID{"fi-1"}, ids(finding.Filter{GroupID: "g-1"}, &finding.Place{RaisedAt: at(1), ID: "fi-3"}, 0))
		wantSame(t, "new", []finding.ID{"fi-5", "fi-4", "fi-2"}, ids(finding.Filter{States: []finding.State{finding.New}}, nil, 3))
		wantSame(t, "seen or closed", []finding.ID{"fi-3"}, ids(finding.Filter{States: []finding.State{finding.Seen, finding.Closed}}, nil, 0))
		wantSame(t, "of a session", []finding.ID{"fi-3"}, ids(finding.Filter{SessionID: "s-1"}, nil, 0))
		wantSame(t, "about a member", []finding.ID{"fi-3"}, ids(finding.Filter{MemberID: "m-2"}, nil, 1))
		wantSame(t, "of another rule", nil, ids(finding.Filter{Rule: finding.RiskItem}, nil, 0))
	})
}

func TestWhatWasNotedAboutAFindingIsNeverLost(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		all := store.NewFindings(e)
		f := noted("fi-1", "g", 0)
		f.Events = append(f.Events, finding.Event{Kind: finding.WasSeen, At: at(1), By: "p"})
		must(t, all.Insert(t.Context(), f))
		for name, events := range map[string][]finding.Event{
			"an event less":      f.Events[:1],
			"another time":       {f.Events[0], {Kind: finding.WasSeen, At: at(2), By: "p"}},
			"another in between": {f.Events[0], {Kind: finding.WasClosed, At: at(1), By: "p"}, f.Events[1]},
		} {
			next := *f
			next.Events = events
			wantFault(t, name, all.Replace(t.Context(), &next, 1), fault.Internal, "events_would_be_lost")
		}
		got, err := all.Get(t.Context(), "fi-1")
		must(t, err)
		wantSame(t, "the stored finding", f, got)
	})
}

func TestSettingsAreOneDocument(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		all := store.NewSettings(e)
		_, err := all.Get(t.Context())
		wantFault(t, "before any", err, fault.NotFound, "not_found")
		s := store.FullSettings()
		must(t, all.Insert(t.Context(), s))
		wantFault(t, "others", all.Insert(t.Context(), &finding.Settings{Head: session.Head{Change: change("x")}, ID: finding.SettingsID, AcknowledgeWithin: 5, AlarmBudget: 0.5}), fault.Conflict, "id_taken")
		s.AcknowledgeWithin, s.Change = 30, change("k")
		must(t, all.Replace(t.Context(), s, 1))
		got, err := all.Get(t.Context())
		must(t, err)
		wantSame(t, "the settings", s, got)
		h, used, err := all.KeyUse(t.Context(), "k")
		if err != nil || !used || h.Rev != 2 {
			t.Errorf("the key: %v, %v, %v", h, used, err)
		}
		wantSound(t, e)
	})
}

func TestDamagedFindingsAreRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(bson.D) bson.D{
		"a state that the events do not give": set("state", "closed"),
		"no members":                          drop("members"),
		"no events":                           set("events", bson.A{}),
		"no rule":                             drop("rule"),
		"a note":                              func(d bson.D) bson.D { return append(d, bson.E{Key: "note", Value: "x"}) },
		"a risk item without its item":        set("rule", "risk_item"),
		"an event without author":             set("events", bson.A{bson.D{{Key: "kind", Value: "raised"}, {Key: "at", Value: at(0)}}}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := openSQLite(t)
			must(t, store.NewFindings(e).Insert(t.Context(), noted("fi-1", "g", 0)))
			tamper(t, e, "findings", "fi-1", change)
			_, err := store.NewFindings(e).Get(t.Context(), "fi-1")
			wantFault(t, "the finding", err, fault.Internal, "document_damaged")
		})
	}
}
