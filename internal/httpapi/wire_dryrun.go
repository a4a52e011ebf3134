package httpapi

import (
	"holon/internal/practice"
	"holon/internal/study"
	"holon/internal/study/aggregate"
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

// tablesWire says what each level of release yields.
func tablesWire(s *study.Study, c *aggregate.Counts) []ReleaseTable {
	out := []ReleaseTable{{Level: ReleaseLevel(study.Aggregate), Table: "records", Yielded: true}}
	for _, name := range []string{"therapy_groups", "families"} {
		t := ReleaseTable{Level: ReleaseLevel(study.Controlled), Table: name, Yielded: true}
		switch {
		case s.Release != study.Controlled:
			t.Yielded, t.Reason = false, new("aggregate_only")
		case name == "families" && c.Families < s.Threshold:
			t.Yielded, t.Reason = false, new("fewer_families_than_the_threshold")
		case name == "therapy_groups" && c.TherapyGroups < study.LeastGroups:
			t.Yielded, t.Reason = false, new("fewer_than_three_groups")
		}
		out = append(out, t)
	}
	return out
}
