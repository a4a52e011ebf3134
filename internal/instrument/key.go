package instrument

// Key says how sure it is which items a score is made of, which of them are
// reversed, and what may be missing. The zero value is a key that the
// definition's facts vouch for.
type Key struct {
	Status KeyStatus
	About  string // what is from memory
	Source string
}

// KeyStatus says whether numbers may be made by a key.
type KeyStatus string

// The statuses. Files know the first two; the third is what the practice makes
// of the second.
const (
	KeyVerified   KeyStatus = "verified"   // taken from a source that the facts name
	KeyUnattested KeyStatus = "unattested" // from memory: no number is made by it
	KeyAttested   KeyStatus = "attested"   // from memory, and compared by the practice with its own form
)

// notAttested says what to do about a key from memory.
const notAttested = "The key of this score is from memory. Compare it with your own form of the instrument, and attest it."

// KeyState is what holds of a score's key now.
type KeyState struct {
	Status      KeyStatus
	About       string       // what is from memory; empty where nothing is
	Source      string       // where the key is from, as far as the score itself says
	Attestation *Attestation // where attested: the latest of those it rests on
}

// unsure tells whether the score's own key is not verified. A status of a later
// version counts as not verified.
func (s *Score) unsure() bool { return s.Key.Status != "" && s.Key.Status != KeyVerified }

// Attestable lists the scores that rest on a key of their own that is from
// memory, attested or not.
func (d *Definition) Attestable() []string {
	var out []string
	for i := range d.Scores {
		if d.Scores[i].unsure() {
			out = append(out, d.Scores[i].ID)
		}
	}
	return out
}

// KeyOf says what holds of the key of a score. A sum of scores is as sure as
// the least sure of its parts; a score that is not there is verified by
// nothing.
func (d *Definition) KeyOf(scoreID string) KeyState {
	for i := range d.Scores {
		if s := &d.Scores[i]; s.ID == scoreID {
			return d.keyOf(s, i)
		}
	}
	return KeyState{Status: KeyUnattested}
}

// keyOf is KeyOf for the score at index. Parts stand before their sum, so that
// a stored copy with a circle in it ends all the same.
func (d *Definition) keyOf(s *Score, index int) KeyState {
	state := KeyState{Status: KeyVerified, Source: s.Key.Source}
	if s.unsure() {
		state.Status, state.About, state.Attestation = KeyUnattested, s.Key.About, s.Attested
		if s.Attested != nil {
			state.Status = KeyAttested
		}
	}
	for _, id := range s.Parts {
		for k := range index {
			if d.Scores[k].ID == id {
				state = state.and(d.keyOf(&d.Scores[k], k))
				break
			}
		}
	}
	return state
}

// and is what holds where both keys are needed.
func (k KeyState) and(part KeyState) KeyState {
	switch {
	case k.Status == KeyUnattested:
		return k
	case part.Status == KeyUnattested, k.Status == KeyVerified:
		part.Source = k.Source
		return part
	case part.Status == KeyAttested && part.Attestation.At.After(k.Attestation.At):
		k.Attestation = part.Attestation
	}
	return k
}

// KeyCounts says how many scores of a version are made by keys of which kind.
type KeyCounts struct {
	Verified   int
	Attested   int
	Unattested int // they wait for the practice's attestation
	Missing    int // the instrument has them, and their keys are not known here
}

// KeyCounts counts the scores of the definition by what holds of their keys. A
// form without keys that names no scores has one at least.
func (d *Definition) KeyCounts() KeyCounts {
	var n KeyCounts
	for i := range d.Scores {
		switch d.keyOf(&d.Scores[i], i).Status {
		case KeyVerified:
			n.Verified++
		case KeyAttested:
			n.Attested++
		case KeyUnattested:
			n.Unattested++
		}
	}
	if d.WithoutKeys != nil {
		n.Missing = max(1, len(d.WithoutKeys.Scores))
	}
	return n
}
