package store_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/store"
)

// weeks are the two sizes of week that the figures speak of, by the bytes of
// the stored session.
var weeks = []struct {
	name  string
	size  int
	bonds bool
}{
	{"26 KB", 26_000, false},
	{"44 KB with bonds", 44_000, true},
}

// BenchmarkWriteOfAForm loads a session, adds a form, archives and swaps, and
// beside it has the same engine insert and replace the very same bytes. The
// ratio of the two, in one run, is x/bare.
func BenchmarkWriteOfAForm(b *testing.B) {
	for _, week := range weeks {
		b.Run(week.name, func(b *testing.B) {
			e := openSQLite(b)
			registry := copyInstruments(b, e)
			ref := session.Reference{Definition: registry.Lookup}
			s := weekOf(b, registry, week.size, week.bonds)
			sessions := store.NewSessions(e)
			whole, history := collectionNamed(b, "sessions"), collectionNamed(b, "history")
			late := form("late", "holon-cohesion-1", instrument.RaterMember, "m-01", session.About{}, 1)
			var ours, bare time.Duration
			size, i := 0, 0
			for b.Loop() {
				b.StopTimer()
				i++
				s.Number, s.ID, s.GroupID = i, session.SessionID(fmt.Sprintf("s-a%06d", i)), "g-a"
				must(b, sessions.Insert(b.Context(), s))
				twin := func(d store.Document) store.Document {
					for _, name := range []string{"s-a", "g-a"} {
						other := "s-b"
						if name == "g-a" {
							other = "g-b"
						}
						d.Body, d.ID = bytes.ReplaceAll(d.Body, []byte(name), []byte(other)), string(bytes.ReplaceAll([]byte(d.ID), []byte(name), []byte(other)))
					}
					return d
				}
				before, err := e.Get(b.Context(), whole, string(s.ID), nil)
				must(b, err)
				must(b, e.Insert(b.Context(), whole, twin(before)))
				b.StartTimer()

				start := b.Elapsed()
				must(b, submit(b.Context(), e, ref, s.ID, "key", late))
				ours += b.Elapsed() - start

				b.StopTimer()
				archived, err := e.Get(b.Context(), history, "sessions/"+string(s.ID)+"@1", nil)
				must(b, err)
				after, err := e.Get(b.Context(), whole, string(s.ID), nil)
				must(b, err)
				archived, after = twin(archived), twin(after)
				size = len(after.Body)
				b.StartTimer()

				start = b.Elapsed()
				must(b, e.Insert(b.Context(), history, archived))
				must(b, e.Replace(b.Context(), whole, after, 1))
				bare += b.Elapsed() - start
			}
			b.ReportMetric(float64(ours)/float64(bare), "x/bare")
			b.ReportMetric(float64(ours.Microseconds())/float64(i), "µs/form")
			b.ReportMetric(float64(bare.Microseconds())/float64(i), "µs/bare")
			b.ReportMetric(float64(size), "B/session")
			b.ReportMetric(0, "ns/op") // both halves together say nothing
		})
	}
}

