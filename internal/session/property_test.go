package session_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holon/internal/instrument"
	"holon/internal/session"
)

// anyForm draws a form that is often right and often wrong.
func anyForm(rt *rapid.T, i int) session.FormInput {
	refs := []instrument.Ref{alliance, bond, cohesion, presence, purpose, standing, phq9, many, teens, {ID: "none", Version: "1"}}
	people := []string{string(ann), string(ben), string(cleo), string(dora), string(lea), string(carl), string(sue), watcher, "", "Mrs X"}
	draw := func(label string) string { return rapid.SampledFrom(people).Draw(rt, label) }
	f := session.FormInput{
		ID:         session.FormID(rapid.SampledFrom([]string{"f-" + number(i), "f-" + number(i), "f-" + number(i), "f-1", ""}).Draw(rt, "id")),
		Instrument: rapid.SampledFrom(refs).Draw(rt, "instrument"),
		Rater: session.Rater{
			Kind: rapid.SampledFrom([]instrument.RaterKind{"member", "member", "therapist", "observer", "cat"}).Draw(rt, "kind"), ID: draw("rater"),
		},
		About:       session.About{TherapistID: session.TherapistID(draw("therapist")), MemberID: session.MemberID(draw("member"))},
		Occasion:    rapid.SampledFrom([]session.Occasion{session.Pre, session.Post, session.Post, ""}).Draw(rt, "occasion"),
		Entered:     session.Entry{By: "operator", At: enteredAt, Mode: session.Device},
		AfterSeeing: rapid.Float64Range(0, 1).Draw(rt, "seen") > 0.9,
	}
	for range rapid.IntRange(0, 4).Draw(rt, "answers") {
		a := session.AnswerInput{Item: rapid.IntRange(0, 5).Draw(rt, "item"), State: rapid.SampledFrom([]string{"", "", "answered", "declined", "not_shown", "lost"}).Draw(rt, "state")}
		if rapid.Bool().Draw(rt, "with a value") {
			a.Value = new(rapid.SampledFrom([]float64{0, 1, 2, 3, 0.5, 11, -1, math.NaN(), math.Inf(1)}).Draw(rt, "value"))
		}
		f.Answers = append(f.Answers, a)
	}
	if rapid.Float64Range(0, 1).Draw(rt, "total") > 0.8 {
		f.ReportedTotal = new(rapid.SampledFrom([]float64{0, 5, 27, 99, math.NaN()}).Draw(rt, "reported"))
	}
	return f
}

// likelyForm draws a form that is nearly always right.
func likelyForm(tb testing.TB, rt *rapid.T, i int) session.FormInput {
	tb.Helper()
	by := rapid.SampledFrom([]session.MemberID{ann, ben, cleo}).Draw(rt, "by")
	about := session.About{TherapistID: rapid.SampledFrom([]session.TherapistID{lea, carl}).Draw(rt, "about")}
	ref := rapid.SampledFrom([]instrument.Ref{alliance, cohesion, phq9, presence}).Draw(rt, "instrument")
	if ref == cohesion || ref == phq9 {
		about = session.About{}
	}
	f := form(tb, session.FormID("g-"+number(i)), ref, member(by), about)
	f.Occasion = rapid.SampledFrom([]session.Occasion{session.Pre, session.Post}).Draw(rt, "occasion")
	return f
}

// snapshot is a deep copy of a session as text.
func snapshot(tb testing.TB, s *session.Session) string {
	tb.Helper()
	b, err := json.Marshal(s) //nolint:musttag // only compared, never read back
	must(tb, err)
	return string(b)
}

