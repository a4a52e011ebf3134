package store

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

	"holon/internal/instrument"
	"holon/internal/objective"
	"holon/internal/session"
)

var update = flag.Bool("update", false, "write the golden files anew")

// stored writes a value as the shape does.
func stored[T any, ID ~string](s shape[T, ID], v *T) []byte {
	_, h := s.about(v)
	w := newWriting(0)
	s.write(w, v, h)
	return w.bytes()
}

// roundTrip checks that a full value comes back the same, and that it is full.
func roundTrip[T any, ID ~string](t *testing.T, s shape[T, ID], v *T) {
	t.Helper()
	for _, name := range unset(v) {
		t.Errorf("the fixture never sets %s, so the round trip proves nothing about it", name)
	}
	body := stored(s, v)
	if err := bson.Raw(body).Validate(); err != nil {
		t.Fatalf("not valid BSON: %v", err)
	}
	got, err := s.read(newDecoder(everyLevel), body)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(v, got); diff != "" {
		t.Errorf("after a round trip (-want +got):\n%s", diff)
	}
	if again := stored(s, got); !bytes.Equal(body, again) {
		t.Error("writing what was read gives other bytes")
	}
}

func TestFullValuesComeBackTheSame(t *testing.T) {
	t.Parallel()
	t.Run("session", func(t *testing.T) { t.Parallel(); roundTrip(t, sessionShape(), FullSession()) })
	t.Run("group", func(t *testing.T) { t.Parallel(); roundTrip(t, groupShape(), FullGroup()) })
	t.Run("member", func(t *testing.T) { t.Parallel(); roundTrip(t, memberShape(), FullMember()) })
	t.Run("therapist", func(t *testing.T) { t.Parallel(); roundTrip(t, therapistShape(), FullTherapist()) })
	t.Run("finding", func(t *testing.T) { t.Parallel(); roundTrip(t, findingShape(), FullFinding()) })
	t.Run("settings", func(t *testing.T) { t.Parallel(); roundTrip(t, settingsShape(), FullSettings()) })
	t.Run("objective", func(t *testing.T) {
		t.Parallel()
		x := FullObjective()
		body := stored(objectiveShape(), x)
		got, err := objectiveShape().read(newDecoder(everyLevel), body)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(x, got, cmpopts.IgnoreUnexported(objective.Needed{})); diff != "" {
			t.Errorf("after a round trip (-want +got):\n%s", diff)
		}
		if again := stored(objectiveShape(), got); !bytes.Equal(body, again) {
			t.Error("writing what was read gives other bytes")
		}
	})
}

