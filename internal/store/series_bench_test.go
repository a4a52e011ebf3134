package store_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"testing"
	"time"

	"holon/internal/analysis"
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

// BenchmarkSeries reads the alliances of 1,000 members over 100 sessions from the
// store, in groups of eight, and then analyses them as the report `series` does.
// The ratio of the two, in one run, is analysis/read.
func BenchmarkSeries(b *testing.B) {
	const groups, members, meetings = 125, 8, 100
	e := openSQLite(b)
	registry := copyInstruments(b, e)
	sessions := store.NewSessions(e)
	g, week := thursday(b, e, members)
	var forms []session.FormInput
	for _, seat := range week.Roster {
		m := string(seat.MemberID)
		forms = append(forms, form("f-wai-"+m, "wai-sr", instrument.RaterMember, m, session.About{TherapistID: "t-1"}, 12))
	}
	must(b, week.Submit(forms, session.Reference{Definition: registry.Lookup}))
	rng := rand.New(rand.NewPCG(1000, 100))
	var all []*session.Group
	for k := range groups {
		of := *g
		of.ID, of.Code = session.GroupID(fmt.Sprintf("g-%03d", k)), session.Code(fmt.Sprintf("S%03d", k))
		all = append(all, &of)
		for n := range meetings {
			s := *week
			s.ID, s.GroupID, s.Number = session.SessionID(fmt.Sprintf("s-%03d-%03d", k, n)), of.ID, n+1
			for i := range s.Alliances {
				for j := range s.Alliances[i].Answers {
					s.Alliances[i].Answers[j].Value = float64(1 + rng.IntN(5))
				}
			}
			must(b, sessions.Insert(b.Context(), &s))
		}
	}
	ask := analysis.Ask{Measure: analysis.Measure{Instrument: instrument.Ref{ID: "wai-sr", Version: "1"}, Score: "total", Rater: instrument.RaterMember}}
	var reading, analysing time.Duration
	for b.Loop() {
		start := b.Elapsed()
		r := &read{groups: all, registry: registry, sessions: map[session.GroupID][]*session.Session{}}
		for _, g := range all {
			for s, err := range sessions.OfGroup(b.Context(), g.ID, 0, 0, []instrument.Level{instrument.Alliance}) {
				must(b, err)
				r.sessions[g.ID] = append(r.sessions[g.ID], s)
			}
		}
		done := b.Elapsed()
		report, err := analysis.Series(b.Context(), r, ask)
		must(b, err)
		reading, analysing = reading+done-start, analysing+b.Elapsed()-done
		if report.Counts.Ratings != groups*members*meetings {
			b.Fatalf("%d values", report.Counts.Ratings)
		}
	}
	b.ReportMetric(float64(analysing)/float64(reading), "analysis/read")
	b.ReportMetric(float64(reading.Milliseconds())/float64(b.N), "ms/read")
	b.ReportMetric(float64(analysing.Milliseconds())/float64(b.N), "ms/analysis")
	b.ReportMetric(0, "ns/op") // both together say nothing
}
