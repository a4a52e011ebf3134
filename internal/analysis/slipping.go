package analysis

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"holon/internal/fault"
	"holon/internal/finding"
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
	w := &signsWalk{answered: answeredOf(src, []finding.Rule{finding.MissedSession}, finding.Signs()), walk: newWalk(src, &ask), ask: &ask, src: src, watched: watched{src: src, only: ask.Measures, scorers: map[Measure]*session.Scorer{}}, lines: map[Measure][][]float64{}}
	visit := func(g *session.Group, sessions []*session.Session) error { return w.visit(ctx, g, sessions) }
	if err := w.walk.each(ctx, []instrument.Level{instrument.Alliance}, visit); err != nil {
		return Report{}, err
	}
	w.walk.damaged = append(w.walk.damaged, w.answered.left()...)
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
	r.Caveats.Add("signs_are_questions", "A sign says which rule was met, and not that somebody will leave. Read how often each was there in members who stayed.")
	r.Caveats.Add("highest_tells_nothing", "Answers that are always the best possible tell nothing: neither that the alliance is strong nor that it is not.")
	r.Caveats.Add("falls_at_once_are_alarms", "Who fell at once and stayed down has no sign here, unless to the worst third of the scale: ask for alarms as well.")
	if result.Left > 0 {
		r.Caveats.Add("before_leaving_alone", "Of members who dropped out, signs are counted up to the last meeting they came to: the absences after it are the leaving itself.")
	}
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
	answered *answered // nil where the source knows no findings
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
	w.take(g, meetings)
	return w.answered.read(ctx, w.src, g, meetings)
}

// take takes the members of one group with what was noted of them in its meetings.
func (w *signsWalk) take(g *session.Group, meetings []*session.Session) {
	in := seated{at: map[session.MemberID]int{}, seats: map[session.MemberID]map[session.SessionID]int{}}
	first := len(w.members)
	for _, s := range meetings {
		for _, seat := range s.Roster {
			if seat.Redacted {
				w.redacted++
				continue
			}
			k, ok := in.at[seat.MemberID]
			if !ok {
				k = len(w.members)
				in.at[seat.MemberID], in.seats[seat.MemberID] = k, map[session.SessionID]int{}
				w.members = append(w.members, memberCourse{
					group: g.ID, course: slipping.Course{Member: seat.MemberID}, left: droppedOut(g, seat.MemberID), gone: goneFrom(g, seat.MemberID),
				})
			}
			c := &w.members[k].course
			in.seats[seat.MemberID][s.ID] = len(c.Seats)
			c.Seats = append(c.Seats, slipping.Seat{SessionID: s.ID, Number: s.Number, HeldOn: s.HeldOn, Attendance: seat.Attendance})
		}
	}
	w.alliances(&in, meetings)
	slices.SortFunc(w.members[first:], func(a, b memberCourse) int { return cmp.Compare(a.course.Member, b.course.Member) })
}

// result looks for signs in everybody, and lists those asked about.
func (w *signsWalk) result() *SlippingResult {
	within := w.within()
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
		looks := m.course.Looks()
		r.count(m, looks)
		if w.ask.wantsMember(m.course.Member) {
			r.Members = append(r.Members, w.described(m, looks))
		}
	}
	r.Absences, r.Answering = w.answered.of(0), w.answered.of(1)
	return r
}

// count adds one member to the rates. Whoever dropped out counts up to the last
// meeting that the member came to.
func (s *SlippingResult) count(m *memberCourse, looks []slipping.Look) {
	if m.left {
		s.Left++
		before := m.course.BeforeLeaving()
		looks = before.Looks()
	} else {
		s.Stayed++
	}
	signed := false
	for i := range s.Rules {
		rule := &s.Rules[i]
		rate := &rule.Stayed
		if m.left {
			rate = &rule.Left
		}
		times, of := 0, 0
		for _, x := range looks {
			if x.Rule == rule.ID {
				of++
				if x.Met {
					times++
				}
			}
		}
		if of > 0 {
			rate.Of++
		}
		if times > 0 {
			rate.Members++
			signed = signed || !rule.TellsNothing
		}
		rate.Times += times
		rate.Sessions += of
	}
	if signed {
		s.Signed++
		if !m.left {
			s.SignedStayed++
		}
	}
}

// described is one member with the signs and what was done after each.
func (w *signsWalk) described(m *memberCourse, looks []slipping.Look) MemberSigns {
	out := MemberSigns{Group: string(m.group), Member: string(m.course.Member), Sessions: len(m.course.Seats), Last: m.course.Seats[len(m.course.Seats)-1].Number, Left: m.left, Gone: m.gone}
	for _, x := range looks {
		if !x.Met {
			continue
		}
		seat := &m.course.Seats[x.Seat]
		out.Signs = append(out.Signs, MemberSign{
			Rule: x.Rule, Session: string(seat.SessionID), Number: seat.Number, HeldOn: string(seat.HeldOn), Now: x.Last && !m.gone,
			Done: w.answered.about(m.group, m.course.Member, seat.HeldOn, func(f *finding.Finding) bool {
				return f.SessionID == seat.SessionID && (f.Rule == finding.Rule(x.Rule) || f.Rule == finding.MissedSession && x.Rule == slipping.NoShow)
			}),
		})
	}
	return out
}
