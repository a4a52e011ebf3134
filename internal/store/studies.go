package store

import (
	"context"
	"iter"

	"holon/internal/session"
	"holon/internal/study"
)

// studiesCollection holds studies, by code.
func studiesCollection() Collection {
	return Collection{Name: "studies", Indexes: []Index{
		{Name: "code", Fields: []string{"code"}, Unique: true},
	}}
}

// Studies keeps studies.
type Studies struct {
	versioned[study.Study, study.ID]
}

// NewStudies returns the studies of an engine.
func NewStudies(e Engine) *Studies {
	return &Studies{versioned[study.Study, study.ID]{engine: e, shape: studyShape()}}
}

// studyShape is the shape of studies' documents.
func studyShape() shape[study.Study, study.ID] {
	return shape[study.Study, study.ID]{
		collection: studiesCollection(),
		about:      func(s *study.Study) (study.ID, *session.Head) { return s.ID, &s.Head },
		write:      writeStudy,
		read:       (*decoder).readStudy,
	}
}

// List streams studies by code, those after one ("": from the first) and at most
// limit of them (0: all). One that cannot be restored comes as a [DamagedError],
// and the stream goes on.
func (s *Studies) List(ctx context.Context, afterCode string, limit int) iter.Seq2[*study.Study, error] {
	q := Query{Index: "code", Limit: limit}
	if afterCode != "" {
		q.After = []any{afterCode, ""}
	}
	return s.stream(ctx, q, everyLevel)
}
