package main

import (
	"context"
	"errors"
	"io"
	"os"

	"holon/internal/fault"
	"holon/internal/httpapi"
	"holon/internal/practice"
	"holon/internal/study"
)

// studyCommands are what there is to do about studies without the service.
type studyCommands struct {
	Create     studyCreate     `cmd:"" help:"Make a study from a file."`
	List       studyList       `cmd:"" help:"List studies, their researchers, snapshots and releases."`
	Consents   studyConsents   `cmd:"" help:"Enter what members said about taking part, from a file."`
	Protocol   studyProtocol   `cmd:"" help:"Freeze a study's protocol from a file, once and before the first release."`
	Researcher studyResearcher `cmd:"" help:"Make a researcher's token, which opens one study."`
	End        studyEnd        `cmd:"" help:"End a researcher's token before its last day."`
	Agreement  studyAgreement  `cmd:"" help:"Record an agreement about rows from a file: who may have them, what for and until when."`
	Snapshot   studySnapshot   `cmd:"" help:"Freeze a study's sessions as they are now."`
	Compare    studyCompare    `cmd:"" help:"Say what differs between two snapshots."`
	Select     studySelect     `cmd:"" help:"Save a selection from a file."`
	DryRun     studyDryRun     `cmd:"" help:"Print what a selection holds, before any number is computed."`
	Release    studyRelease    `cmd:"" help:"Compute the numbers of a snapshot, and keep those that may leave."`
	Records    studyRecords    `cmd:"" help:"Print the numbers of a release, a line of JSON each."`
	Package    studyPackage    `cmd:"" help:"Write pseudonymous rows as one package with codebook and scripts."`
	Table      studyTable      `cmd:"" help:"Print the pseudonymous rows of one table of the package."`
	Check      studyCheck      `cmd:"" help:"Read snapshots and compute releases once more, and say whether they agree."`
}

// Help gives the examples.
func (studyCommands) Help() string {
	return `A study is a set of groups under one protocol. Members consent, a snapshot freezes pseudonymous copies of
their sessions, and a release holds the numbers that may leave: docs/studies.md walks through one. Files hold
what the API takes: the bodies of POST /v1/studies and of its consents, protocol, selections and agreements. The
embedded store has one writer, so stop the service first; with MongoDB it may go on.

Examples:
  holon study create study.json
  holon study consents st-3xk2 consents.json
  holon study protocol st-3xk2 protocol.json
  holon study snapshot st-3xk2
  holon study dry-run st-3xk2 sn-4c8d
  holon study release st-3xk2 sn-4c8d
  holon study records st-3xk2 rl-9q1m --out records.ndjson
  holon study researcher st-3xk2 --until 2027-06-30
  holon study agreement st-3xk2 agreement.json
  holon study package st-3xk2 sn-4c8d --release rl-9q1m --out study.zip`
}

// studyFlags open the practice's data.
type studyFlags struct {
	dataFlags
	siteFlags
}

// with opens the practice for one command.
func (f studyFlags) with(p *program, do func(ctx context.Context, cases *practice.Practice, rq practice.Request) error) (err error) {
	cases, engine, err := openPractice(p, f.dataFlags, f.siteFlags)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	return refusal(do(p.ctx, cases, keyboard("study")))
}

// of opens the practice for one command about a study, and names the study where there is
// none of that name.
func (f studyFlags) of(p *program, id string, do func(ctx context.Context, cases *practice.Practice, rq practice.Request) error) error {
	return f.with(p, func(ctx context.Context, cases *practice.Practice, rq practice.Request) error {
		err := do(ctx, cases, rq)
		if fault.RuleOf(err) != "not_found" {
			return err
		}
		if _, there := cases.Study(ctx, rq, study.ID(id)); fault.RuleOf(there) != "not_found" {
			return err // it is something of the study
		}
		return fault.Wrap(fault.NotFound, "no_such_study", "There is no study "+id+". holon study list says which there are.", err)
	})
}

// studyCreate makes a study.
type studyCreate struct {
	studyFlags
	File string `arg:"" help:"The study, as POST /v1/studies takes it." type:"path"`
}

// Run makes it and prints its identifier.
func (c studyCreate) Run(p *program) error {
	in, err := fromFile(c.File, httpapi.ReadStudy)
	if err != nil {
		return err
	}
	return c.with(p, func(ctx context.Context, cases *practice.Practice, rq practice.Request) error {
		s, err := cases.CreateStudy(ctx, rq, in)
		if err != nil {
			return err
		}
		return p.tell("%s", s.ID)
	})
}

