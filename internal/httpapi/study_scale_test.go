package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/store/mongostore/mongotest"
	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/studytest"
)

// drawnStudy is a study over the API of which everything was drawn: groups of eight
// members over twenty weeks with known components of variance.
type drawnStudy struct {
	*clinic

	study, snapshot string
	groups          []session.GroupID // under their pseudonyms
}

// drawn are the components of its cohesion. Each of the five items stands on the step
// below or above what was drawn, by chance, which adds a sixth of a step's square to it.
func drawn(groups, first, sessions int) studytest.Design {
	return studytest.Design{Groups: groups, First: first, Members: 8, Sessions: sessions, Group: .15, Member: .2, Evening: .05, Residual: .3, Seed: uint64(first + drawnBase())}
}

// drawnBase is where the seeds of drawn studies begin, unless HOLON_STUDY_SEED says so.
func drawnBase() int {
	if n, err := strconv.Atoi(os.Getenv("HOLON_STUDY_SEED")); err == nil {
		return n
	}
	return 77
}

// newDrawnStudy stores what was drawn, in the embedded store, and freezes it over the API.
func newDrawnStudy(tb testing.TB, groups int) *drawnStudy {
	tb.Helper()
	return newDrawnStudyAt(tb, newClinic(tb), groups, 20)
}

// newDrawnStudyAt does so at a clinic, with so many sessions of each group.
func newDrawnStudyAt(tb testing.TB, at *clinic, groups, sessions int) *drawnStudy {
	tb.Helper()
	d := &drawnStudy{clinic: at}
	ctx := tb.Context()
	of, stored := store.NewGroups(d.engine), store.NewSessions(d.engine)
	entered := session.Head{Rev: 1, Change: session.Change{By: "test", At: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), Why: "created"}}
	var ids []string
	var members []session.MemberID
	const most = 25 // groups in memory
	for first := 0; first < groups; first += most {
		x := studytest.Draw(tb, drawn(min(most, groups-first), first, sessions))
		for _, g := range x.Groups() {
			g.Head = entered
			if err := of.Insert(ctx, g); err != nil {
				tb.Fatal(err)
			}
			ids = append(ids, strconv.Quote(string(g.ID)))
			for _, sp := range g.Spells {
				members = append(members, sp.MemberID)
			}
			for s, err := range x.Sessions(ctx, g.ID) {
				if err == nil {
					s.Head = entered
					err = stored.Insert(ctx, s)
				}
				if err != nil {
					tb.Fatal(err)
				}
			}
		}
	}
	d.study = d.id(tb, call{method: "POST", path: "/v1/studies", body: `{"code":"DRAWN","groups":[` + strings.Join(ids, ",") + `],"measures":` +
		`[{"instrument":{"id":"gcq-s","version":"1"},"score":"engaged","rater":"member"},{"instrument":{"id":"wai-sr","version":"1"},"score":"total","rater":"member"},` +
		`{"instrument":{"id":"phq-9","version":"1"},"score":"total","rater":"member"}],"release":"controlled"}`})
	consents := store.NewConsents(d.engine)
	for _, m := range members {
		if err := consents.Append(ctx, study.Consent{Study: study.ID(d.study), Member: m, Number: 1, Given: true, On: "2024-01-01", Form: "v1", By: "test", At: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}); err != nil {
			tb.Fatal(err)
		}
	}
	d.snapshot = d.id(tb, call{method: "POST", path: "/v1/studies/" + d.study + "/snapshots"})
	kept, err := store.NewSnapshots(d.engine).Get(ctx, study.SnapshotID(d.snapshot))
	if err != nil {
		tb.Fatal(err)
	}
	for _, g := range kept.Groups {
		d.groups = append(d.groups, g.ID)
	}
	return d
}

// id sends a call, waits for what is worked at, and returns the identifier in the answer.
func (d *drawnStudy) id(tb testing.TB, x call) string {
	tb.Helper()
	got := d.send(d.request(tb, x))
	var out struct {
		ID    string `json:"id"`
		State string `json:"state"`
	}
	if err := json.Unmarshal(got.body, &out); err != nil || out.ID == "" {
		tb.Fatalf("%s %s: %d %s: %v", x.method, x.path, got.status, got.body, err)
	}
	id, place := out.ID, call{method: "GET", path: got.header.Get("Location")}
	for got.status == http.StatusAccepted && (out.State == "filling" || out.State == "pending" || out.State == "running") {
		if err := json.Unmarshal(d.answered(tb, http.StatusOK, place).body, &out); err != nil {
			tb.Fatal(err)
		}
	}
	if got.status != http.StatusCreated && out.State != "done" && out.State != "frozen" {
		tb.Fatalf("%s %s: %d, then %s", x.method, x.path, got.status, out.State)
	}
	return id
}

