package store

import (
	"errors"

	"holon/internal/session"
)

// decoder is what reading documents of one stream shares: the words that they
// repeat, and room for answers. It is not safe for concurrent use.
type decoder struct {
	levels  levels
	words   []string // by hash, each may push another out; nil shares none
	answers []session.Answer
}

// What a decoder keeps: a group's members, therapists, instruments and codes
// are a few hundred words, and a rating has some dozen answers.
const (
	wordPlaces = 512
	answerRoom = 512
)

// newDecoder makes a decoder that reads these levels of session documents.
func newDecoder(want levels) *decoder {
	return &decoder{levels: want, words: make([]string, wordPlaces)}
}

// word reads a string that documents repeat, and shares its one copy.
func (d *decoder) word(r *reading) string {
	b := r.textBytes()
	if d.words == nil { // for one document's head there is nothing to share
		return string(b)
	}
	hash := uint(len(b))
	for _, c := range b {
		hash = hash*31 + uint(c)
	}
	place := &d.words[hash%wordPlaces]
	if *place != string(b) {
		*place = string(b)
	}
	return *place
}

// room returns an empty slice to append answers to.
func (d *decoder) room() []session.Answer {
	if cap(d.answers) < answerRoom/8 {
		d.answers = make([]session.Answer, 0, answerRoom)
	}
	return d.answers
}

// taken keeps what was appended to room: nil if nothing was. It cannot grow into
// what comes after it.
func (d *decoder) taken(answers []session.Answer) []session.Answer {
	n := len(answers)
	if n == 0 {
		return nil
	}
	if n <= cap(d.answers) {
		d.answers = d.answers[n:n]
	}
	return answers[:n:n]
}

// readTexts reads an array of strings; nil for an empty one.
func readTexts[S ~string](d *decoder, r *reading) []S {
	var out []S
	in := r.array()
	for in.next() {
		out = append(out, S(d.word(&in)))
	}
	r.fail(in.err)
	return out
}

// errIncomplete says that a document lacks a field.
var errIncomplete = errors.New("a field is missing")
