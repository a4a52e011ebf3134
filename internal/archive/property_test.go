package archive_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson" //nolint:depguard // documents are made here as bytes, and read by nobody
	"pgregory.net/rapid"

	"holon/internal/archive"
	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// Whatever documents a store holds, a backup of it that is restored holds the
// same, and a backup of that is the same to the byte.
func TestABackupOfARestoredBackupIsTheSameBackup(t *testing.T) {
	t.Parallel()
	plain := []string{"instruments", "reports", "audit", "history"} // no unique field is needed
	rapid.Check(t, func(rt *rapid.T) {
		e := openDirOf(t, rt)
		ids := rapid.SliceOfNDistinct(rapid.StringN(1, 12, 40), 0, 12, rapid.ID[string]).Draw(rt, "ids")
		for _, id := range ids {
			c := collection(t, rapid.SampledFrom(plain).Draw(rt, "collection"))
			rev := rapid.Int64Range(1, 1<<40).Draw(rt, "rev")
			content := bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: rev}}
			for _, key := range rapid.SliceOfNDistinct(rapid.StringMatching(`x[a-z.$0-9é]{0,6}`), 0, 4, rapid.ID[string]).Draw(rt, "keys") {
				content = append(content, bson.E{Key: key, Value: value().Draw(rt, "value")})
			}
			body, err := bson.Marshal(content)
			must(t, err)
			must(t, e.Insert(t.Context(), c, store.Document{ID: id, Rev: rev, Body: body}))
		}
		var first, second bytes.Buffer
		_, err := archive.Write(t.Context(), &first, source(e))
		must(t, err)
		into := openDirOf(t, rt)
		path := filepath.Join(tempDir(rt), "b.zip")
		must(t, os.WriteFile(path, first.Bytes(), 0o600))
		must(t, restore(t, path, archive.Keys{}, into))
		_, err = archive.Write(t.Context(), &second, source(into))
		must(t, err)
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			rt.Errorf("%d bytes became %d others", first.Len(), second.Len())
		}
	})
}

// value is any value that a document may hold.
func value() *rapid.Generator[any] {
	return rapid.OneOf(
		rapid.Just[any](nil), rapid.String().AsAny(), rapid.Int32().AsAny(), rapid.Int64().AsAny(), rapid.Float64().AsAny(),
		rapid.Bool().AsAny(), rapid.SliceOfN(rapid.Byte(), 0, 20).AsAny(),
		rapid.Custom(func(t *rapid.T) any { return bson.D{{Key: "in", Value: rapid.Float64().Draw(t, "in")}} }),
		rapid.Custom(func(t *rapid.T) any { return bson.A{rapid.String().Draw(t, "in"), nil} }),
	)
}

// tempDir is a directory of one draw.
func tempDir(rt *rapid.T) string {
	dir, err := os.MkdirTemp("", "holon-archive-")
	if err != nil {
		rt.Fatal(err)
	}
	rt.Cleanup(func() { _ = os.RemoveAll(dir) }) // a temporary one
	return dir
}

// openDirOf opens an empty embedded store, closed when the draw ends.
func openDirOf(t *testing.T, rt *rapid.T) *sqlitestore.Store {
	t.Helper()
	e, err := sqlitestore.Open(t.Context(), sqlitestore.Config{Dir: tempDir(rt), Collections: store.Collections()})
	if err != nil {
		rt.Fatal(err)
	}
	rt.Cleanup(func() { must(t, e.Close()) })
	return e
}

// FuzzOpen looks for bytes that are neither read nor refused.
func FuzzOpen(f *testing.F) {
	e := openDir(f, f.TempDir())
	fill(f, e, 1, 1)
	var b bytes.Buffer
	_, err := archive.Write(f.Context(), &b, source(e))
	must(f, err)
	f.Add(b.Bytes())
	f.Add([]byte("age-encryption.org/v1\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		_, err := check(t, file, archive.Keys{})
		if err != nil {
			wantInvalid(t, "these bytes", err)
		}
	})
}
