package practice_test

import (
	"fmt"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/store"
)

// model is what must hold, kept apart from the rules that see to it.
type model struct {
	kept     map[session.FormID]map[int]session.Answer // by item, as acknowledged last; what is not shown is not kept
	came     map[session.FormID]session.FormID         // of a moved form: what it was before
	hand     map[session.FormID]map[int]bool           // items of imported forms that a person corrected
	unsure   map[session.FormID]bool                   // a correction of it may have been done
	redacted map[session.MemberID]bool
	stray    bool // a form that nobody was told of may be there
}

// newModel is one of nothing.
func newModel() model {
	return model{
		kept: map[session.FormID]map[int]session.Answer{}, came: map[session.FormID]session.FormID{}, hand: map[session.FormID]map[int]bool{},
		unsure: map[session.FormID]bool{}, redacted: map[session.MemberID]bool{},
	}
}

// enter keeps the answers of a form that was acknowledged.
func (m *model) enter(id session.FormID, in []session.AnswerInput) {
	m.kept[id] = map[int]session.Answer{}
	m.put(id, in)
}

// put keeps further answers.
func (m *model) put(id session.FormID, in []session.AnswerInput) {
	m.kept[id] = maps.Clone(m.kept[id])
	for _, a := range in {
		x := session.Answer{Item: a.Item}
		if a.Value != nil {
			x.State, x.Value = session.Answered, *a.Value
		} else {
			x.State, _ = session.ParseState(a.State)
		}
		m.kept[id][a.Item] = x
	}
}

// change keeps what was changed of a form. What may have been changed is learned
// from what is stored.
func (m *model) change(done, perhaps bool, id session.FormID, in []session.AnswerInput) {
	switch {
	case done:
		m.put(id, in)
	case perhaps:
		delete(m.kept, id)
		m.stray = true
	}
}

// byHand notes what of an imported rating a person changed.
func (m *model) byHand(id session.FormID, r *session.Rating, in []session.AnswerInput) {
	if m.hand[id] == nil {
		m.hand[id] = map[int]bool{}
	}
	for _, a := range in {
		for _, was := range r.Answers {
			if was.Item == a.Item && (a.Value == nil || was.State != session.Answered || was.Value != *a.Value) {
				m.hand[id][a.Item] = true
			}
		}
	}
}

// learn takes up forms that are new: moved ones hold what they held before, and
// others are there only where a request was not answered.
func (m *model) learn(rt *rapid.T, s *session.Session) {
	for _, r := range s.All {
		id := r.FormID
		if r.MovedFrom != nil && m.came[id] == "" {
			m.came[id] = r.MovedFrom.Form
			if was, known := m.kept[r.MovedFrom.Form]; known && m.kept[id] == nil {
				m.kept[id], m.hand[id] = maps.Clone(was), maps.Clone(m.hand[r.MovedFrom.Form])
				m.unsure[id] = m.unsure[r.MovedFrom.Form]
			}
		}
		if m.kept[id] != nil {
			continue
		}
		if !m.stray {
			rt.Fatalf("nobody entered the form %s", id)
		}
		m.kept[id] = stored(s, id)
	}
}

// stored returns the answers of a form by item.
func stored(s *session.Session, id session.FormID) map[int]session.Answer {
	out := map[int]session.Answer{}
	for _, r := range s.OfForm(id) {
		for _, a := range r.Answers {
			out[a.Item] = a
		}
	}
	return out
}

// kin lists the forms that a form was or became by being moved.
func (m *model) kin(id session.FormID) map[session.FormID]bool {
	out := map[session.FormID]bool{id: true}
	for again := true; again; {
		again = false
		for now, was := range m.came {
			if out[now] != out[was] {
				out[now], out[was], again = true, true, true
			}
		}
	}
	return out
}

// twice yields the forms that an interrupted move left in a session and that
// count where they were, too, or went elsewhere from there.
func (m *model) twice(s *session.Session, other func(session.SessionID) *session.Session) map[session.FormID]bool {
	out := map[session.FormID]bool{}
	for _, r := range s.All {
		if from := r.MovedFrom; from != nil && from.Session != s.ID && r.Void == nil && r.Redacted == nil {
			was := other(from.Session).OfForm(from.Form)[0]
			if was.Void == nil && was.Redacted == nil || was.Void.MovedTo != nil && was.Void.MovedTo.Form != r.FormID {
				out[r.FormID] = true
			}
		}
	}
	return out
}

// must be seen: an answer that speaks of danger, and of whom.
type seen struct {
	in       session.SessionID
	ref      instrument.Ref
	item     int
	member   session.MemberID
	occasion session.Occasion
}

