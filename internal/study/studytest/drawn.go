// Package studytest draws studies for tests: sessions with known components of
// variance, and the frozen copies of them that a snapshot holds.
package studytest

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// Cohesion is the measure of the group that drawn members answer.
func Cohesion() session.Measure {
	return session.Measure{Instrument: instrument.Ref{ID: "gcq-s", Version: "1"}, Score: "engaged", Rater: instrument.RaterMember}
}

// Alliance is what drawn members say of their therapist.
func Alliance() session.Measure {
	return session.Measure{Instrument: instrument.Ref{ID: "wai-sr", Version: "1"}, Score: "total", Rater: instrument.RaterMember}
}

// Outcome is what drawn members say of themselves.
func Outcome() session.Measure {
	return session.Measure{Instrument: instrument.Ref{ID: "phq-9", Version: "1"}, Score: "total", Rater: instrument.RaterMember}
}

// Design is a study that is drawn, with the variances of its cohesion.
type Design struct {
	Groups, Members, Sessions        int
	Group, Member, Evening, Residual float64
	Families                         int
	First                            int     // number of the first group, where a study is drawn in parts
	Missing                          float64 // part of forms that are not there
	Seed                             uint64
}

// Drawn is a source of drawn sessions.
type Drawn struct {
	Design

	registry *instrument.Registry
	all      []*session.Group
	rows     map[session.GroupID][]*session.Session
}

// Draw draws a study.
func Draw(tb testing.TB, d Design) *Drawn {
	tb.Helper()
	registry, err := instrument.Load(nil)
	if err != nil {
		tb.Fatal(err)
	}
	out := &Drawn{Design: d, registry: registry, rows: map[session.GroupID][]*session.Session{}}
	rng := rand.New(rand.NewPCG(d.Seed, 7))
	for i := range d.Groups + d.Families {
		g, kind, role, size := d.First+i, session.KindGroup, session.RoleMember, d.Members
		if i >= d.Groups {
			kind, role, size = session.KindFamily, session.RoleCaregiver, 3
		}
		group := &session.Group{ID: session.GroupID(fmt.Sprintf("g-%04d", g)), Code: session.Code(fmt.Sprintf("G%04d", g)), Kind: kind, Format: session.Open, StartsOn: "2024-01-01"}
		for m := range size {
			group.Spells = append(group.Spells, session.Spell{Number: m + 1, MemberID: session.MemberID(fmt.Sprintf("m-%04d-%d", g, m)), Role: role, Joined: "2024-01-01"})
		}
		group.TherapistSpells = []session.TherapistSpell{{Number: 1, TherapistID: session.TherapistID(fmt.Sprintf("t-%03d", g/2)), Role: session.Lead, From: "2024-01-01"}}
		out.all = append(out.all, group)
		out.rows[group.ID] = d.meetings(rng, group)
	}
	return out
}

// meetings draws a group's sessions: y = 3 + G + M + S + e.
func (d *Design) meetings(rng *rand.Rand, g *session.Group) []*session.Session {
	whole := math.Sqrt(d.Group) * rng.NormFloat64()
	own := make([]float64, len(g.Spells))
	for i := range own {
		own[i] = math.Sqrt(d.Member) * rng.NormFloat64()
	}
	var out []*session.Session
	for n := range d.Sessions {
		s := &session.Session{
			ID: session.SessionID(fmt.Sprintf("s-%s-%02d", g.ID, n)), GroupID: g.ID, GroupKind: g.Kind, Number: n + 1, Kind: session.Meeting, Status: session.StatusClosed,
			HeldOn:     session.Date(time.Date(2024, 1, 4+7*n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)),
			Therapists: []session.Presence{{TherapistID: g.TherapistSpells[0].TherapistID, Role: session.Lead, Present: true}},
		}
		evening := math.Sqrt(d.Evening) * rng.NormFloat64()
		for i, sp := range g.Spells {
			s.Roster = append(s.Roster, session.Seat{MemberID: sp.MemberID, Spell: sp.Number, Attendance: session.Present, Modality: session.InPerson})
			y := 3 + whole + own[i] + evening + math.Sqrt(d.Residual)*rng.NormFloat64()
			if rng.Float64() < d.Missing {
				continue
			}
			s.Cohesion = append(s.Cohesion, session.CohesionRating{Rating: rating(rng, "gcq-s", 12, 0, 6, sp, n, y)})
			s.Alliances = append(s.Alliances, session.AllianceRating{Rating: rating(rng, "wai-sr", 12, 1, 5, sp, n, 3+own[i]+.5*rng.NormFloat64()), TherapistID: s.Therapists[0].TherapistID, MemberID: sp.MemberID})
			s.Outcomes = append(s.Outcomes, session.OutcomeRating{Rating: rating(rng, "phq-9", 9, 0, 3, sp, n, 1+.3*own[i]+.3*rng.NormFloat64()), MemberID: sp.MemberID})
		}
		out = append(out, s)
	}
	return out
}

