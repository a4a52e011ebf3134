package cohesion_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/cohesion"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/agreement"
	"holon/internal/session"
)

// ours registers an instrument of five items made for a test and returns the
// scorer of one of its scores.
func ours(t *testing.T, score string, rater instrument.RaterKind) session.Scorer {
	t.Helper()
	standing, about := "I", []string{"member"}
	if rater != instrument.RaterMember {
		standing, about = "observer", []string{"observer"}
	}
	item := func(number int, level, referent string, reverse bool, high float64, raters ...string) map[string]any {
		return map[string]any{
			"number": number, "level": level, "referent": referent, "raters": raters,
			"min": 1, "max": high, "step": 1, "reverse": reverse,
		}
	}
	rule := func(id, level, method string, low, high float64, missing int, items ...int) map[string]any {
		return map[string]any{
			"id": id, "title": id, "level": level, "items": items, "method": method, "max_missing": missing,
			"direction": "higher_better", "min": low, "max": high,
		}
	}
	file := map[string]any{
		"schema": 1, "id": "ours", "version": "1", "title": "Ours", "construct": "Made up for a test.", "language": "und",
		"ages": map[string]any{}, "licence": map[string]any{"status": "permission_required", "holder": "nobody", "wording_included": false},
		"facts": []any{map[string]any{"about": "everything", "source": "made up for tests", "verified": false}},
		"items": []any{
			item(1, "cohesion", "we", false, 5, "member", "therapist", "observer"), item(2, "cohesion", "we", true, 5, "member", "therapist", "observer"),
			item(3, "cohesion", "we", false, 7, "member", "therapist", "observer"), item(4, "alliance", "pair", false, 5, "member", "observer"),
			item(5, "member_group", standing, false, 5, about...),
		},
		"scores": []any{
			rule("we", "cohesion", "mean", 1, 5, 1, 1, 2), rule("mixed", "cohesion", "sum", 2, 12, 0, 1, 3),
			rule("bond", "alliance", "sum", 1, 5, 0, 4), rule("standing", "member_group", "sum", 1, 5, 0, 5),
		},
	}
	raw, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/ours.json", raw, 0o600); err != nil {
		t.Fatal(err)
	}
	registry, err := instrument.Load(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	ref := instrument.Ref{ID: "ours", Version: "1"}
	def, ok := registry.Lookup(ref)
	if !ok {
		t.Fatal("the instrument is not registered")
	}
	s, ok := session.NewScorer(def, session.Measure{Instrument: ref, Score: score, Rater: rater})
	if !ok {
		t.Fatalf("no score %s", score)
	}
	return s
}

// form is a rating of the two we-items.
func form(by string, one, two session.Answer) session.CohesionRating {
	one.Item, two.Item = 1, 2
	r := rating("ours", instrument.RaterMember, by, 0)
	r.Answers = []session.Answer{one, two}
	return session.CohesionRating{Rating: r}
}

// given is an answer.
func given(value float64) session.Answer {
	return session.Answer{State: session.Answered, Value: value}
}

// TestAgreementReadsCompleteForms keys reversed items and counts every form
// that is not complete by its reason, though the score itself may miss an item.
func TestAgreementReadsCompleteForms(t *testing.T) {
	t.Parallel()
	s := meeting()
	withdrawn := form("m9", session.Answer{State: session.NotShown}, session.Answer{State: session.NotShown})
	total := form("m7", given(1), given(1))
	total.Answers = nil
	other := form("t1", given(1), given(1))
	other.Rater.Kind = instrument.RaterTherapist
	s.Cohesion = []session.CohesionRating{
		form("m1", given(4), given(1)), form("m2", given(2), session.Answer{State: session.Declined}),
		form("m5", given(4), given(9)), form("m6", session.Answer{State: session.CannotSay}, given(1)), withdrawn, total, other,
	}
	a := cohesion.NewAgreement(ours(t, "we", instrument.RaterMember))
	if o := a.Objection(); o != nil {
		t.Fatalf("objection %+v", o)
	}
	got := a.Read(s)
	want := []agreement.Row{{Group: "g1", Session: "s1", Member: "m1", Values: []float64{4, 5}}}
	if diff := cmp.Diff(want, got.Rows); diff != "" {
		t.Error(diff)
	}
	left := []multilevel.Exclusion{
		{Reason: "absent", Rows: 1},
		{Reason: "answer_out_of_range", Rows: 1},
		{Reason: "missing_items_cannot_say", Rows: 1},
		{Reason: "missing_items_declined", Rows: 1},
		{Reason: "missing_items_total_only", Rows: 1},
		{Reason: "no_form", Rows: 1},
		{Reason: "other_rater_kind", Rows: 1},
	}
	if diff := cmp.Diff(left, got.Excluded.List()); diff != "" {
		t.Error(diff)
	}
	if got.Scale != (agreement.Scale{Low: 1, High: 5, Step: 1}) || !cmp.Equal(got.Items, []string{"1", "2"}) {
		t.Errorf("scale %+v, items %v", got.Scale, got.Items)
	}
	if a.Meaning() == "" || a.Composition() != multilevel.ReferentShift {
		t.Errorf("composition %s", a.Composition())
	}
}