// check finds what was lost, counts twice or goes unseen; at the end also
// findings that rest on nothing.
func (k *course) check(rt *rapid.T, end bool) {
	m := &k.model
	ratings := map[session.FormID][]*session.Rating{}
	grave := map[seen]bool{}
	missed := map[session.SessionID]map[session.MemberID]bool{}
	for _, id := range k.sessions {
		s := k.read(rt, id)
		m.learn(rt, s)
		k.checkPlaces(rt, s)
		missed[id] = map[session.MemberID]bool{}
		for _, seat := range s.Roster {
			missed[id][seat.MemberID] = s.Status == session.StatusClosed && seat.Attendance == session.NoShow && !seat.Redacted
		}
		for _, r := range s.All {
			ratings[r.FormID] = append(ratings[r.FormID], r)
			for _, a := range r.Answers {
				if m.mustBeSeen(r, a) {
					grave[seen{id, r.Instrument, a.Item, session.MemberID(r.Rater.ID), r.Occasion}] = true
				}
			}
		}
	}
	k.checkKept(rt, ratings)
	standing := map[seen]bool{}
	for f, err := range store.NewFindings(k.below).List(k.t.Context(), finding.Filter{}, nil, 0) {
		if err != nil {
			rt.Fatal(err)
		}
		last := f.Events[len(f.Events)-1]
		if f.State() == finding.Closed && f.Stands() && f.Redacted == nil && last.Kind != finding.WasClosed {
			rt.Fatalf("the finding %s is closed by nobody: %+v", f.ID, f.Events)
		}
		if !f.Stands() || f.Redacted != nil {
			continue
		}
		if f.Rule == finding.MissedSession {
			if end && !missed[f.SessionID][f.Members[0]] {
				rt.Fatalf("nobody missed the session, and a finding says so: %+v", f.Events)
			}
			delete(missed[f.SessionID], f.Members[0])
			continue
		}
		x := seen{f.SessionID, f.Risk.Instrument, f.Risk.Item, session.MemberID(f.Risk.Rater.ID), f.Risk.Occasion}
		if !slices.Equal(f.Members, []session.MemberID{x.member}) {
			rt.Fatalf("the finding of %+v is about %v", x, f.Members)
		}
		standing[x] = true
		if end && !grave[x] && !k.perhapsGrave(rt, x) {
			rt.Fatalf("a finding rests on nothing: %+v of %+v", f.Events, f.Risk)
		}
	}
	for x := range grave {
		if !standing[x] {
			rt.Fatalf("nobody sees %+v", x)
		}
	}
	for id, members := range missed {
		for member, so := range members {
			if so {
				rt.Fatalf("%s missed %s, and nobody knows", member, id)
			}
		}
	}
}

// mustBeSeen tells whether an answer speaks of danger and nobody's file is its
// source.
func (m *model) mustBeSeen(r *session.Rating, a session.Answer) bool {
	if r.Void != nil || a.State != session.Answered {
		return false
	}
	if r.Entered.Mode == session.Imported && (!m.hand[r.FormID][a.Item] || m.unsure[r.FormID]) {
		return false
	}
	return r.Instrument == phq9 && a.Item == 9 && a.Value >= 1 || r.Instrument == grave && a.Item != 3 && a.Value >= graveTrigger
}

// perhapsGrave tells whether a finding may rest on an imported answer of which
// it is not known whether a person corrected it.
func (k *course) perhapsGrave(rt *rapid.T, x seen) bool {
	for _, r := range k.read(rt, x.in).All {
		if k.model.unsure[r.FormID] && r.Void == nil && r.Instrument == x.ref && r.Rater.ID == string(x.member) && r.Occasion == x.occasion {
			return true
		}
	}
	return false
}

// checkPlaces finds two ratings that count in one place.
func (k *course) checkPlaces(rt *rapid.T, s *session.Session) {
	places := map[string]bool{}
	for level, r := range s.All {
		at := fmt.Sprint(level, r.Instrument.ID, r.Rater, r.Occasion)
		for i := range s.Alliances {
			if s.Alliances[i].ID == r.ID {
				at += string(s.Alliances[i].TherapistID)
			}
		}
		if r.Live() && places[at] {
			rt.Fatalf("the place %s is taken twice", at)
		}
		places[at] = places[at] || r.Live()
		if seat, ok := s.SeatOf(session.MemberID(r.Rater.ID)); r.Live() && (!ok || level != instrument.Outcome && r.Occasion == session.Post && (seat.Attendance.Absent() || s.Status == session.StatusCancelled)) {
			rt.Fatalf("%s counts and could not be entered now", r.ID)
		}
	}
}

// leaving tells whether a form that counts is being moved to somebody who was
// redacted: the move was interrupted, and the form counts there, too.
func (m *model) leaving(id session.FormID, ratings map[session.FormID][]*session.Rating) bool {
	for now, was := range m.came {
		if was == id && ratings[now][0].Void == nil && m.redacted[session.MemberID(ratings[now][0].Rater.ID)] {
			return true
		}
	}
	return false
}

// checkKept finds answers that were lost, and redacted ones that are left. What
// was ever under a redacted member's name, or became so, is gone; all else stays.
func (k *course) checkKept(rt *rapid.T, ratings map[session.FormID][]*session.Rating) {
	m := &k.model
	for id, want := range m.kept {
		if len(ratings[id]) == 0 {
			rt.Fatalf("the form %s is lost", id)
		}
		theirs := false
		for other := range m.kin(id) {
			for _, r := range ratings[other] {
				theirs = theirs || m.redacted[session.MemberID(r.Rater.ID)]
			}
		}
		own := m.redacted[session.MemberID(ratings[id][0].Rater.ID)]
		got := map[int]session.Answer{}
		for _, r := range ratings[id] {
			if own && r.Redacted == nil {
				rt.Fatalf("%s is not redacted", r.ID)
			}
			if r.Redacted != nil && (!theirs || !own && r.Void == nil && !m.leaving(id, ratings)) {
				rt.Fatalf("%s is redacted, and is not of whom was redacted", r.ID)
			}
			for _, a := range r.Answers {
				got[a.Item] = a
			}
			if r.Redacted != nil {
				got = nil
				break
			}
		}
		for item, a := range want {
			if got != nil && a.State != session.NotShown && got[item] != a {
				rt.Fatalf("%s, item %d is %+v, want %+v", id, item, got[item], a)
			}
		}
	}
}
