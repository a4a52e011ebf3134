package session_test

import (
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// The people of the fixtures.
const (
	ann, ben, cleo, dora = session.MemberID("m-ann"), session.MemberID("m-ben"), session.MemberID("m-cleo"), session.MemberID("m-dora")
	lea, carl, sue       = session.TherapistID("t-lea"), session.TherapistID("t-carl"), session.TherapistID("t-sue")
	watcher              = "o-watcher"
)

// The instruments of the fixtures.
var (
	alliance      = instrument.Ref{ID: "holon-alliance-1", Version: "1"}
	bond          = instrument.Ref{ID: "holon-bond-1", Version: "1"}
	cohesion      = instrument.Ref{ID: "holon-cohesion-1", Version: "1"}
	adherence     = instrument.Ref{ID: "holon-adherence-1", Version: "1"}
	adherenceSeen = instrument.Ref{ID: "holon-adherence-seen-1", Version: "1"}
	presence      = instrument.Ref{ID: "holon-presence-1", Version: "1"}
	purpose       = instrument.Ref{ID: "holon-purpose-1", Version: "1"}
	standing      = instrument.Ref{ID: "holon-standing-1", Version: "1"}
	phq9          = instrument.Ref{ID: "phq-9", Version: "1"}
	many          = instrument.Ref{ID: "many-levels", Version: "1"}
	teens         = instrument.Ref{ID: "teens", Version: "1"}
	child         = instrument.Ref{ID: "child", Version: "1"}
)

// enteredAt is when the fixtures' forms are typed: the evening of the session.
var enteredAt = time.Date(2026, 3, 5, 20, 15, 0, 123456789, time.UTC)

// manyLevels is a form of the kind of SOFTA-s and the GQ: items of three
// levels, some not for the therapist.
const manyLevels = `{
  "schema": 1, "id": "many-levels", "version": "1", "title": "Items of several levels", "construct": "Made for tests.", "language": "und",
  "licence": {"status": "own", "holder": "tests", "wording_included": false},
  "facts": [{"about": "all", "source": "made for tests", "verified": true}],
  "items": [
    {"number": 1, "level": "alliance", "referent": "pair", "raters": ["member", "therapist"], "min": 1, "max": 5, "step": 1},
    {"number": 2, "level": "member_group", "referent": "I", "raters": ["member"], "min": 1, "max": 5, "step": 1},
    {"number": 3, "level": "system", "referent": "we", "raters": ["member", "therapist"], "min": 1, "max": 5, "step": 1},
    {"number": 4, "level": "alliance", "referent": "pair", "raters": ["member", "therapist"], "min": 1, "max": 5, "step": 1}
  ],
  "scores": [
    {"id": "bond", "title": "Bond", "level": "alliance", "items": [1, 4], "method": "sum", "max_missing": 0, "direction": "higher_better", "min": 2, "max": 10},
    {"id": "safety", "title": "Safety", "level": "member_group", "items": [2], "method": "sum", "max_missing": 0, "direction": "higher_better", "min": 1, "max": 5},
    {"id": "purpose", "title": "Purpose", "level": "system", "items": [3], "method": "sum", "max_missing": 0, "direction": "higher_better", "min": 1, "max": 5}
  ]
}`

// forTeens is an outcome for people of 12 to 17.
const forTeens = `{
  "schema": 1, "id": "teens", "version": "1", "title": "For adolescents", "construct": "Made for tests.", "language": "und", "ages": {"from": 12, "to": 17},
  "licence": {"status": "own", "holder": "tests", "wording_included": false},
  "facts": [{"about": "all", "source": "made for tests", "verified": true}],
  "items": [{"number": 1, "level": "outcome", "referent": "I", "raters": ["member"], "min": 0, "max": 10, "step": 0.1}],
  "scores": [{"id": "total", "title": "Total", "level": "outcome", "items": [1], "method": "sum", "max_missing": 0, "direction": "higher_worse", "min": 0, "max": 10}]
}`

// ofChild is an outcome that others report about a child.
const ofChild = `{
  "schema": 1, "id": "child", "version": "1", "title": "About a child", "construct": "Made for tests.", "language": "und",
  "licence": {"status": "own", "holder": "tests", "wording_included": false},
  "facts": [{"about": "all", "source": "made for tests", "verified": true}],
  "items": [{"number": 1, "level": "outcome", "referent": "observer", "raters": ["member", "therapist"], "min": 0, "max": 10, "step": 1}],
  "scores": [{"id": "total", "title": "Total", "level": "outcome", "items": [1], "method": "sum", "max_missing": 0, "direction": "higher_better", "min": 0, "max": 10}]
}`

// definitions holds Holon's own instruments and those above.
var definitions = sync.OnceValues(func() (map[instrument.Ref]*instrument.Definition, error) {
	out := map[instrument.Ref]*instrument.Definition{}
	registry, err := instrument.Load(nil)
	if err != nil {
		return nil, err
	}
	for _, d := range registry.List() {
		out[d.Ref] = d
	}
	for _, text := range []string{manyLevels, forTeens, ofChild} {
		d, err := instrument.Parse([]byte(text))
		if err != nil {
			return nil, err
		}
		out[d.Ref] = d
	}
	return out, nil
})

// reference returns what the rules look up. Ben was born in 2012, nobody else's
// year is known.
func reference(tb testing.TB) session.Reference {
	tb.Helper()
	known, err := definitions()
	must(tb, err)
	return session.Reference{
		Definition: func(ref instrument.Ref) (*instrument.Definition, bool) { d, ok := known[ref]; return d, ok },
		BirthYear:  func(m session.MemberID) (int, bool) { return 2012, m == ben },
		Bonds:      func(session.GroupID, session.Date) bool { return true },
	}
}

// group returns an open group since 5 February 2026 with Ann, Ben and Cleo, led
// by Lea and Carl; a family has the same people with family roles.
func group(tb testing.TB, kind session.GroupKind) *session.Group {
	tb.Helper()
	g, err := session.NewGroup("g-1", "THU", kind, session.Open, "2026-02-05")
	must(tb, err)
	roles := []session.MemberRole{session.RoleMember, session.RoleMember, session.RoleMember}
	if kind == session.KindFamily {
		roles = []session.MemberRole{session.RoleCaregiver, session.RoleAdolescent, session.RoleCaregiver}
	}
	for i, m := range []session.MemberID{ann, ben, cleo} {
		_, err := g.Join(m, roles[i], "2026-02-05")
		must(tb, err)
	}
	_, err = g.Assign(lea, session.Lead, "2026-02-05")
	must(tb, err)
	_, err = g.Assign(carl, session.Co, "2026-02-05")
	must(tb, err)
	return g
}

// meeting opens the group's session of 5 March 2026.
func meeting(tb testing.TB, kind session.GroupKind) *session.Session {
	tb.Helper()
	s, err := session.NewSession("s-1", group(tb, kind), session.Plan{Number: 5, Kind: session.Meeting, HeldOn: "2026-03-05"})
	must(tb, err)
	s.Head = session.Head{Rev: 1, Schema: 1}
	return s
}

// form returns a form by a member, every item answered with its lowest value.
func form(tb testing.TB, id session.FormID, ref instrument.Ref, by session.Rater, about session.About) session.FormInput {
	tb.Helper()
	d, ok := reference(tb).Definition(ref)
	if !ok {
		tb.Fatalf("no instrument %s", ref)
	}
	f := session.FormInput{
		ID: id, Instrument: ref, Rater: by, About: about, Occasion: session.Post,
		Entered: session.Entry{By: "operator", At: enteredAt, Mode: session.Device},
	}
	for _, item := range d.Items {
		if slices.Contains(item.Raters, by.Kind) {
			f.Answers = append(f.Answers, session.AnswerInput{Item: item.Number, Value: new(item.Min)})
		}
	}
	return f
}

// member, therapist and observer name raters.
func member(id session.MemberID) session.Rater {
	return session.Rater{Kind: instrument.RaterMember, ID: string(id)}
}

func therapist(id session.TherapistID) session.Rater {
	return session.Rater{Kind: instrument.RaterTherapist, ID: string(id)}
}

func observer() session.Rater { return session.Rater{Kind: instrument.RaterObserver, ID: watcher} }

// must ends a test whose preparation failed.
func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// wantFault checks an error's kind and its field faults, each as "pointer
// rule"; without any, the rule of the whole.
func wantFault(tb testing.TB, err error, kind fault.Kind, want ...string) {
	tb.Helper()
	if err == nil {
		tb.Fatalf("no fault, want %v %v", kind, want)
	}
	if !fault.Is(err, kind) {
		tb.Errorf("kind %v, want %v (%v)", fault.KindOf(err), kind, err)
	}
	var got []string
	if e, ok := errors.AsType[*fault.Error](err); ok {
		for _, f := range e.Fields() {
			got = append(got, f.Pointer+" "+f.Rule)
			if f.Detail == "" {
				tb.Errorf("the fault %s %s says nothing", f.Pointer, f.Rule)
			}
		}
		if len(got) == 0 {
			got = []string{e.Rule()}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		tb.Errorf("faults (-want +got):\n%s", diff)
	}
}

// number is the text of a small number.
func number(n int) string { return strconv.Itoa(n) }
