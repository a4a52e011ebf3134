package importing_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"holon/internal/importing"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// size is how large a practice a benchmark imports.
type size struct{ groups, members, sessions, items int }

// roster makes the groups of a size, with one therapist each.
func (n size) roster(tb testing.TB, c *clinic) {
	tb.Helper()
	ctx, rq := tb.Context(), request()
	for g := range n.groups {
		made, err := c.CreateGroup(ctx, rq, practice.GroupInput{Code: fmt.Sprintf("G%d", g), Kind: session.KindGroup, Format: session.Open, StartsOn: "2026-01-01"})
		must(tb, err)
		for m := range n.members {
			who, err := c.CreateMember(ctx, rq, fmt.Sprintf("G%d-%d", g, m), nil)
			must(tb, err)
			_, _, err = c.Join(ctx, rq, made.ID, practice.SpellInput{MemberID: who.ID, Role: session.RoleMember, Joined: "2026-01-01"})
			must(tb, err)
		}
	}
}

// file is the long table of a size: every member answers CORE-10 at every
// session.
func (n size) file() string {
	var b strings.Builder
	b.WriteString("group,session_number,held_on,rater_kind,rater,instrument,version,occasion,item,value\n")
	for g := range n.groups {
		for s := range n.sessions {
			day := time.Date(2026, 1, 5+7*s, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			for m := range n.members {
				for i := range n.items {
					fmt.Fprintf(&b, "G%d,%d,%s,member,G%d-%d,core-10,1,pre,%d,%d\n", g, s+1, day, g, m, i+1, (g+s+m+i)%5)
				}
			}
		}
	}
	return b.String()
}

// BenchmarkImport takes in a hundred thousand rows, and beside it parses the
// same file and inserts the very same session documents by the same engine. The
// ratio of the two, in one run, is x/bare; memory is the highest heap in use
// above that before, as sampled at every session.
func BenchmarkImport(b *testing.B) {
	for _, n := range []size{{25, 8, 25, 10}, {50, 8, 25, 10}, {100, 8, 25, 10}} {
		b.Run(fmt.Sprintf("%d-rows", n.groups*n.members*n.sessions*n.items), func(b *testing.B) {
			text := n.file()
			var ours, bare time.Duration
			var peak uint64
			for b.Loop() {
				b.StopTimer()
				c := open(b)
				n.roster(b, c)
				runtime.GC()
				before := heap()
				b.StartTimer()

				start := b.Elapsed()
				c.take(b, text, importing.Options{Kind: importing.Long, Progress: func(_ string, done, _ int) {
					if done%50 == 0 {
						peak = max(peak, heap()-min(before, heap()))
					}
				}})
				ours += b.Elapsed() - start

				b.StopTimer()
				docs := sessionsOf(b, c)
				must(b, c.engine.Close())
				other, err := sqlitestore.Open(b.Context(), sqlitestore.Config{Dir: b.TempDir(), Collections: store.Collections()})
				must(b, err)
				b.StartTimer()

				start = b.Elapsed()
				parse(b, text)
				for _, d := range docs {
					must(b, other.Insert(b.Context(), collection(b, "sessions"), d))
				}
				bare += b.Elapsed() - start
				must(b, other.Close())
			}
			b.ReportMetric(float64(ours)/float64(bare), "x/bare")
			b.ReportMetric(ours.Seconds()/float64(b.N), "s/import")
			b.ReportMetric(bare.Seconds()/float64(b.N), "s/bare")
			b.ReportMetric(float64(peak)/(1<<20), "MiB")
			b.ReportMetric(0, "ns/op") // both halves together say nothing
		})
	}
}

// heap returns the bytes in use on the heap.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

// parse reads a table and does nothing with it.
func parse(b *testing.B, text string) {
	b.Helper()
	r := csv.NewReader(strings.NewReader(text))
	r.ReuseRecord = true
	for {
		_, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		must(b, err)
	}
}

// sessionsOf returns the stored sessions as they are stored.
func sessionsOf(b *testing.B, c *clinic) (list []store.Document) {
	b.Helper()
	for d, err := range c.engine.Query(b.Context(), store.Query{Collection: collection(b, "sessions")}) {
		must(b, err)
		d.Body = bytes.Clone(d.Body)
		list = append(list, d)
	}
	return list
}

// collection finds a collection by its name.
func collection(tb testing.TB, name string) store.Collection {
	tb.Helper()
	for _, c := range store.Collections() {
		if c.Name == name {
			return c
		}
	}
	tb.Fatalf("no collection is called %s", name)
	return store.Collection{}
}
