package store

import (
	"holon/internal/fault"
)

// DocumentNotFound is an engine's answer where no document has the id.
func DocumentNotFound() error {
	return fault.New(fault.NotFound, "not_found", "There is nothing here.")
}

// IDTaken is an engine's answer to an insert whose id exists.
func IDTaken() error {
	return fault.New(fault.Conflict, "id_taken", "This has been stored already.")
}

// UniqueTaken is an engine's answer to a write that collides in a unique index.
func UniqueTaken() error {
	return fault.New(fault.Conflict, "unique_taken", "Another one has this code or number already; choose a different one.")
}

// WrittenSince is an engine's answer to whoever lost the race on a revision.
func WrittenSince() error {
	return fault.New(fault.Stale, "written_since", "It was changed since it was read; read it again.")
}

// OpenedReadOnly is an engine's answer to a write when it was opened to read.
func OpenedReadOnly() error {
	return fault.New(fault.Conflict, "opened_read_only", "The data were opened for reading only.")
}

// Closed is an engine's answer after its Close.
func Closed() error {
	return fault.New(fault.Unavailable, "store_closed", "Holon is stopping; try again when it runs.")
}

// OutOfTime is an engine's answer when the caller's context is done.
func OutOfTime(cause error) error {
	return fault.Wrap(fault.Unavailable, "out_of_time", "There was no time left to finish this; try again.", cause)
}

// Unreachable is an engine's answer when its database does not answer now.
func Unreachable(cause error) error {
	return fault.Wrap(fault.Unavailable, "store_unreachable", "The database does not answer; try again.", cause)
}

// Broken is an engine's answer to a failure of none of the other kinds.
func Broken(cause error) error {
	return fault.Wrap(fault.Internal, "store_failed", "The store failed.", cause)
}

// MaxDocument is how many bytes a document may have on every engine. MongoDB
// takes 16 MB, and history needs some room around what it archives.
const MaxDocument = 15 << 20

// checkSize refuses a document that some engine could not keep or archive.
func checkSize(d Document) error {
	if len(d.Body) <= MaxDocument {
		return nil
	}
	return fault.New(fault.TooLarge, "document_full", "This would be more than one stored document can hold.")
}

// CheckOrder refuses a revision that does not come after the one it replaces.
func CheckOrder(d Document, rev int64) error {
	if d.Rev > rev {
		return nil
	}
	return malformed("document_malformed", "revision %d cannot replace revision %d", d.Rev, rev)
}
