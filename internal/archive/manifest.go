package archive

import (
	"slices"
	"time"

	"holon/internal/fault"
	"holon/internal/store"
)

// The format of a backup.
const (
	format        = "holon-backup"
	formatVersion = 1
	manifestName  = "manifest.json"
	suffix        = ".bson"
	damagedDir    = "damaged/" // documents that no store takes, as they were found
)

// The ways in which a backup was read.
const (
	readSnapshot = "snapshot" // all documents as they were at one instant
	readInOrder  = "in_order" // beside writers, what refers to something before it, and history last
)

// Manifest says what a backup holds and where it came from. It holds neither
// answers nor codes of persons.
type Manifest struct {
	Format      string       `json:"format"`
	Version     int          `json:"format_version"`
	Holon       string       `json:"holon"` // the version that made it
	MadeAt      time.Time    `json:"made_at"`
	Engine      string       `json:"engine"`
	Read        string       `json:"read"`
	Collections []Collection `json:"collections"`
	Later       int64        `json:"history_left_out"` // entries of history about revisions that were written while it was read
	Damaged     []Damaged    `json:"damaged"`
	Digest      string       `json:"digest"` // over all collections; see [store.Digest.SHA256]
}

// Collection says what the backup holds of one collection.
type Collection struct {
	Name string `json:"name"`
	store.Tally

	Schemas []int `json:"schemas"` // the versions its documents were written with
}

// Damaged is a document that cannot be restored: it is kept beside the others
// for whoever wants to mend it.
type Damaged struct {
	Entry      string `json:"entry"` // where its bytes are
	Collection string `json:"collection"`
	ID         string `json:"id"`
}

// Digests returns what the manifest says of all collections.
func (m *Manifest) Digests() store.Digest {
	all := store.Digest{}
	for _, c := range m.Collections {
		all[c.Name] = c.Tally
	}
	return all
}

// check refuses a manifest that this version cannot restore, or that contradicts
// itself.
func (m *Manifest) check() error {
	if m.Format != format {
		return notBackup(nil)
	}
	if m.Version > formatVersion {
		return newer()
	}
	known := store.Portable()
	seen := map[string]bool{}
	for _, c := range m.Collections {
		if !slices.ContainsFunc(known, func(k store.Collection) bool { return k.Name == c.Name }) {
			return newer()
		}
		if seen[c.Name] || c.Documents < 1 {
			return broken(nil)
		}
		seen[c.Name] = true
	}
	if m.Digests().SHA256() != m.Digest {
		return broken(nil)
	}
	return nil
}

// notBackup is the answer to a file that is something else.
func notBackup(cause error) error {
	return fault.Wrap(fault.Invalid, "not_a_backup", "This file is not a backup that Holon made, or its end is missing: a backup that was cut off cannot be used. Take another copy of it.", cause)
}

// broken is the answer to a backup whose content is not what it was.
func broken(cause error) error {
	return fault.Wrap(fault.Invalid, "backup_damaged", "This backup is damaged: its content is not what its manifest says. Nothing of it was used. Take another copy of it, or an older backup.", cause)
}

// newer is the answer to a backup of a later version.
func newer() error {
	return fault.New(fault.Invalid, "backup_newer", "A later version of Holon made this backup; restore it with that version.")
}
