package store_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"testing"
	"time"

	"holon/internal/analysis"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/store"
)

// read is a Source of sessions that were read before.
type read struct {
	groups   []*session.Group
	sessions map[session.GroupID][]*session.Session
	registry *instrument.Registry
}

func (r *read) Groups() []*session.Group { return r.groups }
func (r *read) LeftOut() []string        { return nil }
func (r *read) Definition(ref instrument.Ref) (*instrument.Definition, bool) {
	return r.registry.Lookup(ref)
}

func (r *read) Cutoffs(ref instrument.Ref, score string) ([]instrument.Cutoff, string) {
	return r.registry.Cutoffs(ref, score)
}

func (r *read) Sessions(_ context.Context, id session.GroupID, _ ...instrument.Level) iter.Seq2[*session.Session, error] {
	return func(yield func(*session.Session, error) bool) {
		for _, s := range r.sessions[id] {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// The practice of the benchmarks.
const (
	benchGroups   = 125
	benchMembers  = 8
	benchMeetings = 100
)

// thousand fills a store with the alliances of 1,000 members over 100 sessions, in
// groups of eight.
func thousand(b *testing.B) (all []*session.Group, registry *instrument.Registry, sessions *store.Sessions) {
	b.Helper()
	e := openSQLite(b)
	registry = copyInstruments(b, e)
	sessions = store.NewSessions(e)
	g, week := thursday(b, e, benchMembers)
	var forms []session.FormInput
	for _, seat := range week.Roster {
		m := string(seat.MemberID)
		forms = append(forms, form("f-wai-"+m, "wai-sr", instrument.RaterMember, m, session.About{TherapistID: "t-1"}, 12))
	}
	must(b, week.Submit(forms, session.Reference{Definition: registry.Lookup}))
	rng := rand.New(rand.NewPCG(1000, 100))
	for k := range benchGroups {
		of := *g
		of.ID, of.Code = session.GroupID(fmt.Sprintf("g-%03d", k)), session.Code(fmt.Sprintf("S%03d", k))
		all = append(all, &of)
		for n := range benchMeetings {
			s := *week
			s.ID, s.GroupID, s.Number, s.Status = session.SessionID(fmt.Sprintf("s-%03d-%03d", k, n)), of.ID, n+1, session.StatusClosed
			s.HeldOn = session.Date(time.Date(2024, 1, 1+7*n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
			for i := range s.Roster {
				s.Roster[i].Attendance, s.Roster[i].Modality = session.Present, session.InPerson
			}
			for i := range s.Alliances {
				for j := range s.Alliances[i].Answers {
					s.Alliances[i].Answers[j].Value = float64(1 + rng.IntN(5))
				}
			}
			must(b, sessions.Insert(b.Context(), &s))
		}
	}
	return all, registry, sessions
}

// readAll reads every group's alliances.
func readAll(b *testing.B, all []*session.Group, registry *instrument.Registry, sessions *store.Sessions) *read {
	b.Helper()
	r := &read{groups: all, registry: registry, sessions: map[session.GroupID][]*session.Session{}}
	for _, g := range all {
		for s, err := range sessions.OfGroup(b.Context(), g.ID, 0, 0, []instrument.Level{instrument.Alliance}) {
			must(b, err)
			r.sessions[g.ID] = append(r.sessions[g.ID], s)
		}
	}
	return r
}

// tellRatio reports how long the work took beside the reading.
func tellRatio(b *testing.B, what string, working, reading time.Duration) {
	b.Helper()
	b.ReportMetric(float64(working)/float64(reading), what+"/read")
	b.ReportMetric(float64(reading.Milliseconds())/float64(b.N), "ms/read")
	b.ReportMetric(float64(working.Milliseconds())/float64(b.N), "ms/"+what)
	b.ReportMetric(0, "ns/op") // both together say nothing
}

// BenchmarkSeries reads the alliances of 1,000 members over 100 sessions from the
// store and then analyses them as the report `series` does. The ratio of the two, in
// one run, is analysis/read.
func BenchmarkSeries(b *testing.B) {
	all, registry, sessions := thousand(b)
	ask := analysis.Ask{Measure: analysis.Measure{Instrument: instrument.Ref{ID: "wai-sr", Version: "1"}, Score: "total", Rater: instrument.RaterMember}}
	var reading, analysing time.Duration
	for b.Loop() {
		start := b.Elapsed()
		r := readAll(b, all, registry, sessions)
		done := b.Elapsed()
		report, err := analysis.Series(b.Context(), r, ask)
		must(b, err)
		reading, analysing = reading+done-start, analysing+b.Elapsed()-done
		if report.Counts.Ratings != benchGroups*benchMembers*benchMeetings {
			b.Fatalf("%d values", report.Counts.Ratings)
		}
	}
	tellRatio(b, "analysis", analysing, reading)
}

// BenchmarkWatch reads the same and looks for alarms and signs in all of it, as the
// service does when it starts.
func BenchmarkWatch(b *testing.B) {
	all, registry, sessions := thousand(b)
	var reading, watching time.Duration
	for b.Loop() {
		start := b.Elapsed()
		r := readAll(b, all, registry, sessions)
		done := b.Elapsed()
		histories := func(yield func(*finding.History, error) bool) {
			for _, g := range all {
				if !yield(&finding.History{Group: g, Sessions: r.sessions[g.ID], Definition: registry.Lookup}, nil) {
					return
				}
			}
		}
		look, err := analysis.Watch{}.Calibrate(b.Context(), histories, finding.DefaultSettings())
		must(b, err)
		grounds := 0
		for h, err := range histories {
			must(b, err)
			begun, places := look.Look(h)
			grounds += len(begun) + len(places)
		}
		reading, watching = reading+done-start, watching+b.Elapsed()-done
		if grounds == 0 {
			b.Fatal("nothing was found in 100,000 values")
		}
	}
	tellRatio(b, "watch", watching, reading)
}
