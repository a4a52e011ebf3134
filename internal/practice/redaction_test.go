package practice_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holon/internal/access"
	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/redaction"
	"holon/internal/session"
	"holon/internal/store"
	"holon/internal/store/enginetest"
)

func TestWhatWasRedactedIsFoundInNoByteOfTheDataDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMarked(t, openAt(t, dir), dir)
	want(t, "before", m.inFiles(t, m.gone), m.gone, true)
	want(t, "before", m.inFiles(t, m.stays), m.stays, true)
	d := m.decide(t, m.Practice, redaction.Redact, "")
	if d.State != redaction.Done {
		t.Fatalf("the state is %s, blocked by %v", d.State, d.Blocked)
	}
	want(t, "after", m.inFiles(t, m.gone), m.gone, false)
	want(t, "after", m.inFiles(t, m.stays), m.stays, true)
	extent := redaction.Extent{Groups: []session.GroupID{m.group}, Sessions: 1, Forms: 6, Ratings: 6, Revisions: d.Extent.Revisions}
	if diff := cmp.Diff(extent, d.Extent); diff != "" || d.Extent.Revisions < 6 {
		t.Errorf("extent (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(redaction.Reports{Withdrawn: []string{"r-group", "r-running"}, Tables: 1}, d.Reports); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
	sound(t, m.store)
}

// sound checks that an inspection finds nothing wrong.
func sound(t *testing.T, e store.Engine) {
	t.Helper()
	_, err := store.Inspect(t.Context(), e, func(p store.Problem) { t.Errorf("the inspection found %+v", p) })
	must(t, err)
}

func TestARedactionInPartLeavesWhatOthersAnswered(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMarked(t, openAt(t, dir), dir)
	about := map[string][]byte{}
	for what, b := range m.gone {
		if m.own[what] == nil && what != "the hash of the request about the member" {
			about[what] = b
		}
	}
	if d := m.decide(t, m.Practice, redaction.RedactPartly, redaction.LegalRetention); d.State != redaction.Done || d.Extent.Ratings != 3 {
		t.Errorf("%s, %d ratings", d.State, d.Extent.Ratings)
	}
	want(t, "after", m.inFiles(t, m.own), m.own, false)
	want(t, "after", m.inFiles(t, about), about, true)
	if d := m.decide(t, m.Practice, redaction.Redact, ""); d.State != redaction.Done || d.Extent.Ratings != 3 {
		t.Errorf("the rest: %s, %d ratings", d.State, d.Extent.Ratings)
	}
	want(t, "after the rest", m.inFiles(t, m.gone), m.gone, false)
}

func TestTombstonesKeepFormsAndPlacesAndNoValue(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMarked(t, openAt(t, dir), dir)
	before, err := m.Session(t.Context(), request(), m.session, nil)
	must(t, err)
	d := m.decide(t, m.Practice, redaction.Redact, "")
	after, err := m.Session(t.Context(), request(), m.session, nil)
	must(t, err)
	if after.Count() != before.Count() || after.Change.Why != "redacted:"+string(d.ID) || after.Rev != before.Rev+1 {
		t.Errorf("%d ratings of %d, revision %d of %d, %s", after.Count(), before.Count(), after.Rev, before.Rev, after.Change.Why)
	}
	tombs := 0
	for _, r := range after.All {
		was, _, _ := before.Find(r.ID)
		if r.Rater != was.Rater || r.FormID != was.FormID || r.FormItems != was.FormItems || len(r.Answers) != len(was.Answers) {
			t.Errorf("%s is another rating now", r.ID)
		}
		if r.Redacted == nil {
			continue
		}
		tombs++
		if r.ReportedTotal != nil || r.Entered.AnsweredOn != nil || slices.ContainsFunc(r.Answers, func(a session.Answer) bool { return a.State != session.StateRedacted || a.Value != 0 }) {
			t.Errorf("%s keeps something: %+v", r.ID, r)
		}
	}
	if tombs != 6 {
		t.Errorf("%d tombstones", tombs)
	}
	seat, _ := after.SeatOf(m.members[0])
	if seat != (session.Seat{MemberID: m.members[0], Spell: seat.Spell, Attendance: session.Late, Redacted: true}) {
		t.Errorf("the seat: %+v", seat)
	}
	person, err := m.Member(t.Context(), request(), m.members[0])
	must(t, err)
	if person.BirthYear != nil || person.Redacted == nil || !strings.HasPrefix(string(person.Code), "redacted-") {
		t.Errorf("the member: %+v", person)
	}
	if _, err := m.CreateMember(t.Context(), request(), "SECRET-CODE-42", nil); err != nil {
		t.Errorf("the code is not free: %v", err)
	}
}

func TestNothingMoreIsTakenOfARedactedMember(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMarked(t, openAt(t, dir), dir)
	ctx, id := t.Context(), m.members[0]
	before, err := m.Session(ctx, request(), m.session, nil)
	must(t, err)
	m.decide(t, m.Practice, redaction.Redact, "")
	other := fine(fineOutcome, instrument.RaterMember, string(id), session.About{}, 1)
	other.Occasion = session.Pre
	_, err = m.Submit(ctx, request(), m.session, []session.FormInput{
		other, fine(fineAlliance, instrument.RaterObserver, "o-2", session.About{MemberID: id, TherapistID: m.therapist}, 1),
	})
	wantFields(t, err, "/forms/0/rater/id member_redacted", "/forms/1/about/member_id member_redacted")
	_, err = m.Correct(ctx, request(), m.session, session.Correction{
		Rating: before.Outcomes[0].ID, Version: before.Outcomes[0].Version, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: new(1.0)}},
	})
	wantFault(t, err, fault.Conflict, "rating_redacted")
	_, _, err = m.Join(ctx, request(), m.group, practice.SpellInput{MemberID: id, Role: session.RoleMember, Joined: "2026-04-02"})
	wantFields(t, err, "/member_id member_redacted")
	s, err := m.OpenSession(ctx, request(), m.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-12"})
	must(t, err)
	if _, seated := s.SeatOf(id); seated {
		t.Error("a redacted member has a seat in a new session")
	}
	_, err = m.OpenSession(ctx, request(), m.group, practice.OpenInput{Kind: session.Individual, HeldOn: "2026-03-12", Members: []session.MemberID{id}})
	wantFields(t, err, "/members/0 member_redacted")
	_, err = m.Submit(ctx, keyed("k1", "own"), m.session, nil)
	wantFault(t, err, fault.Conflict, "redacted_since")
}

func TestARefusalTakesNothingOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMarked(t, openAt(t, dir), dir)
	d := m.decide(t, m.Practice, redaction.Refuse, redaction.LegalClaims)
	if d.State != redaction.Refused || d.Basis != redaction.LegalClaims || d.DecidedBy != "operator" {
		t.Errorf("%+v", d)
	}
	want(t, "after a refusal", m.inFiles(t, m.gone), m.gone, true)
	_, err := m.DecideRedaction(t.Context(), request(), d.ID, d.Rev, redaction.Redact, "")
	wantFault(t, err, fault.Conflict, "decided_already")
}

func TestAPreviewSaysWhatARedactionThenDoesAndChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMarked(t, openAt(t, dir), dir)
	d, err := m.RequestRedaction(t.Context(), request(), m.members[0], redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
	must(t, err)
	seen, err := m.PreviewRedaction(t.Context(), request(), d.ID, redaction.Redact)
	must(t, err)
	want(t, "after the preview", m.inFiles(t, m.gone), m.gone, true)
	d, err = m.DecideRedaction(t.Context(), request(), d.ID, d.Rev, redaction.Redact, "")
	must(t, err)
	seen.Extent.Revisions = d.Extent.Revisions // each head is one more by then
	if diff := cmp.Diff(seen, &practice.Preview{Extent: d.Extent, Reports: d.Reports}); diff != "" {
		t.Errorf("done and seen before (-seen +done):\n%s", diff)
	}
}

