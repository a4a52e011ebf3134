package store

import "holon/internal/session"

// decoder is what reading documents of one stream shares: the words that they
// repeat, and room for answers. It is not safe for concurrent use.
type decoder struct {
	levels  levels
	words   map[string]string
	answers []session.Answer
}

// Bounds of what a decoder keeps: a group's members, therapists, instruments
// and codes are a few hundred words.
const (
	maxWords   = 4096
	answerRoom = 512
)

// newDecoder makes a decoder that reads these levels of session documents.
func newDecoder(want levels) *decoder {
	return &decoder{levels: want, words: map[string]string{}}
}

// word reads a string that documents repeat, and shares its one copy.
func (d *decoder) word(r *reading) string {
	b := r.textBytes()
	if s, ok := d.words[string(b)]; ok {
		return s
	}
	s := string(b)
	if d.words != nil {
		if len(d.words) >= maxWords {
			clear(d.words)
		}
		d.words[s] = s
	}
	return s
}

// room returns a slice for n answers. It is cut from a larger one, and cannot
// grow into what follows it.
func (d *decoder) room(n int) []session.Answer {
	if n > len(d.answers) {
		d.answers = make([]session.Answer, max(n, answerRoom))
	}
	out := d.answers[:n:n]
	d.answers = d.answers[n:]
	return out
}
