package analysis

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"holon/internal/dyad"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/series"
	"holon/internal/session"
	"holon/internal/slipping"
)

// Slipping lists the members in whom there are signs of dropping out, by attendance
// and by what they say of the alliance, and how often each sign was there in members
// who stayed and in members who dropped out. Errors are those of GroupLevel.
func Slipping(ctx context.Context, src Source, ask Ask) (Report, error) {
	var faults fault.List
	ask.check(&faults, src)
	for i, m := range ask.Measures {
		def, ok := src.Definition(m.Instrument)
		if !ok {
			continue // that is a fault already
		}
		scorer, ok := session.NewScorer(def, m)
		if ok && (scorer.Level() != instrument.Alliance || m.Rater != instrument.RaterMember) {
			faults.Add(fmt.Sprintf("/measures/%d", i), "not_members_alliance", "Signs are sought in what members say of the alliance. Name scores of an alliance, answered by members.")
		}
	}
	if err := faults.Err(); err != nil {
		return Report{}, err
	}
	w := &signsWalk{done: deeds{}, walk: newWalk(src, &ask), ask: &ask, src: src, watched: watched{src: src, only: ask.Measures, scorers: map[Measure]*session.Scorer{}}, lines: map[Measure][][]float64{}}
	visit := func(g *session.Group, sessions []*session.Session) error { return w.visit(ctx, g, sessions) }
	if err := w.walk.each(ctx, []instrument.Level{instrument.Alliance}, visit); err != nil {
		return Report{}, err
	}
	w.walk.damaged = append(w.walk.damaged, w.unread...)
	slices.Sort(w.walk.damaged)
	r := Report{Outcome: "attendance, alliance", Data: w.walk.data, Caveats: w.walk.remarks()}
	result := w.result()
	r.Result = result
	var hashed canonical
	groups, sessions := map[session.GroupID]bool{}, map[session.SessionID]bool{}
	for i := range w.members {
		m := &w.members[i]
		groups[m.group] = true
		for _, seat := range m.course.Seats {
			sessions[seat.SessionID] = true
			r.Counts.Ratings++
			hashed.add(string(m.group), string(m.course.Member), string(seat.SessionID), string(seat.Attendance))
		}
	}
	var excluded multilevel.Exclusions
	excluded.Add(ruleDamaged, len(w.walk.damaged))
	excluded.Add("redacted", w.redacted)
	r.Counts.Groups, r.Counts.Members, r.Counts.Sessions, r.Counts.Excluded = len(groups), len(w.members), new(len(sessions)), excluded.List()
	var err error
	if r.Input, err = hashed.input(); err != nil {
		return Report{}, err
	}
	if len(w.members) == 0 {
		result.Reason = multilevel.NoData
		r.Caveats.Add(string(multilevel.NoData), multilevel.NoData.Sentence())
		return r, nil
	}
	r.Caveats.Add("signs_are_questions", "A sign says which rule was met, and not that somebody will leave. Most members with a sign stay; read how often each was there in those who did.")
	r.Caveats.Add("highest_tells_nothing", "Answers that are always the highest tell nothing: neither that the alliance is strong nor that it is not.")
	if result.Left < fewestLeft {
		r.Caveats.Add("few_dropped_out", fmt.Sprintf("%d of these members dropped out, too few to say which sign goes before it.", result.Left))
	}
	return r, nil
}

// fewestLeft is the number of members who dropped out below which rates among them
// are called few.
const fewestLeft = 10

// signsWalk gathers members' courses.
type signsWalk struct {
	walk *walk
	ask  *Ask
	src  Source

	watched  watched
	lines    map[Measure][][]float64 // of all members, for the spread within
	members  []memberCourse
	redacted int
	answered *Answering // nil where the source knows no findings
	done     deeds
	unread   []string // findings
}

// memberCourse is one member in one group.
type memberCourse struct {
	group    session.GroupID
	course   slipping.Course
	measures []Measure // of course.Alliance
	left     bool      // dropped out
	gone     bool      // in the group no longer
}

