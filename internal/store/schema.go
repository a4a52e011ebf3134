package store

import (
	"errors"
	"fmt"
)

// raise turns a document of one schema version into one of the next; it sets
// the field schema too. It runs on reading only: nothing stored is rewritten
// until somebody changes the document, and history never is.
type raise func(body []byte) ([]byte, error)

// schemaOf reads the version of the schema that a document was written with.
func schemaOf(body []byte) (int, error) {
	r := readDocument(body)
	for r.next() {
		if string(r.key) == "schema" {
			schema := r.small()
			if r.err == nil && schema < 1 {
				return 0, errors.New("the schema is no version")
			}
			return schema, r.err
		}
	}
	if r.err != nil {
		return 0, r.err
	}
	return 0, errors.New("the schema is missing")
}

// raiseTo brings a document of a known schema to the last one, that after all
// raises: raises[0] is from schema 1 to 2.
func raiseTo(body []byte, schema int, raises []raise) ([]byte, error) {
	for i := schema - 1; i < len(raises); i++ {
		raised, err := raises[i](body)
		if err != nil {
			return nil, fmt.Errorf("raising schema %d: %w", i+1, err)
		}
		body = raised
	}
	return body, nil
}
