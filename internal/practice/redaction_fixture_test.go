package practice_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/redaction"
	"holon/internal/session"
	"holon/internal/store"
)

// The instruments of the marked clinic: answers in steps of a thousandth,
// so that each is found again by its bytes.
var (
	fineOutcome  = instrument.Ref{ID: "fine-outcome", Version: "1"}
	fineAlliance = instrument.Ref{ID: "fine-alliance", Version: "1"}
	fineBond     = instrument.Ref{ID: "fine-bond", Version: "1"}
)

// fineInstruments is the directory that defines them.
func fineInstruments() fstest.MapFS {
	out := fstest.MapFS{}
	for id, item := range map[string]string{
		"fine-outcome":  `"level": "outcome", "referent": "I", "raters": ["member"]`,
		"fine-alliance": `"level": "alliance", "referent": "pair", "raters": ["member", "therapist", "observer"]`,
		"fine-bond":     `"level": "bond", "referent": "pair", "raters": ["member"]`,
	} {
		level, _, _ := bytes.Cut([]byte(item), []byte(`, "referent"`))
		out[id+".json"] = &fstest.MapFile{Data: fmt.Appendf(nil, `{
  "schema": 1, "id": %q, "version": "1", "title": "Fine", "construct": "Made for tests.", "language": "und",
  "licence": {"status": "own", "holder": "tests", "wording_included": false},
  "facts": [{"about": "all", "source": "made for tests", "verified": true}],
  "items": [{"number": 1, %s, "min": 0, "max": 10, "step": 0.001}],
  "scores": [{"id": "total", "title": "Total", %s, "items": [1], "method": "sum", "max_missing": 0, "direction": "higher_better", "min": 0, "max": 10}]
}`, id, item, level)}
	}
	return out
}

// marked is a clinic in which everything about its first member can be found
// again by its bytes.
type marked struct {
	*clinic

	dir   string
	store store.Engine
	gone  map[string][]byte // what must not be found once the member is redacted
	own   map[string][]byte // those of them that a redaction in part takes out
	stays map[string][]byte // what must be found all the same
}

// number is the bytes of a double as BSON holds it.
func number(x float64) []byte {
	return binary.LittleEndian.AppendUint64(nil, math.Float64bits(x))
}

// fine is a form with one answer.
func fine(ref instrument.Ref, kind instrument.RaterKind, rater string, about session.About, value float64) session.FormInput {
	return session.FormInput{
		Instrument: ref, Rater: session.Rater{Kind: kind, ID: rater}, About: about, Occasion: session.Post,
		Answers: []session.AnswerInput{{Item: 1, Value: &value}}, Entered: session.Entry{Mode: session.Paper, AnsweredOn: new(session.Date("1998-07-06"))},
	}
}

// fineDeps are the repositories over an engine with the fine instruments.
func fineDeps(t *testing.T, e store.Engine) practice.Deps {
	t.Helper()
	d := deps(t, e)
	var err error
	d.Registry, err = instrument.Load(fineInstruments())
	must(t, err)
	return d
}

