package store

import (
	"errors"
	"fmt"

	"holon/internal/fault"
)

// DamagedError says that one stored document cannot be restored: bytes are
// broken, or a field is missing or of a wrong type. A stream yields it in the
// document's place and goes on. It is the fault "document_damaged" (Internal),
// or "schema_newer" (Unavailable) if a later version of Holon wrote the
// document; the fault's own text names no document.
type DamagedError struct {
	Collection string
	ID         string
	fault      *fault.Error
}

// Error names the document and what is wrong with it, for the log.
func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s/%s: %s", e.Collection, e.ID, e.fault)
}

// Unwrap returns the fault.
func (e *DamagedError) Unwrap() error { return e.fault }

// DocumentID returns the identifier of the document, so that whoever leaves it
// out can name it.
func (e *DamagedError) DocumentID() string { return e.ID }

// damaged reports a document that cannot be restored because of cause.
func damaged(collection, id string, cause error) error {
	return &DamagedError{Collection: collection, ID: id, fault: fault.Wrap(fault.Internal, "document_damaged",
		"A stored document is damaged. It was left as it is; the command doctor names it.", cause)}
}

// newer reports a document of a schema that this version does not know.
func newer(collection, id string, schema, known int) error {
	return &DamagedError{Collection: collection, ID: id, fault: fault.New(fault.Unavailable, "schema_newer",
		fmt.Sprintf("A later version of Holon wrote this with schema %d; this version knows schemas up to %d. Run the later version.", schema, known))}
}

// isDamaged tells whether an error is that of a document that cannot be read.
func isDamaged(err error) bool {
	_, is := errors.AsType[*DamagedError](err)
	return is
}
