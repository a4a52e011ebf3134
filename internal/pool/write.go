package pool

import (
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
	"holon/internal/multilevel/totals"
	"holon/internal/session"
)

// Options say how totals are written. The zero value is not useful; see
// DefaultRule.
type Options struct {
	Rule       Rule
	Kind       session.GroupKind // of the groups of a table
	OneSession analysis.Place    // of a table: one session of each group only; empty: all there are
	Earlier    []File            // that were written before; those that can share no rating are not compared
	Random     io.Reader         // where the file's identifier comes from
}

// DefaultRule is the cell rule unless a stricter one is asked for.
func DefaultRule() Rule { return Rule{People: LeastPeople, Groups: LeastGroups} }

// Written is a file with what the practice itself may know of it.
type Written struct {
	File       File
	Withheld   []Withheld
	Incomplete int // groups in which a member was not rated in some session
	Unlike     int // earlier files that are of another measure or other kinds of groups, with which nothing was compared
}

// Withheld is a shape whose totals are not in the file.
type Withheld struct {
	Members, Sessions, Groups int
	Cause                     Cause
}

// Write makes a file of what was gathered. It refuses where there is nothing that
// may be written.
func Write(g *analysis.Gathered, o Options) (*Written, error) {
	if err := o.check(g); err != nil {
		return nil, err
	}
	t := g.Table
	if o.OneSession != "" {
		t.Rows = grouplevel.OneSession(t.Rows, o.OneSession == analysis.Last)
	}
	found := grouplevel.TotalsOf(t, g.Structure, g.Persons)
	if found.Reason != "" {
		return nil, untotalled(&found)
	}
	out := &Written{Incomplete: found.Incomplete}
	out.File = File{
		Version: Version, MethodVersion: analysis.MethodVersion(), Outcome: g.Outcome, Measure: measureOf(g.Subject), Kinds: g.Kinds(),
		Sessions: sessionsOf(g.Session, o.OneSession), Structure: found.Structure, Estimand: found.Estimand, Rule: o.Rule,
	}
	if g.Subject == nil {
		out.File.Kinds = []session.GroupKind{o.Kind}
	}
	for k := range o.Earlier {
		if !out.File.mayShare(&o.Earlier[k]) {
			out.Unlike++
		}
	}
	if err := out.admit(&found, o); err != nil {
		return nil, err
	}
	return out, out.File.sign(o.Random)
}

