package fault_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"holon/internal/fault"
)

func TestKindOfFindsTheFaultBelowAWrap(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("store: replace: %w", fault.New(fault.Stale, "written_since", "Read it again."))
	if got := fault.KindOf(err); got != fault.Stale {
		t.Errorf("KindOf = %v, want stale", got)
	}
	if got := fault.KindOf(errors.New("disk")); got != fault.Internal {
		t.Errorf("an unclassified error is %v, want internal", got)
	}
	if fault.Is(nil, fault.Internal) {
		t.Error("a nil error is of no kind")
	}
}

func TestEveryKindHasACodeAndAStatus(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for k := fault.Internal; k <= fault.MethodNotAllowed; k++ {
		if k.String() == "" || k.HTTPStatus() < 400 || seen[k.String()] {
			t.Errorf("kind %d: code %q, status %d", int(k), k.String(), k.HTTPStatus())
		}
		seen[k.String()] = true
	}
	if got := fault.Kind(99).HTTPStatus(); got != http.StatusInternalServerError {
		t.Errorf("an unknown kind answers %d, want 500", got)
	}
}

func TestListKeepsAllFaultsAndTheirPlaces(t *testing.T) {
	t.Parallel()
	var inner fault.List
	inner.Add("/value", "out_of_range", "A whole number from 0 to 3.")
	inner.Add("/state", "unknown_state", "One of the listed states.")
	var outer fault.List
	if err := outer.Under("/items/2", inner.Err()); err != nil {
		t.Fatal(err)
	}
	if err := outer.Under("/rater", fault.New(fault.Invalid, "rater_absent", "Absent.")); err != nil {
		t.Fatal(err)
	}
	notMine := fault.New(fault.Unavailable, "stopping", "Stopping.")
	if err := outer.Under("/x", notMine); !errors.Is(err, error(notMine)) {
		t.Errorf("a fault that is not of the value must come back, got %v", err)
	}
	e, ok := errors.AsType[*fault.Error](outer.Err())
	if !ok || e.Kind() != fault.Invalid || len(e.Fields()) != 3 {
		t.Fatalf("got %v", outer.Err())
	}
	if e.Fields()[1].Pointer != "/items/2/state" || e.Fields()[2].Pointer != "/rater" {
		t.Errorf("pointers: %+v", e.Fields())
	}
	var none fault.List
	if none.Err() != nil {
		t.Error("an empty list is no error")
	}
}