func TestABatchIsAllOrNothing(t *testing.T) {
	t.Parallel()
	ref := reference(t)
	taken, refused := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		s := meeting(t, rapid.SampledFrom([]session.GroupKind{session.KindGroup, session.KindFamily}).Draw(rt, "group"))
		if rapid.Bool().Draw(rt, "marked") {
			must(t, s.Attend([]session.Mark{{MemberID: ann, Attendance: rapid.SampledFrom([]session.Attendance{session.Present, session.NoShow}).Draw(rt, "ann")}}, nil))
		}
		for round := range 3 {
			var batch []session.FormInput
			for i := range rapid.IntRange(1, 4).Draw(rt, "forms") {
				if rapid.Float64Range(0, 1).Draw(rt, "sort") < 0.8 {
					batch = append(batch, likelyForm(t, rt, 10*round+i))
				} else {
					batch = append(batch, anyForm(rt, 10*round+i))
				}
			}
			before, count := snapshot(t, s), s.Count()
			err := s.Submit(batch, ref)
			if err != nil {
				refused++
				if after := snapshot(t, s); after != before {
					rt.Fatalf("a refused batch changed the session:\n%s", cmp.Diff(before, after))
				}
				continue
			}
			taken++
			if s.Count() < count+len(batch) {
				rt.Fatalf("%d forms were taken and %d ratings stored", len(batch), s.Count()-count)
			}
			checkWhole(rt, s, ref)
		}
	})
	if taken < 20 || refused < 20 {
		t.Errorf("%d batches were taken and %d refused: the property was hardly tried", taken, refused)
	}
}

// checkWhole checks what must hold in every session that took forms.
func checkWhole(rt *rapid.T, s *session.Session, ref session.Reference) {
	if err := session.RestoreSession(s); err != nil {
		rt.Fatalf("what was acknowledged cannot be restored: %v", err)
	}
	slots := map[string]bool{}
	for _, x := range s.Alliances {
		key := fmt.Sprint("alliance", x.Instrument.ID, x.Rater, x.Occasion, x.TherapistID, x.MemberID)
		if slots[key] {
			rt.Fatalf("the place %s is taken twice", key)
		}
		slots[key] = true
	}
	for _, x := range s.Bonds {
		if x.From == x.To || string(x.From) != x.Rater.ID {
			rt.Fatalf("bond from %s to %s by %s", x.From, x.To, x.Rater.ID)
		}
	}
	if s.GroupKind != session.KindGroup && len(s.Cohesion) > 0 || s.GroupKind == session.KindGroup && len(s.System) > 0 {
		rt.Fatalf("a level in the wrong kind of group")
	}
	for level, r := range s.All {
		def, _ := ref.Definition(r.Instrument)
		items := def.ItemsAt(level)
		if len(items) == 0 || (len(r.Answers) != len(items) && (len(r.Answers) > 0 || r.ReportedTotal == nil)) {
			rt.Fatalf("%s: %d answers to %d items", r.ID, len(r.Answers), len(items))
		}
		for i, a := range r.Answers {
			if a.Item != items[i].Number {
				rt.Fatalf("%s: item %d at the place of %d", r.ID, a.Item, items[i].Number)
			}
			if _, _, ok := items[i].Check(a.Value); a.State == session.Answered && !ok {
				rt.Fatalf("%s: item %d has an answer it cannot have", r.ID, a.Item)
			}
		}
		if r.FormMissing < 0 || r.FormMissing > r.FormItems {
			rt.Fatalf("%s: %d of %d missing", r.ID, r.FormMissing, r.FormItems)
		}
	}
}

