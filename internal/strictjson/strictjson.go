// Package strictjson reads JSON the way a record about people must be read:
// every key is known, spelled exactly and given once, nothing follows the
// value, and no null is silently turned into a zero. What cannot be read is
// answered with faults that name the place and never the content.
package strictjson

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"holon/internal/fault"
)

// maxFaults bounds how many faults of one text are gathered: each needs one
// more pass over it.
const maxFaults = 20

// nullError is what decoding answers where null stands for a value that cannot
// be absent.
type nullError struct{ want reflect.Type }

// Error says so; nobody is shown it.
func (*nullError) Error() string { return "null not allowed" }

// Decode reads one JSON value of at most maxBytes bytes from r into dst, a
// non-nil pointer; see DecodeBytes. A longer text is fault.TooLarge and is not
// read to its end.
func Decode(r io.Reader, maxBytes int64, dst any) error {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if _, cut := errors.AsType[*http.MaxBytesError](err); cut || int64(len(data)) > maxBytes {
		return fault.New(fault.TooLarge, "too_large",
			fmt.Sprintf("More than the %d bytes allowed here. Send it in smaller parts.", maxBytes))
	}
	if err != nil {
		return fault.Wrap(fault.Malformed, "unreadable_body",
			"The text broke off before its end. Send it again.", err)
	}
	return DecodeBytes(data, dst)
}

// DecodeBytes reads one JSON value into dst, a non-nil pointer. Struct fields
// are matched by their json tags, letter for letter. On an error dst is not to
// be used.
//
// It refuses, as fault.Malformed with line and column: an empty text, a byte
// order mark, bytes that are not UTF-8, anything that is not JSON (NaN and
// Infinity included) and anything after the value. It refuses, as
// fault.Invalid with a JSON pointer for each place (the first 20): unknown
// keys, keys given twice, values of another type than dst has, and null for
// what cannot be absent (anything but pointers, slices, maps, interfaces and
// types with an UnmarshalJSON of their own; time.Time cannot be absent).
//
// A type with an UnmarshalJSON of its own (a union around json.RawMessage) is
// handed its bytes; the keys inside are its own to check, with DecodeBytes
// again. Keys given twice are found inside it too.
func DecodeBytes(data []byte, dst any) error {
	if err := unmarshal(data, dst, nil); err == nil {
		return nil
	}
	if err := syntax(data); err != nil {
		return err
	}
	return meaning(data, dst)
}

// unmarshal decodes data strictly. A null at a place that is already noted is
// let pass, because without puts it where a refused array element was.
func unmarshal(data []byte, dst any, noted map[jsontext.Pointer]bool) error {
	return json.Unmarshal(data, dst,
		json.RejectUnknownMembers(true),
		json.WithUnmarshalers(json.UnmarshalFromFunc(func(dec *jsontext.Decoder, v any) error {
			if dec.PeekKind() != 'n' || nullable(reflect.TypeOf(v).Elem()) {
				return errors.ErrUnsupported
			}
			if _, err := dec.ReadToken(); err != nil {
				return err
			}
			if noted[dec.StackPointer()] {
				return nil
			}
			return &nullError{want: reflect.TypeOf(v).Elem()}
		})))
}

// nullable tells whether null has a meaning of its own in a value of type t.
func nullable(t reflect.Type) bool {
	if t == reflect.TypeFor[time.Time]() {
		return false
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return true
	default:
		return reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) ||
			reflect.PointerTo(t).Implements(reflect.TypeFor[json.UnmarshalerFrom]())
	}
}

// syntax answers the fault of a text that is not exactly one JSON value; nil
// if it is one, whatever its keys.
func syntax(data []byte) error {
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return fault.New(fault.Malformed, "empty_body", "There is nothing in it. A JSON value is needed.")
	case bytes.HasPrefix(data, []byte("\ufeff")):
		return fault.New(fault.Malformed, "byte_order_mark",
			"It starts with a byte order mark. Save it as UTF-8 without one.")
	case !utf8.Valid(data):
		return malformed("invalid_utf8", "bytes that are not UTF-8 text", data, invalidAt(data))
	}
	dec := jsontext.NewDecoder(bytes.NewReader(data), jsontext.AllowDuplicateNames(true))
	if _, err := dec.ReadValue(); err != nil {
		at := len(data)
		if s, ok := errors.AsType[*jsontext.SyntacticError](err); ok && s.ByteOffset < int64(at) {
			at = int(s.ByteOffset)
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return malformed("unfinished_json", "the end of the text before the end of the value", data, len(data))
		}
		return malformed("not_json", "something that is not JSON (a missing comma, quote or bracket, or a number such as NaN)", data, at)
	}
	end := int(dec.InputOffset())
	rest := bytes.TrimLeft(data[end:], " \t\r\n")
	if len(rest) > 0 {
		return malformed("trailing_data", "more text after the end of the value", data, len(data)-len(rest))
	}
	return nil
}

// malformed names what stands where, never the text itself.
func malformed(rule, what string, data []byte, at int) error {
	line := 1 + bytes.Count(data[:at], []byte("\n"))
	column := at - bytes.LastIndexByte(data[:at], '\n')
	return fault.New(fault.Malformed, rule,
		fmt.Sprintf("At line %d, column %d (byte %d) there is %s.", line, column, at, what))
}

// invalidAt returns the offset of the first byte that is not UTF-8.
func invalidAt(data []byte) int {
	at := 0
	for at < len(data) {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}
