package analysis_test

import (
	"context"
	"fmt"
	"iter"
	"testing"
	"time"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// records is a practice's records in memory: a Source of real groups and
// sessions, some of which may be damaged.
type records struct {
	registry *instrument.Registry
	groups   []*session.Group
	sessions map[session.GroupID][]*session.Session
	damaged  map[session.GroupID][]error
	leftOut  []string
	asked    []instrument.Level
	reads    int // of groups
}

// newRecords returns records with the instruments that come with Holon.
func newRecords(tb testing.TB) *records {
	tb.Helper()
	registry, err := instrument.Load(nil)
	if err != nil {
		tb.Fatal(err)
	}
	return &records{registry: registry, sessions: map[session.GroupID][]*session.Session{}, damaged: map[session.GroupID][]error{}}
}

func (r *records) Groups() []*session.Group { return r.groups }

func (r *records) LeftOut() []string { return r.leftOut }

func (r *records) Definition(ref instrument.Ref) (*instrument.Definition, bool) {
	return r.registry.Lookup(ref)
}

func (r *records) Cutoffs(ref instrument.Ref, score string) ([]instrument.Cutoff, string) {
	return r.registry.Cutoffs(ref, score)
}

func (r *records) Sessions(_ context.Context, id session.GroupID, levels ...instrument.Level) iter.Seq2[*session.Session, error] {
	r.asked = levels
	r.reads++
	return func(yield func(*session.Session, error) bool) {
		for _, err := range r.damaged[id] {
			if !yield(nil, err) {
				return
			}
		}
		for _, s := range r.sessions[id] {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// documentError is the error of a store that could not read one document.
type documentError struct{ id string }

func (d documentError) Error() string      { return "damaged" }
func (d documentError) DocumentID() string { return d.id }

// damage adds a document that cannot be read.
func (r *records) damage(group session.GroupID, id string) {
	err := fault.Wrap(fault.Internal, "document_damaged", "A document cannot be read.", documentError{id})
	r.damaged[group] = append(r.damaged[group], err)
}

// group adds a group of this kind whose members, in family roles where it is a
// family, belong to it from the start, with two therapists.
func (r *records) group(tb testing.TB, id string, kind session.GroupKind, members ...session.MemberID) *session.Group {
	tb.Helper()
	g, err := session.NewGroup(session.GroupID(id), id, kind, session.Open, "2026-01-01")
	if err != nil {
		tb.Fatal(err)
	}
	role := map[session.GroupKind]session.MemberRole{
		session.KindGroup: session.RoleMember, session.KindFamily: session.RoleOther, session.KindCouple: session.RolePartner,
	}[kind]
	for _, m := range members {
		if _, err := g.Join(m, role, "2026-01-01"); err != nil {
			tb.Fatal(err)
		}
	}
	for i, role := range []session.TherapistRole{session.Lead, session.Co} {
		if _, err := g.Assign(session.TherapistID(fmt.Sprintf("t%d", i+1)), role, "2026-01-01"); err != nil {
			tb.Fatal(err)
		}
	}
	r.groups = append(r.groups, g)
	return g
}

// meeting adds a session of everybody in the group, all present but those
// named as absent.
func (r *records) meeting(tb testing.TB, g *session.Group, number int, absent ...session.MemberID) *session.Session {
	tb.Helper()
	day := time.Date(2026, 1, 1+7*number, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	s := r.open(tb, g, session.Plan{Number: number, Kind: session.Meeting, HeldOn: day})
	for _, m := range absent {
		if err := s.Attend([]session.Mark{{MemberID: m, Attendance: session.Excused}}, nil); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

// open adds a session.
func (r *records) open(tb testing.TB, g *session.Group, plan session.Plan) *session.Session {
	tb.Helper()
	s, err := session.NewSession(session.SessionID(fmt.Sprintf("%s-s%d", g.ID, plan.Number)), g, plan)
	if err != nil {
		tb.Fatal(err)
	}
	r.sessions[g.ID] = append(r.sessions[g.ID], s)
	return s
}

// form is what a form of a test says.
type form struct {
	instrument string
	version    string // empty is 1
	rater      instrument.RaterKind
	by         string
	about      session.About
	occasion   session.Occasion
	answers    []float64 // the first items; the others are left blank
}

// submit takes forms into a session.
func (r *records) submit(tb testing.TB, s *session.Session, forms ...form) {
	tb.Helper()
	inputs := make([]session.FormInput, 0, len(forms))
	for i, f := range forms {
		if f.occasion == "" {
			f.occasion = session.Post
		}
		if f.rater == "" {
			f.rater = instrument.RaterMember
		}
		if f.version == "" {
			f.version = "1"
		}
		in := session.FormInput{
			ID: session.FormID(fmt.Sprintf("%s-f%d", s.ID, s.Count()+i)), Instrument: instrument.Ref{ID: f.instrument, Version: f.version},
			Rater: session.Rater{Kind: f.rater, ID: f.by}, About: f.about, Occasion: f.occasion,
			Entered: session.Entry{By: "staff", At: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Mode: session.Paper},
		}
		for k, v := range f.answers {
			in.Answers = append(in.Answers, session.AnswerInput{Item: k + 1, Value: &v})
		}
		if len(f.answers) == 0 {
			in.Answers = []session.AnswerInput{{Item: 1, State: "declined"}}
		}
		inputs = append(inputs, in)
	}
	if err := s.Submit(inputs, session.Reference{Definition: r.Definition, Bonds: func(session.GroupID, session.Date) bool { return true }}); err != nil {
		tb.Fatal(err)
	}
}

// rate takes one answer of each member, in the order of the roster, to an
// instrument of one item.
func (r *records) rate(tb testing.TB, s *session.Session, instrumentID string, about session.About, values ...float64) {
	tb.Helper()
	for i, v := range values {
		r.submit(tb, s, form{instrument: instrumentID, by: string(s.Roster[i].MemberID), about: about, answers: []float64{v}})
	}
}

// people returns n member identifiers of a group.
func people(group string, n int) []session.MemberID {
	out := make([]session.MemberID, n)
	for i := range out {
		out[i] = session.MemberID(fmt.Sprintf("%s-m%d", group, i+1))
	}
	return out
}