func TestSpellsOfOnePersonNeverOverlap(t *testing.T) {
	t.Parallel()
	joined, amended := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		g := group(t, session.KindGroup)
		day := func() string { return fmt.Sprintf("2026-02-%02d", rapid.IntRange(5, 28).Draw(rt, "day")) }
		for range 12 {
			m := rapid.SampledFrom([]session.MemberID{ann, ben}).Draw(rt, "member")
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0:
				if _, err := g.Join(m, session.RoleMember, day()); err == nil {
					joined++
				}
			case 1:
				if _, err := g.EnterSpell(m, session.RoleMember, day(), day(), session.LeftOther); err == nil {
					joined++
				}
			case 2:
				a := session.SpellAmendment{Joined: new(day()), Running: rapid.Bool().Draw(rt, "running"), Why: session.AmendTyping}
				if !a.Running {
					a.Left, a.LeftWhy = new(day()), new(session.LeftOther)
				}
				if g.AmendSpell(rapid.IntRange(0, 6).Draw(rt, "spell"), a) == nil {
					amended++
				}
			default:
				_ = g.Leave(rapid.IntRange(0, 6).Draw(rt, "spell"), day(), session.LeftOther) // refused or not: what counts is below
			}
			if rapid.Bool().Draw(rt, "amend") {
				_ = g.AmendTherapistSpell(rapid.IntRange(0, 5).Draw(rt, "therapist spell"), session.TherapistSpellAmendment{From: new(day()), Role: new(session.Lead), Why: session.AmendTyping})
			}
			if rapid.Bool().Draw(rt, "assign") {
				_, _ = g.Assign(rapid.SampledFrom([]session.TherapistID{lea, sue}).Draw(rt, "therapist"), session.Lead, day())
			} else {
				_ = g.Release(rapid.IntRange(0, 5).Draw(rt, "therapist spell"), day(), session.ReleasedOther)
			}
		}
		for d := 5; d <= 28; d++ {
			at := session.Date(fmt.Sprintf("2026-02-%02d", d))
			seen := map[session.MemberID]bool{}
			for _, sp := range g.MembersOn(at) {
				if seen[sp.MemberID] {
					rt.Fatalf("%s is twice in the group on %s: %+v", sp.MemberID, at, g.Spells)
				}
				seen[sp.MemberID] = true
			}
			leads := 0
			for _, sp := range g.TherapistsOn(at) {
				if sp.Role == session.Lead {
					leads++
				}
			}
			if leads > 1 {
				rt.Fatalf("two lead on %s: %+v", at, g.TherapistSpells)
			}
		}
	})
	if joined < 20 || amended < 20 {
		t.Errorf("only %d spells were begun and %d amended: the property was hardly tried", joined, amended)
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-03-05", "2026-02-30", "", "0001-01-01", "2026-3-5", "2026-03-05T00:00:00Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := session.ParseDate(s)
		if err == nil && (string(d) != s || d.Year() < 1900 || len(s) != 10) {
			t.Errorf("%q is taken as the day %q of %d", s, d, d.Year())
		}
		if err != nil && d != "" {
			t.Errorf("a refused day is %q", d)
		}
	})
}

func FuzzOneAnswer(f *testing.F) {
	f.Add(1, uint64(0), true, "", "post", "m-ann")
	f.Add(9, math.Float64bits(math.NaN()), true, "declined", "pre", "M ann")
	f.Add(-1, math.Float64bits(3), false, "answered", "", "")
	ref := reference(f)
	f.Fuzz(func(t *testing.T, item int, bits uint64, given bool, state, occasion, rater string) {
		s := meeting(t, session.KindGroup)
		in := session.FormInput{
			ID: "f-1", Instrument: phq9, Rater: session.Rater{Kind: instrument.RaterMember, ID: rater}, Occasion: session.Occasion(occasion),
			Entered: session.Entry{By: "operator", At: enteredAt, Mode: session.Device}, Answers: []session.AnswerInput{{Item: item, State: state}},
		}
		if given {
			in.Answers[0].Value = new(math.Float64frombits(bits))
		}
		if err := s.Submit([]session.FormInput{in}, ref); err != nil {
			if s.Count() != 0 {
				t.Fatal("a refused form was stored")
			}
			return
		}
		if err := session.RestoreSession(s); err != nil {
			t.Fatalf("what was acknowledged cannot be restored: %v", err)
		}
		a := s.Outcomes[0].Answers[item-1]
		if a.State == session.Answered && !(a.Value >= 0 && a.Value <= 3) {
			t.Errorf("the answer %v was taken", a.Value)
		}
	})
}
