package study_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// shipped holds the instruments that come with Holon.
var shipped = sync.OnceValues(func() (*instrument.Registry, error) { return instrument.Load(nil) })

// definition finds an instrument's definition.
func definition(ref instrument.Ref) (*instrument.Definition, bool) {
	r, err := shipped()
	if err != nil {
		return nil, false
	}
	return r.Lookup(ref)
}

// own is a score of one of Holon's own instruments of one item.
func own(id string, by instrument.RaterKind) session.Measure {
	return session.Measure{Instrument: instrument.Ref{ID: id, Version: "1"}, Score: "rating", Rater: by}
}

// attacked are the measures of the attacked studies: of pairs, of the group as
// members see it, as a therapist sees it, and of the person.
func attacked() []session.Measure {
	return []session.Measure{
		own("holon-alliance-1", instrument.RaterMember), own("holon-bond-1", instrument.RaterMember), own("holon-cohesion-1", instrument.RaterMember), own("holon-cohesion-1", instrument.RaterTherapist),
	}
}

// world is what a practice has recorded, with who consents.
type world struct {
	rng      *rand.Rand
	study    *study.Study
	groups   []*session.Group
	sessions map[session.GroupID][]*session.Session
	refuses  map[session.MemberID]bool
	missing  int // one of so many answers is declined; none of 0
}

// newWorld draws a practice.
func newWorld(tb testing.TB, rng *rand.Rand, groups, families, threshold int) *world {
	tb.Helper()
	w := &world{rng: rng, sessions: map[session.GroupID][]*session.Session{}, refuses: map[session.MemberID]bool{}, missing: []int{0, 0, 10}[rng.IntN(3)]}
	var ids []session.GroupID
	for i := range groups + families {
		kind, size := session.KindGroup, 3+rng.IntN(4)
		if i >= groups {
			kind, size = session.KindFamily, 2+rng.IntN(2)
			if rng.IntN(4) == 0 {
				kind, size = session.KindCouple, 2
			}
		}
		g := &session.Group{ID: session.GroupID(fmt.Sprintf("group-%02d", i)), Kind: kind, Format: []session.Format{session.Open, session.Closed}[rng.IntN(2)], StartsOn: "2024-01-01"}
		for m := range size {
			who := session.MemberID(fmt.Sprintf("member-%02d-%d", i, m))
			if i >= groups && m == 0 && groups > 0 && rng.IntN(6) == 0 {
				who = session.MemberID(fmt.Sprintf("member-%02d-0", rng.IntN(groups))) // is in a therapy group as well
			}
			g.Spells = append(g.Spells, session.Spell{Number: m + 1, MemberID: who, Role: session.RoleMember, Joined: "2024-01-01"})
			w.refuses[who] = rng.IntN(12) == 0
		}
		w.groups, ids = append(w.groups, g), append(ids, g.ID)
		for range 3 + rng.IntN(5) {
			w.meet(g)
		}
	}
	measures := attacked()
	rng.Shuffle(len(measures), func(i, k int) { measures[i], measures[k] = measures[k], measures[i] })
	s, err := study.New("st-1", study.Input{Code: "S1", Groups: ids, Measures: measures[:1+rng.IntN(len(measures))], Threshold: &threshold, Release: study.Aggregate}, func(session.GroupID) bool { return true }, definition)
	if err != nil {
		tb.Fatal(err)
	}
	w.study = s
	return w
}

