package main

import (
	"context"

	"holon/internal/httpapi"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/aggregate"
)

// studyProtocol freezes a protocol.
type studyProtocol struct {
	studyFlags
	Study string `arg:"" help:"The study's identifier."`
	File  string `arg:"" help:"The protocol, as POST /v1/studies/{study_id}/protocol takes it." type:"path"`
}

// Run freezes it over the study as it is now.
func (c studyProtocol) Run(p *program) error {
	in, err := fromFile(c.File, httpapi.ReadProtocol)
	if err != nil {
		return err
	}
	return c.of(p, c.Study, func(ctx context.Context, cases *practice.Practice, rq practice.Request) error {
		s, err := cases.Study(ctx, rq, study.ID(c.Study))
		if err != nil {
			return err
		}
		if err := aggregate.CheckPlan(s, in.Planned, cases.Definition); err != nil {
			return err
		}
		if s, err = cases.FreezeProtocol(ctx, rq, s.ID, s.Rev, in); err != nil {
			return err
		}
		return p.tell("Frozen on %s. Planned: the test of the group level of the primary measure, and %d other questions.", s.Protocol.At.Format("2006-01-02"), len(in.Planned))
	})
}

// studySelect saves a selection.
type studySelect struct {
	studyFlags
	Study string `arg:"" help:"The study's identifier."`
	File  string `arg:"" help:"The selection, as POST /v1/studies/{study_id}/selections takes it." type:"path"`
}

// Run saves it and prints its hash.
func (c studySelect) Run(p *program) error {
	in, err := fromFile(c.File, httpapi.ReadSelection)
	if err != nil {
		return err
	}
	return c.of(p, c.Study, func(ctx context.Context, cases *practice.Practice, rq practice.Request) error {
		x, err := cases.SaveSelection(ctx, rq, study.ID(c.Study), in)
		if err != nil {
			return err
		}
		return p.tell("%s  SHA-256: %s", x.Name, x.SHA256)
	})
}

// studyDryRun counts what a selection holds.
type studyDryRun struct {
	studyFlags
	Study     string `arg:"" help:"The study's identifier."`
	Snapshot  string `arg:"" help:"The snapshot's identifier."`
	Selection string `help:"A saved selection." default:"everything" placeholder:"NAME"`
}

// Run prints the counts as one JSON value, those about few people among them: it is the
// practice that asks.
func (c studyDryRun) Run(p *program) error {
	return c.of(p, c.Study, func(ctx context.Context, cases *practice.Practice, rq practice.Request) error {
		x, err := cases.SelectedOf(ctx, rq, study.ID(c.Study), study.SnapshotID(c.Snapshot), session.Code(c.Selection))
		if err != nil {
			return err
		}
		return httpapi.WriteDryRun(ctx, p.stdout, x)
	})
}

// studyCompare compares two snapshots.
type studyCompare struct {
	studyFlags
	Study  string `arg:"" help:"The study's identifier."`
	Before string `arg:"" help:"A snapshot's identifier."`
	After  string `arg:"" help:"Another one's."`
}

// Run prints what differs, and whether numbers of the one would tell about few beside
// those of the other.
func (c studyCompare) Run(p *program) error {
	return c.of(p, c.Study, func(ctx context.Context, cases *practice.Practice, rq practice.Request) error {
		x, err := cases.CompareSnapshots(ctx, rq, study.ID(c.Study), study.SnapshotID(c.Before), study.SnapshotID(c.After))
		if err != nil {
			return err
		}
		if x.Same {
			return p.tell("The two hold the same rows.")
		}
		if err := p.tell("Groups: %d only before, %d only after, %d changed. Members: %d only before, %d only after.",
			len(x.GroupsHere), len(x.GroupsThere), len(x.GroupsChanged), x.MembersHere, x.MembersThere); err != nil {
			return err
		}
		for _, d := range x.Measures {
			if err := p.tell("%s: rows of %d people differ, of %d therapy groups and %d families.", d.Measures, d.People, d.Groups, d.Families); err != nil {
				return err
			}
		}
		return nil
	})
}
