package study_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holon/internal/session"
	"holon/internal/study"
)

// drawGroups draws some groups, and notes which fields they fill.
func drawGroups(rt *rapid.T, filled map[string]bool) []*recorded {
	var all []*recorded
	for n := range rapid.IntRange(1, 3).Draw(rt, "groups") {
		r := record(rt, n+1)
		all = append(all, r)
		note := func(at string, v reflect.Value) {
			if !v.IsZero() {
				filled[at] = true
			}
		}
		walk(reflect.ValueOf(r.group), "group", note)
		for _, s := range r.sessions {
			walk(reflect.ValueOf(s), "session", note)
		}
	}
	return all
}

// aKey is a study's key.
const aKey = "the key of a study, thirty-two b"

func TestNothingOfTheOriginalsIsFrozen(t *testing.T) {
	t.Parallel()
	filled := map[string]bool{}
	rapid.Check(t, func(rt *rapid.T) {
		all := drawGroups(rt, filled)
		_, out := freezeAll(all, aKey)
		names := study.NewPseudonyms([]byte(aKey))
		for i, c := range out {
			values, kept := map[float64]bool{}, all[i].kept
			look := func(at string, v reflect.Value) {
				switch {
				case v.Type() == reflect.TypeFor[time.Time]():
					if x, _ := reflect.TypeAssert[time.Time](v); !x.Equal(takenAt) && !x.IsZero() {
						rt.Errorf("%s is at %v", at, x)
					}
				case v.Kind() == reflect.String:
					if s := strings.ToLower(v.String()); strings.Contains(s, mark) || strings.Contains(s, year) {
						rt.Errorf("%s is %q", at, s)
					}
					for m := range all[i].consents {
						if !all[i].takesPart(m) && v.String() == string(names.Member(m)) {
							rt.Errorf("%s names somebody who does not take part", at)
						}
					}
					if strings.HasPrefix(v.String(), "x-") && at != "group.Spells[].MemberID" && at != "session.Roster[].MemberID" {
						rt.Errorf("%s names somebody withheld", at)
					}
				case v.Kind() == reflect.Float64 && v.Float() != 0:
					values[v.Float()] = true
				}
			}
			walk(reflect.ValueOf(c.group), "group", look)
			for _, s := range c.sessions {
				walk(reflect.ValueOf(s), "session", look)
			}
			if diff := cmp.Diff(kept, values); diff != "" {
				rt.Errorf("values that may be frozen, and those that were:\n%s", diff)
			}
			for _, s := range c.sessions {
				for _, x := range s.Ruptures {
					if x.Kind == "" {
						rt.Error("a redacted rupture was frozen")
					}
				}
			}
		}
	})
	want := map[string]bool{}
	paths(reflect.TypeFor[session.Group](), "group", want)
	paths(reflect.TypeFor[session.Session](), "session", want)
	for at := range want {
		if !filled[at] && !strings.Contains(at, "MovedFrom") && !strings.Contains(at, "MovedTo") {
			t.Errorf("no original has %s: it was not tried", at)
		}
	}
}

func TestAnEmptySeatIsKeptForWhoDoesNotTakePart(t *testing.T) {
	t.Parallel()
	empty := 0
	rapid.Check(t, func(rt *rapid.T) {
		all := drawGroups(rt, map[string]bool{})
		header, out := freezeAll(all, aKey)
		withheld := 0
		for i, c := range out {
			src := all[i]
			if len(c.group.Spells) != len(src.group.Spells) {
				rt.Fatalf("%d of %d spells", len(c.group.Spells), len(src.group.Spells))
			}
			out := 0
			for k, s := range c.sessions {
				if len(s.Roster) != len(src.sessions[k].Roster) {
					rt.Fatalf("%d of %d seats", len(s.Roster), len(src.sessions[k].Roster))
				}
				for n, seat := range s.Roster {
					takes := src.takesPart(src.sessions[k].Roster[n].MemberID)
					if seat.Redacted == takes || (!takes && (seat.Attendance != "" || seat.Modality != "")) {
						rt.Errorf("the seat of somebody who takes part %v is %+v", takes, seat)
					}
					if seat.MemberID != c.group.Spells[n].MemberID || c.group.Spells[n].Redacted == takes || (!takes && c.group.Spells[n].LeftWhy != nil) {
						rt.Errorf("the spell of somebody who takes part %v is %+v, the seat %+v", takes, c.group.Spells[n], seat)
					}
				}
			}
			for m := range src.consents {
				if !src.takesPart(m) {
					out++
				}
			}
			withheld += out
			if g, found := header.Group(c.group.ID); !found || g.Withheld != out || g.Members != len(src.consents)-out || g.Sessions != len(c.sessions) {
				rt.Errorf("%+v, with %d of %d withheld", g, out, len(src.consents))
			}
		}
		empty += withheld
		left := 0
		for _, x := range header.Left {
			if x.What == "members" && x.Reason == study.NoConsent {
				left = x.N
			}
		}
		if left != withheld {
			rt.Errorf("%d members left out, %d told", withheld, left)
		}
	})
	if empty < 20 {
		t.Errorf("%d empty seats: hardly tried", empty)
	}
}

func TestWhatIsFrozenIsWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		all := drawGroups(rt, map[string]bool{})
		header, out := freezeAll(all, aKey)
		var read study.Content
		for i, c := range out {
			read.Check(c.group, "", c.sessions)
			c.group.Schema = 1 // the store's to write
			if err := session.RestoreGroup(c.group); err != nil {
				rt.Error(err)
			}
			days := []session.Date{all[i].group.StartsOn, *all[i].group.EndedOn}
			moved := []session.Date{c.group.StartsOn, *c.group.EndedOn}
			for k, s := range c.sessions {
				s.Schema = 1
				if err := session.RestoreSession(s); err != nil {
					rt.Error(err)
				}
				if !session.ValidID(string(s.ID)) || s.GroupID != c.group.ID || s.Number != all[i].sessions[k].Number {
					rt.Errorf("session %s of %s", s.ID, s.GroupID)
				}
				for _, x := range s.Roster {
					if !session.ValidID(string(x.MemberID)) {
						rt.Errorf("member %s", x.MemberID)
					}
				}
				days, moved = append(days, all[i].sessions[k].HeldOn), append(moved, s.HeldOn)
				before := int(date(rt, s.HeldOn).Sub(time.Date(2000, 1, 3, 0, 0, 0, 0, time.UTC)).Hours() / 24)
				if w := study.Week(s.HeldOn); 7*w > before || before >= 7*(w+1) {
					rt.Errorf("day %d is in week %d", before, w)
				}
			}
			for k := range days {
				if was, is := date(rt, days[k]).Sub(date(rt, all[i].first())), date(rt, moved[k]).Sub(date(rt, "2000-01-03")); was != is {
					rt.Errorf("%v after the first session became %v", was, is)
				}
			}
		}
		if read.Sum() != header.SHA256 {
			rt.Error("what is read back has another hash")
		}
	})
}

func date(tb rapid.TB, d session.Date) time.Time {
	x, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		tb.Fatal(err)
	}
	return x
}

func TestADayLiesInAWeekBeforeOrAfter(t *testing.T) {
	t.Parallel()
	for day, want := range map[session.Date]int{"2000-01-03": 0, "2000-01-09": 0, "2000-01-10": 1, "2000-01-17": 2, "2000-01-02": -1, "1999-12-27": -1, "1999-12-26": -2, "2001-01-01": 52} {
		if got := study.Week(day); got != want {
			t.Errorf("%s is in week %d, not %d", day, got, want)
		}
	}
}

func TestTheContentsHashIsOfEveryValueAndOfNoOrder(t *testing.T) {
	t.Parallel()
	said := 0
	rapid.Check(t, func(rt *rapid.T) {
		all := drawGroups(rt, map[string]bool{})
		a, out := freezeAll(all, aKey)
		turned := slices.Clone(all)
		slices.Reverse(turned)
		if b, _ := freezeAll(turned, aKey); !cmp.Equal(a, b) {
			rt.Fatal(cmp.Diff(a, b))
		}
		sum := func() string {
			var c study.Content
			c.Check(out[len(out)-1].group, "", out[len(out)-1].sessions)
			return c.Sum()
		}
		before := sum()
		try := func(at string, v reflect.Value) {
			if v.Type() == reflect.TypeFor[time.Time]() || told(at) || (strings.HasSuffix(at, "Answers[].Value") && v.IsZero()) { // without an answer, there is no value
				return
			}
			back := alter(v)
			if sum() == before {
				rt.Errorf("%s can change and the hash stays", at)
			}
			back()
			said++
		}
		last := out[len(out)-1]
		walk(reflect.ValueOf(last.group), "group", try)
		walk(reflect.ValueOf(last.sessions[len(last.sessions)-1]), "session", try)
	})
	if said < 1000 {
		t.Errorf("%d values: hardly tried", said)
	}
}

// told tells the fields that are the same in every frozen document, or follow from
// others that the hash is of.
func told(at string) bool {
	same := []string{"group.Code", "session.ID", "session.GroupID", "session.GroupKind", "session.Status", "session.Ratings.Bonds[].From"}
	return slices.Contains(same, at) || strings.Contains(at, ".Head.") || slices.ContainsFunc(
		[]string{".Rating.ID", ".Rating.Version", ".Rating.Unfinished", "Goals[].Version", ".Entered.By", "Ruptures[].By", "Steps[].By"}, func(x string) bool { return strings.HasSuffix(at, x) })
}

func TestAnotherKeySharesNoName(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		all := drawGroups(rt, map[string]bool{})
		found := map[string]int{}
		for i, key := range []string{aKey, "another key of a study, of 32 byt"} {
			_, out := freezeAll(all, key)
			for _, c := range out {
				note := func(_ string, v reflect.Value) {
					if s := v.String(); v.Kind() == reflect.String && len(s) >= 18 && s[1] == '-' && strings.Contains("gmtoxz", s[:1]) {
						found[s] |= 1 << i
					}
				}
				walk(reflect.ValueOf(c.group), "group", note)
				for _, s := range c.sessions {
					walk(reflect.ValueOf(s), "session", note)
				}
			}
		}
		if len(found) < 8 {
			rt.Fatalf("%d names: hardly any", len(found))
		}
		for name, in := range found {
			if in == 3 {
				rt.Errorf("%s is a name under both keys", name)
			}
		}
	})
}