// TestAgreementThatMeansNothing is refused by name.
func TestAgreementThatMeansNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		score  string
		rater  instrument.RaterKind
		reason multilevel.Reason
	}{
		{"standing", instrument.RaterMember, "i_items"},
		{"standing", instrument.RaterObserver, "not_about_the_whole"},
		{"bond", instrument.RaterMember, "not_about_the_whole"},
		{"we", instrument.RaterTherapist, "global_rating"},
		{"we", instrument.RaterObserver, "global_rating"},
		{"mixed", instrument.RaterMember, "different_scales"},
	} {
		o := cohesion.NewAgreement(ours(t, c.score, c.rater)).Objection()
		if o == nil || o.Reason != c.reason || o.Detail == "" || o.Instead == "" {
			t.Errorf("%s by %s: %+v, want %s", c.score, c.rater, o, c.reason)
		}
	}
}

// TestObserversRateTheSameTarget has one cell for each observer and target.
func TestObserversRateTheSameTarget(t *testing.T) {
	t.Parallel()
	const id = "holon-cohesion-1"
	s := meeting()
	s.Cohesion = []session.CohesionRating{
		{Rating: rating(id, instrument.RaterObserver, "o1", 4)},
		{Rating: rating(id, instrument.RaterObserver, "o2", 6)},
		{Rating: rating(id, instrument.RaterMember, "m1", 1)},
	}
	o := cohesion.NewObservers(scorer(t, id, instrument.RaterObserver))
	if o.Objection() != nil {
		t.Fatal("observers are refused")
	}
	got := o.Read(s)
	want := []agreement.Cell{
		{Target: "g1 s1", Cluster: "g1", Rater: "o1", Value: 4}, {Target: "g1 s1", Cluster: "g1", Rater: "o2", Value: 6},
	}
	if diff := cmp.Diff(want, got.List); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]multilevel.Exclusion{{Reason: "other_rater_kind", Rows: 1}}, got.Excluded.List()); diff != "" {
		t.Error(diff)
	}
	s.MemberGroup = []session.MemberGroupRating{
		{Rating: rating("ours", instrument.RaterObserver, "o1", 2), MemberID: "m1"},
		{Rating: rating("ours", instrument.RaterObserver, "o1", 3), MemberID: "m2"},
	}
	for i := range s.MemberGroup {
		s.MemberGroup[i].Answers[0].Item = 5
	}
	got = cohesion.NewObservers(ours(t, "standing", instrument.RaterObserver)).Read(s)
	want = []agreement.Cell{
		{Target: "g1 s1 m1", Cluster: "g1", Rater: "o1", Value: 2}, {Target: "g1 s1 m2", Cluster: "g1", Rater: "o1", Value: 3},
	}
	if diff := cmp.Diff(want, got.List); diff != "" {
		t.Error(diff)
	}
	for score, rater := range map[string]instrument.RaterKind{"we": instrument.RaterMember, "bond": instrument.RaterObserver} {
		if cohesion.NewObservers(ours(t, score, rater)).Objection() == nil {
			t.Errorf("%s by %s is not refused", score, rater)
		}
	}
}
