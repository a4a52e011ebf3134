package strictjson_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/oapi-codegen/runtime/types"

	"holon/internal/fault"
	"holon/internal/strictjson"
)

// form has every kind of field that generated wire types have.
type form struct {
	ID       string          `json:"id"`
	Kind     kind            `json:"kind,omitempty"`
	Count    int             `json:"count"`
	Mean     float64         `json:"mean"`
	Value    *float64        `json:"value,omitempty"`
	Values   []*float64      `json:"values"`
	Plain    []float64       `json:"plain,omitempty"`
	Locked   bool            `json:"locked"`
	At       time.Time       `json:"at,omitzero"`
	Until    *time.Time      `json:"until"`
	HeldOn   types.Date      `json:"held_on,omitzero"`
	States   map[string]kind `json:"states"`
	Rater    rater           `json:"rater"`
	Raters   []rater         `json:"raters"`
	Target   union           `json:"target,omitzero"`
	Anything any             `json:"anything"`
}

type kind string

type rater struct {
	ID string `json:"id"`
}

// union is built as oapi-codegen builds a oneOf.
type union struct {
	raw json.RawMessage
}

func (u union) MarshalJSON() ([]byte, error)  { return u.raw.MarshalJSON() }
func (u *union) UnmarshalJSON(b []byte) error { return u.raw.UnmarshalJSON(b) }

func TestDecodeReadsEveryKindOfField(t *testing.T) {
	t.Parallel()
	const text = ` {"id":"f1","kind":"form","count":3,"mean":2.5,"value":0,"values":[4,null,0],"plain":[1,2],"locked":true,
	 "at":"2026-11-20T18:00:00Z","until":null,"held_on":"2026-11-20","states":{"2":"declined"},"rater":{"id":"m1"},
	 "raters":[{"id":"m2"}],"target":{"kind":"member","id":"m3"},"anything":{"a":[1]}} ` + "\n"
	var got form
	if err := strictjson.Decode(strings.NewReader(text), 1000, &got); err != nil {
		t.Fatal(err)
	}
	want := form{
		ID: "f1", Kind: "form", Count: 3, Mean: 2.5, Value: new(0.0), Values: []*float64{new(4.0), nil, new(0.0)},
		Plain: []float64{1, 2}, Locked: true, At: time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC),
		HeldOn: types.Date{Time: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)},
		States: map[string]kind{"2": "declined"}, Rater: rater{"m1"}, Raters: []rater{{"m2"}},
		Target:   union{json.RawMessage(`{"kind":"member","id":"m3"}`)},
		Anything: map[string]any{"a": []any{1.0}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(union{})); diff != "" {
		t.Error(diff)
	}
}

