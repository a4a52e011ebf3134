package strictjson

import (
	"bytes"
	"errors"
	"reflect"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"holon/internal/fault"
)

// maxPointer bounds a pointer's length in an answer: a key can be as long as
// the text, and then its parent is named.
const maxPointer = 200

// meaning gathers the faults of a text that is JSON but not what dst wants:
// it decodes, notes the fault, takes the faulty place out and decodes again.
func meaning(data []byte, dst any) error {
	var faults fault.List
	noted := map[jsontext.Pointer]bool{}
	for range maxFaults {
		fresh := reflect.New(reflect.TypeOf(dst).Elem()).Interface()
		err := unmarshal(data, fresh, noted)
		if err == nil {
			break
		}
		at, rule, detail := explain(err)
		if noted[at] {
			break
		}
		noted[at] = true
		faults.Add(string(short(at)), rule, detail)
		if at == "" {
			break
		}
		if data, err = without(data, at); err != nil {
			break
		}
	}
	if err := faults.Err(); err != nil {
		return err
	}
	// What dst held before stood in the way of a text that has no fault: never
	// take that for success.
	faults.Add("", "wrong_type", "Not in the expected form.")
	return faults.Err()
}

// explain turns a decoding error into a place, a rule's name and a sentence.
func explain(err error) (at jsontext.Pointer, rule, detail string) {
	if s, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return s.JSONPointer, "duplicate_key", "This key stands here more than once. Leave one."
	}
	s, ok := errors.AsType[*json.SemanticError](err)
	null, isNull := errors.AsType[*nullError](err)
	switch {
	case !ok:
		return "", "wrong_type", "Not in the expected form."
	case errors.Is(s.Err, json.ErrUnknownName):
		return s.JSONPointer, "unknown_key",
			"This key is not known here. Check its spelling, capital letters included, or leave it out."
	case isNull:
		return s.JSONPointer, "null_not_allowed", "A value is needed here; null is none. It must be " + wanted(null.want) + "."
	default:
		return s.JSONPointer, "wrong_type", "It must be " + wanted(s.GoType) + "."
	}
}

// wanted says in words what a Go type takes.
func wanted(t reflect.Type) string {
	if t == nil {
		return "in the expected form"
	}
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		return "a date and time such as 2026-11-20T18:00:00Z, in quotes"
	case t.Kind() == reflect.Struct && t.NumField() == 1 && t.Field(0).Type == reflect.TypeFor[time.Time]():
		return "a date such as 2026-11-20, in quotes"
	case reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()):
		return "in the form the documentation shows"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false, without quotes"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number, without quotes and not too large"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number from 0, without quotes and not too large"
	case reflect.Float32, reflect.Float64:
		return "a number, without quotes and not too large"
	case reflect.String:
		return "a text in quotes"
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return "a text in quotes"
		}
		return "a list in square brackets"
	case reflect.Struct, reflect.Map:
		return "an object in curly brackets"
	default:
		return "in the expected form"
	}
}

// short climbs from a place whose pointer is too long to be shown.
func short(p jsontext.Pointer) jsontext.Pointer {
	for len(p) > maxPointer {
		p = p.Parent()
	}
	return p
}

// without copies JSON text without the member at a place, every member of it
// where a key stands twice; an array's element becomes null, so that the
// others keep their numbers.
func without(data []byte, place jsontext.Pointer) ([]byte, error) {
	twice := jsontext.AllowDuplicateNames(true)
	var out bytes.Buffer
	err := copyWithout(jsontext.NewEncoder(&out, twice), jsontext.NewDecoder(bytes.NewReader(data), twice), place, "")
	return out.Bytes(), err
}

// copyWithout copies the next value, which stands at here. Values that the
// place is not within are copied whole.
func copyWithout(enc *jsontext.Encoder, dec *jsontext.Decoder, place, here jsontext.Pointer) error {
	kind := dec.PeekKind()
	if !here.Contains(place) || (kind != '{' && kind != '[') {
		v, err := dec.ReadValue()
		if err != nil {
			return err
		}
		return enc.WriteValue(v)
	}
	if err := copyToken(enc, dec); err != nil {
		return err
	}
	for i := 0; dec.PeekKind() != '}' && dec.PeekKind() != ']'; i++ {
		child := here.AppendToken(strconv.Itoa(i))
		if kind == '{' {
			name, err := dec.ReadToken()
			if err != nil {
				return err
			}
			child = here.AppendToken(name.String())
			if child != place {
				err = enc.WriteToken(name)
			}
			if err != nil {
				return err
			}
		}
		if err := copyChild(enc, dec, place, child, kind); err != nil {
			return err
		}
	}
	return copyToken(enc, dec)
}

// copyChild copies a value inside an object or array unless it is the one to
// leave out.
func copyChild(enc *jsontext.Encoder, dec *jsontext.Decoder, place, child jsontext.Pointer, parent jsontext.Kind) error {
	switch {
	case child != place:
		return copyWithout(enc, dec, place, child)
	case parent == '{':
		return dec.SkipValue()
	default:
		if err := dec.SkipValue(); err != nil {
			return err
		}
		return enc.WriteToken(jsontext.Null)
	}
}

// copyToken copies one token.
func copyToken(enc *jsontext.Encoder, dec *jsontext.Decoder) error {
	tok, err := dec.ReadToken()
	if err != nil {
		return err
	}
	return enc.WriteToken(tok)
}
