package store_test

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/access"
	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/study"
)

func TestThePageOfCollectionsNamesEveryStoredField(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/collections.md")
	must(t, err)
	e := openSQLite(t)
	fill(t, e)
	for _, c := range store.Collections() {
		row := regexp.MustCompile("(?m)^\\| `" + c.Name + "` \\|.*$").FindString(string(text))
		switch c.Name {
		case "frozen_groups":
			row += regexp.MustCompile("(?m)^\\| `groups` \\|.*$").FindString(string(text))
		case "sessions", "frozen_sessions":
			page, err := os.ReadFile("../../docs/session-document.md")
			must(t, err)
			row = string(page)
		}
		if row == "" {
			t.Errorf("the page says nothing of %s", c.Name)
			continue
		}
		found := 0
		for d, err := range e.Query(t.Context(), store.Query{Collection: c}) {
			must(t, err)
			found++
			for _, key := range keysOf(t, bson.Raw(d.Body)) {
				if !strings.Contains(row, "`"+key+"`") && !strings.Contains(row, "`"+key+"[]`") && !strings.Contains(row, `"`+key+`"`) {
					t.Errorf("%s: nothing is said of %s", c.Name, key)
				}
			}
		}
		if found == 0 {
			t.Errorf("%s: nothing is stored, so nothing is proved", c.Name)
		}
	}
}

