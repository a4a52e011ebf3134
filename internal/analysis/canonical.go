package analysis

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
)

// canonical hashes rows whatever their order: it holds one line for each, a
// JSON array of the row's cells (names as strings, numbers in the shortest
// decimal that reads back as the same).
type canonical struct {
	lines [][]byte
	err   error
}

// add takes one row.
func (c *canonical) add(cells ...any) {
	line, err := json.Marshal(cells)
	if err != nil {
		c.err = unhashable(err)
	}
	c.lines = append(c.lines, append(line, '\n'))
}

// input returns the hexadecimal hash of the lines in ascending order, and their
// number.
func (c *canonical) input() (Input, error) {
	slices.SortFunc(c.lines, bytes.Compare)
	sum := sha256.Sum256(bytes.Join(c.lines, nil))
	return Input{SHA256: hex.EncodeToString(sum[:]), Rows: len(c.lines)}, c.err
}
