package pool

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"holon/internal/analysis"
	"holon/internal/caveat"
	"holon/internal/fault"
	"holon/internal/multilevel"
	"holon/internal/multilevel/totals"
	"holon/internal/session"
)

// Named is a file with the name by which whoever reads the answer knows it.
type Named struct {
	Name string
	File *File
}

// Question says how pooled totals are tested.
type Question struct {
	Bound    float64 // the group share that would matter; 0 means .05
	PlanICC  float64 // the true ICC to plan for; 0 means .10
	Detail   analysis.Detail
	Draws    int
	Seed     uint64
	Progress analysis.Progress
}

// Test pools the files and tests the group level of all their ratings. Files of
// different measures, and a file that came twice, are refused.
func Test(ctx context.Context, files []Named, q Question) (analysis.Report, error) {
	if len(files) == 0 {
		return analysis.Report{}, fault.New(fault.Invalid, "no_files", "Name one file of totals, or several.")
	}
	if err := mixable(files); err != nil {
		return analysis.Report{}, err
	}
	// The order in which files are named has no say in the last digit.
	files = slices.SortedFunc(slices.Values(files), func(a, b Named) int { return cmp.Compare(a.File.SHA256, b.File.SHA256) })
	tables := make([]totals.Table, len(files))
	hash := sha256.New()
	for i, f := range files {
		tables[i] = f.File.table()
		_, _ = fmt.Fprintln(hash, f.File.SHA256) // a hash takes everything
	}
	pooled := totals.Pool(tables)
	if pooled.Ratings() > mostRatings {
		return analysis.Report{}, fault.New(fault.TooLarge, "too_many_ratings", "The files have more than a billion ratings together.")
	}
	first := files[0].File
	return analysis.GroupLevelOfTotals(ctx, &analysis.Totalled{
		Input:   analysis.Input{SHA256: hex.EncodeToString(hash.Sum(nil)), Rows: pooled.Ratings()},
		Outcome: first.Outcome, Subject: first.subject(), Counts: counts(files, &pooled), Table: pooled, Estimand: first.Estimand,
		Remarks: remarks(files), Bound: q.Bound, PlanICC: q.PlanICC, Detail: q.Detail, Draws: q.Draws, Seed: q.Seed, Progress: q.Progress,
	})
}

// mixable refuses files that are not of one question, or the same one twice.
func mixable(files []Named) error {
	var faults fault.List
	first := files[0]
	contents := map[string]string{}
	ids := map[string]string{}
	for i, f := range files {
		if i > 0 {
			f.differs(&faults, first)
		}
		if other, seen := ids[f.File.ID]; seen {
			faults.Add(f.Name+"/id", "same_file_twice", "This is the same file as "+other+". Name it once.")
			continue
		}
		sum, err := f.File.contents()
		if err != nil {
			return err
		}
		if other, seen := contents[sum]; seen {
			faults.Add(f.Name, "same_contents", "This file says what "+other+" says, to the last digit: the same groups would count twice.")
		}
		ids[f.File.ID], contents[sum] = f.Name, f.Name
	}
	return faults.Err()
}

// differs notes in what a file is not of the same question as the first.
func (f Named) differs(faults *fault.List, first Named) {
	a, b := first.File, f.File
	not := func(key, rule, detail string) {
		faults.Add(f.Name+"/"+key, rule, detail+" First came: "+first.Name+".")
	}
	if a.Outcome != b.Outcome {
		not("outcome", "other_measure", "Another measure than that of the first file. Only one and the same can be pooled.")
	} else if !reflect.DeepEqual(a.Measure, b.Measure) {
		not("measure", "other_measure", "Another measure than that of the first file: instrument and version, score, rater, occasion and composition must be the same.")
	}
	if !slices.Equal(a.Kinds, b.Kinds) {
		not("group_kinds", "other_kinds", "Other kinds of groups than in the first file: a difference found could be that between the kinds.")
	}
	if a.Structure != b.Structure {
		not("structure", "other_structure", "The ratings lie in another structure than those of the first file. One session of each group gives every practice the same structure.")
	} else if a.Estimand != b.Estimand {
		not("estimand", "other_estimand", "In one of the two files each group was rated in one session, in the other in none: evenings are in the differences of one only.")
	}
	if a.Sessions != b.Sessions {
		not("sessions", "other_sessions", "Other sessions were chosen than in the first file.")
	}
}

// counts says how much goes in and what was left out, as far as it is told.
func counts(files []Named, pooled *totals.Table) analysis.Counts {
	c := analysis.Counts{Groups: pooled.Groups(), Ratings: pooled.Ratings()}
	sessions := 0
	for i := range pooled.Shapes {
		s := &pooled.Shapes[i]
		c.Members += s.Groups * s.Members
		sessions += s.Groups * s.Sessions
	}
	if files[0].File.Estimand == multilevel.GroupPlusSession || pooled.Crossed {
		c.Sessions = &sessions
	}
	var left multilevel.Exclusions
	for _, f := range files {
		left.Add("groups_incomplete", orNone(f.File.LeftOut.Incomplete.Groups))
		left.Add("groups_withheld", orNone(f.File.LeftOut.CellRule.Groups))
	}
	c.Excluded = left.List()
	return c
}

// orNone returns a number that may not be told.
func orNone(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// remarks are what must be said of totals.
func remarks(files []Named) caveat.Set {
	var out caveat.Set
	n := len(files)
	out.Add("pooled_from_totals", fmt.Sprintf("Totals of %d %s were pooled; nobody's ratings were. The numbers are those of all their ratings in one table. "+
		"Predictions of single groups, members and sessions, the reliability of each group's mean, a permutation of members, and whether ratings crowd at one end of the scale need the ratings themselves. "+
		"Whether two files hold the same groups, or one person is in several of them, cannot be seen.", n, plural(n, "practice")))
	out.Add("groups_left_out", "Groups that the totals leave out are in no number: "+leftOut(files)+
		" Sizes of which a practice has few groups are missing more often than others; if groups of such sizes differ more or less from each other, the answer is about the others.")
	if kinds := files[0].File.Kinds; slices.Contains(kinds, session.KindFamily) && slices.Contains(kinds, session.KindCouple) {
		out.Add("families_and_couples", "Families and couples are in one table; a difference found may partly be that between the two.")
	}
	return out
}

// leftOut says how many groups are left out, as far as files tell.
func leftOut(files []Named) string {
	var parts []string
	for _, of := range []struct {
		why   string
		count func(*File) Count
	}{
		{"because a member was not rated in some session", func(f *File) Count { return f.LeftOut.Incomplete }},
		{"because so few of their shape or so few people would be given away", func(f *File) Count { return f.LeftOut.CellRule }},
	} {
		known, silent := 0, 0
		for _, f := range files {
			c := of.count(f.File)
			known += orNone(c.Groups)
			if c.Groups == nil {
				silent++
			}
		}
		part := fmt.Sprintf("%s %d", of.why, known)
		if silent > 0 {
			part += fmt.Sprintf(", and in %d of %d files fewer than may be told, perhaps none", silent, len(files))
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ") + "."
}