// fill stores at least one document of every collection, every field set.
func fill(t *testing.T, e store.Engine) {
	t.Helper()
	ctx, registry := t.Context(), copyInstruments(t, e)
	d, _ := registry.Lookup(instrument.Ref{ID: "gad-7", Version: "1"})
	must(t, store.NewInstruments(e).Add(ctx, d))
	ref := instrument.Ref{ID: "wai-sr", Version: "1"}
	ended := failed()
	ended.ID, ended.WithdrawnBy = "r-1", ""
	done := running()
	done.ID, done.State, done.Lease, done.EndedAt, done.Body = "r-2", analysis.Done, analysis.Lease{}, new(at(9)), []byte("{}")
	withdrawn := done
	withdrawn.ID, withdrawn.State, withdrawn.Body, withdrawn.WithdrawnBy = "r-3", analysis.Withdrawn, nil, "rd-1"
	for _, insert := range []func(context.Context) error{
		func(ctx context.Context) error { return store.NewMembers(e).Insert(ctx, store.FullMember()) },
		func(ctx context.Context) error { return store.NewTherapists(e).Insert(ctx, store.FullTherapist()) },
		func(ctx context.Context) error { return store.NewSessions(e).Insert(ctx, store.FullSession()) },
		func(ctx context.Context) error { return store.NewGroups(e).Insert(ctx, store.FullGroup()) },
		func(ctx context.Context) error { return store.NewGroups(e).Replace(ctx, store.FullGroup(), 1) },
		func(ctx context.Context) error { return store.NewFindings(e).Insert(ctx, store.FullFinding()) },
		func(ctx context.Context) error { return store.NewSettings(e).Insert(ctx, store.FullSettings()) },
		func(ctx context.Context) error { return store.NewObjectives(e).Insert(ctx, store.FullObjective()) },
		func(ctx context.Context) error { return store.NewRedactions(e).Insert(ctx, store.FullDecision()) },
		func(ctx context.Context) error { return store.NewAttestations(e).Append(ctx, said(ref, 1)) },
		func(ctx context.Context) error { return store.NewWordings(e).Append(ctx, licensed(ref, 1)) },
		func(ctx context.Context) error { return store.NewGoalTexts(e).Append(ctx, words(1, true)) },
		func(ctx context.Context) error { return store.NewGoalTexts(e).Append(ctx, words(2, false)) },
		func(ctx context.Context) error { return store.NewReports(e).Insert(ctx, running()) },
		func(ctx context.Context) error { return store.NewReports(e).Insert(ctx, ended) },
		func(ctx context.Context) error { return store.NewReports(e).Insert(ctx, done) },
		func(ctx context.Context) error { return store.NewReports(e).Insert(ctx, withdrawn) },
		func(ctx context.Context) error {
			return store.NewImports(e).Insert(ctx, session.ImportRecord{ID: "i-1", Kind: "long", FileSHA: "5f", By: "p", StartedAt: at(1), EndedAt: new(at(2)), State: session.ImportDone})
		},
		func(ctx context.Context) error {
			return store.NewAccounts(e).Insert(ctx, access.Account{ID: "p", Role: access.RoleOperator, TokenHash: "5f", CreatedAt: at(1), Label: "l"})
		},
		func(ctx context.Context) error {
			return store.NewAudit(e).Append(ctx, access.Entry{
				ID: "e-1", At: at(1), Principal: "p", Action: access.ReadSession, Outcome: access.Denied, RequestID: "q",
				Object: access.Object{Kind: access.KindSession, ID: "s-1", GroupID: "g-1"},
			})
		},
		func(ctx context.Context) error {
			return store.NewAccounts(e).Insert(ctx, access.Account{ID: "q", Role: access.RoleResearcher, TokenHash: "6a", CreatedAt: at(1), Study: "st-1", ExpiresAt: new(at(9))})
		},
		func(ctx context.Context) error { return store.NewStudies(e).Insert(ctx, store.FullStudy()) },
		func(ctx context.Context) error { return store.NewStudyKeys(e).Insert(ctx, "st-1", studyKey()) },
		func(ctx context.Context) error { return store.NewConsents(e).Append(ctx, store.FullConsent()) },
		func(ctx context.Context) error {
			c := store.FullConsent()
			c.Number, c.Redacted = 2, &session.Redacted{Decision: "rd-1", At: at(1)}
			return store.NewConsents(e).Append(ctx, c)
		},
		func(ctx context.Context) error { return store.NewSnapshots(e).Insert(ctx, store.FullSnapshot()) },
		func(ctx context.Context) error { return store.NewReleases(e).Insert(ctx, store.FullRelease()) },
		func(ctx context.Context) error {
			_, err := store.NewContributions(e).Keep(ctx, "st-1", inMemory(brought(2, 1)))
			return err
		},
		func(ctx context.Context) error {
			x := store.FullRelease()
			x.ID, x.Body, x.WithdrawnBy = "re-2", nil, "rd-1"
			x.Number++
			return store.NewReleases(e).Insert(ctx, x)
		},
		func(ctx context.Context) error {
			x := store.FullSnapshot()
			x.ID, x.State, x.EndedBy, x.EndedAt = "sn-2", study.Frozen, "", nil
			if err := store.NewSnapshots(e).Insert(ctx, x); err != nil {
				return err
			}
			return store.NewFrozen(e).InsertGroup(ctx, "sn-2", store.FullGroup(), []*session.Session{store.FullSession()})
		},
		func(ctx context.Context) error {
			return store.NewUnfinished(e).Begin(ctx, store.Copying{Kind: "move", Digest: "5f", At: at(1)})
		},
	} {
		must(t, insert(ctx))
	}
}

// keysOf lists the names of a document's fields and of those inside, but for
// what every document has, the states of items and what history archives.
func keysOf(t *testing.T, doc bson.Raw) (keys []string) {
	t.Helper()
	elements, err := doc.Elements()
	must(t, err)
	for _, x := range elements {
		key, value := x.Key(), x.Value()
		if slices.Contains([]string{"_id", "rev", "schema", "change"}, key) {
			continue
		}
		keys = append(keys, key)
		inside, ok := value.DocumentOK()
		switch {
		case ok && key != "was" && key != "states":
			keys = append(keys, keysOf(t, inside)...)
		case value.Type == bson.TypeArray:
			parts, err := value.Array().Values()
			must(t, err)
			for _, part := range parts {
				if in, ok := part.DocumentOK(); ok {
					keys = append(keys, keysOf(t, in)...)
				}
			}
		}
	}
	return keys
}