// fromFile reads a file that holds what the API takes.
func fromFile[T any](name string, read func(io.Reader) (T, error)) (T, error) {
	file, err := os.Open(name) //nolint:gosec // the person at the keyboard names it
	if err != nil {
		var none T
		return none, unreadableFile(name, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	in, err := read(file)
	if err != nil {
		return in, fileError{err, name}
	}
	return in, nil
}

// studyList lists studies.
type studyList struct{ studyFlags }

// Run prints a line for each study, researcher, snapshot and release.
func (c studyList) Run(p *program) error {
	return c.with(p, func(ctx context.Context, cases *practice.Practice, rq practice.Request) error {
		for pg := (practice.Page{}); ; {
			found, next, err := cases.Studies(ctx, rq, pg)
			if err != nil {
				return err
			}
			for _, s := range found {
				if err := tellStudy(ctx, p, cases, rq, s); err != nil {
					return err
				}
			}
			if next == "" {
				return nil
			}
			pg.After = next
		}
	})
}

// tellStudy prints one study.
func tellStudy(ctx context.Context, p *program, cases *practice.Practice, rq practice.Request, s *study.Study) error {
	bound := "no protocol"
	if s.Protocol != nil {
		bound = "protocol of " + s.Protocol.At.Format("2006-01-02")
	}
	if err := p.tell("%s  %s  groups: %d, measures: %d, %s", s.ID, s.Code, len(s.Groups), len(s.Measures), bound); err != nil {
		return err
	}
	if err := tellResearchers(ctx, p, cases, rq, s.ID); err != nil {
		return err
	}
	_, frozen, err := cases.Snapshots(ctx, rq, s.ID)
	if err != nil {
		return err
	}
	for _, x := range frozen {
		if err := p.tell("  snapshot %s  %s  %s  members: %d, sessions: %d", x.ID, x.TakenAt.Format("2006-01-02 15:04"), x.State, x.Counts.Members, x.Counts.Sessions); err != nil {
			return err
		}
	}
	released, err := cases.Releases(ctx, rq, s.ID)
	if err != nil {
		return err
	}
	for _, r := range released {
		state := string(r.Level)
		if r.WithdrawnBy != "" {
			state = "withdrawn"
		}
		if err := p.tell("  release %s  %s  %s of %s  %s  records: %d", r.ID, r.At.Format("2006-01-02 15:04"), r.Selection, r.Snapshot, state, r.Records); err != nil {
			return err
		}
	}
	return nil
}

// tellResearchers prints to whom tokens of a study were given.
func tellResearchers(ctx context.Context, p *program, cases *practice.Practice, rq practice.Request, id study.ID) error {
	found, err := cases.Researchers(ctx, rq, id)
	if err != nil {
		return err
	}
	for _, x := range found {
		until := "until the end of " + x.ExpiresAt.AddDate(0, 0, -1).Format("2006-01-02")
		if x.Ended != nil {
			until = "ended on " + x.Ended.At.Format("2006-01-02")
		}
		if err := p.tell("  researcher %s  %s", x.Account, until); err != nil {
			return err
		}
	}
	return nil
}

// studyConsents enters what members said.
type studyConsents struct {
	studyFlags
	Study string `arg:"" help:"The study's identifier."`
	File  string `arg:"" help:"What members said, as POST /v1/studies/{study_id}/consents takes it." type:"path"`
}

// Run enters it, a thousand at a time, and prints how many were new.
func (c studyConsents) Run(p *program) error {
	in, err := fromFile(c.File, httpapi.ReadConsents)
	if err != nil {
		return err
	}
	return c.of(p, c.Study, func(ctx context.Context, cases *practice.Practice, rq practice.Request) error {
		n, err := cases.EnterConsents(ctx, rq, study.ID(c.Study), in)
		if err != nil {
			return err
		}
		return p.tell("Entered: %d of %d; the others stood already.", n, len(in))
	})
}

// studyResearcher makes a researcher's token.
type studyResearcher struct {
	studyFlags
	Study string `arg:"" help:"The study's identifier."`
	Until string `required:"" help:"The token's last day." placeholder:"DATE"`
}

// Run makes it and prints it, once.
func (c studyResearcher) Run(p *program) error {
	return c.of(p, c.Study, func(ctx context.Context, cases *practice.Practice, rq practice.Request) error {
		x, err := cases.MakeResearcher(ctx, rq, study.ID(c.Study), c.Until)
		if err != nil {
			return err
		}
		return p.tell("Token of the account %s, shown this once; only its hash is kept:\n  %s", x.Account, x.Token)
	})
}

// studyEnd ends a researcher's token.
type studyEnd struct {
	studyFlags
	Study   string `arg:"" help:"The study's identifier."`
	Account string `arg:"" help:"The researcher's account."`
}

// Run ends it.
func (c studyEnd) Run(p *program) error {
	return c.of(p, c.Study, func(ctx context.Context, cases *practice.Practice, rq practice.Request) error {
		x, err := cases.EndResearcher(ctx, rq, study.ID(c.Study), c.Account)
		if err != nil {
			return err
		}
		return p.tell("The token of %s was ended on %s and opens nothing any more.", x.Account, x.At.Format("2006-01-02"))
	})
}

// studyAgreement records an agreement.
type studyAgreement struct {
	studyFlags
	Study string `arg:"" help:"The study's identifier."`
	File  string `arg:"" help:"The agreement, as POST /v1/studies/{study_id}/agreements takes it." type:"path"`
}

// Help gives an example.
func (studyAgreement) Help() string {
	return `Only a study that was made with "release": "controlled" has rows to agree on. Persons are accounts of researchers,
as holon study researcher prints them.

Examples:
  holon study agreement st-3xk2 agreement.json

An agreement: {"code": "DUA-2026-3", "purpose": "reproduction", "persons": ["researcher-k2m4x7qb1c9d"], "ends_on": "2027-06-30"}`
}

// Run records it and prints its number.
func (c studyAgreement) Run(p *program) error {
	in, err := fromFile(c.File, httpapi.ReadAgreement)
	if err != nil {
		return err
	}
	return c.of(p, c.Study, func(ctx context.Context, cases *practice.Practice, rq practice.Request) error {
		a, err := cases.RecordAgreement(ctx, rq, study.ID(c.Study), in)
		if err != nil {
			return err
		}
		return p.tell("Agreement %d of the study, %s: rows for %s until %s. Accounts: %d", a.Number, a.Code, a.Purpose, a.EndsOn, len(a.Persons))
	})
}