// meet adds a group's next session, a week or two after the last.
func (w *world) meet(g *session.Group) {
	list := w.sessions[g.ID]
	on := time.Date(2024, 1, 8, 0, 0, 0, 0, time.UTC)
	if len(list) > 0 {
		last, _ := time.Parse(time.DateOnly, string(list[len(list)-1].HeldOn))
		on = last.AddDate(0, 0, 7*(1+w.rng.IntN(2)))
	}
	n := len(list) + 1
	s := &session.Session{
		ID: session.SessionID(fmt.Sprintf("%s-s%d", g.ID, n)), GroupID: g.ID, GroupKind: g.Kind, Number: n, Kind: session.Meeting, HeldOn: session.Date(on.Format(time.DateOnly)),
		Status: session.StatusClosed, Therapists: []session.Presence{{TherapistID: "lead", Role: session.Lead, Present: true}},
	}
	for i, sp := range g.Spells {
		seat := session.Seat{MemberID: sp.MemberID, Spell: sp.Number, Attendance: session.Present, Modality: session.InPerson}
		if w.rng.IntN(5) == 0 {
			seat.Attendance, seat.Modality = session.Excused, ""
		}
		s.Roster = append(s.Roster, seat)
		if seat.Attendance != session.Present {
			continue
		}
		by := session.Rater{Kind: instrument.RaterMember, ID: string(sp.MemberID)}
		s.Alliances = append(s.Alliances, session.AllianceRating{Rating: w.rating("holon-alliance-1", by), TherapistID: "lead", MemberID: sp.MemberID})
		s.Cohesion = append(s.Cohesion, session.CohesionRating{Rating: w.rating("holon-cohesion-1", by)})
		if to := g.Spells[(i+1)%len(g.Spells)].MemberID; w.rng.IntN(2) == 0 && to != sp.MemberID {
			s.Bonds = append(s.Bonds, session.BondRating{Rating: w.rating("holon-bond-1", by), From: sp.MemberID, To: to})
		}
	}
	if w.rng.IntN(2) == 0 {
		s.Cohesion = append(s.Cohesion, session.CohesionRating{Rating: w.rating("holon-cohesion-1", session.Rater{Kind: instrument.RaterTherapist, ID: "lead"})})
	}
	w.sessions[g.ID] = append(list, s)
}

// rating is one answer, or one that is declined.
func (w *world) rating(id string, by session.Rater) session.Rating {
	a := session.Answer{Item: 1, Value: float64(w.rng.IntN(11)), State: session.Answered}
	missing := 0
	if w.missing > 0 && w.rng.IntN(w.missing) == 0 {
		a, missing = session.Answer{Item: 1, State: session.Declined}, 1
	}
	return session.Rating{
		ID: session.RatingID(fmt.Sprintf("rt-%d", w.rng.Uint64())), FormID: session.FormID(fmt.Sprintf("fm-%d", w.rng.Uint64())), Version: 1, Instrument: instrument.Ref{ID: id, Version: "1"},
		Rater: by, Occasion: session.Post, Answers: []session.Answer{a}, FormItems: 1, FormMissing: missing,
	}
}

// correct changes one answer, consent, seat or session of a random group, or of all.
func (w *world) correct() {
	g := w.groups[w.rng.IntN(len(w.groups))]
	list := w.sessions[g.ID]
	s := list[w.rng.IntN(len(list))]
	switch w.rng.IntN(9) {
	case 0, 1:
		if len(s.Alliances) > 0 {
			w.change(&s.Alliances[w.rng.IntN(len(s.Alliances))].Rating)
		}
	case 2:
		if len(s.Cohesion) > 0 {
			w.change(&s.Cohesion[w.rng.IntN(len(s.Cohesion))].Rating)
		}
	case 3:
		who := g.Spells[w.rng.IntN(len(g.Spells))].MemberID
		w.refuses[who] = !w.refuses[who]
	case 4:
		w.meet(g)
	case 5:
		s.Kind = []session.Kind{session.Meeting, session.Individual}[w.rng.IntN(2)]
	case 6:
		sp := &g.Spells[w.rng.IntN(len(g.Spells))]
		sp.Left, sp.LeftWhy = new(session.Date("2024-12-01")), new([]session.LeaveReason{session.LeftDroppedOut, session.LeftCompleted}[w.rng.IntN(2)])
	case 7: // all days of the group are a day further from its first
		if on, err := time.Parse(time.DateOnly, string(list[0].HeldOn)); err == nil {
			list[0].HeldOn = session.Date(on.AddDate(0, 0, -1).Format(time.DateOnly))
		}
	default:
		w.meetAll()
	}
}