// TestDecodeRefuses has a row for everything that encoding/json lets through
// even with DisallowUnknownFields, and for what it refuses too.
func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		kind fault.Kind
		rule string
		at   []string // pointer and rule of each fault; nil for a malformed text
	}{
		"an unknown key":                      {`{"id":"a","weight":1}`, fault.Invalid, "unknown_key", []string{"/weight unknown_key"}},
		"an unknown key deep inside":          {`{"raters":[{"id":"a"},{"name":"SECRET"}]}`, fault.Invalid, "unknown_key", []string{"/raters/1/name unknown_key"}},
		"a key given twice":                   {`{"id":"a","id":"b"}`, fault.Invalid, "duplicate_key", []string{"/id duplicate_key"}},
		"a key given twice with the same":     {`{"id":"a","id":"a"}`, fault.Invalid, "duplicate_key", []string{"/id duplicate_key"}},
		"a key given twice by an escape":      {`{"id":"a","\u0069d":"b"}`, fault.Invalid, "duplicate_key", []string{"/id duplicate_key"}},
		"a key given twice inside a union":    {`{"target":{"id":"a","id":"b"}}`, fault.Invalid, "duplicate_key", []string{"/target/id duplicate_key"}},
		"a key given twice inside a map":      {`{"states":{"1":"x","1":"y"}}`, fault.Invalid, "duplicate_key", []string{"/states/1 duplicate_key"}},
		"a key given twice inside anything":   {`{"anything":[{"1":"x","1":"y"}]}`, fault.Invalid, "duplicate_key", []string{"/anything/0/1 duplicate_key"}},
		"an unknown key given twice":          {`{"x":1,"x":2,"id":3}`, fault.Invalid, "several_rules", []string{"/x unknown_key", "/id wrong_type"}},
		"a key in capital letters":            {`{"ID":"a"}`, fault.Invalid, "unknown_key", []string{"/ID unknown_key"}},
		"a key with a folded letter":          {`{"\u212aind":"a"}`, fault.Invalid, "unknown_key", []string{"/\u212aind unknown_key"}},
		"the field's name instead of its tag": {`{"HeldOn":"2026-01-01"}`, fault.Invalid, "unknown_key", []string{"/HeldOn unknown_key"}},
		"text for a number":                   {`{"mean":"SECRET"}`, fault.Invalid, "wrong_type", []string{"/mean wrong_type"}},
		"a number in quotes":                  {`{"mean":"2.5"}`, fault.Invalid, "wrong_type", []string{"/mean wrong_type"}},
		"a fraction for a count":              {`{"count":2.5}`, fault.Invalid, "wrong_type", []string{"/count wrong_type"}},
		"a number beyond every double":        {`{"mean":1e999}`, fault.Invalid, "wrong_type", []string{"/mean wrong_type"}},
		"a count beyond every integer":        {`{"count":99999999999999999999}`, fault.Invalid, "wrong_type", []string{"/count wrong_type"}},
		"an object for a list":                {`{"values":{"0":1}}`, fault.Invalid, "wrong_type", []string{"/values wrong_type"}},
		"a list for the whole":                {`[1]`, fault.Invalid, "wrong_type", []string{" wrong_type"}},
		"a time without a zone":               {`{"at":"2026-11-20T18:00:00"}`, fault.Invalid, "wrong_type", []string{"/at wrong_type"}},
		"a date that does not exist":          {`{"held_on":"2026-02-30"}`, fault.Invalid, "wrong_type", []string{"/held_on wrong_type"}},
		"null for the whole":                  {`null`, fault.Invalid, "null_not_allowed", []string{" null_not_allowed"}},
		"null for a number":                   {`{"mean":null}`, fault.Invalid, "null_not_allowed", []string{"/mean null_not_allowed"}},
		"null for a code":                     {`{"kind":null}`, fault.Invalid, "null_not_allowed", []string{"/kind null_not_allowed"}},
		"null for a time":                     {`{"at":null}`, fault.Invalid, "null_not_allowed", []string{"/at null_not_allowed"}},
		"null for an object":                  {`{"rater":null}`, fault.Invalid, "null_not_allowed", []string{"/rater null_not_allowed"}},
		"nulls in a list of numbers":          {`{"plain":[1,null,2,null]}`, fault.Invalid, "null_not_allowed", []string{"/plain/1 null_not_allowed", "/plain/3 null_not_allowed"}},
		"several faults at once": {
			`{"id":1,"ID":2,"plain":["a",1,"b"],"count":1,"count":2,"raters":[{"id":true},{"x":[1]}],"a/b~c":0}`,
			fault.Invalid, "several_rules",
			[]string{"/id wrong_type", "/ID unknown_key", "/plain/0 wrong_type", "/plain/2 wrong_type", "/count duplicate_key", "/raters/0/id wrong_type", "/raters/1/x unknown_key", "/a~1b~0c unknown_key"},
		},
		"an unknown key too long to show": {`{"rater":{"` + strings.Repeat("SECRET", 100) + `":1}}`, fault.Invalid, "unknown_key", []string{"/rater unknown_key"}},
		"nothing":                         {"", fault.Malformed, "empty_body", nil},
		"white space only":                {" \n\t", fault.Malformed, "empty_body", nil},
		"a second value":                  {`{"id":"a"}{"id":"b"}`, fault.Malformed, "trailing_data", nil},
		"bytes after the value":           {`{"id":"a"} SECRET`, fault.Malformed, "trailing_data", nil},
		"a closing bracket too many":      {`{"id":"a"}}`, fault.Malformed, "trailing_data", nil},
		"NaN":                             {`{"mean":NaN}`, fault.Malformed, "not_json", nil},
		"Infinity":                        {`{"mean":-Infinity}`, fault.Malformed, "not_json", nil},
		"a leading zero":                  {`{"mean":01}`, fault.Malformed, "not_json", nil},
		"a comma too many":                {`{"id":"SECRET",}`, fault.Malformed, "not_json", nil},
		"a comment":                       {`{"id":"a"} // SECRET`, fault.Malformed, "trailing_data", nil},
		"single quotes":                   {`{'id':'a'}`, fault.Malformed, "not_json", nil},
		"an end too early":                {`{"id":"SECRET"`, fault.Malformed, "unfinished_json", nil},
		"bytes that are not UTF-8":        {"{\"id\":\"\xff\"}", fault.Malformed, "invalid_utf8", nil},
		"half a surrogate pair":           {`{"id":"\ud800"}`, fault.Malformed, "not_json", nil},
		"a byte order mark":               {"\ufeff{}", fault.Malformed, "byte_order_mark", nil},
		"ten thousand brackets":           {strings.Repeat("[", 100_000), fault.Malformed, "not_json", nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := strictjson.DecodeBytes([]byte(tc.text), new(form))
			e, ok := errors.AsType[*fault.Error](err)
			if !ok {
				t.Fatalf("got %v, want a fault", err)
			}
			if e.Kind() != tc.kind || e.Rule() != tc.rule {
				t.Errorf("got %v %s, want %v %s", e.Kind(), e.Rule(), tc.kind, tc.rule)
			}
			var at []string
			said := e.Detail() + e.Error()
			for _, f := range e.Fields() {
				at = append(at, f.Pointer+" "+f.Rule)
				said += f.Detail
			}
			if diff := cmp.Diff(tc.at, at); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(said, "SECRET") {
				t.Errorf("the answer repeats what was sent: %s", said)
			}
		})
	}
}

