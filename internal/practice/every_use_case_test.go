package practice_test

import (
	"reflect"
	"slices"
	"testing"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/practice"
	"holon/internal/redaction"
)

// asked calls a use case with a request and nothing else, and tells whether it is
// one that somebody asks for. Whoever may not is to be refused before anything of
// the rest is looked at.
func asked(t *testing.T, p *practice.Practice, method int, rq practice.Request) (is bool, err error) {
	t.Helper()
	m := reflect.ValueOf(p).Method(method)
	kind := m.Type()
	if kind.NumIn() < 2 || kind.In(1) != reflect.TypeFor[practice.Request]() {
		return false, nil
	}
	in := []reflect.Value{reflect.ValueOf(t.Context()), reflect.ValueOf(rq)}
	needed := kind.NumIn()
	if kind.IsVariadic() {
		needed--
	}
	for i := 2; i < needed; i++ {
		if kind.In(i) == reflect.TypeFor[[]redaction.Entry]() { // without any nobody is asked about
			in = append(in, reflect.ValueOf([]redaction.Entry{{Decision: "rd-1", Member: "m-1", Verdict: redaction.Redact}}))
			continue
		}
		in = append(in, reflect.Zero(kind.In(i)))
	}
	out := m.Call(in)
	err, _ = reflect.TypeAssert[error](out[len(out)-1])
	return true, err
}

// names is the names of the methods of a practice.
func names() []string {
	kind := reflect.TypeFor[*practice.Practice]()
	out := make([]string, kind.NumMethod())
	for i := range out {
		out[i] = kind.Method(i).Name
	}
	return out
}

// TestEveryUseCaseThereIsDeniesByDefault needs no list to be kept: a use case
// that comes to be and forgets to ask is found.
func TestEveryUseCaseThereIsDeniesByDefault(t *testing.T) {
	t.Parallel()
	e := open(t)
	d := deps(t, e)
	p := practice.New(d)
	must(t, p.CheckInstruments(t.Context()))
	count := 0
	for i, name := range names() {
		if name == "Authorize" {
			continue // it is the asking
		}
		rq := practice.Request{Principal: access.Principal{ID: "stranger", Role: "guest"}, ID: "as a guest: " + name}
		is, err := asked(t, p, i, rq)
		if !is {
			continue
		}
		count++
		if !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s as a guest: %v", name, err)
		}
		if !slices.ContainsFunc(entries(t, e), func(x access.Entry) bool { return x.RequestID == rq.ID && x.Outcome == access.Denied }) {
			t.Errorf("%s left no entry of the denial", name)
		}
	}
	if count < 60 {
		t.Errorf("only %d use cases were asked for", count)
	}
}

// TestNoUseCaseAnswersBeforeItsEntryIsStored does the same with an audit that
// cannot be written.
func TestNoUseCaseAnswersBeforeItsEntryIsStored(t *testing.T) {
	t.Parallel()
	d := deps(t, open(t))
	d.Audit = brokenAudit{}
	p := practice.New(d)
	must(t, p.CheckInstruments(t.Context()))
	public := []string{"Instruments", "Instrument", "Wording", "Attestations", "Objectives", "Objective"} // nobody's personal data
	for i, name := range names() {
		is, err := asked(t, p, i, request())
		if !is || slices.Contains(public, name) || (name == "Authorize" && fault.Is(err, fault.Unavailable)) {
			continue
		}
		if fault.RuleOf(err) != "audit_unavailable" {
			t.Errorf("%s without an audit: %v", name, err)
		}
	}
}
