package dyad_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/dyad"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/agreement"
	"holon/internal/session"
)

// TestObserversRateTheSamePairs has one cell for each observer, therapist and
// member; a member's own rating is left out by reason.
func TestObserversRateTheSamePairs(t *testing.T) {
	t.Parallel()
	const id = "holon-alliance-1"
	s := meeting()
	for _, x := range []struct {
		rater             instrument.RaterKind
		by, therapist, of string
		value             float64
	}{
		{instrument.RaterObserver, "o1", "t1", "m1", 4},
		{instrument.RaterObserver, "o2", "t1", "m1", 6},
		{instrument.RaterObserver, "o1", "t2", "m1", 3},
		{instrument.RaterMember, "m1", "t1", "m1", 9},
	} {
		s.Alliances = append(s.Alliances, session.AllianceRating{
			Rating: rating(id, x.rater, x.by, x.value), TherapistID: session.TherapistID(x.therapist), MemberID: session.MemberID(x.of),
		})
	}
	o := dyad.NewObservers(scorer(t, id, instrument.RaterObserver))
	if o.Objection() != nil {
		t.Fatal("observers are refused")
	}
	got := o.Read(s)
	want := []agreement.Cell{
		{Target: "g1 s1 t1 m1", Cluster: "g1", Rater: "o1", Value: 4},
		{Target: "g1 s1 t2 m1", Cluster: "g1", Rater: "o1", Value: 3},
		{Target: "g1 s1 t1 m1", Cluster: "g1", Rater: "o2", Value: 6},
	}
	if diff := cmp.Diff(want, got.List); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]multilevel.Exclusion{{Reason: "other_rater_kind", Rows: 1}}, got.Excluded.List()); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		id     string
		rater  instrument.RaterKind
		reason multilevel.Reason
	}{{id, instrument.RaterMember, "not_observers"}, {"holon-cohesion-1", instrument.RaterObserver, "other_level"}} {
		if o := dyad.NewObservers(scorer(t, c.id, c.rater)).Objection(); o == nil || o.Reason != c.reason || o.Detail == "" || o.Instead == "" {
			t.Errorf("%s by %s: %+v", c.id, c.rater, o)
		}
	}
}
