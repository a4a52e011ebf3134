package study

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// ID identifies a study.
type ID string

// Study is a set of groups under one protocol.
type Study struct {
	session.Head

	ID        ID
	Code      session.Code
	Groups    []session.GroupID // in order
	Models    []GroupModel      // by group: what kind of therapy it is, where that is asked about
	Measures  []session.Measure // every score that is read of them, in order
	From, To  *session.Date     // sessions outside are not taken; nil: no bound
	Threshold int               // the least number of people that a released number stands on
	Release   Level             // the most that researchers may have

	Protocol   *Protocol  // nil until it is frozen
	LookedAt   *time.Time // when numbers first left; nil: never, or before this was written down
	RowsGiven  *time.Time // when a researcher was first given rows; nil: never
	Selections []Selection
	Agreements []Agreement
	Ended      []EndedResearcher // whose tokens open the study no more, before their last day
}

// EndedResearcher is a researcher's account that was ended.
type EndedResearcher struct {
	Account, By string
	At          time.Time
}

// End ends a researcher's account for good.
func (s *Study) End(account, by string, at time.Time) {
	if _, ended := s.EndOf(account); !ended {
		s.Ended = append(slices.Clip(s.Ended), EndedResearcher{Account: account, By: by, At: session.Millis(at)})
	}
}

// EndOf tells whether an account was ended, and how.
func (s *Study) EndOf(account string) (EndedResearcher, bool) {
	i := slices.IndexFunc(s.Ended, func(x EndedResearcher) bool { return x.Account == account })
	if i < 0 {
		return EndedResearcher{}, false
	}
	return s.Ended[i], true
}

// Level says how much of the data a release holds.
type Level string

// The levels of release.
const (
	Aggregate  Level = "aggregate"  // numbers about many people, rounded, cells below the threshold suppressed
	Controlled Level = "controlled" // pseudonymous rows, under a recorded agreement
)

// Valid tells whether l is one of the levels.
func (l Level) Valid() bool { return l == Aggregate || l == Controlled }

// The bounds of a study.
const (
	// DefaultThreshold is the least number of people of a released number where a
	// study says nothing else: cells of 1 to 10 are not released (CMS cell size
	// suppression policy).
	DefaultThreshold = 11
	LeastThreshold   = 5
	MostThreshold    = 100
	MostGroups       = 5000
	MostMeasures     = 50
	MostSelections   = 100
)

// Input is a study as it came.
type Input struct {
	Code      string
	Groups    []session.GroupID
	Models    []GroupModel
	Measures  []session.Measure
	From, To  *string
	Threshold *int // nil: DefaultThreshold
	Release   Level
}

// New returns a valid study that no protocol binds yet, or every fault. exists
// tells whether a group is there, and definition finds an instrument's.
func New(id ID, in Input, exists func(session.GroupID) bool, definition func(instrument.Ref) (*instrument.Definition, bool)) (*Study, error) {
	s := &Study{ID: id}
	return s, s.set(in, exists, definition)
}

// Set changes what a study is about. Once its protocol is frozen groups can only
// be added: everything else stays as it was planned.
func (s *Study) Set(in Input, exists func(session.GroupID) bool, definition func(instrument.Ref) (*instrument.Definition, bool)) error {
	next := *s
	if err := next.set(in, exists, definition); err != nil {
		return err
	}
	if s.Protocol != nil && !s.onlyGrew(&next) {
		return fault.New(fault.Conflict, "protocol_is_frozen", "The protocol is frozen: groups can be added to the study, and nothing else of it can change. What is to be asked otherwise is another study.")
	}
	*s = next
	return nil
}

// ThresholdStays is the refusal of another threshold than that under which numbers left: a
// lower one would let the next release tell what the last kept back.
func ThresholdStays() error {
	return fault.New(fault.Conflict, "threshold_after_release", "Numbers of this study left under its threshold, which stays. What is to leave under another is another study.")
}

// onlyGrew tells whether another state of the study has all its groups and
// nothing else changed.
func (s *Study) onlyGrew(next *Study) bool {
	for _, g := range s.Groups {
		if !slices.Contains(next.Groups, g) {
			return false
		}
	}
	for _, m := range next.Models {
		if slices.Contains(s.Groups, m.Group) && s.ModelOf(m.Group) != m.Model {
			return false
		}
	}
	for _, m := range s.Models {
		if next.ModelOf(m.Group) != m.Model {
			return false
		}
	}
	return s.Code == next.Code && slices.Equal(s.Measures, next.Measures) && sameDay(s.From, next.From) && sameDay(s.To, next.To) &&
		s.Threshold == next.Threshold && s.Release == next.Release
}

// sameDay tells whether two bounds are the same.
func sameDay(a, b *session.Date) bool {
	return (a == nil) == (b == nil) && (a == nil || *a == *b)
}

