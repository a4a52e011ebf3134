package analysis

import (
	"holon/internal/dyad"
	"holon/internal/instrument"
	"holon/internal/multilevel/series"
	"holon/internal/session"
	"holon/internal/slipping"
)

// seated says where the members of one group are, and their seats.
type seated struct {
	at    map[session.MemberID]int
	seats map[session.MemberID]map[session.SessionID]int
}

// alliances takes what members said.
func (w *signsWalk) alliances(in *seated, meetings []*session.Session) {
	var all []session.Series
	for _, m := range w.watched.in(meetings, instrument.Alliance) {
		scorer := w.watched.scorers[m]
		rule := scorer.Rule()
		lines := dyad.AllianceSeries(*scorer, meetings)
		withhold(w.src, meetings, lines)
		all = append(all, lines...)
		for i := range lines {
			member := lines[i].Unit.MemberID
			k, ok := in.at[member]
			if !ok {
				continue
			}
			w.lines[m] = append(w.lines[m], lines[i].Values())
			w.members[k].course.Alliance = append(w.members[k].course.Alliance, valuesOf(&lines[i], in.seats[member], &rule))
			w.members[k].measures = append(w.members[k].measures, m)
		}
	}
	forms := formsIn(all)
	for member, k := range in.at {
		seats := w.members[k].course.Seats
		for _, s := range meetings {
			if seat, ok := in.seats[member][s.ID]; ok {
				seats[seat].Form = w.formOf(s, member, forms)
			}
		}
	}
}

// valuesOf returns the values of a series by seat, higher for the better; none of a
// score without a better end.
func valuesOf(line *session.Series, seats map[session.SessionID]int, rule *instrument.Score) slipping.AllianceCourse {
	out := slipping.AllianceCourse{Min: rule.Min, Max: rule.Max}
	sign := 1.0
	switch rule.Direction {
	case instrument.HigherWorse:
		sign, out.Min, out.Max = -1, -rule.Max, -rule.Min
	case instrument.Neutral:
		return out
	case instrument.HigherBetter:
	}
	for i := range line.Points {
		p := &line.Points[i]
		if seat, ok := seats[p.SessionID]; ok && p.Gap == session.GapNone {
			out.Values = append(out.Values, slipping.Value{Seat: seat, Is: sign * p.Value})
		}
	}
	return out
}

// within is the pooled standard deviation within members, of each measure that has one.
func (w *signsWalk) within() map[Measure]float64 {
	out := map[Measure]float64{}
	for m, lines := range w.lines {
		if sd := series.SpreadOf(lines).Successive; sd != nil {
			out[m] = *sd
		}
	}
	return out
}

// formsInSessions are the points with a form behind them: of every session, and in it
// of every member the gap that says the most.
type formsInSessions map[session.SessionID]map[session.MemberID]slipping.Form

// formsIn finds the forms of all measures. A member who said something of one
// therapist or by one instrument is not silent.
func formsIn(lines []session.Series) formsInSessions {
	out := formsInSessions{}
	for i := range lines {
		for k := range lines[i].Points {
			p := &lines[i].Points[k]
			if p.Rating == "" {
				continue
			}
			if out[p.SessionID] == nil {
				out[p.SessionID] = map[session.MemberID]slipping.Form{}
			}
			form, member := slipping.FormSaid, lines[i].Unit.MemberID
			switch p.Gap {
			case session.GapBlank:
				form = slipping.FormBlank
			case session.GapUnfinished, session.GapRedacted, session.GapWithheld:
				form = slipping.FormUnknown
			default:
			}
			if before, seen := out[p.SessionID][member]; !seen || before == slipping.FormBlank || form == slipping.FormSaid {
				out[p.SessionID][member] = form
			}
		}
	}
	return out
}

// formOf says what a meeting holds of what a member said. None is told of a closed
// session alone: in an open one the form may come yet.
func (w *signsWalk) formOf(s *session.Session, m session.MemberID, forms formsInSessions) slipping.Form {
	form, handed := forms[s.ID][m]
	from, hides := w.src.(withholding)
	switch {
	case handed:
		return form
	case len(forms[s.ID]) == 0 || s.Status != session.StatusClosed || hides && from.Withheld(s, m):
		return slipping.FormUnknown
	default:
		return slipping.FormNone
	}
}
