package httpapi_test

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"holon/internal/httpapi"
	"holon/internal/store"
	"holon/internal/study/tables"
)

// pulled is what a client got of a table.
type pulled struct {
	*http.Response

	body []byte
	err  error // of the connection
}

// table pulls a table of the study over a connection.
func (d *drawnStudy) table(t *testing.T, server *httptest.Server, name, encoding string) pulled {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/v1/studies/"+d.study+"/snapshots/"+d.snapshot+"/tables/"+name, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+d.token)
	r.Header.Set("Accept-Encoding", encoding)
	got, err := server.Client().Do(r)
	if err != nil { // cut off before even the head was sent
		return pulled{&http.Response{}, nil, err}
	}
	defer func() { _ = got.Body.Close() }() // it was read to its end
	body, err := io.ReadAll(got.Body)
	return pulled{got, body, err}
}

// TestATableThatIsCutOffIsNoTable pulls a table over a connection, plain and
// compressed, and then once more while a group is gone: the answer breaks off and has
// no trailer, and one of which nothing was sent yet is refused.
func TestATableThatIsCutOffIsNoTable(t *testing.T) {
	t.Parallel()
	d := newDrawnStudy(t, 3)
	server := httptest.NewServer(d.server)
	t.Cleanup(server.Close)
	plain := d.table(t, server, "attendance", "identity")
	sum := fmt.Sprintf("%x", sha256.Sum256(plain.body))
	if plain.err != nil || plain.StatusCode != http.StatusOK || plain.Trailer.Get("Holon-Rows") != "480" || plain.Trailer.Get("Holon-Sha256") != sum || plain.Header.Get("Content-Encoding") != "" {
		t.Errorf("%d, %v, trailer %v, headers %v, the bytes have %s", plain.StatusCode, plain.err, plain.Trailer, plain.Header, sum)
	}
	small := d.table(t, server, "attendance", "gzip")
	z, err := gzip.NewReader(strings.NewReader(string(small.body)))
	if err != nil {
		t.Fatal(err)
	}
	if whole, err := io.ReadAll(z); err != nil || string(whole) != string(plain.body) || small.Trailer.Get("Holon-Sha256") != sum || len(small.body) >= len(plain.body)/2 {
		t.Errorf("compressed: %v, %d bytes of %d, trailer %v", err, len(small.body), len(plain.body), small.Trailer)
	}

	all := store.Collections()
	groups := all[slices.IndexFunc(all, func(c store.Collection) bool { return c.Name == "frozen_groups" })]
	if err := d.engine.Delete(t.Context(), groups, d.snapshot+"."+string(d.groups[2]), 1); err != nil {
		t.Fatal(err)
	}
	for _, encoding := range []string{"identity", "gzip"} {
		cut := d.table(t, server, "attendance", encoding)
		if cut.err == nil || cut.Trailer.Get("Holon-Sha256") != "" || cut.Trailer.Get("Holon-Rows") != "" {
			t.Errorf("%s: a table without its end was read to an end: %d bytes, trailer %v", encoding, len(cut.body), cut.Trailer)
		}
		refused := d.table(t, server, "groups", encoding)
		if refused.err != nil || refused.StatusCode < 400 || refused.Header.Get("Content-Type") != "application/problem+json" || refused.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: of a few rows: %d %s, %v", encoding, refused.StatusCode, refused.Header.Get("Content-Type"), refused.err)
		}
	}
}

// TestATableAsLinesSaysItsSumTwice pulls lines of JSON: the last one says rows and hash of
// those before it, and so do the fields after the body.
func TestATableAsLinesSaysItsSumTwice(t *testing.T) {
	t.Parallel()
	d := newDrawnStudy(t, 2)
	server := httptest.NewServer(d.server)
	t.Cleanup(server.Close)
	got := d.table(t, server, "attendance?format=ndjson", "identity")
	at := strings.LastIndex(strings.TrimSuffix(string(got.body), "\n"), "\n") + 1
	var last struct {
		Trailer struct {
			Rows   int    `json:"rows"`
			SHA256 string `json:"sha256"`
		} `json:"trailer"`
	}
	if err := json.Unmarshal(got.body[at:], &last); err != nil || got.err != nil {
		t.Fatal(err, got.err)
	}
	sum := fmt.Sprintf("%x", sha256.Sum256(got.body[:at]))
	if last.Trailer.Rows != 320 || last.Trailer.SHA256 != sum || got.Trailer.Get("Holon-Rows") != "320" || got.Trailer.Get("Holon-Sha256") != sum {
		t.Errorf("the last line says %+v, the fields %v, the bytes before have %s", last, got.Trailer, sum)
	}
}

// TestTheContractNamesEveryTable holds the contract's list against the tables there are.
func TestTheContractNamesEveryTable(t *testing.T) {
	t.Parallel()
	for _, table := range tables.All() {
		if !httpapi.GetSnapshotTableParamsTable(table.Name).Valid() {
			t.Errorf("the contract does not name %s", table.Name)
		}
	}
}
