package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"holon/internal/fault"
	"holon/internal/httpapi"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/tables"
)

// studySnapshot takes a snapshot.
type studySnapshot struct {
	studyFlags
	Study string `arg:"" help:"The study's identifier."`
}

// Run takes it and prints what it holds.
func (c studySnapshot) Run(p *program) error {
	return c.of(p, c.Study, func(ctx context.Context, cases *practice.Practice, rq practice.Request) error {
		taking, _, err := cases.TakeSnapshot(ctx, rq, study.ID(c.Study))
		if err != nil {
			return err
		}
		s, err := taking.Take(ctx, nil)
		if err != nil {
			return err
		}
		if err := p.tell("%s\nContent (SHA-256): %s\nGroups: %d, members: %d, sessions: %d, ratings: %d", s.ID, s.SHA256, s.Counts.Groups, s.Counts.Members, s.Counts.Sessions, s.Counts.Ratings); err != nil {
			return err
		}
		for _, l := range s.Left {
			if err := p.tell("Left out: %d %s (%s)", l.N, l.What, l.Reason); err != nil {
				return err
			}
		}
		return nil
	})
}

// studyRelease computes numbers.
type studyRelease struct {
	studyFlags
	Study     string   `arg:"" help:"The study's identifier."`
	Snapshot  string   `arg:"" help:"The snapshot's identifier."`
	Selection string   `help:"A saved selection." default:"everything" placeholder:"NAME"`
	Level     string   `help:"Rounded numbers about many people, or exact ones for who has an agreement." enum:"aggregate,controlled" default:"aggregate" placeholder:"LEVEL"`
	Analyses  []string `help:"Only these analyses." placeholder:"NAME"`
}

// Run computes them, keeps those that may leave and prints the release.
func (c studyRelease) Run(p *program) error {
	return c.of(p, c.Study, func(ctx context.Context, cases *practice.Practice, rq practice.Request) error {
		x, _, err := cases.Release(ctx, rq, study.ID(c.Study), study.SnapshotID(c.Snapshot), session.Code(c.Selection), study.Level(c.Level), c.Analyses)
		if err != nil {
			return err
		}
		if err := httpapi.ReleaseNumbers(ctx, cases, x, nil); err != nil {
			return err
		}
		r, err := cases.ReleaseOf(ctx, rq, study.ID(c.Study), x.ID)
		if err != nil {
			return err
		}
		return p.tell("%s\nRecords: %d, SHA-256: %s", r.ID, r.Records, r.SHA256)
	})
}

// studyRecords prints a release.
type studyRecords struct {
	studyFlags
	Study   string `arg:"" help:"The study's identifier."`
	Release string `arg:"" help:"The release's identifier."`
	Out     string `help:"File to write; - is standard output." default:"-" placeholder:"FILE"`
}

// Run writes its lines, the very bytes that were kept.
func (c studyRecords) Run(p *program) error {
	return c.of(p, c.Study, func(ctx context.Context, cases *practice.Practice, rq practice.Request) error {
		r, err := cases.RecordsOf(ctx, rq, study.ID(c.Study), study.ReleaseID(c.Release))
		if err != nil {
			return err
		}
		if c.Out == "-" {
			_, err := p.stdout.Write(r.Body)
			return err
		}
		return intoFile(c.Out, func(w io.Writer) error { _, err := io.Copy(w, bytes.NewReader(r.Body)); return err })
	})
}

// studyPackage writes rows.
type studyPackage struct {
	studyFlags
	Study     string `arg:"" help:"The study's identifier."`
	Snapshot  string `arg:"" help:"The snapshot's identifier."`
	Selection string `help:"A saved selection." default:"everything" placeholder:"NAME"`
	Release   string `help:"The release whose numbers go along." placeholder:"ID"`
	Out       string `required:"" help:"File to write; one that is there is not overwritten." placeholder:"FILE" type:"path"`
}

// Run writes the package.
func (c studyPackage) Run(p *program) error {
	return c.of(p, c.Study, func(ctx context.Context, cases *practice.Practice, rq practice.Request) error {
		rows, err := cases.Rows(ctx, rq, study.ID(c.Study), study.SnapshotID(c.Snapshot), session.Code(c.Selection), study.ReleaseID(c.Release))
		if err != nil {
			return err
		}
		return intoFile(c.Out, func(w io.Writer) error { return httpapi.WritePackage(ctx, w, rows) })
	})
}

// studyTable prints one table.
type studyTable struct {
	studyFlags
	Study     string `arg:"" help:"The study's identifier."`
	Snapshot  string `arg:"" help:"The snapshot's identifier."`
	Table     string `arg:"" help:"The table's name, as docs/study-exports.md lists them; numbers are no table but in a release."`
	Selection string `help:"A saved selection." default:"everything" placeholder:"NAME"`
	Format    string `help:"CSV, or lines of JSON with a trailer." enum:"csv,ndjson" default:"csv" placeholder:"FORMAT"`
	Out       string `help:"File to write; - is standard output." default:"-" placeholder:"FILE"`
}

// Run writes its rows, and says on standard error how many they are.
func (c studyTable) Run(p *program) error {
	return c.of(p, c.Study, func(ctx context.Context, cases *practice.Practice, rq practice.Request) error {
		if err := tables.CheckOfSnapshot(tables.Name(c.Table)); err != nil {
			return err
		}
		rows, err := cases.Rows(ctx, rq, study.ID(c.Study), study.SnapshotID(c.Snapshot), session.Code(c.Selection), "")
		if err != nil {
			return err
		}
		var trailer tables.Trailer
		write := func(w io.Writer) (err error) {
			trailer, err = httpapi.WriteTable(ctx, w, rows, tables.Name(c.Table), tables.Format(c.Format))
			return err
		}
		if c.Out == "-" {
			err = write(p.stdout)
		} else {
			err = intoFile(c.Out, write)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stderr, "Rows: %d, SHA-256: %s\n", trailer.Rows, trailer.SHA256)
		return err
	})
}

// intoFile writes a new file that only this user may read; one that could not be
// written to its end is not left behind.
func intoFile(name string, write func(w io.Writer) error) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the person at the keyboard names it
	if err != nil {
		return fault.Wrap(fault.Invalid, "file_not_made", "The file cannot be made: it is there already, or you may not write there.", err)
	}
	err = errors.Join(write(file), file.Close())
	if err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}
