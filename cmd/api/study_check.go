package main

import (
	"context"
	"strings"

	"holon/internal/httpapi"
	"holon/internal/practice"
	"holon/internal/study"
)

// studyCheck computes what left once more.
type studyCheck struct {
	studyFlags
	Study string `arg:"" help:"The study's identifier."`
}

// Run reads every snapshot and computes every release again, says of each whether it
// agrees, and fails in the end where one does not.
func (c studyCheck) Run(p *program) error {
	wrong := false
	err := c.of(p, c.Study, func(ctx context.Context, cases *practice.Practice, rq practice.Request) (err error) {
		id := study.ID(c.Study)
		if wrong, err = checkSnapshots(ctx, p, cases, rq, id); err != nil {
			return err
		}
		released, err := cases.Releases(ctx, rq, id)
		if err != nil {
			return err
		}
		for _, r := range released {
			agrees, err := checkRelease(ctx, p, cases, rq, r)
			if err != nil {
				return err
			}
			wrong = wrong || !agrees
		}
		return nil
	})
	if err == nil && wrong {
		if err = p.tell("What was frozen or released is not what is read or computed now. The lines above say where."); err == nil {
			err = errFindings
		}
	}
	return err
}

// checkSnapshots says of each snapshot whether its rows are still those that were frozen.
func checkSnapshots(ctx context.Context, p *program, cases *practice.Practice, rq practice.Request, id study.ID) (wrong bool, err error) {
	_, frozen, err := cases.Snapshots(ctx, rq, id)
	if err != nil {
		return false, err
	}
	for _, x := range frozen {
		says := string(x.State)
		if x.State == study.Frozen {
			same, err := cases.CheckSnapshot(ctx, rq, id, x.ID)
			if err != nil {
				return wrong, err
			}
			if says = "rows as they were frozen"; !same {
				says, wrong = "OTHER ROWS THAN WERE FROZEN", true
			}
		}
		if err := p.tell("snapshot %s  %s", x.ID, says); err != nil {
			return wrong, err
		}
	}
	return wrong, nil
}

// checkRelease says of a release whether its numbers are still computed from its rows.
func checkRelease(ctx context.Context, p *program, cases *practice.Practice, rq practice.Request, r *study.Release) (agrees bool, err error) {
	if r.WithdrawnBy != "" {
		return true, p.tell("release %s  withdrawn", r.ID)
	}
	kept, again, err := cases.Recompute(ctx, rq, r.Study, r.ID)
	if err != nil {
		return false, err
	}
	found, err := httpapi.CheckRelease(ctx, kept, again)
	if err != nil {
		return false, err
	}
	says := "agreed"
	if !found.Agrees() {
		says = "DIFFERS"
	}
	if err := p.tell("release %s  records: %d  %s", r.ID, found.Records, says); err != nil {
		return false, err
	}
	if len(found.Moved) > 0 {
		if err := p.tell("  not compared, for the method has another version now: %s", strings.Join(found.Moved, ", ")); err != nil {
			return false, err
		}
	}
	for _, d := range found.Differs {
		if err := p.tell("  %s", d); err != nil {
			return false, err
		}
	}
	return found.Agrees(), nil
}
