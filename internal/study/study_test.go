package study_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
	"holon/internal/study"
)

// rules lists the faults of an error as "pointer rule", in order.
func rules(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		t.Fatal(err)
	}
	var out []string
	for _, f := range e.Fields() {
		out = append(out, f.Pointer+" "+f.Rule)
	}
	if len(out) == 0 {
		out = append(out, " "+fault.RuleOf(err))
	}
	slices.Sort(out)
	return out
}

// faults compares the faults of an error.
func faults(t *testing.T, name string, err error, want ...string) {
	t.Helper()
	slices.Sort(want)
	if diff := cmp.Diff(want, rules(t, err)); diff != "" {
		t.Errorf("%s:\n%s", name, diff)
	}
}

// TestModelsAreOfTheStudysGroups and stay what they were once the protocol is frozen.
func TestModelsAreOfTheStudysGroups(t *testing.T) {
	t.Parallel()
	in, s := input(), aStudy(t)
	in.Models = []study.GroupModel{{Group: "g-2", Model: "cbt"}, {Group: "g-1", Model: "ipt"}}
	faults(t, "right", s.Set(in, known, definition))
	if s.ModelOf("g-1") != "ipt" || s.ModelOf("g-2") != "cbt" || s.ModelOf("g-3") != "" {
		t.Errorf("%+v", s.Models)
	}
	wrong := input()
	wrong.Models = []study.GroupModel{{Group: "g-2", Model: "c b"}, {Group: "g-2", Model: "cbt"}, {Group: "g-9", Model: "cbt"}}
	faults(t, "wrong", s.Set(wrong, known, definition), "/models/0/model bad_code", "/models/1/group_id repeated", "/models/2/group_id not_in_study")
	faults(t, "frozen", s.Freeze(protocol(), 0, "lea", frozenAt))
	for name, models := range map[string][]study.GroupModel{
		"another": {{Group: "g-2", Model: "ipt"}, {Group: "g-1", Model: "ipt"}},
		"less":    {{Group: "g-2", Model: "cbt"}},
		"none":    nil,
	} {
		next := in
		next.Models = models
		faults(t, name, s.Set(next, known, definition), " protocol_is_frozen")
	}
	more := in
	more.Groups = append(more.Groups, "g-3")
	more.Models = append(more.Models, study.GroupModel{Group: "g-3", Model: "cbt"})
	faults(t, "a group more", s.Set(more, known, definition))
	if s.ModelOf("g-3") != "cbt" {
		t.Errorf("%+v", s.Models)
	}
}

// input is a study that is right.
func input() study.Input {
	return study.Input{Code: "COH-1", Groups: []session.GroupID{"g-2", "g-1"}, Measures: attacked(), From: new("2026-01-01"), To: new("2026-12-31"), Release: study.Controlled}
}

// known tells of groups whether they are there.
func known(g session.GroupID) bool { return strings.HasPrefix(string(g), "g-") }