// newMarked fills a store: a member with a code and a year of birth, who left
// and answered about everything; corrected once; about whom others answered;
// and a report of the group.
func newMarked(t *testing.T, e store.Engine, dir string) *marked {
	t.Helper()
	ctx := t.Context()
	m := &marked{clinic: newClinic(t, e, 3), dir: dir, store: e}
	m.Practice = practice.New(fineDeps(t, e))
	must(t, m.CheckInstruments(ctx))
	secret, err := m.CreateMember(ctx, keyed("k0", "code"), "SECRET-CODE-42", new(1937))
	must(t, err)
	m.members[0] = secret.ID
	_, spell, err := m.Join(ctx, request(), m.group, practice.SpellInput{MemberID: secret.ID, Role: session.RoleMember, Joined: "2026-02-05"})
	must(t, err)
	m.switchBonds(t)
	s, err := m.OpenSession(ctx, request(), m.group, practice.OpenInput{Kind: session.Meeting, HeldOn: "2026-03-05"})
	must(t, err)
	m.session = s.ID
	_, err = m.Attend(ctx, keyed("k5", "came"), s.ID, 1, []session.Mark{{MemberID: secret.ID, Attendance: session.Late, Modality: session.Phone}}, nil)
	must(t, err)
	id, other, lead := string(secret.ID), string(m.members[1]), string(m.therapist)
	total := fine(fineOutcome, instrument.RaterMember, id, session.About{}, 0)
	total.Answers, total.ReportedTotal, total.Occasion = nil, new(8.765), session.Pre
	kept := fine(fineOutcome, instrument.RaterMember, other, session.About{}, 6.111)
	kept.Entered.AnsweredOn = nil
	about := []session.FormInput{
		fine(fineAlliance, instrument.RaterTherapist, lead, session.About{MemberID: secret.ID}, 4.321),
		fine(fineBond, instrument.RaterMember, other, session.About{MemberID: secret.ID}, 5.679),
		fine(fineAlliance, instrument.RaterObserver, "o-1", session.About{MemberID: secret.ID, TherapistID: m.therapist}, 2.247),
	}
	own := []session.FormInput{
		fine(fineOutcome, instrument.RaterMember, id, session.About{}, 7.123), total,
		fine(fineBond, instrument.RaterMember, id, session.About{MemberID: m.members[1]}, 9.877),
	}
	ownRequest := keyed("k1", "own")
	r, err := m.Submit(ctx, ownRequest, s.ID, own)
	must(t, err)
	_, err = m.Submit(ctx, keyed("k2", "others"), s.ID, append(about, kept))
	must(t, err)
	_, err = m.Correct(ctx, keyed("k3", "corrected"), s.ID, session.Correction{
		Rating: r.Forms[0].Ratings[0].ID, Version: 1, Why: session.CorrectTyping, Answers: []session.AnswerInput{{Item: 1, Value: new(3.457)}},
	})
	must(t, err)
	g, err := m.Group(ctx, request(), m.group)
	must(t, err)
	_, err = m.EndSpell(ctx, keyed("k4", "left"), m.group, spell, g.Rev, "2026-03-20", session.LeftDroppedOut)
	must(t, err)
	reports := store.NewReports(e)
	must(t, reports.Insert(ctx, analysis.Record{
		ID: "r-group", Principal: "operator", Analysis: "group_level", CreatedAt: m.now(), State: analysis.Done,
		Asked: []byte(`{"groups":["` + string(m.group) + `"]}`), Body: []byte(`{"mean":0.55588899}`),
	}))
	must(t, reports.Insert(ctx, analysis.Record{
		ID: "r-families", Principal: "operator", Analysis: "group_level", CreatedAt: m.now(), State: analysis.Done,
		Asked: []byte(`{"groups":null,"kinds":["family"]}`), Body: []byte(`{"mean":1.2221}`),
	}))
	must(t, reports.Insert(ctx, analysis.Record{
		ID: "r-table", Principal: "operator", Analysis: "group_level", CreatedAt: m.now(), State: analysis.Done,
		Asked: []byte(`{"table":{"bytes":1,"sha256":"00"}}`), Body: []byte(`{"mean":1.3331}`),
	}))
	must(t, reports.Insert(ctx, analysis.Record{
		ID: "r-running", Principal: "operator", Analysis: "group_level", CreatedAt: m.now(), State: analysis.Running,
		Asked: []byte(`{}`), Lease: analysis.Lease{Owner: "p", Until: m.now()},
	}))
	m.own = map[string][]byte{
		"an answer that was corrected": number(7.123), "the corrected answer": number(3.457), "a reported total": number(8.765),
		"an answer about another": number(9.877), "the year of birth": append([]byte("\x10birth_year\x00"), binary.LittleEndian.AppendUint32(nil, 1937)...),
		"the code": []byte("SECRET-CODE-42"), "the reason for leaving": []byte("dropped_out"), "how the member came": []byte("phone"),
		"the hash of the request with the answers": []byte(ownRequest.SHA), "the hash of the correction": []byte(keyed("k3", "corrected").SHA),
		"the hash of the request with the code": []byte(keyed("k0", "code").SHA), "the hash of the request with the reason": []byte(keyed("k4", "left").SHA),
		"the hash of the request with the way of coming": []byte(keyed("k5", "came").SHA),
		"a report": []byte("0.55588899"),
	}
	m.gone = map[string][]byte{
		"the guess of the therapist": number(4.321), "an answer of another about the member": number(5.679), "an observer's answer": number(2.247),
		"the day on the paper": []byte("1998-07-06"), "the hash of the request about the member": []byte(keyed("k2", "others").SHA),
	}
	maps.Copy(m.gone, m.own)
	m.stays = map[string][]byte{
		"another's answer": number(6.111), "the member": []byte(secret.ID), "a report of families": []byte("1.2221"), "a report of a table": []byte("1.3331"),
	}
	return m
}

// now is the fixtures' time.
func (m *marked) now() time.Time { return session.Millis(evening) }

// forms of a number in which it could be written as text.
func written(b []byte) [][]byte {
	out := [][]byte{b}
	if len(b) == 8 {
		x := math.Float64frombits(binary.LittleEndian.Uint64(b))
		out = append(out, strconv.AppendFloat(nil, x, 'f', -1, 64))
	}
	return out
}

// inFiles tells what is found in the files of the data directory.
func (m *marked) inFiles(t *testing.T, what map[string][]byte) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	files := 0
	must(t, filepath.WalkDir(m.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		for name, b := range what {
			for _, form := range written(b) {
				found[name] = found[name] || bytes.Contains(content, form)
			}
		}
		return err
	}))
	if files < 2 {
		t.Fatalf("only %d files in the data directory", files)
	}
	return found
}

// want checks what is found.
func want(t *testing.T, when string, found map[string]bool, what map[string][]byte, there bool) {
	t.Helper()
	for name, b := range what {
		if found[name] != there {
			t.Errorf("%s: %s (%s) is found: %v", when, name, hex.EncodeToString(b), found[name])
		}
	}
}

// decide records a request and decides it.
func (m *marked) decide(t *testing.T, p *practice.Practice, v redaction.Verdict, basis redaction.Basis) *redaction.Decision {
	t.Helper()
	d, err := p.RequestRedaction(t.Context(), request(), m.members[0], redaction.Request{By: redaction.ByMember, On: "2026-03-04", Reference: "DSR-7"})
	must(t, err)
	d, err = p.DecideRedaction(t.Context(), request(), d.ID, d.Rev, v, basis)
	must(t, err)
	return d
}