// rating is a form whose items are one value, to the whole number below or above.
func rating(rng *rand.Rand, id string, items int, low, high float64, sp session.Spell, n int, y float64) session.Rating {
	r := session.Rating{
		ID: session.RatingID(fmt.Sprintf("r-%s-%s-%d", id, sp.MemberID, n)), FormID: session.FormID(fmt.Sprintf("f-%s-%s-%d", id, sp.MemberID, n)), Version: 1,
		Instrument: instrument.Ref{ID: id, Version: "1"}, Rater: session.Rater{Kind: instrument.RaterMember, ID: string(sp.MemberID)}, Occasion: session.Post, FormItems: items,
		Entered: session.Entry{By: "test", At: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), Mode: session.Paper},
	}
	for i := range items {
		r.Answers = append(r.Answers, session.Answer{Item: i + 1, State: session.Answered, Value: min(max(math.Floor(y+rng.Float64()), low), high)})
	}
	return r
}

// Study returns the study of the drawn groups.
func (d *Drawn) Study(tb testing.TB, measures ...session.Measure) *study.Study {
	tb.Helper()
	ids := make([]session.GroupID, len(d.all))
	for i, g := range d.all {
		ids[i] = g.ID
	}
	s, err := study.New("st-test", study.Input{Code: "TEST", Groups: ids, Measures: measures, Release: study.Controlled}, func(session.GroupID) bool { return true }, d.Definition)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// Alter changes every drawn session, with its group.
func (d *Drawn) Alter(change func(*session.Group, *session.Session)) {
	for _, g := range d.all {
		for _, s := range d.rows[g.ID] {
			change(g, s)
		}
	}
}

// Each yields the drawn groups.
func (d *Drawn) Each(context.Context) iter.Seq2[*session.Group, error] {
	return func(yield func(*session.Group, error) bool) {
		for _, g := range d.all {
			if !yield(g, nil) {
				return
			}
		}
	}
}

// Groups returns the drawn groups.
func (d *Drawn) Groups() []*session.Group { return d.all }

// LeftOut names no group.
func (d *Drawn) LeftOut() []string { return nil }

// Definition returns the version of an instrument.
func (d *Drawn) Definition(ref instrument.Ref) (*instrument.Definition, bool) {
	return d.registry.Lookup(ref)
}

// Cutoffs returns the cut-offs of a score.
func (d *Drawn) Cutoffs(ref instrument.Ref, score string) ([]instrument.Cutoff, string) {
	return d.registry.Cutoffs(ref, score)
}

// Sessions yields a group's sessions.
func (d *Drawn) Sessions(_ context.Context, id session.GroupID, _ ...instrument.Level) iter.Seq2[*session.Session, error] {
	return func(yield func(*session.Session, error) bool) {
		for _, s := range d.rows[id] {
			if !yield(s, nil) {
				return
			}
		}
	}
}