// meetAll adds a session to every group.
func (w *world) meetAll() {
	for _, g := range w.groups {
		w.meet(g)
	}
}

// change corrects an answer.
func (w *world) change(r *session.Rating) {
	r.Answers = []session.Answer{{Item: 1, State: session.Answered, Value: float64(int(r.Answers[0].Value+1+float64(w.rng.IntN(9))) % 11)}}
	r.FormMissing = 0
}

// frozen is a snapshot with its rows.
type frozen struct {
	header study.Snapshot
	groups map[session.GroupID]*session.Group
	rows   map[session.GroupID][]*session.Session
}

// freeze takes a snapshot.
func (w *world) freeze() *frozen {
	out := &frozen{groups: map[session.GroupID]*session.Group{}, rows: map[session.GroupID][]*session.Session{}}
	f := study.NewFreezer(w.study, study.NewPseudonyms([]byte("a key of a study of thirty-two b")), func(m session.MemberID) bool { return !w.refuses[m] }, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	for _, g := range w.groups {
		list := w.sessions[g.ID]
		fg := f.Group(g, list[0].HeldOn)
		for _, s := range list {
			out.rows[fg.ID()] = append(out.rows[fg.ID()], fg.Session(s))
		}
		out.groups[fg.ID()] = fg.End()
	}
	f.Finish(&out.header)
	return out
}

// selection draws a selection.
func (w *world) selection() study.Selection {
	r := w.rng
	var x study.Selection
	switch r.IntN(4) {
	case 0:
		x.Kinds = []session.GroupKind{session.KindGroup}
	case 1:
		x.Kinds = []session.GroupKind{session.KindFamily, session.KindCouple}
	}
	if r.IntN(4) == 0 {
		x.Format = new([]session.Format{session.Open, session.Closed}[r.IntN(2)])
	}
	switch r.IntN(4) {
	case 0:
		x.Weeks = new([]study.Span{{From: 0, To: 3}, {From: 4, To: 99}, {From: 0, To: 6}, {From: 2, To: 5}}[r.IntN(4)])
	case 1:
		x.Numbers = new([]study.Span{{From: 1, To: 3}, {From: 4, To: 99}, {From: 1, To: 5}}[r.IntN(3)])
	}
	if r.IntN(4) == 0 {
		x.MinMembers = 2 + r.IntN(4)
	}
	if r.IntN(4) == 0 {
		x.MinSessions = 3 + r.IntN(4)
	}
	return x
}

// chosen is one release: the rows that a selection takes of a snapshot.
type chosen struct {
	sessions []*session.Session
	spells   map[string]string // what is known of belonging, by member and by group
	behind   *study.Standing
}

// choose makes a release.
func (w *world) choose(f *frozen, x study.Selection) *chosen {
	out := &chosen{spells: map[string]string{}}
	counting := study.NewCounting(w.study.Measures, definition)
	for _, g := range f.header.Groups {
		if !x.Takes(g) {
			continue
		}
		counting.Group(f.groups[g.ID])
		for _, sp := range f.groups[g.ID].Spells {
			out.spells[string(g.ID)+string(sp.MemberID)] = fmt.Sprint(sp.Number, sp.Joined)
			if sp.Left != nil && sp.LeftWhy != nil {
				out.spells[string(g.ID)+string(sp.MemberID)] += fmt.Sprint(*sp.Left, *sp.LeftWhy)
			}
		}
		for _, s := range f.rows[g.ID] {
			if x.TakesSession(s) {
				out.sessions = append(out.sessions, s)
				counting.Add(s)
			}
		}
	}
	out.behind = new(counting.Contributions()).Standing()
	return out
}
