package analysis

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"holon/internal/session"
)

// DataVersion says in which state recorded data were read. Every correction,
// move or void gives them another version; reading them again without any gives
// the same.
type DataVersion struct {
	Hash      string     // of kind, identifier and revision of every document read
	Latest    *time.Time // when the last change among them was made; nil if there is none
	Documents int
}

// versioning collects what a data version is made of.
type versioning struct {
	lines  []string
	latest *time.Time
}

// add takes one document.
func (v *versioning) add(kind, id string, h *session.Head) {
	v.lines = append(v.lines, fmt.Sprintf("%s/%s@%d\n", kind, id, h.Rev))
	if at := h.Change.At; !at.IsZero() && (v.latest == nil || at.After(*v.latest)) {
		v.latest = &at
	}
}

// version returns the version of all that was taken, in whatever order.
func (v *versioning) version() *DataVersion {
	slices.Sort(v.lines)
	sum := sha256.Sum256([]byte(strings.Join(v.lines, "")))
	return &DataVersion{Hash: hex.EncodeToString(sum[:]), Latest: v.latest, Documents: len(v.lines)}
}

// inputDocument writes what identifies a report's data.
func (r *Report) inputDocument() InputDocument {
	d := InputDocument{SHA256: r.Input.SHA256, Rows: r.Input.Rows}
	if v := r.Data; v != nil {
		d.DataVersion, d.LatestChange, d.Documents = &v.Hash, v.Latest, &v.Documents
	}
	return d
}
