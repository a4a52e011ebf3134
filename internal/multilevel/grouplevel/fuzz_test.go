package grouplevel_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
)

// tableFrom makes a table of whatever bytes say: up to 60 rows of at most four
// groups, members and sessions, some of them unnamed, therapists and a covariate
// now and then, on scales up to the edge of float64.
func tableFrom(data []byte) (grouplevel.Table, grouplevel.Options) {
	var t grouplevel.Table
	o := grouplevel.Options{Options: multilevel.Options{Draws: 5}, Detail: grouplevel.AnswerOnly}
	if len(data) < 4 {
		return t, o
	}
	kind, exponent, offset := data[0], int(int8(data[1])), float64(int8(data[2]))
	scale := math.Ldexp(1, 8*exponent)
	if kind&1 > 0 {
		t.Therapists = map[string][]string{"g0": {"t1"}, "g1": {"t1", "t2"}, "g2": {"t2"}}
	}
	t.Shared = kind&2 > 0
	if kind&4 > 0 {
		o.Detail = grouplevel.Full
	}
	o.Structure = []multilevel.Structure{
		"", "", "", multilevel.MembersInGroups, multilevel.SessionsInMembers, multilevel.MembersBySessions, multilevel.OneGroupBySessions, multilevel.GroupsInTherapists,
	}[kind>>3&7]
	name := func(prefix string, i byte) string {
		if i == 0 {
			return ""
		}
		return fmt.Sprint(prefix, i-1)
	}
	for rest := data[3:]; len(rest) >= 2 && len(t.Rows) < 60; rest = rest[2:] {
		t.Rows = append(t.Rows, multilevel.Row{
			Group: fmt.Sprint("g", rest[0]&3), Member: name("m", rest[0]>>2&7), Session: name("", rest[0]>>5&7), Value: (offset + float64(int8(rest[1]))) * scale,
		})
	}
	if kind&0x40 > 0 {
		c := grouplevel.Covariate{Name: "x"}
		for i := range t.Rows {
			c.Values = append(c.Values, float64(data[i%len(data)]))
		}
		t.Covariates = append(t.Covariates, c)
	}
	return t, o
}

// unsound returns the first place of a value that is NaN or infinite; empty if
// there is none.
func unsound(v reflect.Value, place string) string {
	switch v.Kind() {
	case reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return place
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return unsound(v.Elem(), place)
		}
	case reflect.Slice:
		for i := range v.Len() {
			if found := unsound(v.Index(i), fmt.Sprintf("%s[%d]", place, i)); found != "" {
				return found
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if found := unsound(v.Field(i), place+"."+v.Type().Field(i).Name); found != "" {
				return found
			}
		}
	default:
	}
	return ""
}

// sound fails for anything that no result may have.
func sound(t *testing.T, r *multilevel.GroupLevel) {
	t.Helper()
	if place := unsound(reflect.ValueOf(*r), "result"); place != "" {
		t.Errorf("%s is no number", place)
	}
	if r.Answer == "" || r.Reason == "" || r.Structure == "" || r.Estimand == "" {
		t.Errorf("no answer: %q %q %q %q", r.Answer, r.Reason, r.Structure, r.Estimand)
	}
	if grouplevel.Sentence(r.Reason) == "" {
		t.Errorf("no words for %s", r.Reason)
	}
	for _, test := range r.Tests {
		if test.P != nil && (*test.P < 0 || *test.P > 1 || test.Null == nil) {
			t.Errorf("%s %s: p %v", test.Component, test.Method, *test.P)
		}
	}
	if v := r.REML.Share; v.Residual != nil {
		var sum float64
		for _, s := range []*float64{v.Therapist, v.Group, v.Member, v.Session, v.Residual} {
			if s != nil {
				sum += *s
			}
		}
		if !(math.Abs(sum-1) < 1e-9) {
			t.Errorf("shares add up to %v", sum)
		}
	}
	if r.Answer == multilevel.Supported && r.Counts.Groups < 4 {
		t.Errorf("%d groups are supported", r.Counts.Groups)
	}
}

func FuzzTest(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 1))
	for kind := range 16 {
		data := make([]byte, 3+2*(4+3*kind))
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		data[0], data[1] = byte(kind*13), byte(kind%3*60)
		f.Add(data)
	}
	f.Add([]byte{0, 0, 0, 0x24, 5, 0x44, 5, 0x24, 5})
	f.Fuzz(func(t *testing.T, data []byte) {
		table, o := tableFrom(data)
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
		defer stop()
		r, err := grouplevel.Test(ctx, table, o)
		if err != nil {
			t.Fatal(err)
		}
		sound(t, &r)
	})
}

func TestCancelledWorkEndsWithTheErrorOfItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	o := grouplevel.Options{Detail: grouplevel.Full}
	o.Draws = 1_000_000
	o.Progress = func(int, int) {
		calls++
		cancel()
	}
	rows := usual(0.2).rows(rand.New(rand.NewPCG(1, 2)))
	if _, err := grouplevel.Test(ctx, grouplevel.Table{Rows: rows}, o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if calls == 0 || calls > 16 {
		t.Errorf("told of progress %d times", calls)
	}
}
