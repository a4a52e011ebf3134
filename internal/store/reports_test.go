package store_test

import (
	"strconv"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/store"
)

// running is a report that is computed, with every field that it can have.
func running() analysis.Record {
	return analysis.Record{
		ID: "r", Rev: 1, Principal: "p", Analysis: "group_level", CreatedAt: at(1), RequestID: "q", RequestSHA: "5f", Asked: []byte(`{"analysis":"group_level"}`),
		State: analysis.Running, Lease: analysis.Lease{Owner: "o", Until: at(30)}, StartedAt: new(at(2)), Step: &analysis.Step{Stage: "bootstrap", Done: 64, Total: 1000},
	}
}

// failed is the same when it could not be answered.
func failed() analysis.Record {
	x := running()
	x.State, x.Lease, x.EndedAt = analysis.Failed, analysis.Lease{}, new(at(9))
	x.Failure = &analysis.Failure{Kind: "invalid", Rule: "required", Detail: "Say what.", Fields: []fault.Field{
		{Pointer: "/measure", Rule: "required", Detail: "Say what."}, {Pointer: "", Rule: "other", Detail: "And more."},
	}}
	return x
}

func TestAReportGoesFromStateToState(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		ctx, reports := t.Context(), store.NewReports(e)
		must(t, reports.Insert(ctx, running()))
		got, err := reports.Get(ctx, "r")
		must(t, err)
		wantSame(t, "the running report", running(), got)
		ended := failed()
		ended.Rev = 2
		must(t, reports.Replace(ctx, ended, 1))
		must(t, reports.Replace(ctx, ended, 1)) // as after a lost reply
		late := running()
		late.Rev = 2
		wantFault(t, "whoever comes late", reports.Replace(ctx, late, 1), fault.Stale, "written_since")
		wantFault(t, "another of this name", reports.Insert(ctx, running()), fault.Conflict, "id_taken")
		got, err = reports.Get(ctx, "r")
		must(t, err)
		wantSame(t, "the failed report", ended, got)
		listed, errs := collect(reports.Of(ctx, "p", "", 0))
		ended.Asked, ended.Failure = nil, nil
		wantSame(t, "the list", []analysis.Record{ended}, listed)
		if len(errs) > 0 {
			t.Error(errs)
		}
		wantSound(t, e)
	})
}

func TestOfSeveralWhoEndAReportOneWins(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		ctx, reports := t.Context(), store.NewReports(e)
		must(t, reports.Insert(ctx, running()))
		var (
			all  sync.WaitGroup
			mu   sync.Mutex
			wins []string
		)
		for i := range 8 {
			all.Go(func() {
				x := failed()
				x.Rev, x.Failure.Rule = 2, "rule_"+strconv.Itoa(i)
				err := reports.Replace(ctx, x, 1)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					wins = append(wins, x.Failure.Rule)
				case !fault.Is(err, fault.Stale):
					t.Error(err)
				}
			})
		}
		all.Wait()
		x, err := reports.Get(ctx, "r")
		must(t, err)
		if len(wins) != 1 || x.Failure.Rule != wins[0] || x.Rev != 2 {
			t.Errorf("%v say that they won; stored is %s at revision %d", wins, x.Failure.Rule, x.Rev)
		}
	})
}

func TestAReportWrittenBeforeThereWereStatesIsDone(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		ctx, reports := t.Context(), store.NewReports(e)
		var collection store.Collection
		for _, c := range store.Collections() {
			if c.Name == "reports" {
				collection = c
			}
		}
		body, err := bson.Marshal(bson.D{
			{Key: "_id", Value: "r-old"},
			{Key: "rev", Value: int64(1)},
			{Key: "schema", Value: int32(1)},
			{Key: "principal", Value: "p"},
			{Key: "analysis", Value: "group_level"},
			{Key: "created_at", Value: at(3)},
			{Key: "body", Value: []byte("{}")},
		})
		must(t, err)
		must(t, e.Insert(ctx, collection, store.Document{ID: "r-old", Rev: 1, Body: body}))
		got, err := reports.Get(ctx, "r-old")
		must(t, err)
		wantSame(t, "the old report", analysis.Record{ID: "r-old", Rev: 1, Principal: "p", Analysis: "group_level", CreatedAt: at(3), State: analysis.Done, Body: []byte("{}")}, got)
		wantSound(t, e)
	})
}

func TestReportsThatContradictTheirStateAreNotWritten(t *testing.T) {
	t.Parallel()
	reports := store.NewReports(openSQLite(t))
	for name, spoil := range map[string]func(x *analysis.Record){
		"an unknown state":           func(x *analysis.Record) { x.State = "asleep" },
		"running without a lease":    func(x *analysis.Record) { x.Lease = analysis.Lease{} },
		"done with a lease":          func(x *analysis.Record) { x.State, x.Body = analysis.Done, []byte("{}") },
		"done without a body":        func(x *analysis.Record) { x.State, x.Lease = analysis.Done, analysis.Lease{} },
		"running with a body":        func(x *analysis.Record) { x.Body = []byte("{}") },
		"failed without a failure":   func(x *analysis.Record) { x.State, x.Lease = analysis.Failed, analysis.Lease{} },
		"cancelled with a failure":   func(x *analysis.Record) { *x = failed(); x.State = analysis.Cancelled },
		"asked for by nobody at all": func(x *analysis.Record) { x.Principal = "" },
	} {
		x := running()
		spoil(&x)
		wantFault(t, name, reports.Insert(t.Context(), x), fault.Internal, "document_incomplete")
	}
}
