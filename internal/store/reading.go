package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// reading walks the elements of one BSON document or array in order, copying
// nothing but what is asked for. The first fault ends the walk and stays in
// err; its text names fields and types, never a value.
type reading struct {
	whole []byte // of the elements, to look for repeated keys
	rest  []byte
	key   []byte
	value bsoncore.Value
	seen  uint64 // a filter of the keys met, one bit for each
	list  bool   // an array: its keys are not looked at
	err   error
}

// readDocument begins to walk a document.
func readDocument(data []byte) reading {
	var r reading
	if len(data) < 5 || lengthOf(data) != len(data) || data[len(data)-1] != 0 {
		r.err = errors.New("it is no BSON document of the length it says")
		return r
	}
	r.whole = data[4 : len(data)-1]
	r.rest = r.whole
	return r
}

// readArray begins to walk an array.
func readArray(data []byte) reading {
	r := readDocument(data)
	r.list = true
	return r
}

// next moves to the next element; false is the end, or a fault.
func (r *reading) next() bool {
	if r.err != nil || len(r.rest) == 0 {
		return false
	}
	key, hash := keyOf(r.rest)
	size := -1
	if key != nil {
		size = valueSize(bsoncore.Type(r.rest[0]), r.rest[len(key)+2:])
	}
	if size < 0 {
		r.err = errors.New("an element is cut off or of an unknown type")
		return false
	}
	if bit := uint64(1) << (hash % 64); !r.list {
		if r.seen&bit != 0 && r.repeated(key) {
			r.err = fmt.Errorf("the field %q stands there twice", key)
			return false
		}
		r.seen |= bit
	}
	from := len(key) + 2
	r.key = key
	r.value.Type, r.value.Data = bsoncore.Type(r.rest[0]), r.rest[from:from+size:from+size]
	r.rest = r.rest[from+size:]
	return true
}

// keyOf returns the key of the first element, with a hash of it; nil if it is
// cut off.
func keyOf(src []byte) (key []byte, hash uint) {
	for i := 1; i < len(src); i++ {
		if src[i] == 0 {
			return src[1:i], hash
		}
		hash = hash*31 + uint(src[i])
	}
	return nil, 0
}

// valueSize returns how many bytes at the beginning of src are a value of this
// type, -1 if there are too few.
func valueSize(kind bsoncore.Type, src []byte) int {
	size := 0
	switch kind {
	case bsoncore.TypeNull:
	case bsoncore.TypeBoolean:
		size = 1
	case bsoncore.TypeInt32:
		size = 4
	case bsoncore.TypeDouble, bsoncore.TypeDateTime, bsoncore.TypeInt64:
		size = 8
	case bsoncore.TypeString:
		size = lengthOf(src) + 4
	case bsoncore.TypeEmbeddedDocument, bsoncore.TypeArray:
		size = lengthOf(src)
	default:
		v, _, ok := bsoncore.ReadValue(src, kind)
		if !ok {
			return -1
		}
		size = len(v.Data)
	}
	if size > len(src) {
		return -1
	}
	return size
}

// lengthOf reads the length that a string, document or array begins with; one
// that is cut off or negative is longer than anything there is.
func lengthOf(src []byte) int {
	if len(src) < 4 {
		return math.MaxInt32
	}
	return int(min(binary.LittleEndian.Uint32(src), math.MaxInt32))
}

// repeated tells whether the key was met before, by reading the elements before
// it again. That is rare: the filter says "surely not" nearly always.
func (r *reading) repeated(key []byte) bool {
	for src := r.whole[:len(r.whole)-len(r.rest)]; len(src) > 0; {
		earlier, _ := keyOf(src)
		if bytes.Equal(earlier, key) {
			return true
		}
		from := len(earlier) + 2
		src = src[from+valueSize(bsoncore.Type(src[0]), src[from:]):]
	}
	return false
}

// wrong notes that the element at hand is not of the type it should be.
func (r *reading) wrong(want string) {
	if r.err == nil {
		r.err = fmt.Errorf("the field %q is a BSON %s, not %s", r.key, r.value.Type, want)
	}
}

// unknown notes an element that the shape does not have. To pass over it would
// be to lose it at the next write.
func (r *reading) unknown() {
	if r.err == nil {
		r.err = fmt.Errorf("the field %q is not known", r.key)
	}
}