// scrubbed is an engine that fails, over files that can be scrubbed.
type scrubbed struct {
	store.Engine
	store.Scrubber
}

func TestARedactionThatFailedAnywhereIsCarriedToItsEnd(t *testing.T) {
	t.Parallel()
	first := t.TempDir()
	files := openAt(t, first)
	whole := newMarked(t, files, first)
	d, err := whole.RequestRedaction(t.Context(), request(), whole.members[0], redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
	must(t, err)
	must(t, files.Scrub(t.Context())) // the log is empty, so that the one file can be copied
	enginetest.EveryWrite(t, func(t *testing.T, mode enginetest.Mode, at int) *enginetest.Failing {
		t.Helper()
		m := *whole
		m.dir = t.TempDir()
		must(t, os.CopyFS(m.dir, os.DirFS(first)))
		below := openAt(t, m.dir)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		failing := enginetest.NewFailing(below, mode, at, cancel)
		interrupted := practice.New(fineDeps(t, scrubbed{failing, below}))
		must(t, interrupted.CheckInstruments(t.Context()))
		_, _ = interrupted.DecideRedaction(ctx, keyed("k", "decide"), d.ID, d.Rev, redaction.Redact, "")
		restarted := practice.New(fineDeps(t, below))
		must(t, restarted.ResumeRedactions(t.Context()))
		again, err := restarted.DecideRedaction(t.Context(), keyed("k", "decide"), d.ID, d.Rev, redaction.Redact, "")
		must(t, err)
		if again.State != redaction.Done || again.Extent.Ratings != 6 || len(again.Reports.Withdrawn) != 2 {
			t.Errorf("%s: %+v, %+v", again.State, again.Extent, again.Reports)
		}
		want(t, "after the repeated request", m.inFiles(t, m.gone), m.gone, false)
		sound(t, below)
		return failing
	})
}

func TestADenialIsAuditedAndRedactsNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMarked(t, openAt(t, dir), dir)
	guest := practice.Request{Principal: access.Principal{ID: "guest", Role: "guest"}, ID: "req-g"}
	_, err := m.RequestRedaction(t.Context(), guest, m.members[0], redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
	wantFault(t, err, fault.Forbidden, "not_allowed")
	d, err := m.RequestRedaction(t.Context(), request(), m.members[0], redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
	must(t, err)
	_, err = m.DecideRedaction(t.Context(), guest, d.ID, d.Rev, redaction.Redact, "")
	wantFault(t, err, fault.Forbidden, "not_allowed")
	denied := 0
	for _, x := range entries(t, m.store) {
		if x.Action == access.RedactMember && x.Outcome == access.Denied && x.Principal == "guest" && x.Object.ID == string(m.members[0]) {
			denied++
		}
	}
	if denied != 2 {
		t.Errorf("%d denied attempts are in the audit", denied)
	}
	want(t, "after a denial", m.inFiles(t, m.gone), m.gone, true)
}

func TestAWithdrawnReportSaysSo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMarked(t, openAt(t, dir), dir)
	d := m.decide(t, m.Practice, redaction.Redact, "")
	for id, state := range map[string]analysis.State{"r-group": analysis.Withdrawn, "r-running": analysis.Withdrawn, "r-families": analysis.Done, "r-table": analysis.Done} {
		x, err := store.NewReports(m.store).Get(t.Context(), id)
		must(t, err)
		if x.State != state || (state == analysis.Withdrawn) != (x.WithdrawnBy == string(d.ID)) || (state == analysis.Withdrawn) != (len(x.Body) == 0) {
			t.Errorf("%s: %+v", id, x)
		}
	}
}

func TestAFormThatComesBesideARedactionDoesNotSurviveIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMarked(t, openAt(t, dir), dir)
	ctx, id := t.Context(), string(m.members[0])
	var sessions []session.SessionID
	for day := range 6 {
		s, err := m.OpenSession(ctx, request(), m.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-02-0" + string(rune('5'+day%5))})
		must(t, err)
		sessions = append(sessions, s.ID)
	}
	d, err := m.RequestRedaction(ctx, request(), m.members[0], redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
	must(t, err)
	var writers sync.WaitGroup
	taken, refused := make([]int, len(sessions)), make([]int, len(sessions))
	for i, s := range sessions {
		writers.Go(func() {
			for n := range 12 {
				f := fine(fineOutcome, instrument.RaterObserver, fmt.Sprintf("o-%d", n), session.About{MemberID: m.members[0]}, 7.123)
				f.Rater = session.Rater{Kind: instrument.RaterMember, ID: id}
				if n > 0 { // one own form has a place; the others are about the member
					f = fine(fineAlliance, instrument.RaterObserver, fmt.Sprintf("o-%d", n), session.About{MemberID: m.members[0], TherapistID: m.therapist}, 7.123)
				}
				switch _, err := m.Submit(ctx, request(), s, []session.FormInput{f}); {
				case err == nil:
					taken[i]++
				case strings.Contains(err.Error(), "member_redacted"):
					refused[i]++
				default:
					t.Errorf("refused for %v", err)
				}
			}
		})
	}
	done, err := m.DecideRedaction(ctx, request(), d.ID, d.Rev, redaction.Redact, "")
	must(t, err)
	writers.Wait()
	sum := 6
	for _, n := range taken {
		sum += n
	}
	if done.State != redaction.Done || done.Extent.Ratings != sum {
		t.Errorf("%s: %d tombstones, and %d forms were taken in all", done.State, done.Extent.Ratings, sum)
	}
	want(t, "after", m.inFiles(t, m.gone), m.gone, false)
	sound(t, m.store)
}

func TestARestoredBackupIsRedactedAgainFromTheJournal(t *testing.T) {
	t.Parallel()
	dir, old := t.TempDir(), t.TempDir()
	first := openAt(t, dir)
	m := newMarked(t, first, dir)
	must(t, first.Scrub(t.Context())) // the log is empty, so that the one file is a whole copy
	must(t, os.CopyFS(old, os.DirFS(dir)))
	d := m.decide(t, m.Practice, redaction.Redact, "")
	entry, ok := redaction.EntryOf(d)
	if !ok {
		t.Fatal("a redaction has no entry")
	}
	restored := openAt(t, old)
	m.dir = old
	want(t, "restored", m.inFiles(t, m.gone), m.gone, true)
	p := practice.New(fineDeps(t, restored))
	foreign := entry
	foreign.Decision, foreign.Member = "rd-elsewhere", "m-elsewhere"
	for _, expected := range []practice.Replayed{{Redacted: 1, Unknown: 1}, {Done: 2}} {
		got, err := p.ReplayRedactions(t.Context(), request(), []redaction.Entry{entry, foreign})
		must(t, err)
		if got != expected {
			t.Errorf("replayed %+v, want %+v", got, expected)
		}
		want(t, "replayed", m.inFiles(t, m.gone), m.gone, false)
		want(t, "replayed", m.inFiles(t, m.stays), m.stays, true)
	}
	again, err := p.Redaction(t.Context(), request(), d.ID)
	must(t, err)
	if again.State != redaction.Done || again.Replayed == nil || again.Reference != d.Reference || !again.DecidedAt.Equal(*d.DecidedAt) || again.Extent.Ratings != 6 {
		t.Errorf("%+v", again)
	}
	audited := 0
	for _, x := range entries(t, restored) {
		if x.Action == access.RedactMember && x.Object.ID == string(m.members[0]) {
			audited++
		}
	}
	if audited != 2 {
		t.Errorf("%d entries in the audit", audited)
	}
	sound(t, restored)
}

func TestWhatCannotBeReadKeepsARedactionFromItsEndAndIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMarked(t, openAt(t, dir), dir)
	damage(t, m.store, "sessions", string(m.session), "status")
	d := m.decide(t, m.Practice, redaction.Redact, "")
	if d.State != redaction.Started || !slices.Equal(d.Blocked, []string{"sessions/" + string(m.session)}) {
		t.Errorf("%s, blocked by %v", d.State, d.Blocked)
	}
	entry, _ := redaction.EntryOf(d)
	if got, err := m.ReplayRedactions(t.Context(), request(), []redaction.Entry{entry}); err != nil || got != (practice.Replayed{Unfinished: 1}) {
		t.Errorf("replayed %+v, %v", got, err)
	}
}

func TestTheHashOfWhatWasSentIsKeptBesideAKeyOnly(t *testing.T) {
	t.Parallel()
	c := newClinic(t, open(t), 1)
	for key, kept := range map[string]bool{"": false, "k1": true} {
		rq := keyed(key, "the body")
		g, err := c.CreateMember(t.Context(), rq, "M"+key, nil)
		must(t, err)
		if g.Change.RequestSHA != map[bool]string{true: rq.SHA}[kept] {
			t.Errorf("under the key %q the hash is %q", key, g.Change.RequestSHA)
		}
	}
}

// overtaken are sessions at whose first write something else is done before.
type overtaken struct {
	practice.Sessions

	once sync.Once
	by   func()
}

// Replace lets the other go first.
func (o *overtaken) Replace(ctx context.Context, next *session.Session, rev int64) error {
	o.once.Do(o.by)
	return o.Sessions.Replace(ctx, next, rev)
}

func TestAFormJudgedBeforeARedactionAndWrittenAfterItIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMarked(t, openAt(t, dir), dir)
	s, err := m.OpenSession(t.Context(), request(), m.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-05"})
	must(t, err)
	d := fineDeps(t, m.store)
	d.Sessions = &overtaken{Sessions: d.Sessions, by: func() { m.decide(t, m.Practice, redaction.Redact, "") }}
	late := practice.New(d)
	must(t, late.CheckInstruments(t.Context()))
	_, err = late.Submit(t.Context(), request(), s.ID, []session.FormInput{fine(fineOutcome, instrument.RaterMember, string(m.members[0]), session.About{}, 7.123)})
	wantFields(t, err, "/forms/0/rater/id member_redacted")
	want(t, "after", m.inFiles(t, m.gone), m.gone, false)
	sound(t, m.store)
}

// overtakenFindings are findings before whose first something else is done.
type overtakenFindings struct {
	practice.Findings

	once sync.Once
	by   func()
}

// Insert lets the other go first.
func (o *overtakenFindings) Insert(ctx context.Context, f *finding.Finding) error {
	o.once.Do(o.by)
	return o.Findings.Insert(ctx, f)
}

func TestAFindingRaisedOverARedactionIsTakenOutAsWell(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMarked(t, openAt(t, dir), dir)
	s, err := m.OpenSession(t.Context(), request(), m.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-05"})
	must(t, err)
	deps := fineDeps(t, m.store)
	var decided *redaction.Decision
	deps.Findings = &overtakenFindings{Findings: deps.Findings, by: func() { decided = m.decide(t, m.Practice, redaction.Redact, "") }}
	late := practice.New(deps)
	must(t, late.CheckInstruments(t.Context()))
	risk := session.FormInput{
		Instrument: phq9, Rater: session.Rater{Kind: instrument.RaterMember, ID: string(m.members[0])}, Occasion: session.Post,
		Answers: []session.AnswerInput{{Item: 9, Value: new(2.0)}}, Entered: session.Entry{Mode: session.Paper},
	}
	_, err = late.Submit(t.Context(), request(), s.ID, []session.FormInput{risk})
	wantFields(t, err, "/forms/0/rater/id member_redacted")
	must(t, late.ResumeRedactions(t.Context()))
	raised := 0
	for f, err := range store.NewFindings(m.store).List(t.Context(), finding.Filter{MemberID: m.members[0]}, nil, 0) {
		must(t, err)
		if raised++; f.Risk != nil || f.Redacted == nil {
			t.Errorf("the finding still says which answer it was: %+v", f)
		}
	}
	again, err := m.Redaction(t.Context(), request(), decided.ID)
	must(t, err)
	if raised != 1 || again.State != redaction.Done {
		t.Errorf("%d findings, and the redaction is %s", raised, again.State)
	}
	sound(t, m.store)
}

// busy is a redactor that cannot scrub until it is let.
type busy struct {
	practice.Redactor

	mu      sync.Mutex
	refused int
}

// Scrub is refused once.
func (b *busy) Scrub(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refused++; b.refused == 1 {
		return fault.New(fault.Unavailable, "scrub_blocked", "Not now.")
	}
	return b.Redactor.Scrub(ctx)
}

func TestWhatARequestHasNoTimeForIsDoneBesideIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMarked(t, openAt(t, dir), dir)
	deps := fineDeps(t, m.store)
	deps.Redactor = &busy{Redactor: deps.Redactor}
	p := practice.New(deps)
	d := m.decide(t, p, redaction.Redact, "")
	if d.State != redaction.Started {
		t.Fatalf("the state is %s", d.State)
	}
	if seen, err := p.PreviewRedaction(t.Context(), request(), d.ID, ""); err != nil || seen.Extent.Ratings != 6 {
		t.Errorf("%+v, %v", seen, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() { p.WorkRedactions(ctx, func(err error) { t.Errorf("it failed: %v", err) }) })
	for d.State != redaction.Done && ctx.Err() == nil {
		var err error
		d, err = p.Redaction(t.Context(), request(), d.ID)
		must(t, err)
	}
	cancel()
	work.Wait()
	want(t, "after", m.inFiles(t, m.gone), m.gone, false)
}

func TestAReportOfWhereAFormWasEnteredWronglyIsWithdrawnToo(t *testing.T) {
	t.Parallel()
	e := open(t)
	c, ctx := newClinic(t, e, 1), t.Context()
	form := c.entered(t, c.symptoms(0, 0))
	g, err := c.CreateGroup(ctx, request(), practice.GroupInput{Code: "FRI", Kind: session.KindGroup, Format: session.Open, StartsOn: "2026-02-05"})
	must(t, err)
	right, err := c.CreateMember(ctx, request(), "RIGHT", nil)
	must(t, err)
	_, _, err = c.Join(ctx, request(), g.ID, practice.SpellInput{MemberID: right.ID, Role: session.RoleMember, Joined: "2026-02-05"})
	must(t, err)
	s, err := c.OpenSession(ctx, request(), g.ID, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-05"})
	must(t, err)
	reports := store.NewReports(e)
	must(t, reports.Insert(ctx, analysis.Record{
		ID: "r-wrong", Principal: "operator", Analysis: "group_level", CreatedAt: session.Millis(evening), State: analysis.Done,
		Asked: []byte(`{"groups":["` + string(c.group) + `"]}`), Body: []byte(`{"mean":0.5}`),
	}))
	_, err = c.MoveForm(ctx, request(), c.session, session.Move{
		Form: form, Version: 1, To: s.ID, Rater: &session.Rater{Kind: instrument.RaterMember, ID: string(right.ID)}, Why: session.MoveSession,
	})
	must(t, err)
	d, err := c.RequestRedaction(ctx, request(), right.ID, redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
	must(t, err)
	d, err = c.DecideRedaction(ctx, request(), d.ID, d.Rev, redaction.Redact, "")
	must(t, err)
	if diff := cmp.Diff([]string{"r-wrong"}, d.Reports.Withdrawn); diff != "" {
		t.Errorf("withdrawn (-want +got):\n%s", diff)
	}
	sound(t, e)
}
