package store

import (
	"context"

	"holon/internal/fault"
	"holon/internal/study"
)

// studyKeysCollection holds the keys of studies' pseudonyms, apart from what they
// are used for.
func studyKeysCollection() Collection {
	return Collection{Name: "study_keys"}
}

// StudyKeys keeps the keys of studies' pseudonyms.
type StudyKeys struct {
	engine Engine
}

// NewStudyKeys returns the keys of an engine.
func NewStudyKeys(e Engine) *StudyKeys { return &StudyKeys{engine: e} }

// Insert keeps a study's key. Another than the one that is there is the Conflict
// "id_taken".
func (k *StudyKeys) Insert(ctx context.Context, id study.ID, key []byte) error {
	if len(key) != study.KeyBytes {
		return malformed("document_incomplete", "a key of %d bytes", len(key))
	}
	w := record(string(id), 128)
	w.binary("key", key)
	return insertRecord(ctx, k.engine, studyKeysCollection(), string(id), w)
}

// Get reads a study's key, NotFound if there is none.
func (k *StudyKeys) Get(ctx context.Context, id study.ID) ([]byte, error) {
	d, err := k.engine.Get(ctx, studyKeysCollection(), string(id), nil)
	if err != nil {
		return nil, err
	}
	return readStudyKey(d)
}

// readStudyKey reads the document of a key.
func readStudyKey(d Document) ([]byte, error) {
	var key []byte
	err := readRecord(studyKeysCollection(), d, func(r *reading) bool {
		if string(r.key) != "key" {
			return false
		}
		key = r.binary()
		return true
	}, func() bool { return len(key) == study.KeyBytes })
	return key, err
}

// pseudonyms are the names that studies give to a member, looked up once each.
type pseudonyms struct {
	keys *StudyKeys
	of   map[study.ID]*study.Pseudonyms // nil: of a study whose key is not there or cannot be read
}

// newPseudonyms looks names up in an engine.
func newPseudonyms(e Engine) *pseudonyms {
	return &pseudonyms{keys: NewStudyKeys(e), of: map[study.ID]*study.Pseudonyms{}}
}

// names returns those of a study, nil if nobody can tell them.
func (p *pseudonyms) names(ctx context.Context, id study.ID) (*study.Pseudonyms, error) {
	if known, met := p.of[id]; met {
		return known, nil
	}
	key, err := p.keys.Get(ctx, id)
	switch {
	case fault.Is(err, fault.NotFound), isDamaged(err):
		p.of[id] = nil
	case err != nil:
		return nil, err
	default:
		names := study.NewPseudonyms(key)
		p.of[id] = &names
	}
	return p.of[id], nil
}