// aStudy is a study that is right.
func aStudy(t *testing.T) *study.Study {
	t.Helper()
	s, err := study.New("st-1", input(), known, definition)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAStudyIsCheckedWhole(t *testing.T) {
	t.Parallel()
	s := aStudy(t)
	if !slices.Equal(s.Groups, []session.GroupID{"g-1", "g-2"}) || s.Threshold != study.DefaultThreshold || !slices.IsSortedFunc(s.Measures, study.CompareMeasures) {
		t.Errorf("%+v", s)
	}
	for day, want := range map[session.Date]bool{"2025-12-31": false, "2026-01-01": true, "2026-12-31": true, "2027-01-01": false} {
		if s.Covers(day) != want {
			t.Errorf("%s is covered %v", day, !want)
		}
	}
	for name, x := range map[string]struct {
		change func(*study.Input)
		want   []string
	}{
		"no code":         {func(in *study.Input) { in.Code = "Mrs X" }, []string{"/code bad_code"}},
		"no groups":       {func(in *study.Input) { in.Groups = nil }, []string{"/groups out_of_range"}},
		"unknown group":   {func(in *study.Input) { in.Groups = []session.GroupID{"g-1", "none"} }, []string{"/groups/1 unknown_group"}},
		"group twice":     {func(in *study.Input) { in.Groups = []session.GroupID{"g-1", "g-1"} }, []string{"/groups/1 repeated"}},
		"no measures":     {func(in *study.Input) { in.Measures = nil }, []string{"/measures out_of_range"}},
		"measure twice":   {func(in *study.Input) { in.Measures = []session.Measure{in.Measures[0], in.Measures[0]} }, []string{"/measures/1 repeated"}},
		"no instrument":   {func(in *study.Input) { in.Measures = []session.Measure{own("none", instrument.RaterMember)} }, []string{"/measures/0/instrument unknown_instrument_version"}},
		"no score":        {func(in *study.Input) { in.Measures[0].Score = "none" }, []string{"/measures/0/score unknown_score"}},
		"no such rater":   {func(in *study.Input) { in.Measures[1].Rater = instrument.RaterTherapist }, []string{"/measures/1/rater rater_kind_not_allowed"}},
		"low threshold":   {func(in *study.Input) { in.Threshold = new(4) }, []string{"/threshold out_of_range"}},
		"high threshold":  {func(in *study.Input) { in.Threshold = new(101) }, []string{"/threshold out_of_range"}},
		"no release":      {func(in *study.Input) { in.Release = "all" }, []string{"/release unknown_release"}},
		"ends first":      {func(in *study.Input) { in.To = new("2025-12-31") }, []string{"/to ends_before_start"}},
		"no day":          {func(in *study.Input) { in.From = new("spring") }, []string{"/from bad_date"}},
		"several at once": {func(in *study.Input) { in.Code, in.Release = "", "" }, []string{"/code bad_code", "/release unknown_release"}},
	} {
		in := input()
		x.change(&in)
		_, err := study.New("st-1", in, known, definition)
		faults(t, name, err, x.want...)
		before := aStudy(t)
		faults(t, name, before.Set(in, known, definition), x.want...)
		if !cmp.Equal(before, aStudy(t)) {
			t.Errorf("%s: a refused change changed the study", name)
		}
	}
}

// protocol is one that is right.
func protocol() study.ProtocolInput {
	m := attacked()
	return study.ProtocolInput{
		Primary: m[2], Model: string(multilevel.MembersInGroups), Bound: 0.05, Stop: study.StopInput{Groups: new(40)},
		Planned: []study.Question{{Analysis: "lagged", Measure: m[0], Against: &m[2]}, {Analysis: "agreement", Measure: m[2]}},
	}
}

// frozenAt is when protocols are frozen.
var frozenAt = time.Date(2026, 2, 3, 4, 5, 6, 7_000_001, time.UTC)

func TestAProtocolIsFrozenOnceAndBeforeTheFirstLook(t *testing.T) {
	t.Parallel()
	s := aStudy(t)
	faults(t, "after a look", s.Freeze(protocol(), 1, "lea", frozenAt), " looked_already")
	looked := *s
	looked.LookedAt = new(frozenAt)
	faults(t, "after a look that is written down", looked.Freeze(protocol(), 0, "lea", frozenAt), " looked_already")
	if s.Protocol != nil || s.Protocol.Plans(study.Question{Analysis: "group_level", Measure: attacked()[2]}) {
		t.Fatal("frozen after a look")
	}
	faults(t, "first", s.Freeze(protocol(), 0, "lea", frozenAt))
	p := s.Protocol
	if p == nil || len(p.SHA256) != 64 || p.By != "lea" || !p.At.Equal(frozenAt.Truncate(time.Millisecond)) || p.Stop.Groups != 40 {
		t.Fatalf("%+v", p)
	}
	faults(t, "again", s.Freeze(protocol(), 0, "lea", frozenAt), " protocol_is_frozen")
	m := attacked()
	for want, list := range map[bool][]study.Question{
		true:  {{Analysis: "group_level", Measure: m[2]}, {Analysis: "agreement", Measure: m[2]}, {Analysis: "lagged", Measure: m[0], Against: &m[2]}},
		false: {{Analysis: "group_level", Measure: m[0]}, {Analysis: "lagged", Measure: m[0]}, {Analysis: "lagged", Measure: m[2], Against: &m[0]}, {Analysis: "agreement", Measure: m[0]}, {Analysis: "group_level", Measure: m[2], Against: &m[0]}},
	} {
		for _, q := range list {
			if p.Plans(q) != want {
				t.Errorf("%s is planned: %v", q.Key(), !want)
			}
		}
	}
}

func TestEachFaultOfAProtocolIsTold(t *testing.T) {
	t.Parallel()
	sums := map[string]string{}
	for name, x := range map[string]struct {
		change func(*study.ProtocolInput)
		want   []string
	}{
		"right":             {func(*study.ProtocolInput) {}, nil},
		"on a day":          {func(in *study.ProtocolInput) { in.Stop = study.StopInput{On: new("2027-01-01")} }, nil},
		"other model":       {func(in *study.ProtocolInput) { in.Model = string(multilevel.MembersBySessions) }, nil},
		"other bound":       {func(in *study.ProtocolInput) { in.Bound = 0.1 }, nil},
		"other primary":     {func(in *study.ProtocolInput) { in.Primary = attacked()[0] }, nil},
		"other groups":      {func(in *study.ProtocolInput) { in.Stop.Groups = new(41) }, nil},
		"fewer questions":   {func(in *study.ProtocolInput) { in.Planned = in.Planned[:1] }, nil},
		"unknown primary":   {func(in *study.ProtocolInput) { in.Primary.Occasion = session.Pre }, []string{"/primary not_a_measure"}},
		"unknown model":     {func(in *study.ProtocolInput) { in.Model = "all" }, []string{"/model unknown_model"}},
		"no bound":          {func(in *study.ProtocolInput) { in.Bound = 0 }, []string{"/bound out_of_range"}},
		"bound of 1":        {func(in *study.ProtocolInput) { in.Bound = 1 }, []string{"/bound out_of_range"}},
		"no stop":           {func(in *study.ProtocolInput) { in.Stop = study.StopInput{} }, []string{"/stop one_of_two"}},
		"two stops":         {func(in *study.ProtocolInput) { in.Stop.On = new("2027-01-01") }, []string{"/stop one_of_two"}},
		"stop at none":      {func(in *study.ProtocolInput) { in.Stop.Groups = new(0) }, []string{"/stop/groups out_of_range"}},
		"stop on no day":    {func(in *study.ProtocolInput) { in.Stop = study.StopInput{On: new("soon")} }, []string{"/stop/on bad_date"}},
		"too many":          {func(in *study.ProtocolInput) { in.Planned = slices.Repeat(in.Planned[:1], 101) }, []string{"/planned out_of_range"}},
		"asked twice":       {func(in *study.ProtocolInput) { in.Planned[1] = in.Planned[0] }, []string{"/planned/1 repeated"}},
		"unknown measure":   {func(in *study.ProtocolInput) { in.Planned[1].Measure.Score = "x" }, []string{"/planned/1/measure not_a_measure"}},
		"against something": {func(in *study.ProtocolInput) { in.Planned[0].Against = new(session.Measure) }, []string{"/planned/0/against not_a_measure"}},
	} {
		in, s := protocol(), aStudy(t)
		x.change(&in)
		got := rules(t, s.Freeze(in, 0, "lea", frozenAt))
		if name == "too many" {
			got = slices.DeleteFunc(got, func(f string) bool { return strings.HasSuffix(f, " repeated") })
		}
		if diff := cmp.Diff(x.want, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if (s.Protocol != nil) != (x.want == nil) {
			t.Errorf("%s: frozen %v", name, s.Protocol != nil)
			continue
		}
		if s.Protocol != nil {
			if other, twice := sums[s.Protocol.SHA256]; twice {
				t.Errorf("%s has the hash of %s", name, other)
			}
			sums[s.Protocol.SHA256] = name
		}
	}
	later := aStudy(t)
	faults(t, "later", later.Freeze(protocol(), 0, "carl", frozenAt.AddDate(0, 1, 0)))
	if sums[later.Protocol.SHA256] != "right" {
		t.Error("who froze it when is in the hash")
	}
}

func TestAStudyOnlyGrowsOnceItsProtocolIsFrozen(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		change func(*study.Input)
		want   []string
	}{
		"nothing":          {func(*study.Input) {}, nil},
		"a group more":     {func(in *study.Input) { in.Groups = append(in.Groups, "g-3") }, nil},
		"a group less":     {func(in *study.Input) { in.Groups = in.Groups[:1] }, []string{" protocol_is_frozen"}},
		"another group":    {func(in *study.Input) { in.Groups[0] = "g-3" }, []string{" protocol_is_frozen"}},
		"a measure less":   {func(in *study.Input) { in.Measures = in.Measures[:3] }, []string{" protocol_is_frozen"}},
		"another code":     {func(in *study.Input) { in.Code = "COH-2" }, []string{" protocol_is_frozen"}},
		"another end":      {func(in *study.Input) { in.To = nil }, []string{" protocol_is_frozen"}},
		"another start":    {func(in *study.Input) { in.From = new("2026-01-02") }, []string{" protocol_is_frozen"}},
		"lower threshold":  {func(in *study.Input) { in.Threshold = new(5) }, []string{" protocol_is_frozen"}},
		"another release":  {func(in *study.Input) { in.Release = study.Aggregate }, []string{" protocol_is_frozen"}},
		"something broken": {func(in *study.Input) { in.Groups = nil }, []string{"/groups out_of_range"}},
	} {
		in, s := input(), aStudy(t)
		x.change(&in)
		if name != "something broken" {
			faults(t, name+" before", aStudy(t).Set(in, known, definition))
		}
		faults(t, name, s.Freeze(protocol(), 0, "lea", frozenAt))
		groups := len(s.Groups)
		faults(t, name, s.Set(in, known, definition), x.want...)
		if s.Protocol == nil || (name == "a group more") != (len(s.Groups) > groups) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestConsentsAreCheckedWhole(t *testing.T) {
	t.Parallel()
	s := aStudy(t)
	in := func(m session.MemberID) study.Membership {
		switch {
		case m == "m-erased":
			return study.Erased
		case strings.HasPrefix(string(m), "m-"):
			return study.WasIn
		default:
			return study.NeverIn
		}
	}
	got, err := s.CheckConsents([]study.ConsentInput{{Member: "m-1", Given: true, On: "2026-01-02", Form: "v2"}, {Member: "m-2", On: "2026-01-03", Form: "v2"}}, "2026-01-03", in)
	faults(t, "right", err)
	want := []study.Consent{{Study: "st-1", Member: "m-1", Given: true, On: "2026-01-02", Form: "v2"}, {Study: "st-1", Member: "m-2", On: "2026-01-03"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, err = s.CheckConsents([]study.ConsentInput{{Member: "m-1", Given: true, On: "2026-01-02"}, {Member: "m-1", On: "never"}, {Member: "other", On: "2026-01-04"}, {Member: "m-erased", On: "2026-01-02"}}, "2026-01-03", in)
	faults(t, "wrong", err, "/consents/0/form bad_code", "/consents/1/member_id repeated", "/consents/1/on bad_date", "/consents/2/member_id not_in_study", "/consents/2/on in_the_future", "/consents/3/member_id redacted_since")
	_, err = s.CheckConsents(nil, "2026-01-03", in)
	faults(t, "none", err, "/consents out_of_range")
	var many []study.ConsentInput
	for i := range study.MostConsents + 1 {
		many = append(many, study.ConsentInput{Member: session.MemberID(id("m", i)), On: "2026-01-03"})
	}
	_, err = s.CheckConsents(many, "2026-01-03", func(session.MemberID) study.Membership { return study.WasIn })
	faults(t, "too many", err, "/consents out_of_range")
}

func TestARedactedConsentKeepsOnlyThatThereWasOne(t *testing.T) {
	t.Parallel()
	c := study.Consent{Study: "st-1", Member: "m-1", Number: 2, Given: true, On: "2026-01-02", Form: "v2", By: "lea", At: frozenAt}
	if c.Redact(session.Redaction{Member: "m-2", Decision: "rd-1", At: frozenAt}) {
		t.Error("another's")
	}
	if !c.Redact(session.Redaction{Member: "m-1", Decision: "rd-1", At: frozenAt}) || c.Redact(session.Redaction{Member: "m-1", Decision: "rd-2", At: frozenAt}) {
		t.Error("once")
	}
	want := study.Consent{Study: "st-1", Member: "m-1", Number: 2, Redacted: &session.Redacted{Decision: "rd-1", At: session.Millis(frozenAt)}}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
}

func TestRowsAreHadByWhomItWasAgreedWithUntilTheLastDay(t *testing.T) {
	t.Parallel()
	right := study.AgreementInput{Code: "DUA-1", Purpose: study.ForReproduction, Persons: []string{"rs-2", "rs-1"}, EndsOn: "2026-06-30"}
	researchers := func(account string) bool { return strings.HasPrefix(account, "rs-") }
	s := aStudy(t)
	a, err := s.Agree(right, researchers, "lea", frozenAt)
	faults(t, "right", err)
	if a.Number != 1 || !slices.Equal(a.Persons, []string{"rs-1", "rs-2"}) || len(s.Agreements) != 1 {
		t.Errorf("%+v", a)
	}
	for _, x := range []struct {
		who  string
		on   session.Date
		want bool
	}{{"rs-1", "2026-06-30", true}, {"rs-1", "2026-07-01", false}, {"rs-3", "2026-06-30", false}} {
		if s.Agreed(x.who, x.on) != x.want {
			t.Errorf("%s on %s: %v", x.who, x.on, !x.want)
		}
	}
	for name, x := range map[string]struct {
		change func(*study.AgreementInput)
		want   []string
	}{
		"today":        {func(in *study.AgreementInput) { in.EndsOn = "2026-02-03" }, nil},
		"yesterday":    {func(in *study.AgreementInput) { in.EndsOn = "2026-02-02" }, []string{"/ends_on ended_already"}},
		"no day":       {func(in *study.AgreementInput) { in.EndsOn = "" }, []string{"/ends_on bad_date"}},
		"no code":      {func(in *study.AgreementInput) { in.Code = "" }, []string{"/code bad_code"}},
		"no purpose":   {func(in *study.AgreementInput) { in.Purpose = "fun" }, []string{"/purpose unknown_purpose"}},
		"nobody":       {func(in *study.AgreementInput) { in.Persons = nil }, []string{"/persons out_of_range"}},
		"twice":        {func(in *study.AgreementInput) { in.Persons = []string{"rs-1", "rs-1"} }, []string{"/persons/1 repeated"}},
		"nobody's":     {func(in *study.AgreementInput) { in.Persons = []string{"rs-1", "operator"} }, []string{"/persons/1 no_such_researcher"}},
		"a name":       {func(in *study.AgreementInput) { in.Persons = []string{"Dr Who"} }, []string{"/persons/0 bad_id"}},
		"several ways": {func(in *study.AgreementInput) { in.Code, in.Purpose = "", "" }, []string{"/code bad_code", "/purpose unknown_purpose"}},
	} {
		in, s := right, aStudy(t)
		x.change(&in)
		_, err := s.Agree(in, researchers, "lea", frozenAt)
		faults(t, name, err, x.want...)
		if (len(s.Agreements) == 1) != (x.want == nil) {
			t.Errorf("%s: %d agreements", name, len(s.Agreements))
		}
	}
	_, err = s.Agree(right, researchers, "lea", frozenAt)
	if faults(t, "the same code", err, "/code code_taken"); len(s.Agreements) != 1 {
		t.Errorf("%d agreements of one code", len(s.Agreements))
	}
	other := right
	other.Code = "DUA-2"
	a, err = s.Agree(other, researchers, "lea", frozenAt)
	if faults(t, "another code", err); a.Number != 2 {
		t.Errorf("another code: %+v", a)
	}
	s.Release = study.Aggregate
	if s.Agreed("rs-1", "2026-06-30") {
		t.Error("rows of a study that releases none")
	}
	_, err = s.Agree(right, researchers, "lea", frozenAt)
	faults(t, "aggregate", err, " aggregate_only")
}

func TestAKeyIsDrawnWhole(t *testing.T) {
	t.Parallel()
	if key, err := study.NewKey(bytes.NewReader(make([]byte, study.KeyBytes))); err != nil || len(key) != study.KeyBytes {
		t.Errorf("%d bytes: %v", len(key), err)
	}
	if _, err := study.NewKey(bytes.NewReader(make([]byte, study.KeyBytes-1))); !fault.Is(err, fault.Internal) {
		t.Error("a short key")
	}
}
