package redaction_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/redaction"
)

// asked is a request as it came.
func asked() redaction.Request {
	return redaction.Request{By: redaction.ByMember, On: "2026-03-02", Reference: "DSR-7"}
}

// rules lists "pointer rule" of every fault of an error.
func rules(t *testing.T, err error) []string {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatalf("no fault: %v", err)
	}
	var out []string
	for _, x := range f.Fields() {
		out = append(out, x.Pointer+" "+x.Rule)
	}
	return out
}

func TestARequestNamesEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	_, err := redaction.New("rd-1", "m-1", redaction.Request{By: "neighbour", On: "soon", Reference: "Anna B."}, "2026-03-05")
	if diff := cmp.Diff([]string{"/by unknown_requester", "/on bad_date", "/reference bad_code"}, rules(t, err)); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(err.Error(), "Anna") {
		t.Error("the fault repeats what was sent")
	}
	_, err = redaction.New("rd-1", "m-1", redaction.Request{By: redaction.ByMember, On: "2026-03-06", Reference: "DSR-7"}, "2026-03-05")
	if diff := cmp.Diff([]string{"/on in_the_future"}, rules(t, err)); diff != "" {
		t.Error(diff)
	}
}

func TestEveryVerdictHasItsGroundAndItsScope(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 5, 9, 0, 0, 5e5, time.UTC)
	for _, x := range []struct {
		verdict redaction.Verdict
		basis   redaction.Basis
		rule    string
		state   redaction.State
		scope   int
		about   bool
	}{
		{redaction.Redact, "", "", redaction.Started, 2, true},
		{redaction.RedactPartly, redaction.RightsOfOthers, "", redaction.Started, 1, false},
		{redaction.Refuse, redaction.LegalRetention, "", redaction.Refused, 0, false},
		{redaction.Redact, redaction.LegalClaims, "/basis basis_of_nothing", redaction.Requested, 0, false},
		{redaction.RedactPartly, "", "/basis basis_missing", redaction.Requested, 0, false},
		{redaction.Refuse, "because", "/basis basis_missing", redaction.Requested, 0, false},
		{"delete", redaction.LegalClaims, "/verdict unknown_verdict", redaction.Requested, 0, false},
	} {
		d, err := redaction.New("rd-1", "m-1", asked(), "2026-03-05")
		if err != nil {
			t.Fatal(err)
		}
		err = d.Decide(x.verdict, x.basis, "operator", at)
		if x.rule != "" {
			if diff := cmp.Diff([]string{x.rule}, rules(t, err)); diff != "" || d.Verdict != "" || d.State != redaction.Requested {
				t.Errorf("%s on %q: %s %+v", x.verdict, x.basis, diff, d)
			}
			continue
		}
		if err != nil || d.State != x.state || len(d.Verdict.Scope()) != x.scope || d.Redaction().About != x.about || d.DecidedAt.Nanosecond() != 0 {
			t.Errorf("%s on %q: %v, %+v", x.verdict, x.basis, err, d)
		}
		if err := d.Decide(redaction.Refuse, redaction.LegalClaims, "operator", at); fault.RuleOf(err) != "decided_already" {
			t.Errorf("decided again: %v", err)
		}
	}
}

// entry is a line of a journal.
func entry(t *testing.T) redaction.Entry {
	t.Helper()
	d, err := redaction.New("rd-1", "m-1", asked(), "2026-03-05")
	if err != nil {
		t.Fatal(err)
	}
	if _, redacts := redaction.EntryOf(d); redacts {
		t.Error("a request that is not decided has an entry")
	}
	if err := d.Decide(redaction.RedactPartly, redaction.LegalRetention, "operator", time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	e, redacts := redaction.EntryOf(d)
	if !redacts {
		t.Fatal("a decision to redact has no entry")
	}
	return e
}

func TestAJournalIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	first := entry(t)
	second := first
	second.Decision = "rd-2"
	for _, e := range []redaction.Entry{first, second, first} {
		if err := e.Append(&b); err != nil {
			t.Fatal(err)
		}
	}
	torn := b.String() + `{"decision":"rd-3"`
	got, err := redaction.ReadJournal(strings.NewReader(torn))
	if diff := cmp.Diff([]redaction.Entry{first, second}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	again := first.Again(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	back, redacts := redaction.EntryOf(again)
	if !redacts || back != first || again.Replayed == nil {
		t.Errorf("carried over: %+v", again)
	}
	_, err = redaction.ReadJournal(strings.NewReader("{}\n" + b.String() + "[]\n" + strings.Repeat("x", 5000) + "\n"))
	if f, ok := errors.AsType[*fault.Error](err); !ok || len(f.Fields()) != 3 || !strings.Contains(f.Fields()[1].Detail, "Line 5") {
		t.Errorf("%v", err)
	}
}

func FuzzReadJournal(f *testing.F) {
	f.Add([]byte(`{"decision":"rd-1","member":"m-1","by":"member","on":"2026-03-02","reference":"DSR-7","verdict":"redact","decided_by":"operator","decided_at":"2026-03-05T09:00:00Z"}` + "\n"))
	f.Add([]byte("{}\n\n[]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := redaction.ReadJournal(bytes.NewReader(text))
		if err != nil {
			return
		}
		var b bytes.Buffer
		for _, e := range got {
			if err := e.Append(&b); err != nil {
				t.Fatal(err)
			}
		}
		again, err := redaction.ReadJournal(&b)
		if err != nil || !slices.EqualFunc(got, again, func(a, b redaction.Entry) bool {
			return a.DecidedAt.Equal(b.DecidedAt) && a.Decision == b.Decision && a.Member == b.Member
		}) {
			t.Fatalf("%v: %v, then %v", err, got, again)
		}
	})
}
