package tables

import (
	"archive/zip"
	"bufio"
	"context"
	"io"
	"os"
	"time"

	"holon/internal/fault"
)

// Packed is what a package holds.
type Packed struct {
	Tables map[Name]Trailer
	Bytes  int64 // of the package
}

// Package writes all tables as one package into w: a zip of a Frictionless Data
// Package. The same input gives the same bytes. Rows are kept in files below dir
// (empty: where the system keeps such), which only this user can read and which
// are gone when it returns; nothing is written into w before the last row is
// there, so that what fails fails before the first byte.
func Package(ctx context.Context, w io.Writer, in Input, dir string) (Packed, error) {
	if err := in.check(); err != nil {
		return Packed{}, err
	}
	s := &spool{dir: dir, files: map[Name]*spooled{}}
	defer s.close()
	for _, t := range All() {
		if err := s.open(t); err != nil {
			return Packed{}, err
		}
	}
	e, err := newExport(ctx, &in, func(name Name) *writer { return s.files[name].rows })
	if err != nil {
		return Packed{}, err
	}
	if err := e.run(ctx); err != nil {
		return Packed{}, err
	}
	out := Packed{Tables: map[Name]Trailer{}}
	for name, f := range s.files {
		if out.Tables[name], err = f.end(); err != nil {
			return Packed{}, err
		}
	}
	counted := &counter{to: w}
	if err := e.pack(ctx, counted, s, out.Tables); err != nil {
		return Packed{}, err
	}
	out.Bytes = counted.n
	return out, nil
}

// counter counts what is passed on.
type counter struct {
	to io.Writer
	n  int64
}

// Write passes bytes on.
func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += int64(n)
	return n, err
}

// spool keeps the rows of all tables until all are there.
type spool struct {
	dir   string
	files map[Name]*spooled
}

// spooled keeps the rows of one table.
type spooled struct {
	file *os.File
	out  *bufio.Writer
	rows *writer
}

// open begins a table.
func (s *spool) open(t Table) error {
	file, err := os.CreateTemp(s.dir, ".holon-export-*") // readable by this user alone
	if err != nil {
		return unwritten(err)
	}
	f := &spooled{file: file, out: bufio.NewWriter(file)}
	s.files[t.Name] = f
	f.rows, err = newWriter(f.out, t, CSV)
	return err
}

// close removes what was kept.
func (s *spool) close() {
	for _, f := range s.files {
		_ = f.file.Close()           // nothing of it is wanted any more
		_ = os.Remove(f.file.Name()) // likewise
	}
}

// end finishes a table's rows and goes back to the first.
func (f *spooled) end() (Trailer, error) {
	t, err := f.rows.end()
	if err != nil {
		return t, err
	}
	if err := f.out.Flush(); err != nil {
		return t, unwritten(err)
	}
	if _, err := f.file.Seek(0, io.SeekStart); err != nil {
		return t, unwritten(err)
	}
	return t, nil
}

// zipTime stands for the time of every file, so that the same rows give the same
// bytes: the first that a zip can say.
func zipTime() time.Time { return time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) }

// pack writes the zip: the description first, then the tables, what explains them
// and what reads them.
func (e *export) pack(ctx context.Context, w io.Writer, s *spool, made map[Name]Trailer) error {
	z := zip.NewWriter(w)
	texts, err := e.texts(made)
	if err != nil {
		return err
	}
	add := func(name string, from io.Reader) error {
		if err := ctx.Err(); err != nil {
			return fault.Wrap(fault.Unavailable, "export_cancelled", "The export was given up before its end.", err)
		}
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: zipTime()})
		if err == nil {
			_, err = io.Copy(f, from)
		}
		if err != nil {
			return unwritten(err)
		}
		return nil
	}
	for _, t := range texts[:1] {
		if err := add(t.name, t.reader()); err != nil {
			return err
		}
	}
	for _, t := range All() {
		if err := add(fileOf(t.Name), s.files[t.Name].file); err != nil {
			return err
		}
	}
	for _, t := range texts[1:] {
		if err := add(t.name, t.reader()); err != nil {
			return err
		}
	}
	if err := z.Close(); err != nil {
		return unwritten(err)
	}
	return nil
}

// fileOf is the file of a table in a package.
func fileOf(name Name) string { return string(name) + ".csv" }
