package importing_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"holon/internal/importing"
	"holon/internal/instrument"
	"holon/internal/session"
)

// said is what a form of the long table says, in the order of nothing.
type said map[string]string

// written is a long table with what it says.
type written struct {
	rows [][]string
	said said
}

// anyTable draws sessions with forms of several levels, written row by row in
// an order that mixes everything.
func anyTable(t *rapid.T, group string) written {
	w := written{said: said{}}
	for s := range rapid.IntRange(1, 3).Draw(t, "sessions") {
		day := time.Date(2026, 2, 5+7*s, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		name := rapid.SampledFrom([]string{"number", "day", "both"}).Draw(t, "named by")
		for m := range rapid.IntRange(1, 3).Draw(t, "members") {
			for _, f := range []struct {
				instrument, version, occasion, therapist string
				items                                    int
				from, to                                 float64
			}{{"wai-sr", "1", "post", "T1", 12, 1, 5}, {"core-10", "1", "pre", "", 10, 0, 4}, {"gcq-s", "1", "post", "", 12, 0, 6}, {"srs", "3.0", "post", "T1", 4, 0, 10}} {
				if !rapid.Bool().Draw(t, f.instrument) {
					continue
				}
				head := func(item, value, state, total string) []string {
					number, on := fmt.Sprint(s+1), day
					switch name {
					case "number":
						if len(w.rows) > 0 && w.rows[len(w.rows)-1][1] == number {
							on = "" // said once is enough
						}
					case "day":
						number = ""
					}
					return []string{group, number, on, "member", fmt.Sprintf("A%d", m+1), f.therapist, "", f.instrument, f.version, f.occasion, item, value, state, total, "", "", ""}
				}
				place := fmt.Sprintf("%s A%d %s", day, m+1, f.instrument)
				if rapid.IntRange(0, 9).Draw(t, "total only") == 0 {
					w.rows = append(w.rows, head("", "", "", fmt.Sprint(f.to)))
					w.said[place] = fmt.Sprintf("total %g", f.to)
					continue
				}
				text := ""
				for i := range f.items {
					switch rapid.IntRange(0, 5).Draw(t, "answer") {
					case 0:
						w.rows = append(w.rows, head(fmt.Sprint(i+1), "", "", ""))
						text += "not_answered "
					case 1:
						w.rows = append(w.rows, head(fmt.Sprint(i+1), "", "declined", ""))
						text += "declined "
					default:
						v := float64(rapid.IntRange(int(f.from), int(f.to)).Draw(t, "value"))
						w.rows = append(w.rows, head(fmt.Sprint(i+1), fmt.Sprint(v), "", ""))
						text += fmt.Sprint(v) + " "
					}
				}
				w.said[place] = text
			}
		}
	}
	seed := rapid.Uint64().Draw(t, "order")
	r := rand.New(rand.NewPCG(seed, 1))
	r.Shuffle(len(w.rows), func(i, j int) { w.rows[i], w.rows[j] = w.rows[j], w.rows[i] })
	return w
}

// text writes the table under the usual header.
func (w written) text() string {
	var b strings.Builder
	b.WriteString(strings.SplitAfter(long(), "\n")[0])
	out := csv.NewWriter(&b)
	_ = out.WriteAll(w.rows) // a builder takes everything
	return b.String()
}

// saidBy reads what the stored sessions say, in the table's words.
func saidBy(tb testing.TB, c *clinic, group string) said {
	tb.Helper()
	in, err := c.Intake(tb.Context(), request())
	must(tb, err)
	codes := map[string]string{}
	for i := range 3 {
		m, _ := in.Member(fmt.Sprintf("A%d", i+1))
		codes[string(m.ID)] = string(m.Code)
	}
	out := said{}
	for _, s := range c.sessionsOf(tb, group) {
		for _, r := range s.All {
			text := ""
			if r.ReportedTotal != nil {
				text = fmt.Sprintf("total %g", *r.ReportedTotal)
			}
			for _, a := range r.Answers {
				if a.State == session.Answered {
					text += fmt.Sprint(a.Value) + " "
				} else {
					text += a.State.String() + " "
				}
			}
			out[fmt.Sprintf("%s %s %s", s.HeldOn, codes[r.Rater.ID], r.Instrument.ID)] = text
			if r.Rater.Kind != instrument.RaterMember {
				tb.Errorf("a rater became a %s", r.Rater.Kind)
			}
		}
	}
	return out
}

// rosterOf is the roster of a group of A1, A2 and A3, led by T1.
func rosterOf(group string) string {
	return strings.ReplaceAll("what,group,member,therapist,kind,format,starts_on,role,from\n"+
		"spell,G,A1,,,,,,2026-01-08\nspell,G,A2,,,,,,2026-01-08\nspell,G,A3,,,,,,2026-01-08\ntherapist_spell,G,,T1,,,,lead,2026-01-08\n"+
		"group,G,,,group,open,2026-01-08,,\n", ",G,", ","+group+",")
}

func TestWhatIsWrittenInALongTableIsWhatIsStored(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 3)
	groups := 0
	rapid.Check(t, func(rt *rapid.T) {
		groups++
		group := fmt.Sprintf("P%d", groups)
		w := anyTable(rt, group)
		if len(w.rows) == 0 {
			return
		}
		c.take(t, rosterOf(group), importing.Options{Kind: importing.Roster})
		text := w.text()
		dry := c.take(t, text, importing.Options{Kind: importing.Long, DryRun: true})
		r := c.take(t, text, importing.Options{Kind: importing.Long})
		if dry.New != r.New || r.New.Forms != len(w.said) {
			rt.Fatalf("dry %+v, real %+v, %d forms", dry.New, r.New, len(w.said))
		}
		if diff := cmp.Diff(w.said, saidBy(t, c, group)); diff != "" {
			rt.Fatal(diff)
		}
		after := c.sessionsOf(t, group)
		if len(after) != r.New.Sessions {
			rt.Fatalf("%d sessions stored, %d made", len(after), r.New.Sessions)
		}
		again := c.take(t, text, importing.Options{Kind: importing.Long})
		if again.New != (importing.Counts{}) || again.Already.Forms != len(w.said) || !cmp.Equal(after, c.sessionsOf(t, group)) {
			rt.Fatalf("again: %+v", again)
		}
	})
}