// unset lists the fields, as type.field, that are zero wherever their type
// occurs in v.
func unset(v any) []string {
	set := map[string]bool{}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			if v.Type() == reflect.TypeFor[time.Time]() {
				return
			}
			for i := range v.NumField() {
				name := v.Type().Name() + "." + v.Type().Field(i).Name
				set[name] = set[name] || !v.Field(i).IsZero()
				walk(v.Field(i))
			}
		default:
		}
	}
	walk(reflect.ValueOf(v))
	var names []string
	for name, is := range set {
		if !is {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func TestUnsetFindsAFieldThatIsNeverSet(t *testing.T) {
	t.Parallel()
	s := FullSession()
	for i := range s.Bonds {
		s.Bonds[i].To = ""
	}
	if diff := cmp.Diff([]string{"BondRating.To"}, unset(s)); diff != "" {
		t.Error(diff)
	}
}

func TestSessionDocumentIsAsWritten(t *testing.T) {
	t.Parallel()
	text, err := bson.MarshalExtJSONIndent(bson.Raw(stored(sessionShape(), FullSession())), false, false, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	text = append(text, '\n')
	golden := filepath.Join("testdata", "session.json")
	if *update {
		if err := os.WriteFile(golden, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(text)); diff != "" {
		t.Errorf("the stored session differs from %s; old documents must stay readable, so a change needs a new schema (-want +got):\n%s", golden, diff)
	}
}

func TestAnyValidSessionComesBackTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := anySession(t)
		body := stored(sessionShape(), s)
		got, err := newDecoder(everyLevel).readSession(body)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
		want := rapid.SliceOfDistinct(rapid.SampledFrom(instrument.Levels()), rapid.ID[instrument.Level]).Draw(t, "levels")
		part, err := newDecoder(setOf(append([]instrument.Level{}, want...))).readSession(body)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(only(s, want), part, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("levels %v (-want +got):\n%s", want, diff)
		}
	})
}

// only returns a copy of the session with these levels.
func only(s *session.Session, want []instrument.Level) *session.Session {
	out := *s
	all := s.Ratings
	out.Ratings = session.Ratings{}
	for _, l := range want {
		switch l {
		case instrument.Alliance:
			out.Alliances = all.Alliances
		case instrument.Bond:
			out.Bonds = all.Bonds
		case instrument.MemberGroup:
			out.MemberGroup = all.MemberGroup
		case instrument.Cohesion:
			out.Cohesion = all.Cohesion
		case instrument.System:
			out.System = all.System
		case instrument.Encounter:
			out.Encounter = all.Encounter
		case instrument.Outcome:
			out.Outcomes = all.Outcomes
		}
	}
	return &out
}

// anySession draws a session that Restore accepts.
func anySession(t *rapid.T) *session.Session {
	id := rapid.StringMatching(`[a-z0-9][a-z0-9._-]{0,20}`)
	text := rapid.String().Filter(func(s string) bool { return s != "" })
	day := rapid.Map(rapid.IntRange(0, 30000), func(n int) session.Date {
		return session.Date(time.Unix(int64(n)*86400, 0).UTC().Format(time.DateOnly))
	})
	at := rapid.Map(rapid.Int64Range(0, 4e12), func(ms int64) time.Time { return time.UnixMilli(ms).UTC() })
	ratings := 0
	rating := func() session.Rating {
		ratings++
		form := id.Draw(t, "form")
		r := session.Rating{
			ID: session.RatingID(form + "." + strconv.Itoa(ratings)), FormID: session.FormID(form), Version: rapid.IntRange(1, 99).Draw(t, "version"),
			Instrument: instrument.Ref{ID: id.Draw(t, "instrument"), Version: id.Draw(t, "version")},
			Rater:      session.Rater{Kind: rapid.SampledFrom([]instrument.RaterKind{instrument.RaterMember, instrument.RaterTherapist, instrument.RaterObserver}).Draw(t, "kind"), ID: text.Draw(t, "rater")},
			Occasion:   rapid.SampledFrom([]session.Occasion{session.Pre, session.Post}).Draw(t, "occasion"),
			FormItems:  rapid.IntRange(1, 200).Draw(t, "items"), FormMissing: rapid.IntRange(0, 200).Draw(t, "missing"),
			Entered:     session.Entry{By: rapid.String().Draw(t, "by"), At: at.Draw(t, "at"), Mode: session.Device},
			AfterSeeing: rapid.Bool().Draw(t, "after_seeing"),
			Unfinished:  rapid.Bool().Draw(t, "unfinished"),
		}
		if rapid.Bool().Draw(t, "by_hand") {
			r.ByHand = []int{rapid.IntRange(1, 3).Draw(t, "by_hand"), rapid.IntRange(4, 200).Draw(t, "by_hand")}
		}
		item := 0
		for range rapid.IntRange(0, 20).Draw(t, "answers") {
			item += rapid.SampledFrom([]int{1, 1, 1, 1, 7}).Draw(t, "step")
			a := session.Answer{Item: item, State: session.State(rapid.IntRange(0, 5).Draw(t, "state"))}
			if a.State == session.Answered {
				a.Value = rapid.Float64().Draw(t, "value")
			}
			r.Answers = append(r.Answers, a)
		}
		if len(r.Answers) == 0 || rapid.Bool().Draw(t, "total") {
			r.ReportedTotal = new(rapid.Float64().Draw(t, "total"))
		}
		if rapid.Bool().Draw(t, "redacted") {
			r.Redacted = &session.Redacted{Decision: id.Draw(t, "decision"), At: at.Draw(t, "redacted_at")}
		}
		return r
	}
	few := func(name string) int { return rapid.IntRange(0, 3).Draw(t, name) }
	s := &session.Session{
		Head: fullHead(), ID: session.SessionID(id.Draw(t, "id")), GroupID: "g", GroupKind: session.KindCouple, Number: rapid.IntRange(1, 9999).Draw(t, "number"),
		Kind: session.Meeting, HeldOn: day.Draw(t, "held_on"), Status: session.StatusOpen,
	}
	for range few("therapists") {
		s.Therapists = append(s.Therapists, session.Presence{TherapistID: session.TherapistID(id.Draw(t, "therapist")), Role: session.Co, Present: rapid.Bool().Draw(t, "present")})
	}
	for i := range few("roster") {
		s.Roster = append(s.Roster, session.Seat{MemberID: session.MemberID(id.Draw(t, "member")), Spell: i + 1, Attendance: rapid.SampledFrom([]session.Attendance{"", session.Late, session.NoShow}).Draw(t, "attendance")})
	}
	for range few("alliances") {
		s.Alliances = append(s.Alliances, session.AllianceRating{Rating: rating(), TherapistID: "t", MemberID: "m"})
	}
	for range few("bonds") {
		s.Bonds = append(s.Bonds, session.BondRating{Rating: rating(), From: "m", To: "n"})
	}
	for range few("member_group") {
		s.MemberGroup = append(s.MemberGroup, session.MemberGroupRating{Rating: rating(), MemberID: "m"})
	}
	for range few("cohesion") {
		s.Cohesion = append(s.Cohesion, session.CohesionRating{Rating: rating()})
	}
	for range few("system") {
		s.System = append(s.System, session.SystemRating{Rating: rating()})
	}
	for range few("encounter") {
		s.Encounter = append(s.Encounter, session.EncounterRating{Rating: rating(), TherapistID: session.TherapistID(rapid.SampledFrom([]string{"", "t"}).Draw(t, "therapist"))})
	}
	for range few("outcomes") {
		s.Outcomes = append(s.Outcomes, session.OutcomeRating{Rating: rating(), MemberID: "m"})
	}
	return s
}