// answered sends a call and returns the answer.
func (d *drawnStudy) answered(tb testing.TB, status int, x call) answer {
	tb.Helper()
	got := d.send(d.request(tb, x))
	if got.status != status {
		tb.Fatalf("%s %s: %d %s", x.method, x.path, got.status, got.body[:min(len(got.body), 500)])
	}
	return got
}

// pull releases the numbers of some analyses and reads them.
func (d *drawnStudy) pull(tb testing.TB, level study.Level, analyses ...string) []aggregate.Record {
	tb.Helper()
	body, err := json.Marshal(map[string]any{"snapshot_id": d.snapshot, "selection": "everything", "level": level, "analyses": analyses})
	if err != nil {
		tb.Fatal(err)
	}
	release := d.id(tb, call{method: "POST", path: "/v1/studies/" + d.study + "/releases", body: string(body)})
	lines := d.answered(tb, http.StatusOK, call{method: "GET", path: "/v1/studies/" + d.study + "/releases/" + release + "/records", header: map[string]string{"Accept": "application/x-ndjson"}})
	var out []aggregate.Record
	for line := range bytes.Lines(lines.body) {
		var r aggregate.Record
		if bytes.HasPrefix(line, []byte(`{"trailer"`)) {
			return out
		}
		if err := json.Unmarshal(line, &r); err != nil {
			tb.Fatal(err)
		}
		out = append(out, r)
	}
	tb.Fatal("no trailer")
	return nil
}

// read reads what the numbers are made of, and nothing else.
func (d *drawnStudy) read(tb testing.TB) {
	tb.Helper()
	frozen, n := store.NewFrozen(d.engine), 0
	for _, g := range d.groups {
		for s, err := range frozen.Sessions(tb.Context(), study.SnapshotID(d.snapshot), g, 0, []instrument.Level{instrument.Cohesion, instrument.Alliance, instrument.Outcome}) {
			if err != nil {
				tb.Fatal(err)
			}
			n += len(s.Cohesion)
		}
	}
	if n != 160*len(d.groups) {
		tb.Fatalf("%d ratings of %d groups", n, len(d.groups))
	}
}

// nowhere is where an answer goes that is not looked at.
type nowhere struct {
	head   http.Header
	status int
}

// Header returns the fields of the answer.
func (n *nowhere) Header() http.Header { return n.head }

// WriteHeader notes the status.
func (n *nowhere) WriteHeader(status int) { n.status = status }

// Write takes everything.
func (n *nowhere) Write(text []byte) (int, error) { return len(text), nil }

// rows pulls all rows, as a package or as one table.
func (d *drawnStudy) rows(tb testing.TB, what string) {
	tb.Helper()
	n := &nowhere{head: http.Header{}}
	d.server.ServeHTTP(n, d.request(tb, call{method: "GET", path: "/v1/studies/" + d.study + "/snapshots/" + d.snapshot + what}))
	if n.status != http.StatusOK {
		tb.Fatalf("%s: %d", what, n.status)
	}
}

// drawnGroups is how many groups are drawn, unless HOLON_STUDY_GROUPS says so.
func drawnGroups(usual int) int {
	if n, err := strconv.Atoi(os.Getenv("HOLON_STUDY_GROUPS")); err == nil {
		return n
	}
	return usual
}

