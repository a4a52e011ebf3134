package study

import (
	"slices"
	"strconv"

	"holon/internal/fault"
	"holon/internal/session"
)

// Selection is a saved choice of a study's groups and sessions. It says what is
// chosen by what a researcher may know, and never names a group.
type Selection struct {
	Name        session.Code
	Kinds       []session.GroupKind // nil: every kind
	Format      *session.Format     // nil: open and closed groups
	Models      []session.Code      // of therapy; nil: every one, and groups of none
	Numbers     *Span               // of sessions; nil: all
	Weeks       *Span               // since the group's first session, which is in week 0; nil: all
	MinMembers  int                 // who have consented, in a group; 0: no least number
	MinSessions int                 // of a group; 0: no least number
	SHA256      string              // of all but the name
}

// Span is a run of numbers, both ends included.
type Span struct{ From, To int }

// Holds tells whether n is in the run; a nil run holds every number.
func (s *Span) Holds(n int) bool { return s == nil || (s.From <= n && n <= s.To) }

// Everything is the selection that leaves nothing out.
func Everything() Selection { return hashed(Selection{Name: "everything"}) }

// mostModels is how many therapy models a selection names at most.
const mostModels = 20

// mostNumber is the highest number of a session and of a week.
const mostNumber = 9999

// Save keeps a selection. One of the same name must be the same.
func (s *Study) Save(in Selection) (Selection, error) {
	var faults fault.List
	name, err := session.ParseCode(string(in.Name))
	if err != nil {
		_ = faults.Under("/name", err)
	}
	in.Name = name
	in.check(&faults)
	if err := faults.Err(); err != nil {
		return Selection{}, err
	}
	in = hashed(in)
	if kept, found := s.Selection(in.Name); found {
		if kept.SHA256 == in.SHA256 {
			return kept, nil
		}
		return Selection{}, fault.New(fault.Conflict, "name_taken", "Another selection of this study has that name. A saved selection does not change.")
	}
	if len(s.Selections) >= MostSelections {
		return Selection{}, fault.New(fault.Conflict, "too_many_selections", "A study has at most 100 saved selections.")
	}
	s.Selections = append(slices.Clone(s.Selections), in)
	return in, nil
}

// Selection returns the saved selection of a name. The name of [Everything] is
// always there.
func (s *Study) Selection(name session.Code) (Selection, bool) {
	if all := Everything(); name == all.Name {
		return all, true
	}
	for _, x := range s.Selections {
		if x.Name == name {
			return x, true
		}
	}
	return Selection{}, false
}

// check notes what is wrong with a selection.
func (x *Selection) check(faults *fault.List) {
	for i, k := range x.Kinds {
		at := "/kinds/" + strconv.Itoa(i)
		if !k.Valid() {
			faults.Add(at, "unknown_kind", "A group's kind is group, family or couple.")
		} else if slices.Contains(x.Kinds[:i], k) {
			faults.Add(at, "repeated", "Nothing may stand here twice.")
		}
	}
	if x.Format != nil && *x.Format != session.Open && *x.Format != session.Closed {
		faults.Add("/format", "unknown_format", "A group is open or closed.")
	}
	if len(x.Models) > mostModels {
		faults.Add("/therapy_models", "out_of_range", "A selection names at most 20 therapy models.")
	}
	for i, m := range x.Models {
		at := "/therapy_models/" + strconv.Itoa(i)
		if _, err := session.ParseCode(string(m)); err != nil {
			_ = faults.Under(at, err)
		} else if slices.Contains(x.Models[:i], m) {
			faults.Add(at, "repeated", "Nothing may stand here twice.")
		}
	}
	checkSpan(faults, "/numbers", x.Numbers, 1)
	checkSpan(faults, "/weeks", x.Weeks, 0)
	if x.MinMembers < 0 || x.MinMembers > session.MaxRoster {
		faults.Add("/min_members", "out_of_range", "A least number of members lies between 0 and 30.")
	}
	if x.MinSessions < 0 || x.MinSessions > mostNumber {
		faults.Add("/min_sessions", "out_of_range", "A least number of sessions lies between 0 and 9999.")
	}
}

// checkSpan notes what is wrong with a run of numbers.
func checkSpan(faults *fault.List, at string, s *Span, first int) {
	if s != nil && (s.From < first || s.To < s.From || s.To > mostNumber) {
		faults.Add(at, "out_of_range", "A run goes from one number to the same or a higher one, at most 9999.")
	}
}

// hashed returns the selection with the hash of what it says.
func hashed(x Selection) Selection {
	x.Kinds, x.Models = slices.Sorted(slices.Values(x.Kinds)), slices.Sorted(slices.Values(x.Models))
	format := ""
	if x.Format != nil {
		format = string(*x.Format)
	}
	x.SHA256 = hashOf(struct {
		Kinds                   []session.GroupKind
		Format                  string
		Numbers, Weeks          *Span
		MinMembers, MinSessions int
		Models                  []session.Code `json:",omitempty"` // of no model as before there were any
	}{x.Kinds, format, x.Numbers, x.Weeks, x.MinMembers, x.MinSessions, x.Models})
	return x
}

// Takes tells whether a frozen group is among the chosen.
func (x *Selection) Takes(g FrozenGroup) bool {
	return (x.Kinds == nil || slices.Contains(x.Kinds, g.Kind)) && (x.Format == nil || *x.Format == g.Format) &&
		(x.Models == nil || slices.Contains(x.Models, g.Model)) && g.Members >= x.MinMembers && g.Sessions >= x.MinSessions
}

// TakesSession tells whether a frozen session is among the chosen.
func (x *Selection) TakesSession(s *session.Session) bool {
	return x.Numbers.Holds(s.Number) && x.Weeks.Holds(Week(s.HeldOn))
}