// check refuses options that make no sense, and rows that no number may be made
// of.
func (o *Options) check(g *analysis.Gathered) error {
	var faults fault.List
	o.Rule.check(&faults, "--least-people", "--least-groups")
	if g.Subject == nil && !o.Kind.Valid() {
		faults.Add("--kind", "unknown_kind", "A group's kind is group, family or couple.")
	}
	if o.OneSession != "" && g.Subject != nil {
		faults.Add("--session", "only_for_tables", "A question about recorded sessions chooses its session itself.")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	if b := g.Objection; b != nil {
		return fault.New(fault.Invalid, string(b.Reason), "No totals can be made of this. "+b.Detail+" "+b.Instead)
	}
	return nil
}

// untotalled is the refusal of rows that have no totals.
func untotalled(found *grouplevel.Totals) error {
	detail := found.Detail
	if detail == "" {
		detail = grouplevel.Sentence(found.Reason)
	}
	switch {
	case found.Reason == grouplevel.TotalsUnwritable:
		detail = "The totals are too large or too small to be written in the unit of the ratings. Give the ratings in another unit."
	case found.Incomplete > 0:
		detail += " Write the totals of one session of each group instead: its first or its last."
	}
	return fault.New(fault.Invalid, string(found.Reason), "No totals can be made of this. "+detail)
}

// sessionsOf names the sessions that were used.
func sessionsOf(s *analysis.Selection, place analysis.Place) string {
	switch {
	case place != "":
		return string(place)
	case s == nil:
		return allSessions
	case s.Place != "":
		return string(s.Place)
	case s.Stage != "":
		return stagePrefix + string(s.Stage)
	default:
		return fmt.Sprintf("%s%d", numberPrefix, s.Number)
	}
}

// The words for the sessions that were used, beside first and last.
const (
	allSessions  = "all"
	numberPrefix = "number:"
	stagePrefix  = "stage:"
)

// admit takes the shapes that the rule lets pass.
func (w *Written) admit(found *grouplevel.Totals, o Options) error {
	var passed []totals.Table
	held := 0
	for i := range found.Shapes {
		of := &found.Shapes[i]
		s := of.Shape()
		cause := o.Rule.withholds(s, of.Crossed, of.People)
		if cause == "" {
			cause = o.beside(&w.File, s, of.Origin)
		}
		if cause != "" {
			w.Withheld = append(w.Withheld, Withheld{s.Members, s.Sessions, s.Groups, cause})
			held += s.Groups
			continue
		}
		passed = append(passed, of.Table)
	}
	if len(passed) == 0 {
		return fault.New(fault.Invalid, "nothing_to_pool", fmt.Sprintf(
			"No shape may be written: a size, or a number of members and sessions, needs %d groups of it and %d people in them, who do not all say the same. %s",
			o.Rule.Groups, o.Rule.People, w.held()))
	}
	pooled := totals.Pool(passed)
	w.File.set(pooled.Rebased())
	w.File.LeftOut = LeftOut{Incomplete: o.Rule.counted(found.Incomplete), CellRule: o.Rule.counted(held)}
	return nil
}

// sign gives the file its identifier and its hash.
func (f *File) sign(random io.Reader) (err error) {
	var id [16]byte
	if _, err := io.ReadFull(random, id[:]); err != nil {
		return fault.Wrap(fault.Internal, "no_randomness", "No random identifier could be made.", err)
	}
	f.ID = hex.EncodeToString(id[:])
	f.SHA256, err = f.seal()
	return err
}

// Sentences say what was written, for the practice itself.
func (w *Written) Sentences() []string {
	f := &w.File
	out := []string{fmt.Sprintf("Written: the totals of %d ratings in %d groups, of %s, in %d %s.", f.Ratings, f.Groups, f.Structure.Words(), len(f.Shapes), plural(len(f.Shapes), "shape"))}
	if w.Incomplete > 0 {
		out = append(out, fmt.Sprintf("%d %s left out: a member was not rated in some session. With one session of each group they could be in it.", w.Incomplete, plural(w.Incomplete, "group was", "groups were")))
	}
	if held := w.held(); held != "" {
		out = append(out, held)
	}
	if w.Unlike > 0 {
		out = append(out, fmt.Sprintf("%d %s not compared: of another measure, or of other kinds of groups.", w.Unlike, plural(w.Unlike, "earlier file was", "earlier files were")))
	}
	if few := w.guessable(); few > 0 {
		out = append(out, fmt.Sprintf("%d %s fewer than %d groups: where ratings are whole numbers, the list of these groups' means, without names, might be found by trying. --least-groups %d withholds them.",
			few, plural(few, "shape has", "shapes have"), steadyList, steadyList))
	}
	return append(out, "Write a file of a measure once. Two files that differ by a few groups give those groups away: name every earlier one with --since, whichever sessions it is of.")
}

// steadyList is the number of groups from which a mean and a sum of squares of
// whole numbers seldom leave one list of group means only.
const steadyList = 6

// guessable counts the shapes of fewer groups.
func (w *Written) guessable() int {
	few := 0
	for i := range w.File.Shapes {
		if w.File.Shapes[i].Groups < steadyList {
			few++
		}
	}
	return few
}

// held says what was withheld and why.
func (w *Written) held() string {
	by := map[Cause]int{}
	for _, s := range w.Withheld {
		by[s.Cause] += s.Groups
	}
	var out []string
	for _, c := range []Cause{FewGroups, FewPeople, NoSpread, NearBefore, OtherChoice} {
		if by[c] > 0 {
			out = append(out, fmt.Sprintf("%d %s withheld: %s.", by[c], plural(by[c], "group is", "groups are"), c.Words()))
		}
	}
	return strings.Join(out, " ")
}

// plural returns a word for one or for several.
func plural(n int, one string, several ...string) string {
	switch {
	case n == 1:
		return one
	case len(several) > 0:
		return several[0]
	default:
		return one + "s"
	}
}

// structures are those that have totals.
func structures() []multilevel.Structure {
	return []multilevel.Structure{multilevel.MembersInGroups, multilevel.MembersBySessions}
}

// known tells whether a structure has totals.
func known(s multilevel.Structure) bool { return slices.Contains(structures(), s) }