// BenchmarkReadOfAGroup reads the 40 sessions of a group with one level and
// whole, and beside it has the same engine answer the same query bare. The
// ratios, in one run, are level/bare and whole/bare.
func BenchmarkReadOfAGroup(b *testing.B) {
	for _, week := range weeks {
		b.Run(week.name, func(b *testing.B) {
			const many = 40
			e := openSQLite(b)
			registry := copyInstruments(b, e)
			sessions := store.NewSessions(e)
			s := weekOf(b, registry, week.size, week.bonds)
			for i := range many {
				s.Number, s.ID = i+1, session.SessionID(fmt.Sprintf("s-%02d", i))
				must(b, sessions.Insert(b.Context(), s))
			}
			read := func(levels []instrument.Level) {
				n := 0
				for x, err := range sessions.OfGroup(b.Context(), s.GroupID, 0, 0, levels) {
					must(b, err)
					n += len(x.Cohesion)
				}
				if n == 0 || n%many != 0 {
					b.Fatalf("%d ratings of cohesion", n)
				}
			}
			size := 0
			q := store.Query{Collection: collectionNamed(b, "sessions"), Index: "number", Equal: []any{string(s.GroupID)}}
			var level, whole, bare time.Duration
			for b.Loop() {
				start := b.Elapsed()
				read([]instrument.Level{instrument.Cohesion})
				one := b.Elapsed()
				read(nil)
				all := b.Elapsed()
				for d, err := range e.Query(b.Context(), q) {
					must(b, err)
					size = len(d.Body)
				}
				level, whole, bare = level+one-start, whole+all-one, bare+b.Elapsed()-all
			}
			b.ReportMetric(float64(level)/float64(bare), "level/bare")
			b.ReportMetric(float64(whole)/float64(bare), "whole/bare")
			b.ReportMetric(float64(bare.Microseconds())/float64(b.N), "µs/bare")
			b.ReportMetric(float64(size), "B/session")
			b.ReportMetric(0, "ns/op") // the three together say nothing
		})
	}
}

// weekOf makes a session of as many members as it takes to fill the stored
// size: each gives WAI-SR, GCQ-S and PHQ-9, the therapist guesses each one
// alliance, and with bonds everybody rates everybody.
func weekOf(b *testing.B, registry *instrument.Registry, size int, bonds bool) *session.Session {
	b.Helper()
	for n := 4; n <= session.MaxRoster; n++ {
		e := openSQLite(b)
		_, s := thursday(b, e, n)
		var forms []session.FormInput
		for _, seat := range s.Roster {
			m := string(seat.MemberID)
			forms = append(
				forms,
				form("f-wai-"+m, "wai-sr", instrument.RaterMember, m, session.About{TherapistID: "t-1"}, 12),
				form("f-guess-"+m, "holon-alliance-1", instrument.RaterTherapist, "t-1", session.About{MemberID: seat.MemberID}, 1),
				form("f-gcq-"+m, "gcq-s", instrument.RaterMember, m, session.About{}, 12),
				form("f-phq-"+m, "phq-9", instrument.RaterMember, m, session.About{}, 9),
			)
			for _, other := range s.Roster {
				if bonds && other.MemberID != seat.MemberID {
					forms = append(forms, form("f-bond-"+m+"-"+string(other.MemberID), "holon-bond-1", instrument.RaterMember, m, session.About{MemberID: other.MemberID}, 1))
				}
			}
		}
		must(b, s.Submit(forms, session.Reference{Definition: registry.Lookup, Bonds: func(session.GroupID, session.Date) bool { return bonds }}))
		s.ID, s.Number, s.Change = "s-size", 9999, change("size")
		must(b, store.NewSessions(e).Insert(b.Context(), s))
		d, err := e.Get(b.Context(), collectionNamed(b, "sessions"), "s-size", nil)
		must(b, err)
		if len(d.Body) >= size {
			s.Head = session.Head{Change: s.Change}
			return s
		}
	}
	b.Fatalf("no roster fills %d bytes", size)
	return nil
}

// form is a form whose items are all answered with 2.
func form(id, name string, kind instrument.RaterKind, rater string, about session.About, items int) session.FormInput {
	f := session.FormInput{
		ID: session.FormID(id), Instrument: instrument.Ref{ID: name, Version: "1"},
		Rater: session.Rater{Kind: kind, ID: rater}, About: about, Occasion: session.Post,
		Entered: session.Entry{By: "p-operator", At: at(1), Mode: session.Device},
	}
	if name == "phq-9" {
		f.Occasion = session.Pre
	}
	for i := range items {
		f.Answers = append(f.Answers, session.AnswerInput{Item: i + 1, Value: new(2.0)})
	}
	return f
}