func TestDecodeNamesLineAndColumn(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, where string }{
		"a missing value":    {"{\n  \"id\": ,\n}", "line 2, column 9 (byte 10)"},
		"trailing data":      {"{}\n\n x", "line 3, column 2 (byte 5)"},
		"a byte not of text": {"{\"\xff\":1}", "line 1, column 3 (byte 2)"},
		"an early end":       {"[1,\n2", "line 2, column 2 (byte 5)"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v any
			e, ok := errors.AsType[*fault.Error](strictjson.DecodeBytes([]byte(tc.text), &v))
			if !ok || !strings.Contains(e.Detail(), tc.where) {
				t.Errorf("got %v, want %s", e.Detail(), tc.where)
			}
		})
	}
}

func TestDecodeStopsGatheringFaults(t *testing.T) {
	t.Parallel()
	text := "[" + strings.Repeat(`"x",`, 999) + `"x"]`
	e, ok := errors.AsType[*fault.Error](strictjson.DecodeBytes([]byte(text), new([]int)))
	if !ok || len(e.Fields()) != 20 {
		t.Errorf("got %d faults, want 20", len(e.Fields()))
	}
}

// TestDecodeNeverTakesAFailureForSuccess: dst holds a number where the text has
// words, so that only this dst cannot take the text.
func TestDecodeNeverTakesAFailureForSuccess(t *testing.T) {
	t.Parallel()
	held := form{Anything: new(int)}
	if err := strictjson.DecodeBytes([]byte(`{"anything":"x"}`), &held); fault.RuleOf(err) != "wrong_type" {
		t.Errorf("got %v", err)
	}
}

func TestDecodeIsBounded(t *testing.T) {
	t.Parallel()
	var v any
	if err := strictjson.Decode(strings.NewReader(`[1,2,3]`), 7, &v); err != nil {
		t.Errorf("exactly the limit is refused: %v", err)
	}
	endless := io.MultiReader(strings.NewReader("["), neverEnding{})
	if err := strictjson.Decode(endless, 1<<16, &v); !fault.Is(err, fault.TooLarge) {
		t.Errorf("got %v, want too large", err)
	}
	if err := strictjson.Decode(iotest.ErrReader(io.ErrClosedPipe), 10, &v); fault.RuleOf(err) != "unreadable_body" {
		t.Errorf("got %v, want unreadable_body", err)
	}
}

type neverEnding struct{}

func (neverEnding) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// FuzzDecodeBytes: whatever is decoded, encoded and decoded again is the same,
// whatever is refused is refused with a fault, and nothing panics.
func FuzzDecodeBytes(f *testing.F) {
	for _, s := range []string{
		`{"id":"a","mean":1.5,"values":[null,1]}`, `{"id":1,"id":2}`, `{"target":{"a":[1,{"b":2}]}}`, "null", "[", "{}{}", "\xff",
		`{"plain":[null,"a",{}],"raters":[[],{"y":0}]}`, `{"at":"2026-11-20T18:00:00.123456789+02:00"}`, `{"anything":1e400}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var first form
		if err := strictjson.DecodeBytes(data, &first); err != nil {
			if k := fault.KindOf(err); k != fault.Malformed && k != fault.Invalid {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		again, err := json.Marshal(first)
		if err != nil {
			t.Skip("a year that RFC 3339 cannot hold")
		}
		var second form
		if err := json.Unmarshal(again, &second); err != nil {
			t.Fatal(err)
		}
		a, err := json.Marshal(second)
		if err != nil || string(a) != string(again) {
			t.Errorf("%s became %s: %v", again, a, err)
		}
	})
}

// BenchmarkDecodeBytes compares strict reading with encoding/json on a batch of
// forms of some 26 KB: the price of refusing what it lets through.
func BenchmarkDecodeBytes(b *testing.B) {
	const one = `{"id":"f1","kind":"form","count":3,"mean":2.5,"values":[4,null,0,1,2,3,4,5,1,2,3,4],"locked":true,"at":"2026-11-20T18:00:00Z","rater":{"id":"m1"}}`
	data := []byte("[" + strings.Repeat(one+",", 170) + one + "]")
	b.Run("strict", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			var v []form
			if err := strictjson.DecodeBytes(data, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			var v []form
			if err := json.Unmarshal(data, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestNullIsAnsweredWithWhatIsWanted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"mean":null}`: "It must be a number, without quotes and not too large.",
		`{"at":null}`:   "It must be a date and time such as 2026-11-20T18:00:00Z, in quotes.",
		`null`:          "It must be an object in curly brackets.",
	} {
		e, ok := errors.AsType[*fault.Error](strictjson.DecodeBytes([]byte(text), new(form)))
		if !ok || !strings.HasSuffix(e.Detail(), want) {
			t.Errorf("%s: %v", text, e.Detail())
		}
	}
}
