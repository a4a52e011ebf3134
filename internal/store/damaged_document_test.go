package store

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/session"
)

func TestDamagedSessionDocumentsAreRefused(t *testing.T) {
	t.Parallel()
	var whole bson.D
	if err := bson.Unmarshal(stored(sessionShape(), FullSession()), &whole); err != nil {
		t.Fatal(err)
	}
	required := []string{
		"_id", "group_id", "group_kind", "number", "kind", "held_on", "status", "rev", "schema", "change", "therapists", "roster",
		"alliances", "bonds", "member_group", "cohesion", "system", "encounter", "outcomes",
	}
	for _, name := range required {
		refused(t, "without "+name, without(whole, name))
	}
	for _, e := range whole {
		refused(t, e.Key+" of another type", with(whole, e.Key, bson.Regex{Pattern: "x"}))
		refused(t, e.Key+" twice", append(slices.Clone(whole), e))
	}
	rating := firstOf(whole, "alliances")
	for _, e := range rating {
		refused(t, "alliances/0/"+e.Key+" of another type", with(whole, "alliances", bson.A{with(rating, e.Key, bson.Regex{})}))
		if e.Key != "states" && e.Key != "reported_total" && e.Key != "after_seeing" {
			refused(t, "alliances/0 without "+e.Key, with(whole, "alliances", bson.A{without(rating, e.Key)}))
		}
	}
	for name, broken := range map[string]bson.D{
		"an unknown field":                    append(slices.Clone(whole), bson.E{Key: "note", Value: "x"}),
		"an unknown field of a rating":        with(whole, "alliances", bson.A{append(slices.Clone(rating), bson.E{Key: "note", Value: 1})}),
		"a target of another level":           with(whole, "alliances", bson.A{append(slices.Clone(rating), bson.E{Key: "from", Value: "m-1"})}),
		"a list that holds a number":          with(whole, "roster", bson.A{1}),
		"a value that is not finite":          with(whole, "alliances", bson.A{with(rating, "values", bson.A{math.NaN()})}),
		"a state of an answered item":         with(whole, "alliances", bson.A{with(rating, "states", bson.D{{Key: "1", Value: "declined"}})}),
		"a state of no item":                  with(whole, "alliances", bson.A{with(rating, "states", bson.D{{Key: "77", Value: "declined"}})}),
		"a state nobody knows":                with(whole, "alliances", bson.A{with(rating, "states", bson.D{{Key: "2", Value: "asleep"}})}),
		"a state for a key that is no number": with(whole, "alliances", bson.A{with(rating, "states", bson.D{{Key: "two", Value: "declined"}})}),
		"fewer item numbers than values":      with(whole, "alliances", bson.A{append(slices.Clone(rating), bson.E{Key: "items", Value: bson.A{1}})}),
		"more item numbers than values":       with(whole, "alliances", bson.A{append(slices.Clone(rating), bson.E{Key: "items", Value: bson.A{1, 2, 3, 4, 5, 6, 7}})}),
		"a span without end":                  with(whole, "planned", bson.D{{Key: "start", Value: instant}}),
		"a change without author":             with(whole, "change", bson.D{{Key: "at", Value: instant}}),
	} {
		refused(t, name, broken)
	}
}

func TestNumbersThatAPersonTypedAreRead(t *testing.T) {
	t.Parallel()
	var whole bson.D
	if err := bson.Unmarshal(stored(sessionShape(), FullSession()), &whole); err != nil {
		t.Fatal(err)
	}
	rating := without(firstOf(whole, "alliances"), "states")
	body, err := bson.Marshal(with(whole, "alliances", bson.A{with(rating, "values", bson.A{int32(4), int64(3), 2.0, nil})}))
	if err != nil {
		t.Fatal(err)
	}
	s, err := newDecoder(everyLevel).readSession(body)
	if err != nil {
		t.Fatal(err)
	}
	want := []session.Answer{
		{Item: 1, State: session.Answered, Value: 4},
		{Item: 2, State: session.Answered, Value: 3},
		{Item: 3, State: session.Answered, Value: 2},
		{Item: 4},
	}
	if diff := cmp.Diff(want, s.Alliances[0].Answers); diff != "" {
		t.Error(diff)
	}
}

// refused checks that a damaged session is not read.
func refused(t *testing.T, name string, document bson.D) {
	t.Helper()
	body, err := bson.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newDecoder(everyLevel).readSession(body); err == nil {
		t.Errorf("a session with %s was read", name)
	}
}

// firstOf returns the first document of a list.
func firstOf(d bson.D, key string) bson.D {
	for _, e := range d {
		if list, ok := e.Value.(bson.A); ok && e.Key == key {
			if first, ok := list[0].(bson.D); ok {
				return first
			}
		}
	}
	return nil
}

// with returns a copy in which the field has another value.
func with(d bson.D, key string, value any) bson.D {
	out := slices.Clone(d)
	for i := range out {
		if out[i].Key == key {
			out[i].Value = value
		}
	}
	return out
}

// without returns a copy that lacks the field.
func without(d bson.D, key string) bson.D {
	return slices.DeleteFunc(slices.Clone(d), func(e bson.E) bool { return e.Key == key })
}

func TestCutOffDocumentsAreRefused(t *testing.T) {
	t.Parallel()
	body := stored(sessionShape(), FullSession())
	for n := range len(body) {
		if _, err := newDecoder(everyLevel).readSession(body[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes were read", n, len(body))
		}
	}
}

func FuzzReadingDocuments(f *testing.F) {
	f.Add(stored(sessionShape(), FullSession()))
	f.Add(stored(groupShape(), FullGroup()))
	f.Add(stored(memberShape(), FullMember()))
	d, err := archivedDocument("sessions/s-full", Document{ID: "s-full", Rev: 1, Body: stored(sessionShape(), FullSession())}, 1)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(d.Body)
	f.Fuzz(func(t *testing.T, body []byte) {
		if s, err := newDecoder(everyLevel).readSession(body); err == nil {
			again, err := newDecoder(everyLevel).readSession(stored(sessionShape(), s))
			if err != nil {
				t.Fatalf("what was read cannot be read again: %v", err)
			}
			if diff := cmp.Diff(s, again, cmpopts.EquateEmpty()); diff != "" {
				t.Fatal(diff)
			}
		}
		_, _ = newDecoder(everyLevel).readGroup(body)
		_, _ = newDecoder(everyLevel).readMember(body)
		_, _ = newDecoder(everyLevel).readTherapist(body)
		_, _ = headOf(body)
		_, _ = schemaOf(body)
		_, _ = readArchived(body)
		_ = keepsRatings(body, FullSession())
		for _, read := range []func(Document) error{
			func(d Document) error { _, err := readInstrument(d); return err },
			func(d Document) error { _, err := readAttestation(d); return err },
			func(d Document) error { _, err := readWording(d); return err },
			func(d Document) error { _, err := readGoalText(d); return err },
			func(d Document) error { _, err := readReport(d); return err },
			func(d Document) error { _, err := readAccount(d); return err },
			func(d Document) error { _, err := readEntry(d); return err },
		} {
			_ = read(Document{ID: "x", Rev: 1, Body: body})
		}
	})
}
