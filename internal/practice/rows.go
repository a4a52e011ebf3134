package practice

import (
	"context"

	"holon/internal/access"
	"holon/internal/session"
	"holon/internal/study"
)

// Rows is what a package of pseudonymous rows is made of.
type Rows struct {
	Whole     *FrozenRecords // the snapshot, from which its content can be checked
	Selection study.Selection
	Release   *study.Release // whose numbers go with the rows; nil: none
}

// Rows asks the policy whether rows of a snapshot may be had, and looks for an
// agreement that lets who asks have them today. release is empty where no numbers
// are to go with them.
func (p *Practice) Rows(ctx context.Context, rq Request, id study.ID, snapshot study.SnapshotID, selection session.Code, release study.ReleaseID) (*Rows, error) {
	chosen, err := p.frozenRecords(ctx, rq, access.ReadRows, id, snapshot, selection)
	if err != nil {
		return nil, err
	}
	if err := p.mayHave(rq, chosen.Study, study.Controlled); err != nil {
		return nil, err
	}
	out := &Rows{Selection: chosen.Selection}
	everything := study.Everything()
	if out.Whole, err = p.frozenRecords(ctx, rq, access.ReadRows, id, snapshot, everything.Name); err != nil {
		return nil, err
	}
	if release != "" {
		if out.Release, err = p.RecordsOf(ctx, rq, id, release); err != nil {
			return nil, err
		}
	}
	if rq.Principal.Study != "" && chosen.Study.RowsGiven == nil {
		_, err = p.reviseStudy(ctx, rq, id, access.ReadRows, atAny(), "rows_given", func(_ context.Context, s *study.Study) error {
			if s.RowsGiven == nil {
				s.RowsGiven = new(session.Millis(p.now()))
			}
			return nil
		})
	}
	return out, err
}
