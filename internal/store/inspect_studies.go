package store

import (
	"context"
	"fmt"
	"strings"

	"holon/internal/fault"
	"holon/internal/session"
	"holon/internal/study"
)

// studySteps look at studies and what is frozen for them.
func (n *inspection) studySteps() []func(context.Context) error {
	return []func(context.Context) error{
		func(ctx context.Context) error { return inspectVersioned(ctx, n, studyShape(), n.study) },
		n.studyKeys,
		n.consents,
		n.snapshots,
		n.frozenRows,
		n.wholeSnapshots,
		n.releases,
	}
}

// study looks for the groups that a study names.
func (n *inspection) study(ctx context.Context, s *study.Study) error {
	for _, g := range s.Groups {
		there, err := n.stored(ctx, documentName(groupsCollection(), string(g)))
		if err != nil {
			return err
		}
		if !there {
			n.report("group_missing", studiesCollection().Name, string(s.ID), "Its group "+string(g)+" is not stored.")
		}
	}
	return nil
}

// ofStudy reports a document whose study is not stored.
func (n *inspection) ofStudy(ctx context.Context, c Collection, document string, id study.ID) error {
	there, err := n.stored(ctx, documentName(studiesCollection(), string(id)))
	if err == nil && !there {
		n.report("study_missing", c.Name, document, "Its study "+string(id)+" is not stored.")
	}
	return err
}

// studyKeys reads the keys of pseudonyms.
func (n *inspection) studyKeys(ctx context.Context) error {
	c := studyKeysCollection()
	return inspectRecords(ctx, n, c, func(d Document) error {
		if _, err := readStudyKey(d); err != nil {
			return err
		}
		return n.ofStudy(ctx, c, d.ID, study.ID(d.ID))
	})
}

// consents reads what members said, and looks for them and their studies.
func (n *inspection) consents(ctx context.Context) error {
	c := consentsCollection()
	return inspectRecords(ctx, n, c, func(d Document) error {
		x, err := readConsent(d)
		if err != nil {
			return err
		}
		there, err := n.stored(ctx, documentName(membersCollection(), string(x.Member)))
		if err != nil {
			return err
		}
		if !there {
			n.report("member_missing", c.Name, d.ID, "The member "+string(x.Member)+" is not stored.")
		}
		return n.ofStudy(ctx, c, d.ID, x.Study)
	})
}

// snapshots reads what is frozen, and keeps what is to be compared with the rows.
func (n *inspection) snapshots(ctx context.Context) error {
	c := snapshotsCollection()
	n.frozen = map[study.SnapshotID]*study.Snapshot{}
	return inspectRecords(ctx, n, c, func(d Document) error {
		s, err := readSnapshot(d)
		if err != nil {
			return err
		}
		s.Members = nil
		n.frozen[s.ID] = s
		if s.State == study.Filling {
			n.report("snapshot_unfinished", c.Name, d.ID, "It is not whole. If it is not being taken just now, its taking was cut off: take a new one.")
		}
		return n.ofStudy(ctx, c, d.ID, s.Study)
	})
}

// frozenRows reads the rows of snapshots, and looks for whose they are.
func (n *inspection) frozenRows(ctx context.Context) error {
	n.frozenSessions = map[session.GroupID]int{}
	f := NewFrozen(n.engine)
	dec := newDecoder(everyLevel)
	err := inspectRecords(ctx, n, frozenGroupsCollection(), func(d Document) error {
		if _, err := f.groups.restore(ctx, dec, d); err != nil {
			return err
		}
		return n.rowOf(ctx, frozenGroupsCollection(), d)
	})
	if err != nil {
		return err
	}
	return inspectRecords(ctx, n, frozenSessionsCollection(), func(d Document) error {
		s, err := f.sessions.restore(ctx, dec, d)
		if err != nil {
			return err
		}
		n.frozenSessions[s.GroupID]++
		return n.rowOf(ctx, frozenSessionsCollection(), d)
	})
}

// rowOf reports a row of a snapshot that is not stored or has ended. Beside a
// writer, the rows may go just now.
func (n *inspection) rowOf(ctx context.Context, c Collection, d Document) error {
	id, _, _ := strings.Cut(d.ID, ".")
	s := n.frozen[study.SnapshotID(id)]
	if s != nil && s.State != study.Ended {
		return nil
	}
	there, err := n.stored(ctx, documentName(snapshotsCollection(), id))
	if err != nil {
		return err
	}
	if s == nil && there {
		return nil // it is newer than this look at it, or damaged, which was told
	}
	if _, err := n.engine.Get(ctx, c, d.ID, []string{}); err != nil {
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		return err
	}
	why := "is not stored"
	if there {
		why = "has ended"
	}
	n.report("rows_without_snapshot", c.Name, d.ID, "The snapshot "+id+" that this is a row of "+why+".")
	return nil
}

// wholeSnapshots reports frozen snapshots whose rows are not all there.
func (n *inspection) wholeSnapshots(ctx context.Context) error {
	for id, s := range n.frozen {
		if s.State != study.Frozen {
			continue
		}
		missing := 0
		for _, g := range s.Groups {
			whole, err := n.wholeGroup(ctx, id, g)
			if err != nil {
				return err
			}
			if !whole {
				missing++
			}
		}
		if missing == 0 {
			continue
		}
		if now, err := NewSnapshots(n.engine).Get(ctx, id); err != nil || now.State == study.Ended {
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			continue // it ended since
		}
		n.report("snapshot_rows_missing", snapshotsCollection().Name, string(id), fmt.Sprintf("Of %d of its %d groups the rows are missing or too few: it cannot be read. Take a new one.", missing, len(s.Groups)))
	}
	return nil
}

// wholeGroup tells whether a frozen group and all its sessions are there. What was
// not met is asked for once more: it may be new.
func (n *inspection) wholeGroup(ctx context.Context, id study.SnapshotID, g study.FrozenGroup) (bool, error) {
	stored := within(id, g.ID)
	there, err := n.stored(ctx, documentName(frozenGroupsCollection(), string(stored)))
	if err != nil || !there {
		return false, err
	}
	if n.frozenSessions[stored] == g.Sessions {
		return true, nil
	}
	again := 0
	q := Query{Collection: frozenSessionsCollection(), Index: "number", Equal: []any{string(stored)}, Fields: []string{}}
	for _, err := range n.engine.Query(ctx, q) {
		if err != nil {
			return false, err
		}
		again++
	}
	return again == g.Sessions, nil
}

// releases reads what was released, and looks for the snapshots it was made of.
func (n *inspection) releases(ctx context.Context) error {
	c := releasesCollection()
	return inspectRecords(ctx, n, c, func(d Document) error {
		x, err := readRelease(d)
		if err != nil {
			return err
		}
		there, err := n.stored(ctx, documentName(snapshotsCollection(), string(x.Snapshot)))
		if err != nil {
			return err
		}
		if !there {
			n.report("snapshot_missing", c.Name, d.ID, "The snapshot "+string(x.Snapshot)+" that it was made of is not stored.")
		}
		if s := n.frozen[x.Snapshot]; s != nil && s.State == study.Ended && x.WithdrawnBy == "" {
			n.report("release_not_withdrawn", c.Name, d.ID, "The snapshot "+string(x.Snapshot)+" that it was made of has ended. Carry the redaction out again: the command redactions replay, from what redactions export writes.")
		}
		return n.ofStudy(ctx, c, d.ID, x.Study)
	})
}