// TestSharesOfVarianceAreRecoveredOverTheWire draws a study whose components are known
// and pulls its numbers: each share's truth is in its interval, or no further outside
// than one draw in a thousand puts it (3.29 standard errors where an interval ends at
// 1.96). How often the intervals hold the truth is counted in package grouplevel.
func TestSharesOfVarianceAreRecoveredOverTheWire(t *testing.T) {
	t.Parallel()
	d := newDrawnStudy(t, drawnGroups(20))
	seen := 0
	design := drawn(1, 0, 1)
	of := map[string]float64{"group": design.Group, "member": design.Member, "session": design.Evening}
	total := design.Group + design.Member + design.Evening + design.Residual + 1./6/5
	for _, r := range d.pull(t, study.Controlled, "group_level") {
		if r.Measure != "gcq-s@1/engaged/member" || r.Statistic != "variance_share" {
			continue
		}
		component, there := of[*r.Of]
		if !there {
			continue
		}
		seen++
		if r.Lower == nil || r.Upper == nil {
			t.Fatalf("the share of the level %s has no interval", *r.Of)
		}
		truth, estimate, lower, upper := component/total, *r.Estimate, *r.Lower, *r.Upper
		const wider = 3.29 / 1.96
		if near := estimate-wider*(estimate-lower) <= truth && truth <= estimate+wider*(upper-estimate); !near || upper-lower > .4 {
			t.Errorf("the share of the level %s is not recovered", *r.Of)
		}
		t.Logf("the share of the level %s is %.4f, between %.4f and %.4f, and truly %.4f", *r.Of, estimate, lower, upper, truth)
	}
	if seen != len(of) {
		t.Errorf("%d records of shares", seen)
	}
}

// TestMongoDBGivesTheSameNumbers pulls the numbers of one drawn study from both engines: a
// real MongoDB where one is named, as many groups as are asked for over twenty sessions,
// and twenty over three otherwise: what stands for it reads all there is at every question.
func TestMongoDBGivesTheSameNumbers(t *testing.T) {
	t.Parallel()
	groups, sessions := 20, 3
	mongo := newClinicOn(t, mongotest.Open(t, store.Collections()))
	if mongotest.IsReal() {
		groups, sessions = drawnGroups(groups), 20
	}
	there, here := newDrawnStudyAt(t, mongo, groups, sessions), newDrawnStudyAt(t, newClinic(t), groups, sessions)
	want, got := here.pull(t, study.Controlled, "group_level"), there.pull(t, study.Controlled, "group_level")
	if len(want) < 50 {
		t.Errorf("%d records: hardly tried", len(want))
	}
	// Which group comes first depends on the study's key, and so does the last digit.
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-9, 1e-12)); diff != "" {
		t.Errorf("-embedded +MongoDB:\n%s", diff)
	}
	for _, what := range []string{"/package", "/tables/cohesion"} {
		there.rows(t, what)
	}
}

// live watches the live heap after every collection while something is done, and
// returns the most there was.
func live(b *testing.B, do func()) float64 {
	b.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(5))
	runtime.GC()
	ctx, cancel := context.WithCancel(b.Context())
	most := make(chan uint64)
	go func() {
		sample, top := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}, uint64(0)
		for ctx.Err() == nil {
			metrics.Read(sample)
			top = max(top, sample[0].Value.Uint64())
			runtime.Gosched()
		}
		most <- top
	}()
	do()
	cancel()
	return float64(<-most)
}

// took returns how many seconds something takes.
func took(do func()) float64 {
	begun := time.Now() //nolint:forbidigo // the time itself is wanted
	do()
	return time.Since(begun).Seconds()
}

// BenchmarkPullingAStudy pulls a study through the API over SQLite: the shares of
// variance of three measures, all rows as a package, and one table of them. It says how
// long each takes against reading the sessions alone, and how much of the heap a group
// takes, by the difference between a study and one of half its groups.
// HOLON_STUDY_GROUPS sets how many groups there are.
func BenchmarkPullingAStudy(b *testing.B) {
	groups := drawnGroups(60)
	half, all := newDrawnStudy(b, groups/2), newDrawnStudy(b, groups)
	for name, pull := range map[string]func(*drawnStudy){
		"shares at controlled": func(d *drawnStudy) { d.pull(b, study.Controlled, "group_level") },
		"shares at aggregate":  func(d *drawnStudy) { d.pull(b, study.Aggregate, "group_level") },
		"package":              func(d *drawnStudy) { d.rows(b, "/package") },
		"table":                func(d *drawnStudy) { d.rows(b, "/tables/cohesion") },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				pull(half) // so that both have one earlier release
				reading, pulling := took(func() { all.read(b) }), took(func() { pull(all) })
				few, many := live(b, func() { pull(half) }), live(b, func() { pull(all) })
				b.ReportMetric(reading, "s/reading")
				b.ReportMetric(pulling/reading, "pulling/reading")
				b.ReportMetric((many-few)/float64(groups-groups/2), "B/group")
				b.ReportMetric(many, "B/live")
			}
		})
	}
}