// set takes an input over, or returns every fault.
func (s *Study) set(in Input, exists func(session.GroupID) bool, definition func(instrument.Ref) (*instrument.Definition, bool)) error {
	var faults fault.List
	code, err := session.ParseCode(in.Code)
	if err != nil {
		_ = faults.Under("/code", err)
	}
	s.Code, s.Release, s.Threshold = code, in.Release, DefaultThreshold
	if in.Threshold != nil {
		s.Threshold = *in.Threshold
	}
	if s.Threshold < LeastThreshold || s.Threshold > MostThreshold {
		faults.Add("/threshold", "out_of_range", "The least number of people of a released number lies between 5 and 100; 11 is usual.")
	}
	if !s.Release.Valid() {
		faults.Add("/release", "unknown_release", "A study releases aggregate numbers only, or controlled rows as well: aggregate or controlled.")
	}
	s.From, s.To = day(&faults, "/from", in.From), day(&faults, "/to", in.To)
	if s.From != nil && s.To != nil && *s.To < *s.From {
		faults.Add("/to", "ends_before_start", "A study cannot end before it begins.")
	}
	s.Groups = checkGroups(&faults, in.Groups, exists)
	s.Models = checkModels(&faults, in.Models, s.Groups)
	s.Measures = checkMeasures(&faults, "/measures", in.Measures, definition)
	return faults.Err()
}

// day reads a bound.
func day(faults *fault.List, at string, text *string) *session.Date {
	if text == nil {
		return nil
	}
	d, err := session.ParseDate(*text)
	if err != nil {
		_ = faults.Under(at, err)
		return nil
	}
	return &d
}

// checkGroups returns the groups in order and notes what is wrong with them.
func checkGroups(faults *fault.List, in []session.GroupID, exists func(session.GroupID) bool) []session.GroupID {
	if len(in) == 0 || len(in) > MostGroups {
		faults.Add("/groups", "out_of_range", "A study has between 1 and 5000 groups.")
		return nil
	}
	for i, g := range in {
		at := "/groups/" + strconv.Itoa(i)
		if slices.Contains(in[:i], g) {
			faults.Add(at, "repeated", "Nothing may stand here twice.")
		} else if !exists(g) {
			faults.Add(at, "unknown_group", "There is no such group.")
		}
	}
	return slices.Sorted(slices.Values(in))
}

// checkMeasures returns the measures in order and notes what is wrong with them.
func checkMeasures(faults *fault.List, at string, in []session.Measure, definition func(instrument.Ref) (*instrument.Definition, bool)) []session.Measure {
	if len(in) == 0 || len(in) > MostMeasures {
		faults.Add(at, "out_of_range", "A study has between 1 and 50 measures.")
		return nil
	}
	for i, m := range in {
		here := at + "/" + strconv.Itoa(i)
		if slices.Contains(in[:i], m) {
			faults.Add(here, "repeated", "Nothing may stand here twice.")
			continue
		}
		checkMeasure(faults, here, m, definition)
	}
	out := slices.Clone(in)
	slices.SortFunc(out, CompareMeasures)
	return out
}

// checkMeasure notes what is wrong with one measure.
func checkMeasure(faults *fault.List, at string, m session.Measure, definition func(instrument.Ref) (*instrument.Definition, bool)) {
	def, ok := definition(m.Instrument)
	if !ok {
		faults.Add(at+"/instrument", "unknown_instrument_version", "No such version of an instrument is registered. The list of instruments names them all.")
		return
	}
	scorer, ok := session.NewScorer(def, m)
	if !ok {
		faults.Add(at+"/score", "unknown_score", "The instrument has no score of that name. Its definition lists them.")
		return
	}
	for _, item := range def.ItemsAt(scorer.Level()) {
		if slices.Contains(item.Raters, m.Rater) {
			return
		}
	}
	faults.Add(at+"/rater", "rater_kind_not_allowed", "The items of this score are not for this kind of rater. The instrument's definition lists who answers them.")
}

// CompareMeasures orders measures by instrument, version, score, rater and occasion.
func CompareMeasures(a, b session.Measure) int {
	return cmp.Or(
		cmp.Compare(a.Instrument.ID, b.Instrument.ID), cmp.Compare(a.Instrument.Version, b.Instrument.Version), cmp.Compare(a.Score, b.Score),
		cmp.Compare(a.Rater, b.Rater), cmp.Compare(a.Occasion, b.Occasion))
}

// Covers tells whether a day is within the study's bounds.
func (s *Study) Covers(on session.Date) bool {
	return (s.From == nil || *s.From <= on) && (s.To == nil || on <= *s.To)
}

// Has tells whether a measure is one of the study's.
func (s *Study) Has(m session.Measure) bool { return slices.Contains(s.Measures, m) }

// Reads tells whether ratings by an instrument's version are taken.
func (s *Study) Reads(ref instrument.Ref) bool {
	return slices.ContainsFunc(s.Measures, func(m session.Measure) bool { return m.Instrument == ref })
}
