package store

import (
	"encoding/binary"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"holon/internal/fault"
)

// Portable lists the collections that a copy of a practice holds: all but the
// note of unfinished work. They stand in the order to read them in while others
// write: what refers to something is read before it, and every document before
// its history. Whatever a document that was read names is then found later. A
// new collection comes first, unless others refer to it and it stands here.
func Portable() []Collection {
	referred := []string{ // a snapshot refers to its rows, which are written first
		snapshotsCollection().Name, frozenGroupsCollection().Name, frozenSessionsCollection().Name, studiesCollection().Name, studyKeysCollection().Name,
		sessionsCollection().Name, groupsCollection().Name, membersCollection().Name, therapistsCollection().Name,
		instrumentsCollection().Name, accountsCollection().Name, historyCollection().Name,
	}
	all := slices.DeleteFunc(Collections(), func(c Collection) bool { return c.Name == unfinishedCollection().Name })
	slices.SortStableFunc(all, func(a, b Collection) int {
		return slices.Index(referred, a.Name) - slices.Index(referred, b.Name)
	})
	return all
}

// Sound tells whether a stored document is one that every engine takes: valid
// BSON to its last byte, with the identifier, the revision and the unique fields
// that it is kept under.
func (c Collection) Sound(d Document) error {
	if err := bson.Raw(d.Body).Validate(); err != nil {
		return fault.Wrap(fault.Internal, "document_malformed", "A stored document is damaged.", err)
	}
	if int64(binary.LittleEndian.Uint32(d.Body)) != int64(len(d.Body)) {
		return malformed("document_malformed", "%s: a document does not end where it says", c.Name)
	}
	_, err := c.Values(d)
	return err
}

// Received makes a document of bytes that were stored elsewhere.
func Received(body []byte) (Document, error) {
	id, rev, err := Identity(body)
	return Document{ID: id, Rev: rev, Body: body}, err
}

// SchemaOf reads the version of the schema that a document was written with, 0
// where it does not say.
func SchemaOf(d Document) int {
	schema, err := schemaOf(d.Body)
	if err != nil {
		return 0
	}
	return schema
}

// DocumentName names a document of any collection the way history does.
func DocumentName(c Collection, id string) string { return documentName(c, id) }

// Superseded tells which revision of which document an entry of history holds;
// ok is false for documents of other collections and for entries that do not say.
func Superseded(c Collection, d Document) (document string, rev int64, ok bool) {
	if c.Name != historyCollection().Name {
		return "", 0, false
	}
	key, err := c.Key("revision", d)
	if err != nil {
		return "", 0, false
	}
	document, isText := key[0].(string)
	rev, isNumber := key[1].(int64)
	return document, rev, isText && isNumber
}
