package tables_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"os"
	"slices"
	"testing"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/studytest"
	"holon/internal/study/tables"
)

// breaking yields some groups and then fails.
type breaking struct{ of *studytest.Frozen }

// errBroken is what a store would say.
var errBroken = errors.New("the store broke")

// Frozen fails after two groups.
func (b breaking) Frozen(ctx context.Context) iter.Seq2[tables.Frozen, error] {
	return func(yield func(tables.Frozen, error) bool) {
		n := 0
		for x, err := range b.of.Frozen(ctx) {
			if n++; n > 2 {
				yield(tables.Frozen{}, errBroken)
				return
			}
			if !yield(x, err) {
				return
			}
		}
	}
}

// TestWhatFailsLeavesNothing: no byte is written, and no row stays on disk.
func TestWhatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	f := full(t)
	in := input(f)
	in.Groups = breaking{f}
	var out bytes.Buffer
	dir := t.TempDir()
	if _, err := tables.Package(t.Context(), &out, in, dir); !errors.Is(err, errBroken) || out.Len() > 0 {
		t.Errorf("the error is %v after %d bytes", err, out.Len())
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tables.Package(ended, &out, input(f), dir); !fault.Is(err, fault.Unavailable) || out.Len() > 0 {
		t.Errorf("given up, the error is %v after %d bytes", err, out.Len())
	}
	if _, err := tables.Package(t.Context(), &out, input(f), dir); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%d files stay: %v", len(left), err)
	}
}

// TestWhatDoesNotBelongTogetherIsRefused names releases of other rows.
func TestWhatDoesNotBelongTogetherIsRefused(t *testing.T) {
	t.Parallel()
	f := full(t)
	for rule, change := range map[string]func(*tables.Input){
		"release_of_other_rows":   func(in *tables.Input) { in.Release.Snapshot = "sn-other" },
		"release_withdrawn":       func(in *tables.Input) { in.Release.Withdraw("rd-1") },
		"records_without_release": func(in *tables.Input) { in.Release = nil },
		"aggregate_only":          func(in *tables.Input) { in.Study = new(*in.Study); in.Study.Release = study.Aggregate },
		"snapshot_ended":          func(in *tables.Input) { in.Snapshot = new(*in.Snapshot); in.Snapshot.End("rd-1", studytest.TakenAt()) },
	} {
		in := released(t, f, study.Controlled, aggregate.Request{Analyses: []string{"none"}})
		in.Records = []aggregate.Record{{}}
		change(&in)
		var out bytes.Buffer
		if _, err := tables.Package(t.Context(), &out, in, t.TempDir()); fault.RuleOf(err) != rule || out.Len() > 0 {
			t.Errorf("the rule is %q, want %q", fault.RuleOf(err), rule)
		}
	}
	in := released(t, f, study.Controlled, aggregate.Request{Analyses: []string{"none"}})
	in.Selection = study.Selection{Name: "other", SHA256: "other"}
	if _, err := tables.Stream(t.Context(), &bytes.Buffer{}, in, tables.Cohesion, tables.CSV); fault.RuleOf(err) != "release_of_other_rows" {
		t.Errorf("of another selection the rule is %q", fault.RuleOf(err))
	}
}

// contentOf hashes what a source yields.
func contentOf(tb testing.TB, source tables.Source) string {
	tb.Helper()
	var content study.Content
	for x, err := range source.Frozen(tb.Context()) {
		if err != nil {
			tb.Fatal(err)
		}
		content.Check(x.Group, "", x.Sessions)
	}
	return content.Sum()
}

// again yields groups in another way than they were frozen.
type again []tables.Frozen

// Frozen yields them.
func (a again) Frozen(context.Context) iter.Seq2[tables.Frozen, error] {
	return func(yield func(tables.Frozen, error) bool) {
		for _, x := range a {
			if !yield(x, nil) {
				return
			}
		}
	}
}

// TestOtherRowsThanThoseFrozenAreNoPackage: a group is missing, stands twice or in
// another place, or one answer was changed.
func TestOtherRowsThanThoseFrozenAreNoPackage(t *testing.T) {
	t.Parallel()
	f := full(t)
	var all again
	for x, err := range f.Frozen(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, x)
	}
	answered := *all[5].Sessions[1]
	answered.Cohesion = slices.Clone(answered.Cohesion)
	answered.Cohesion[0].Answers = slices.Clone(answered.Cohesion[0].Answers)
	answered.Cohesion[0].Answers[2].Value++
	changed := slices.Clone(all)
	changed[5].Sessions = slices.Clone(changed[5].Sessions)
	changed[5].Sessions[1] = &answered
	for name, rows := range map[string]again{
		"as they were": all, "one is missing": all[:15], "one stands twice": append(slices.Clone(all[:1]), all...), "another order": append(slices.Clone(all[1:]), all[0]), "one answer": changed,
	} {
		in := input(f)
		in.Groups = rows
		var out bytes.Buffer
		_, err := tables.Package(t.Context(), &out, in, t.TempDir())
		if fine := name == "as they were"; (err == nil) != fine || (!fine && (fault.RuleOf(err) != "rows_not_frozen" || out.Len() > 0)) {
			t.Errorf("%s: %v after %d bytes", name, err, out.Len())
		}
		if _, err := tables.Stream(t.Context(), &out, in, tables.Cohesion, tables.NDJSON); (err == nil) != (name == "as they were") {
			t.Errorf("%s, as a stream: %v", name, err)
		}
	}
	in := input(f)
	in.Definition = func(instrument.Ref) (*instrument.Definition, bool) { return nil, false }
	if _, err := tables.Package(t.Context(), &bytes.Buffer{}, in, t.TempDir()); fault.RuleOf(err) != "measure_without_definition" {
		t.Errorf("without definitions: %v", err)
	}
}
