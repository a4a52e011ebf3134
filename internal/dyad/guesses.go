package dyad

import (
	"iter"
	"math"
	"slices"

	"holon/internal/session"
)

// Course is one therapist–member pair over its sessions, from both sides: what the
// member answered and what the therapist guessed, score by score.
type Course struct {
	Group  session.GroupID
	Unit   session.Unit
	Points []CoursePoint
}

// CoursePoint is one session of a pair. Each list has a place for every score
// asked for; NaN where there is no value.
type CoursePoint struct {
	session.Point // of the first score

	Answers     []float64        // the member's
	Others      []float64        // mean of what at least two other members said of the same therapist
	Guesses     []float64        // the therapist's
	Encounters  []float64        // the member's, one for each call of AddEncounter; no part of the alliance
	Modality    session.Modality // empty while nobody said, and of the absent
	AfterSeeing bool             // there is a guess, and it was made after seeing the answer: it is left out
}

// fewestOthers is how many other members the mean of the others needs: of one it
// would be that one's answer.
const fewestOthers = 2

// Courses reads a group's pairs. answers are scores of one instrument by members;
// guesses are those of the therapists at the same places, nil where there is none.
// Assessments are no sessions of a pair. A pair of which the member never handed
// in a form has no course; unanswered counts those that the therapist guessed.
func Courses(sessions []*session.Session, answers []session.Scorer, guesses []*session.Scorer) (out []Course, unanswered int) {
	met := slices.DeleteFunc(slices.Clone(sessions), func(s *session.Session) bool { return s.Kind == session.Assessment })
	in := make(map[session.SessionID]*session.Session, len(met))
	for _, s := range met {
		in[s.ID] = s
	}
	said := make([]map[session.Unit]map[session.SessionID]float64, len(answers))
	for k := range answers {
		lines := AllianceSeries(answers[k], met)
		said[k] = valuesOf(lines)
		if k > 0 {
			continue
		}
		for i := range lines {
			out = append(out, newCourse(&lines[i], len(answers), in))
		}
	}
	guessed := map[session.Unit]bool{}
	blind := withoutSeen(met)
	for k, scorer := range guesses {
		var found map[session.Unit]map[session.SessionID]float64
		if scorer != nil {
			found = valuesOf(AllianceSeries(*scorer, blind))
		}
		for u := range found {
			guessed[u] = true
		}
		for i := range out {
			out[i].fill(k, said[k], found)
		}
	}
	for i := range out {
		delete(guessed, out[i].Unit)
	}
	markSeen(out, met, guesses)
	return out, len(guessed)
}

// newCourse makes a pair's course out of the series of its first score.
func newCourse(line *session.Series, scores int, in map[session.SessionID]*session.Session) Course {
	out := Course{Group: line.GroupID, Unit: line.Unit, Points: make([]CoursePoint, len(line.Points))}
	for i := range line.Points {
		seat, _ := in[line.Points[i].SessionID].SeatOf(line.Unit.MemberID)
		none := slices.Repeat([]float64{math.NaN()}, scores)
		out.Points[i] = CoursePoint{Point: line.Points[i], Answers: none, Others: slices.Clone(none), Guesses: slices.Clone(none), Modality: seat.Modality}
	}
	return out
}

// fill puts one score of both sides into a course.
func (c *Course) fill(k int, said, guessed map[session.Unit]map[session.SessionID]float64) {
	others := othersOf(said, c.Unit)
	for i := range c.Points {
		p := &c.Points[i]
		if v, ok := said[c.Unit][p.SessionID]; ok {
			p.Answers[k] = v
		}
		if v, ok := guessed[c.Unit][p.SessionID]; ok {
			p.Guesses[k] = v
		}
		sum, n := 0.0, 0
		for _, u := range others {
			if v, ok := said[u][p.SessionID]; ok {
				sum += v
				n++
			}
		}
		if n >= fewestOthers {
			p.Others[k] = sum / float64(n)
		}
	}
}

// othersOf lists, in a fixed order, the pairs of the same therapist with others.
func othersOf(said map[session.Unit]map[session.SessionID]float64, of session.Unit) []session.Unit {
	var out []session.Unit
	for u := range said {
		if u.TherapistID == of.TherapistID && u.MemberID != of.MemberID {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b session.Unit) int {
		if a.MemberID < b.MemberID {
			return -1
		}
		return 1
	})
	return out
}

// valuesOf returns the values of series by pair and session.
func valuesOf(lines []session.Series) map[session.Unit]map[session.SessionID]float64 {
	out := make(map[session.Unit]map[session.SessionID]float64, len(lines))
	for i := range lines {
		values := map[session.SessionID]float64{}
		for j := range lines[i].Points {
			if p := &lines[i].Points[j]; p.Gap == session.GapNone {
				values[p.SessionID] = p.Value
			}
		}
		out[lines[i].Unit] = values
	}
	return out
}

// withoutSeen returns the sessions without guesses that were made after seeing.
func withoutSeen(sessions []*session.Session) []*session.Session {
	out := slices.Clone(sessions)
	for i, s := range out {
		if slices.ContainsFunc(s.Alliances, func(x session.AllianceRating) bool { return x.AfterSeeing }) {
			blind := *s
			blind.Alliances = slices.DeleteFunc(slices.Clone(s.Alliances), func(x session.AllianceRating) bool { return x.AfterSeeing })
			out[i] = &blind
		}
	}
	return out
}

// markSeen marks the points of which a guess was left out.
func markSeen(courses []Course, sessions []*session.Session, guesses []*session.Scorer) {
	seen := map[session.Unit]map[session.SessionID]bool{}
	for s, x := range seenOf(sessions, guesses) {
		u := session.Unit{TherapistID: x.TherapistID, MemberID: x.MemberID}
		if seen[u] == nil {
			seen[u] = map[session.SessionID]bool{}
		}
		seen[u][s.ID] = true
	}
	for i := range courses {
		for j := range courses[i].Points {
			p := &courses[i].Points[j]
			p.AfterSeeing = seen[courses[i].Unit][p.SessionID]
		}
	}
}

// seenOf yields the guesses that were made after seeing, each with its session.
func seenOf(sessions []*session.Session, guesses []*session.Scorer) iter.Seq2[*session.Session, *session.AllianceRating] {
	return func(yield func(*session.Session, *session.AllianceRating) bool) {
		for _, s := range sessions {
			for i := range s.Alliances {
				x := &s.Alliances[i]
				ours := slices.ContainsFunc(guesses, func(g *session.Scorer) bool { return g != nil && g.Fit(&x.Rating) == session.Fits })
				if x.AfterSeeing && x.Live() && ours && !yield(s, x) {
					return
				}
			}
		}
	}
}
