package store

import (
	"math"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// writing builds one BSON document, element by element and in the order of the
// calls. It is never wrong about lengths as long as every begin has its end.
type writing struct {
	buf  []byte
	open []int32 // where the documents begin that are not ended yet
}

// newWriting starts a document; size is a guess of its length in bytes.
func newWriting(size int) *writing {
	w := &writing{buf: make([]byte, 0, size), open: make([]int32, 0, 8)}
	w.enter()
	return w
}

// bytes ends the document and returns it.
func (w *writing) bytes() []byte {
	w.end()
	return w.buf
}

// enter notes the beginning of a document and leaves room for its length.
func (w *writing) enter() {
	var at int32
	at, w.buf = bsoncore.ReserveLength(w.buf)
	w.open = append(w.open, at)
}

// end closes the innermost document or array.
func (w *writing) end() {
	last := len(w.open) - 1
	at := w.open[last]
	w.open = w.open[:last]
	w.buf = append(w.buf, 0)
	w.buf = bsoncore.UpdateLength(w.buf, at, int32(len(w.buf)-int(at))) //nolint:gosec // the repositories refuse what is longer than MaxDocument, far below the limit of an int32
}

// document begins an embedded document.
func (w *writing) document(key string) {
	w.buf = bsoncore.AppendHeader(w.buf, bsoncore.TypeEmbeddedDocument, key)
	w.enter()
}

// array begins an array, whose elements have the keys of place.
func (w *writing) array(key string) {
	w.buf = bsoncore.AppendHeader(w.buf, bsoncore.TypeArray, key)
	w.enter()
}

// place is the key of an array's element.
func place(i int) string { return strconv.Itoa(i) }

// verbatim embeds a whole document as it is.
func (w *writing) verbatim(key string, document []byte) {
	w.buf = bsoncore.AppendDocumentElement(w.buf, key, document)
}

// text writes a string.
func (w *writing) text(key, s string) { w.buf = bsoncore.AppendStringElement(w.buf, key, s) }

// textIfAny writes a string unless it is empty.
func (w *writing) textIfAny(key, s string) {
	if s != "" {
		w.text(key, s)
	}
}

// revision writes a revision, an integer of 64 bits.
func (w *writing) revision(key string, n int64) { w.buf = bsoncore.AppendInt64Element(w.buf, key, n) }

// whole writes what counts or numbers something, an integer of 32 bits as far
// as it fits.
func (w *writing) whole(key string, n int) {
	if n < math.MinInt32 || n > math.MaxInt32 {
		w.buf = bsoncore.AppendInt64Element(w.buf, key, int64(n))
		return
	}
	w.buf = bsoncore.AppendInt32Element(w.buf, key, int32(n))
}

// number writes a double, the type of every answer and total.
func (w *writing) number(key string, x float64) { w.buf = bsoncore.AppendDoubleElement(w.buf, key, x) }

// null writes a null.
func (w *writing) null(key string) { w.buf = bsoncore.AppendNullElement(w.buf, key) }

// truth writes a boolean.
func (w *writing) truth(key string, b bool) { w.buf = bsoncore.AppendBooleanElement(w.buf, key, b) }

// truthIfSo writes a boolean where it is true.
func (w *writing) truthIfSo(key string, b bool) {
	if b {
		w.truth(key, true)
	}
}

// instant writes a time in UTC, cut to the millisecond.
func (w *writing) instant(key string, t time.Time) {
	w.buf = bsoncore.AppendDateTimeElement(w.buf, key, t.UnixMilli())
}

// binary writes bytes.
func (w *writing) binary(key string, b []byte) {
	w.buf = bsoncore.AppendBinaryElement(w.buf, key, 0, b)
}

// instantOf writes an optional time, left out when it is nil.
func instantOf(w *writing, key string, t *time.Time) {
	if t != nil {
		w.instant(key, *t)
	}
}

// textOf writes an optional string of any kind, left out when it is nil.
func textOf[S ~string](w *writing, key string, s *S) {
	if s != nil {
		w.text(key, string(*s))
	}
}

// list writes an array of documents; each writes one of them.
func list[T any](w *writing, key string, elements []T, each func(w *writing, x *T)) {
	w.array(key)
	for i := range elements {
		w.document(place(i))
		each(w, &elements[i])
		w.end()
	}
	w.end()
}

// texts writes an array of strings.
func texts[S ~string](w *writing, key string, all []S) {
	w.array(key)
	for i, s := range all {
		w.text(place(i), string(s))
	}
	w.end()
}

// textsIfAny writes an array of strings, left out when it is empty.
func textsIfAny[S ~string](w *writing, key string, all []S) {
	if len(all) > 0 {
		texts(w, key, all)
	}
}
