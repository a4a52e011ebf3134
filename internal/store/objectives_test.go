package store_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/objective"
	"holon/internal/store"
)

func TestObjectivesAreKeptByCodeAndVersion(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		ctx := t.Context()
		all := store.NewObjectives(e)
		put := func(id objective.ID, code string, version int) error {
			x := store.FullObjective()
			x.ID, x.Version, x.Rule.Code, x.Retired = id, version, code, false
			return all.Insert(ctx, x)
		}
		for _, x := range []struct {
			id      objective.ID
			code    string
			version int
		}{{"o-1", "b", 1}, {"o-2", "a", 1}, {"o-3", "a", 2}, {"o-4", "a", 10}} {
			if err := put(x.id, x.code, x.version); err != nil {
				t.Fatal(err)
			}
		}
		if err := put("o-5", "a", 2); fault.RuleOf(err) != "unique_taken" {
			t.Errorf("a second version 2: %v", err)
		}
		for code, want := range map[string]int{"a": 10, "b": 1, "c": 0} {
			if got, err := all.LastVersion(ctx, code); err != nil || got != want {
				t.Errorf("last version of %s: %d, %v", code, got, err)
			}
		}
		ids := func(after string, version, limit int) string {
			var got []string
			for x, err := range all.List(ctx, after, version, limit) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, string(x.ID))
			}
			return strings.Join(got, " ")
		}
		got := []string{ids("", 0, 0), ids("a", 1, 2), ids("a", 10, 0)}
		if diff := cmp.Diff([]string{"o-2 o-3 o-4 o-1", "o-3 o-4", "o-1"}, got); diff != "" {
			t.Error(diff)
		}
		x, err := all.Get(ctx, "o-2")
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Retire(); err != nil {
			t.Fatal(err)
		}
		if err := all.Replace(ctx, x, 1); err != nil {
			t.Fatal(err)
		}
		was, err := all.At(ctx, "o-2", 1)
		if err != nil || was.Retired || !x.Retired {
			t.Errorf("revision 1 is %+v, %v", was, err)
		}
	})
}
