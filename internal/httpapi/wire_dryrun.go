package httpapi

import (
	"holon/internal/practice"
	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/tables"
)

// dryRunWire writes what a selection would hold.
func dryRunWire(r *practice.FrozenRecords, c *aggregate.Counts) DryRun {
	return DryRun{
		SnapshotID: string(r.Snapshot.ID), SnapshotSha256: r.Snapshot.SHA256, Selection: string(r.Selection.Name), SelectionSha256: r.Selection.SHA256,
		Counts:   StudyCounts{Groups: wide(c.Groups), Members: wide(c.Members), Therapists: wide(c.Therapists), Sessions: wide(c.Sessions), Ratings: wide(c.Ratings)},
		Excluded: each(c.Excluded, excludedWire),
		Measures: each(c.Measures, func(m aggregate.MeasureCounts) DryRunMeasure {
			return DryRunMeasure{
				Kind: DryRunMeasureKind(m.Kind), Level: string(m.Level), Measure: m.Measure, Groups: wide(m.Groups), Members: wide(m.Members),
				Sessions: wide(m.Sessions), Scores: wide(m.Scores), Missing: each(m.Missing, excludedWire),
			}
		}),
		GroupSizes: GroupSizes{Mean: c.SizeMean, Smallest: wide(c.SizeMin), Largest: wide(c.SizeMax)}, Turnover: c.Turnover,
		Tables: tablesWire(r.Study, c),
	}
}

// excludedWire writes how much is left out for a reason.
func excludedWire(x aggregate.Excluded) StudyLeftOut {
	return StudyLeftOut{What: x.What, Reason: x.Reason, N: wide(x.N)}
}

// tablesWire says what each level of release yields: the tables of the package by name, once
// for each kind of group that the selection holds.
func tablesWire(s *study.Study, c *aggregate.Counts) []ReleaseTable {
	out := []ReleaseTable{{Level: ReleaseLevel(study.Aggregate), Table: "records", Yielded: true}}
	for _, x := range tables.All() {
		if x.Name == tables.Measures || x.Name == tables.Analyses { // rows of no group
			out = append(out, rowsOf(s, x.Name, nil))
			continue
		}
		if c.TherapyGroups > 0 {
			out = append(out, rowsOf(s, x.Name, new(ReleaseTableKind(aggregate.TherapyGroups))))
		}
		if c.Families > 0 {
			t := rowsOf(s, x.Name, new(ReleaseTableKind(aggregate.Families)))
			if t.Yielded && c.Families < s.Threshold {
				t.Yielded, t.Reason = false, new(tables.FewFamilies)
			}
			out = append(out, t)
		}
	}
	return out
}

// rowsOf says whether rows of a table can be had.
func rowsOf(s *study.Study, name tables.Name, kind *ReleaseTableKind) ReleaseTable {
	t := ReleaseTable{Level: ReleaseLevel(study.Controlled), Table: string(name), Kind: kind, Yielded: true}
	if s.Release != study.Controlled {
		t.Yielded, t.Reason = false, new("aggregate_only")
	}
	return t
}
