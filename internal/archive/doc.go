// Package archive carries a whole practice out of a store and into one: backups,
// restores, and moves between engines.
//
// A backup is a ZIP file with the documents of each collection in
// <collection>.bson, one after another in the order of their identifiers, as
// mongodump writes them and bsondump reads them; and manifest.json, the last
// entry, which says how many there are and what their bytes hash to. It may be
// inside an age file. Nothing in it depends on the engine it came from.
//
// A store that is being filled holds a note from before the first document until
// after the last check (see [store.Unfinished]), so that a copy that was
// interrupted is never taken for a practice; the same work begun again goes on.
package archive
