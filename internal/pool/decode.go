package pool

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/totals"
	"holon/internal/session"
	"holon/internal/strictjson"
)

// MaxFile is the most bytes that a file of totals may have; one shape takes some
// two hundred.
const MaxFile = 4 << 20

const (
	mostShapes  = 10_000
	mostMembers = 10_000
	mostRatings = 1_000_000_000
	// mostWide bounds means and origins, and its square sums of squares, so that
	// nothing that is made of them is infinite.
	mostWide = 1e140
	leastSS  = 1e-280
)

// Parse reads a file of totals. It refuses one that was changed or cut, and one
// whose numbers nobody's ratings can have.
func Parse(text []byte) (*File, error) {
	if err := ofVersion(text); err != nil {
		return nil, err
	}
	f := &File{}
	if err := strictjson.DecodeBytes(text, f); err != nil {
		return nil, err
	}
	sum, err := f.seal()
	if err != nil {
		return nil, err
	}
	if sum != f.SHA256 {
		return nil, fault.At("/sha256", "changed_or_cut", "The file is not as it was written: something in it was changed, added or left out. Ask for it again.")
	}
	var faults fault.List
	f.check(&faults)
	return f, faults.Err()
}

// ofVersion refuses files of another form by their version, before anything else
// of them is looked at.
func ofVersion(text []byte) error {
	var head struct {
		Version *json.Number `json:"totals_version"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil //nolint:nilerr // strict reading says what is wrong
	}
	switch {
	case head.Version == nil:
		return fault.At("/totals_version", "no_totals", "This is no file of totals. One is written by: holon pool totals.")
	case head.Version.String() != strconv.Itoa(Version):
		return fault.At("/totals_version", "unknown_totals_version", fmt.Sprintf("Only version %d of these files is known here.", Version))
	}
	return nil
}

// check notes what is wrong with a file.
func (f *File) check(faults *fault.List) {
	if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(f.ID) {
		faults.Add("/id", "bad_identifier", "An identifier has 32 of the letters 0-9 and a-f.")
	}
	if f.MethodVersion != analysis.MethodVersion() {
		faults.Add("/method_version", "other_method_version", fmt.Sprintf(
			"The totals were made by another version of the method than this one's, %s. Write them again with the same version of Holon everywhere.", analysis.MethodVersion()))
	}
	if f.Outcome == "" || len(f.Outcome) > 300 {
		faults.Add("/outcome", "bad_name", "A measure has a name of at most 300 bytes.")
	}
	f.checkKinds(faults)
	f.checkSessions(faults)
	if f.Measure != nil {
		f.Measure.check(faults)
	}
	switch {
	case !known(f.Structure):
		faults.Add("/structure", "not_one_of", "One of: members_in_groups, members_by_sessions.")
	case f.Estimand != multilevel.Group && (f.Estimand != multilevel.GroupPlusSession || f.crossed()):
		faults.Add("/estimand", "not_one_of", "group, or of members_in_groups group_plus_session.")
	}
	f.Rule.check(faults, "/cell_rule/least_people", "/cell_rule/least_groups")
	f.checkCount(faults, "/left_out/incomplete", f.LeftOut.Incomplete)
	f.checkCount(faults, "/left_out/cell_rule", f.LeftOut.CellRule)
	f.checkShapes(faults)
}

// checkKinds notes kinds of groups that there are not.
func (f *File) checkKinds(faults *fault.List) {
	if len(f.Kinds) == 0 || !slices.IsSorted(f.Kinds) || len(slices.Compact(slices.Clone(f.Kinds))) != len(f.Kinds) {
		faults.Add("/group_kinds", "not_in_order", "The kinds of the groups, each once, in order of the alphabet.")
	}
	for i, k := range f.Kinds {
		if !k.Valid() {
			faults.Add("/group_kinds/"+strconv.Itoa(i), "unknown_kind", "A group's kind is group, family or couple.")
		}
	}
	if len(f.Kinds) > 1 && slices.Contains(f.Kinds, session.KindGroup) {
		faults.Add("/group_kinds", "mixed_group_kinds", "Therapy groups are not in one file with families or couples.")
	}
}

// checkSessions notes a choice of sessions that there is not.
func (f *File) checkSessions(faults *fault.List) {
	number, isNumber := strings.CutPrefix(f.Sessions, numberPrefix)
	stage, isStage := strings.CutPrefix(f.Sessions, stagePrefix)
	n, err := strconv.Atoi(number)
	switch {
	case f.Sessions == allSessions, f.Sessions == string(analysis.First), f.Sessions == string(analysis.Last):
	case isNumber && err == nil && n >= 1 && n <= 9999 && strconv.Itoa(n) == number:
	case isStage && session.Stage(stage).Valid():
	default:
		faults.Add("/sessions", "unknown_selection", "all, first, last, number:1 to number:9999, or stage: with intake, interim, end or follow_up.")
	}
}

// check notes what is wrong with a measure.
func (m *Measure) check(faults *fault.List) {
	for _, x := range []struct {
		at, text string
		most     int
	}{
		{"/measure/instrument/id", m.Instrument.ID, 100},
		{"/measure/instrument/version", m.Instrument.Version, 100},
		{"/measure/score", m.Score, 100},
		{"/measure/title", m.Title, 300},
		{"/measure/rule_set", m.RuleSet, 100},
	} {
		if x.text == "" || len(x.text) > x.most {
			faults.Add(x.at, "bad_name", fmt.Sprintf("A text of 1 to %d bytes.", x.most))
		}
	}
	if !m.Rater.Valid() {
		faults.Add("/measure/rater", "unknown_rater", "A rater is a member, a therapist or an observer.")
	}
	if m.Occasion != nil && *m.Occasion != session.Pre && *m.Occasion != session.Post {
		faults.Add("/measure/occasion", "unknown_occasion", "An occasion is pre or post, or null.")
	}
	if !m.Level.Valid() {
		faults.Add("/measure/level", "unknown_level", "One of the levels of instruments.")
	}
	if !m.Referent.Valid() {
		faults.Add("/measure/referent", "unknown_referent", "I, we, pair or observer.")
	}
	if !slices.Contains([]multilevel.Composition{multilevel.Additive, multilevel.DirectConsensus, multilevel.ReferentShift, multilevel.Global}, m.Composition) {
		faults.Add("/measure/composition", "unknown_composition", "A composition is additive, direct_consensus, referent_shift or global.")
	}
}

// checkCount notes a count below the rule, or one without a number or reason.
func (f *File) checkCount(faults *fault.List, at string, c Count) {
	switch {
	case c.Groups != nil && (c.Reason != nil || *c.Groups < f.Rule.People || *c.Groups > mostRatings):
		faults.Add(at+"/groups", "out_of_range", "A number of groups that is told is not below the rule's least number of people, and has no reason beside it.")
	case c.Groups == nil && (c.Reason == nil || *c.Reason != fewerThanRule):
		faults.Add(at+"/reason", "no_reason", "A number of groups that is not told has the reason fewer_than_the_rule_allows.")
	}
}

// checkShapes notes totals that nobody's ratings can have, or that should not
// have been written.
func (f *File) checkShapes(faults *fault.List) {
	if len(f.Shapes) == 0 || len(f.Shapes) > mostShapes {
		faults.Add("/shapes", "out_of_range", "A file has 1 to 10000 shapes.")
		return
	}
	if !(math.Abs(f.Origin) <= mostWide) {
		faults.Add("/origin", "out_of_range", "No ratings are as large.")
	}
	before, sound := faults.Len(), true
	for i := range f.Shapes {
		at := "/shapes/" + strconv.Itoa(i)
		sound = f.checkShape(faults, at, &f.Shapes[i]) && sound
		if i > 0 && cmp.Or(cmp.Compare(f.Shapes[i-1].Members, f.Shapes[i].Members), cmp.Compare(f.Shapes[i-1].Sessions, f.Shapes[i].Sessions)) >= 0 {
			faults.Add(at, "not_in_order", "Shapes stand in order of their members, then of their sessions, each once.")
		}
	}
	if !sound || faults.Len() > before {
		return
	}
	t := f.table()
	for i := range t.Shapes {
		f.checkTotals(faults, "/shapes/"+strconv.Itoa(i), &t.Shapes[i])
	}
	if t.Groups() != f.Groups {
		faults.Add("/groups", "sum_differs", "The groups are not as many as those of the shapes together.")
	}
	if t.Ratings() != f.Ratings || t.Ratings() > mostRatings {
		faults.Add("/ratings", "sum_differs", "The ratings are not as many as those of the shapes together, or too many.")
	}
}

// checkShape notes a shape that there cannot be, and tells whether its numbers
// can be reckoned with.
func (f *File) checkShape(faults *fault.List, at string, s *Shape) bool {
	before := faults.Len()
	if s.Members < 1 || s.Members > mostMembers {
		faults.Add(at+"/members", "out_of_range", "A group has 1 to 10000 members.")
	}
	if s.Sessions < 1 || s.Sessions > 9999 || s.Sessions > 1 && !f.crossed() {
		faults.Add(at+"/sessions", "out_of_range", "1 to 9999 sessions; of one rating of each member, 1.")
	}
	if s.Groups < 1 || s.Groups > mostRatings/max(1, min(s.Members, mostMembers))/max(1, min(s.Sessions, 9999)) {
		faults.Add(at+"/groups", "out_of_range", "At least one group, and no more than a billion ratings.")
	}
	for key, ss := range map[string]*float64{"ss_member": s.Member, "ss_session": s.Session} {
		if (ss != nil) != f.crossed() {
			faults.Add(at+"/"+key, "not_of_this_structure", "There of members_by_sessions, and null of members_in_groups.")
		}
	}
	if !(math.Abs(s.Mean) <= mostWide) {
		faults.Add(at+"/mean", "out_of_range", "No ratings are as large.")
	}
	return faults.Len() == before
}

// checkTotals notes a shape that breaks the cell rule, or whose sums of squares
// cannot be.
func (f *File) checkTotals(faults *fault.List, at string, s *totals.Shape) {
	if s.Groups < f.Rule.Groups || s.Groups*s.Members < f.Rule.People {
		faults.Add(at+"/groups", "below_cell_rule", "So few groups or people would be given away: their totals should not have been written. Do not use this file, and tell whom it came from.")
	}
	df := s.Freedom(f.crossed())
	ss := s.Squares()
	for i, key := range []string{"ss_group", "ss_member", "ss_session", "ss_residual"} {
		switch {
		case df[i] == 0 && ss[i] != 0:
			faults.Add(at+"/"+key, "not_of_this_shape", "In this shape there is nothing that this sum of squares is of; it is 0.")
		case df[i] > 0 && !(ss[i] >= leastSS && ss[i] <= mostWide*mostWide):
			faults.Add(at+"/"+key, "out_of_range", "A sum of squares is above zero, and no larger than squares of ratings can be.")
		}
	}
}

// ref returns the version of an instrument.
func (i Instrument) ref() instrument.Ref { return instrument.Ref(i) }