// visit takes one group.
func (w *signsWalk) visit(ctx context.Context, g *session.Group, sessions []*session.Session) error {
	meetings := held(sessions)
	if from, ok := w.src.(answering); ok {
		if w.answered == nil {
			w.answered = &Answering{}
		}
		unread, err := answers(ctx, from, g, meetings, w.answered, w.done)
		if err != nil {
			return err
		}
		w.unread = append(w.unread, unread...)
	}
	at := map[session.MemberID]int{}
	first := len(w.members)
	for _, s := range meetings {
		for _, seat := range s.Roster {
			if seat.Redacted {
				w.redacted++
				continue
			}
			k, ok := at[seat.MemberID]
			if !ok {
				k = len(w.members)
				at[seat.MemberID] = k
				w.members = append(w.members, memberCourse{
					group: g.ID, course: slipping.Course{Member: seat.MemberID}, left: droppedOut(g, seat.MemberID), gone: goneFrom(g, seat.MemberID),
				})
			}
			c := &w.members[k].course
			c.Seats = append(c.Seats, slipping.Seat{SessionID: s.ID, Number: s.Number, HeldOn: s.HeldOn, Attendance: seat.Attendance})
		}
	}
	for _, m := range w.measuresIn(meetings) {
		scorer := w.watched.scorers[m]
		rule := scorer.Rule()
		lines := dyad.AllianceSeries(*scorer, meetings)
		withhold(w.src, meetings, lines)
		for _, line := range lines {
			k, ok := at[line.Unit.MemberID]
			if !ok {
				continue
			}
			w.lines[m] = append(w.lines[m], line.Values())
			w.members[k].course.Alliance = append(w.members[k].course.Alliance, slipping.AllianceCourse{Series: line, Min: rule.Min, Max: rule.Max})
			w.members[k].measures = append(w.members[k].measures, m)
		}
	}
	slices.SortFunc(w.members[first:], func(a, b memberCourse) int { return cmp.Compare(a.course.Member, b.course.Member) })
	return nil
}

// goneFrom tells whether a member's last time in a group has ended.
func goneFrom(g *session.Group, id session.MemberID) bool {
	return !slices.ContainsFunc(g.Spells, func(s session.Spell) bool { return s.MemberID == id && s.Left == nil })
}

// measuresIn lists the measures of the alliance that members answered in sessions:
// those asked about, or of every instrument its total, or else its first score.
func (w *signsWalk) measuresIn(sessions []*session.Session) []Measure {
	var out []Measure
	for _, s := range sessions {
		for i := range s.Alliances {
			x := &s.Alliances[i]
			if x.Rater.Kind != instrument.RaterMember {
				continue
			}
			if m, ok := w.watched.of(x.Instrument, instrument.Alliance); ok && !slices.Contains(out, m) {
				out = append(out, m)
			}
		}
	}
	slices.SortFunc(out, byInstrument)
	return out
}

// result looks for signs in everybody, and lists those asked about.
func (w *signsWalk) result() *SlippingResult {
	within := map[Measure]float64{}
	for m, lines := range w.lines {
		if sd := series.SpreadOf(lines).Successive; sd != nil {
			within[m] = *sd
		}
	}
	r := &SlippingResult{}
	for _, rule := range slipping.Rules() {
		sign := SignRule{Rule: rule}
		if rule.ID == slipping.FallingAlliance {
			sign.ByChance = new(series.FallingInThree(slipping.FallBy))
		}
		r.Rules = append(r.Rules, sign)
	}
	for i := range w.members {
		m := &w.members[i]
		for k := range m.course.Alliance {
			m.course.Alliance[k].Within = within[m.measures[k]]
		}
		signs := m.course.Signs()
		r.count(m, signs)
		if w.ask.wantsMember(m.course.Member) {
			r.Members = append(r.Members, m.described(signs, w.done))
		}
	}
	if w.answered != nil {
		w.answered.settle(w.done)
		r.Answering = w.answered
	}
	for i := range r.Rules {
		r.Rules[i].Stayed.Of, r.Rules[i].Left.Of = r.Stayed, r.Left
	}
	return r
}

// count adds one member to the rates.
func (s *SlippingResult) count(m *memberCourse, signs []slipping.Sign) {
	if m.left {
		s.Left++
	} else {
		s.Stayed++
	}
	for i := range s.Rules {
		rule := &s.Rules[i]
		n := 0
		for _, x := range signs {
			if x.Rule == rule.ID {
				n++
			}
		}
		rate := &rule.Stayed
		if m.left {
			rate = &rule.Left
		}
		if n > 0 {
			rate.Members++
		}
		rate.Times += n
		rate.Sessions += len(m.course.Seats)
	}
}

// described is one member with the signs.
func (m *memberCourse) described(signs []slipping.Sign, done deeds) MemberSigns {
	last := &m.course.Seats[len(m.course.Seats)-1]
	out := MemberSigns{Group: string(m.group), Member: string(m.course.Member), Sessions: len(m.course.Seats), Last: last.Number, Left: m.left, Gone: m.gone}
	for _, s := range signs {
		sign := MemberSign{Rule: s.Rule, Session: string(s.SessionID), Number: s.Number, HeldOn: string(s.HeldOn), Now: s.Number == last.Number}
		if s.Rule == slipping.NoShow || s.Rule == slipping.TwoOfThree {
			sign.Done = done[missedSeat{s.SessionID, m.course.Member}]
		}
		out.Signs = append(out.Signs, sign)
	}
	return out
}
