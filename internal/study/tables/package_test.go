package tables_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/studytest"
	"holon/internal/study/tables"
)

// everybody consents.
func everybody(session.MemberID) bool { return true }

// frozen draws a study of cohesion, alliance and outcome and freezes it.
func frozen(tb testing.TB, d studytest.Design, consents func(session.MemberID) bool) *studytest.Frozen {
	tb.Helper()
	drawn := studytest.Draw(tb, d)
	return drawn.Freeze(tb, drawn.Study(tb, studytest.Cohesion(), studytest.Alliance(), studytest.Outcome()), consents)
}

// input is the whole snapshot without numbers.
func input(f *studytest.Frozen) tables.Input {
	return tables.Input{Study: f.Study, Snapshot: f.Snapshot, Selection: study.Everything(), Groups: f, Definition: f.Definition}
}

// released adds the numbers of a release to an input.
func released(tb testing.TB, f *studytest.Frozen, level study.Level, rq aggregate.Request) tables.Input {
	tb.Helper()
	in := input(f)
	figures, keys, err := aggregate.Tabulate(tb.Context(), aggregate.InMemory(f), f.Study, rq)
	if err != nil {
		tb.Fatal(err)
	}
	in.Records = aggregate.Disclose(figures, level, f.Study.Threshold)
	in.Release = &study.Release{ID: "re-test", Study: f.Study.ID, Snapshot: f.Snapshot.ID, Selection: in.Selection.Name, SelectedBy: in.Selection.SHA256, Level: level, Number: 1, Questions: keys, Records: len(in.Records)}
	return in
}

// packed returns the files of a package, by name, and its bytes.
func packed(tb testing.TB, in tables.Input) (files map[string][]byte, whole []byte) {
	tb.Helper()
	var out bytes.Buffer
	if _, err := tables.Package(tb.Context(), &out, in, tb.TempDir()); err != nil {
		tb.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		tb.Fatal(err)
	}
	files = map[string][]byte{}
	for _, f := range z.File {
		if f.Modified.Year() != 1980 {
			tb.Errorf("%s is of %v: a time of its own changes the bytes", f.Name, f.Modified)
		}
		r, err := f.Open()
		if err != nil {
			tb.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			tb.Fatal(err)
		}
	}
	return files, out.Bytes()
}

// unpacked writes a package's files into a directory.
func unpacked(tb testing.TB, in tables.Input) string {
	tb.Helper()
	dir := tb.TempDir()
	files, _ := packed(tb, in)
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}
