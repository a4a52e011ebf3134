package demo

import (
	"slices"
	"testing"
	"time"

	"holon/internal/session"
)

func TestThePracticeHasWhatItSays(t *testing.T) {
	t.Parallel()
	groups, homes := therapyGroups(theLuck), families(theLuck)
	if len(groups) != 12 || len(homes) != 30 {
		t.Fatalf("%d groups and %d families", len(groups), len(homes))
	}
	open := 0
	for _, g := range groups {
		if g.format == session.Open {
			open++
		}
		if n := len(g.here(1)); g.sessions != 20 || n < 6 || n > 10 {
			t.Errorf("%s: %d sessions, begins with %d members", g.code, g.sessions, n)
		}
	}
	if open != 6 {
		t.Errorf("%d open groups", open)
	}
	split := 0
	for _, f := range homes {
		if len(f.splits) > 0 {
			split++
		}
		if f.sessions != 12 || len(f.here(1)) < 3 {
			t.Errorf("%s: %d sessions, %d members", f.code, f.sessions, len(f.here(1)))
		}
	}
	if split != 6 {
		t.Errorf("%d split families", split)
	}
}

func TestMeetingsAreInOrderAndTheLastIsAFamilys(t *testing.T) {
	t.Parallel()
	all := calendar(append(therapyGroups(theLuck), families(theLuck)...))
	if len(all) != 12*21+30*13 { // with the intake assessments
		t.Fatalf("%d meetings", len(all))
	}
	if !slices.IsSortedFunc(all, func(a, b meeting) int { return a.begins(a.n).Compare(b.begins(b.n)) }) {
		t.Error("the calendar is out of order")
	}
	if last := all[len(all)-1]; last.kind != session.KindFamily || last.n != familySessions {
		t.Errorf("the last meeting is %s %d: the mark of a filled practice would be wrong", last.code, last.n)
	}
}

func TestTheDoubleSessionIsOnOneDay(t *testing.T) {
	t.Parallel()
	for _, g := range therapyGroups(theLuck) {
		if g.double == 0 {
			continue
		}
		if g.day(g.double) != g.day(g.double-1) {
			t.Errorf("%s: %s and %s", g.code, g.day(g.double-1), g.day(g.double))
		}
		if gap := g.begins(g.double + 1).Sub(g.begins(g.double - 1)); gap != 7*24*time.Hour {
			t.Errorf("%s: the week after begins %v later", g.code, gap)
		}
		return
	}
	t.Error("no group has a double session")
}

func TestNothingIsPlantedWhereTheTruthIsPrinted(t *testing.T) {
	t.Parallel()
	planted := 0
	for _, c := range append(therapyGroups(theLuck), families(theLuck)...) {
		for n := 1; n <= c.sessions; n++ {
			for _, s := range c.here(n) {
				if c.planted(s, n) == 0 {
					continue
				}
				planted++
				if battery(n) {
					t.Errorf("%s %s: something is planted in session %d", c.code, s.member, n)
				}
			}
		}
		if battery(c.cancelled) && c.cancelled > 0 {
			t.Errorf("%s: a session with the long forms is cancelled", c.code)
		}
	}
	if planted < 30 {
		t.Errorf("only %d ratings are planted: the ruptures and splits are gone", planted)
	}
}

func TestEverybodyWhoBeginsIsAssessedAWeekBeforeTheFirstSession(t *testing.T) {
	t.Parallel()
	registry := load(t)
	for _, part := range parts() {
		for _, c := range part.courses {
			m := meeting{c, intake}
			if gap := c.begins(1).Sub(c.begins(intake)); gap != 7*24*time.Hour || m.begins(intake).Before(began()) {
				t.Errorf("%s: intake %v before the first session, on %s", c.code, gap, m.day(intake))
			}
			if !slices.Equal(m.invited(), c.here(1)) {
				t.Errorf("%s: invited to intake are %d, the first session has %d", c.code, len(m.invited()), len(c.here(1)))
			}
			forms := (&writer{meeting: m, traits: part.traits, definitions: registry.Lookup}).forms()
			if len(forms.now) < len(m.attending()) || len(forms.late) > 0 {
				t.Errorf("%s: %d forms from %d people", c.code, len(forms.now), len(m.attending()))
			}
			for _, f := range forms.now {
				if ref := f.Instrument; ref != phq9 && ref != gad7 && ref != core10 {
					t.Errorf("%s: %s is rated before anybody has met", c.code, ref)
				}
			}
		}
	}
}