// fail notes a fault of the element at hand.
func (r *reading) fail(err error) {
	if r.err == nil && err != nil {
		r.err = fmt.Errorf("%s: %w", r.key, err)
	}
}

// textBytes returns the bytes of a string, which are not to be kept.
func (r *reading) textBytes() []byte {
	data := r.value.Data
	if r.value.Type != bsoncore.TypeString || len(data) < 5 || data[len(data)-1] != 0 {
		r.wrong("a string")
		return nil
	}
	return data[4 : len(data)-1]
}

// text reads a string.
func (r *reading) text() string { return string(r.textBytes()) }

// integer reads an integer of either width.
func (r *reading) integer() int64 {
	if r.value.Type != bsoncore.TypeInt64 && r.value.Type != bsoncore.TypeInt32 {
		r.wrong("an integer")
		return 0
	}
	return r.value.AsInt64()
}

// small reads an integer that counts or numbers something.
func (r *reading) small() int {
	n := r.integer()
	if n < math.MinInt32 || n > math.MaxInt32 {
		r.wrong("a small integer")
		return 0
	}
	return int(n)
}

// number reads a finite number, of whatever type a person may have typed it in.
func (r *reading) number() float64 {
	var x float64
	switch r.value.Type {
	case bsoncore.TypeDouble:
		x = r.value.Double()
	case bsoncore.TypeInt32, bsoncore.TypeInt64:
		x = float64(r.value.AsInt64())
	default:
		r.wrong("a number")
		return 0
	}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		r.wrong("a finite number")
		return 0
	}
	return x
}

// truth reads a boolean.
func (r *reading) truth() bool {
	b, ok := r.value.BooleanOK()
	if !ok {
		r.wrong("a boolean")
	}
	return b
}

// instant reads a time.
func (r *reading) instant() time.Time {
	ms, ok := r.value.DateTimeOK()
	if !ok {
		r.wrong("a date")
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// binary reads bytes into a slice of their own.
func (r *reading) binary() []byte {
	_, data, ok := r.value.BinaryOK()
	if !ok {
		r.wrong("binary data")
	}
	return bytes.Clone(data)
}

// documentData returns the bytes of the embedded document at hand.
func (r *reading) documentData() []byte {
	if r.value.Type != bsoncore.TypeEmbeddedDocument {
		r.wrong("a document")
		return nil
	}
	return r.value.Data
}

// arrayData returns the bytes of the array at hand.
func (r *reading) arrayData() []byte {
	if r.value.Type != bsoncore.TypeArray {
		r.wrong("an array")
		return nil
	}
	return r.value.Data
}

// document walks the embedded document at hand. What is wrong with it is
// noted here too.
func (r *reading) document() reading {
	data := r.documentData()
	if data == nil {
		return reading{}
	}
	inner := readDocument(data)
	if inner.err != nil {
		r.fail(inner.err)
	}
	return inner
}

// array walks the array at hand. What is wrong with it is noted here too.
func (r *reading) array() reading {
	data := r.arrayData()
	if data == nil {
		return reading{}
	}
	inner := readArray(data)
	if inner.err != nil {
		r.fail(inner.err)
	}
	return inner
}

// length counts what is left to walk, as far as it can be walked.
func (r *reading) length() int {
	n := 0
	for src := r.rest; len(src) > 0; n++ {
		key, _ := keyOf(src)
		if key == nil {
			return n
		}
		from := len(key) + 2
		size := valueSize(bsoncore.Type(src[0]), src[from:])
		if size < 0 {
			return n
		}
		src = src[from+size:]
	}
	return n
}

// readList reads an array of documents into a slice of exactly its length; nil
// for an empty one. Each reads one of them and returns its first fault.
func readList[T any](r *reading, each func(in *reading, x *T) error) []T {
	array := r.array()
	n := array.length()
	if r.err != nil || (n == 0 && len(array.rest) == 0) {
		return nil
	}
	out := make([]T, n)
	var in reading // one for all elements: what a function value is given goes to the heap
	for i := range out {
		if !array.next() {
			break
		}
		in = array.document()
		if array.err == nil {
			if err := each(&in, &out[i]); err != nil {
				array.fail(err)
			}
		}
	}
	if array.err == nil && len(array.rest) > 0 {
		array.next() // says what is wrong with what is left
	}
	r.fail(array.err)
	return out
}

// pointerTo is new(S(s)) where the element could be read.
func pointerTo[S ~string](s string) *S {
	v := S(s)
	return &v
}
