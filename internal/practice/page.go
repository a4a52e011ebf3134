package practice

import (
	"errors"
	"iter"
)

// Page asks for a part of a list: at most Limit things after After, which is
// the next of the page before, empty for the first.
type Page struct {
	After string
	Limit int
}

// Limits of a page.
const (
	DefaultPage = 100
	MaxPage     = 500
)

// limit returns how many things the page holds.
func (p Page) limit() int {
	if p.Limit <= 0 {
		return DefaultPage
	}
	return min(p.Limit, MaxPage)
}

// LeftOutError comes beside a list, and says that it is good but not whole:
// these documents belong to it and cannot be restored. Whoever does not look for
// it meets an error, so that no list is taken for whole that is not. It unwraps
// to the fault of the first of them, "document_damaged" or "schema_newer".
type LeftOutError struct {
	IDs   []string // in the list's order
	first error
}

// Error names the documents, for the log.
func (e *LeftOutError) Error() string { return e.first.Error() }

// Unwrap returns what is wrong with the first of them.
func (e *LeftOutError) Unwrap() error { return e.first }

// note takes the error of a document that cannot be restored.
func (e *LeftOutError) note(err error) {
	id, _ := damagedID(err)
	e.IDs = append(e.IDs, id)
	if e.first == nil {
		e.first = err
	}
}

// orNil is the error of a list that lacks what was noted.
func (e *LeftOutError) orNil() error {
	if e.first == nil {
		return nil
	}
	return e
}

// damagedID names the document that cannot be restored, if the error of a
// stream is about one.
func damagedID(err error) (string, bool) {
	d, ok := errors.AsType[interface {
		error
		DocumentID() string
	}](err)
	if !ok {
		return "", false
	}
	return d.DocumentID(), true
}

// isDamaged tells whether an error is that of a document that cannot be
// restored.
func isDamaged(err error) bool {
	_, is := damagedID(err)
	return is
}

// page cuts a stream into the page and the key of the next. What cannot be
// restored is left out and named in the error that comes beside the page. Such
// a document has no key to go on from, so with any the stream is asked for
// again, and read until the page is full and the next one has its beginning.
func page[T any](limit int, stream func(limit int) iter.Seq2[*T, error], key func(*T) string) (list []*T, next string, err error) {
	for _, most := range []int{limit + 1, 0} {
		var out LeftOutError
		list, next, err = cut(limit, stream(most), key, &out)
		if err != nil {
			return nil, "", err
		}
		if err = out.orNil(); err == nil {
			break
		}
	}
	return list, next, err
}

// cut reads a page and one more from a stream. What is damaged behind the last
// of a full page belongs to the next one, if there is one.
func cut[T any](limit int, stream iter.Seq2[*T, error], key func(*T) string, out *LeftOutError) (list []*T, next string, err error) {
	var behind []error
	for doc, err := range stream {
		_, unreadable := damagedID(err)
		switch {
		case unreadable && len(list) == limit:
			behind = append(behind, err)
		case unreadable:
			out.note(err)
		case err != nil:
			return nil, "", err
		case len(list) == limit:
			return list, key(list[limit-1]), nil
		default:
			list = append(list, doc)
		}
	}
	for _, err := range behind {
		out.note(err)
	}
	return list, "", nil
}
