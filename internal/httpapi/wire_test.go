package httpapi

import (
	"encoding/json"
	"reflect"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/redaction"
	"holon/internal/session"
)

// empty lists the places of a value that hold nothing: a converter that
// forgets a field leaves one. Fields named in ignored may be empty.
func empty(v reflect.Value, at string, ignored map[string]bool) []string {
	if ignored[at] {
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return []string{at}
		}
		return empty(v.Elem(), at, ignored)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			break
		}
		var out []string
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				out = append(out, empty(v.Field(i), at+"."+f.Name, ignored)...)
			}
		}
		return out
	case reflect.Slice:
		if v.Len() == 0 {
			return []string{at}
		}
		var out []string
		for i := range v.Len() {
			out = append(out, empty(v.Index(i), at, ignored)...)
		}
		return out
	default:
	}
	if v.IsZero() {
		return []string{at}
	}
	return nil
}

// full fails when a value has an empty place.
func full(t *testing.T, v any, ignored ...string) {
	t.Helper()
	skip := map[string]bool{}
	for _, at := range ignored {
		skip[at] = true
	}
	if places := empty(reflect.ValueOf(v), reflect.TypeOf(v).Name(), skip); len(places) > 0 {
		t.Errorf("nothing at %v", places)
	}
}

// filled fills every place of a value: texts and numbers differ by place.
func filled[T any](t *testing.T) T {
	t.Helper()
	var v T
	n := 0
	fill(t, reflect.ValueOf(&v).Elem(), &n)
	return v
}

// fill fills one place.
func fill(t *testing.T, v reflect.Value, n *int) {
	t.Helper()
	*n++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), n)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Date(2026, 3, 5, 18, 0, *n, 0, time.UTC)))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(t, v.Field(i), n)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0), n)
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]any{"x": "x" + strconv.Itoa(*n)}))
	case reflect.String:
		v.SetString("x" + strconv.Itoa(*n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint8:
		v.SetUint(uint64(session.Answered))
	case reflect.Float64:
		v.SetFloat(float64(*n) + .5)
	default:
		t.Fatalf("cannot fill a %s", v.Kind())
	}
}

// scoring answers with one definition, whatever is asked for.
type scoring struct {
	Practice

	def *instrument.Definition
}

// Definition returns the one.
func (s scoring) Definition(instrument.Ref) (*instrument.Definition, bool) {
	return s.def, s.def != nil
}

// Cutoffs returns a filled one, and a reason.
func (s scoring) Cutoffs(instrument.Ref, string) ([]instrument.Cutoff, string) {
	return []instrument.Cutoff{{Population: "p", Label: "l", Value: 1, AtOrAbove: true, Source: "s", Verified: true, Site: true}}, "reason"
}

func TestNothingOfASessionIsLostOnTheWire(t *testing.T) {
	t.Parallel()
	x := filled[session.Session](t)
	full(t, x)
	s := &Server{practice: scoring{}}
	wire := s.sessionWire(&x, nil)
	// Scores are derived from a definition, of which there is none here.
	derived := []string{"Session.BondsDue", "Session.GuessesDue"} // so are these, from the group and for who asks
	for _, level := range []string{"Alliances", "Bonds", "MemberGroup", "Cohesion", "System", "Encounter", "Outcomes"} {
		derived = append(derived, "Session."+level+".Rating.Scores", "Session."+level+".Rating.Unscored")
	}
	full(t, wire, derived...)
	if len(wire.Levels) != len(instrument.Levels()) {
		t.Errorf("levels %v", wire.Levels)
	}
	if diff := cmp.Diff(x, sessionBack(t, wire, &x)); diff != "" {
		t.Errorf("there and back (-want +got):\n%s", diff)
	}
}

// sessionBack reads a session off the wire, where it can be: what the wire does
// not carry is taken from the original.
func sessionBack(t *testing.T, w Session, original *session.Session) session.Session {
	t.Helper()
	x := session.Session{
		ID: session.SessionID(w.ID), GroupID: session.GroupID(w.GroupID), GroupKind: session.GroupKind(w.GroupKind), Number: int(w.Number),
		Kind: session.Kind(w.Kind), Stage: text[session.Stage](w.Stage), HeldOn: session.Date(w.HeldOn),
		Planned: spanDomain(w.Planned), Actual: spanDomain(w.Actual), Status: session.Status(w.Status), CancelWhy: text[session.CancelReason](w.CancelWhy),
	}
	x.Head = original.Head
	x.Rev, x.Change.By, x.Change.At, x.Change.Why = w.Rev, w.Change.By, w.Change.At, w.Change.Why
	for _, p := range w.Therapists {
		x.Therapists = append(x.Therapists, session.Presence{TherapistID: session.TherapistID(p.TherapistID), Role: session.TherapistRole(p.Role), Present: p.Present})
	}
	for _, p := range w.Roster {
		x.Roster = append(x.Roster, session.Seat{
			MemberID: session.MemberID(p.MemberID), Spell: int(p.Spell),
			Attendance: session.Attendance(orZero(p.Attendance)), Modality: session.Modality(orZero(p.Modality)), Redacted: orZero(p.Redacted),
		})
	}
	for _, r := range *w.Alliances {
		x.Alliances = append(x.Alliances, session.AllianceRating{Rating: ratingBack(t, r.Rating), TherapistID: session.TherapistID(r.TherapistID), MemberID: session.MemberID(r.MemberID)})
	}
	for _, r := range *w.Bonds {
		x.Bonds = append(x.Bonds, session.BondRating{Rating: ratingBack(t, r.Rating), From: session.MemberID(r.From), To: session.MemberID(r.To)})
	}
	for _, r := range *w.MemberGroup {
		x.MemberGroup = append(x.MemberGroup, session.MemberGroupRating{Rating: ratingBack(t, r.Rating), MemberID: session.MemberID(r.MemberID)})
	}
	for _, r := range *w.Cohesion {
		x.Cohesion = append(x.Cohesion, session.CohesionRating{Rating: ratingBack(t, r.Rating)})
	}
	for _, r := range *w.System {
		x.System = append(x.System, session.SystemRating{Rating: ratingBack(t, r.Rating)})
	}
	for _, r := range *w.Encounter {
		x.Encounter = append(x.Encounter, session.EncounterRating{Rating: ratingBack(t, r.Rating), TherapistID: session.TherapistID(orZero(r.TherapistID))})
	}
	for _, r := range *w.Outcomes {
		x.Outcomes = append(x.Outcomes, session.OutcomeRating{Rating: ratingBack(t, r.Rating), MemberID: session.MemberID(r.MemberID)})
	}
	for _, o := range *w.Openings {
		x.Openings = append(x.Openings, session.Opening{
			TherapistID: session.TherapistID(o.TherapistID), MemberID: session.MemberID(o.MemberID), Why: session.OpeningReason(o.Why), By: o.By, At: o.At,
		})
	}
	for _, r := range *w.Ruptures {
		back := session.Rupture{
			TherapistID: session.TherapistID(r.TherapistID), MemberID: session.MemberID(r.MemberID), Kind: session.RuptureKind(orZero(r.Kind)), By: r.By, At: r.At,
			Redacted: &session.Redacted{Decision: r.Redacted.Decision, At: r.Redacted.At},
		}
		for _, x := range r.Steps {
			back.Steps = append(back.Steps, session.RepairStep{Kind: session.RepairKind(x.Kind), Number: int(x.Session), By: x.By, At: x.At})
		}
		x.Ruptures = append(x.Ruptures, back)
	}
	for _, r := range *w.Goals {
		x.Goals = append(x.Goals, session.GoalRating{
			Rater: session.Rater{Kind: instrument.RaterKind(r.Rater.Kind), ID: r.Rater.ID}, GoalID: session.GoalID(r.GoalID), Version: int(r.Version),
			Value: r.Value, Endorsed: r.Endorsed,
			Entered: session.Entry{By: r.Entered.By, At: r.Entered.At, Mode: session.Mode(r.Entered.Mode), AnsweredOn: text[session.Date](r.Entered.AnsweredOn)},
		})
	}
	return x
}

// ratingBack reads a rating off the wire.
func ratingBack(t *testing.T, w Rating) session.Rating {
	t.Helper()
	r := session.Rating{
		ID: session.RatingID(w.RatingID), FormID: session.FormID(w.FormID), Version: int(w.Version), Instrument: refDomain(w.Instrument),
		Rater: session.Rater{Kind: instrument.RaterKind(w.Rater.Kind), ID: w.Rater.ID}, Occasion: session.Occasion(w.Occasion),
		FormItems: int(w.Form.Items), FormMissing: int(w.Form.Missing), ReportedTotal: w.ReportedTotal, AfterSeeing: w.AfterSeeing, Unfinished: w.Unfinished,
		Entered:  session.Entry{By: w.Entered.By, At: w.Entered.At, Mode: session.Mode(w.Entered.Mode), AnsweredOn: text[session.Date](w.Entered.AnsweredOn)},
		Redacted: &session.Redacted{Decision: w.Redacted.Decision, At: w.Redacted.At},
	}
	for _, item := range w.ByHand {
		r.ByHand = append(r.ByHand, int(item))
	}
	for _, a := range w.Items {
		state, ok := session.ParseState(string(a.State))
		if !ok {
			t.Errorf("state %q", a.State)
		}
		r.Answers = append(r.Answers, session.Answer{Item: int(a.Item), State: state, Value: orZero(a.Value)})
	}
	if v := w.Void; v != nil {
		r.Void = &session.Void{By: v.By, At: v.At, Why: session.VoidReason(v.Why)}
		if v.MovedTo != nil {
			r.Void.MovedTo = &session.FormPlace{Session: session.SessionID(v.MovedTo.SessionID), Form: session.FormID(v.MovedTo.FormID)}
		}
	}
	if m := w.MovedFrom; m != nil {
		r.MovedFrom = &session.Origin{
			FormPlace: session.FormPlace{Session: session.SessionID(m.SessionID), Form: session.FormID(m.FormID)},
			Version:   int(m.Version), By: m.By, At: m.At, Why: session.MoveReason(m.Why),
		}
	}
	return r
}

func TestNothingOfGroupsPeopleAndInstrumentsIsLostOnTheWire(t *testing.T) {
	t.Parallel()
	g := filled[session.Group](t)
	full(t, groupWire(&g))
	m := filled[session.Member](t)
	full(t, memberWire(&m))
	th := filled[session.Therapist](t)
	full(t, therapistWire(&th))
	full(t, revisionWire(filled[practice.Revision](t)))
	d := filled[instrument.Definition](t)
	d.Items[0].Level = instrument.Alliance // the outline lists the levels that exist
	full(t, (&Server{practice: scoring{}}).instrumentWire(&d))
	full(t, instrumentOutlineWire(&d), "InstrumentOutline.Keys.Verified", "InstrumentOutline.Keys.Unattested") // its one score's key is attested
	full(t, keyCountsWire(filled[instrument.KeyCounts](t)))
	full(t, attestationWire(filled[instrument.Attestation](t)))
	w := filled[instrument.LicensedWording](t)
	w.ValidUntil = "2026-03-04"
	full(t, wordingWire(&w, time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)))
	full(t, scoreWire(filled[instrument.ScoreValue](t), filled[instrument.KeyState](t)))
	now, before := filled[practice.RatingVersion](t), filled[practice.RatingVersion](t)
	before.Rating.Answers[0].Value++
	full(t, ratingStateWire(&now, &before))
	receipt := filled[practice.Receipt](t)
	full(t, receiptWire(&receipt))
	decision := filled[redaction.Decision](t)
	decision.Verdict = redaction.Redact // it says what is taken out
	full(t, redactionWire(&decision))
	full(t, previewWire(filled[practice.Preview](t)))
}

func TestNothingThatIsSentIsLost(t *testing.T) {
	t.Parallel()
	f := filled[NewForm](t)
	in := formDomain(f)
	full(t, in, "FormInput.ID", "FormInput.Entered.By", "FormInput.Entered.At") // the use case gives these
	if in.Answers[0].Value == nil || *in.Answers[0].Value != *(*f.Items)[0].Value || in.About.MemberID == session.MemberID(in.About.TherapistID) {
		t.Errorf("%+v", in)
	}
	full(t, markDomain(filled[AttendanceMark](t)))
	full(t, therapistMarkDomain(filled[TherapistMark](t)))
	full(t, *spanDomain(new(filled[Span](t))))
	x := filled[session.GoalText](t)
	full(t, goalTextWire(&x))
	full(t, goalTextDomain(filled[NewGoalText](t)), "GoalTextInput.On") // the use case gives this
	full(t, goalRatingDomain(filled[NewGoalRating](t)), "GoalRatingInput.Entered.By", "GoalRatingInput.Entered.At", "GoalRatingInput.Entered.AnsweredOn")
	full(t, attestationDomain(filled[NewAttestation](t)))
	full(t, wordingDomain(instrument.Ref{ID: "i", Version: "1"}, "de", filled[NewLicensedWording](t)),
		"LicensedWording.Number", "LicensedWording.By", "LicensedWording.At", "LicensedWording.Key", "LicensedWording.RequestSHA") // as above
	asked := filled[ReportRequest](t)
	full(t, askDomain(&asked), "Ask.Progress", "Ask.Alone") // the work gives these
	full(t, askedOf(&asked))
	ask := askDomain(&ReportRequest{Analysis: ReportRequestAnalysisGroupLevelTable})
	if diff := cmp.Diff(analysis.Ask{}, ask); diff != "" {
		t.Errorf("what is left out is asked for: %s", diff)
	}
}

func TestNothingOfAReportsStateIsLostOnTheWire(t *testing.T) {
	t.Parallel()
	x := filled[analysis.Record](t)
	want := askedOf(new(filled[ReportRequest](t)))
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	x.Asked, x.State, x.Failure.Kind = text, analysis.Failed, "too_large"
	got, err := stateWire(x)
	if err != nil {
		t.Fatal(err)
	}
	full(t, got)
	if got.Problem.Status != 413 || got.Problem.RequestID != x.RequestID {
		t.Errorf("the problem: %+v", got.Problem)
	}
	if diff := cmp.Diff(want, *got.Asked); diff != "" {
		t.Errorf("the question (-want +got):\n%s", diff)
	}
	for _, s := range []analysis.State{analysis.Pending, analysis.Running, analysis.Done} {
		if a := adviceOf(s); a != nil {
			t.Errorf("%s is told to %s", s, *a)
		}
	}
}

func TestAnUnansweredItemHasNoValueOnTheWire(t *testing.T) {
	t.Parallel()
	for state, want := range map[session.State]string{
		session.NotAnswered: `{"item":2,"state":"not_answered","value":null}`, session.Declined: `{"item":2,"state":"declined","value":null}`,
		session.CannotSay: `{"item":2,"state":"cannot_say","value":null}`, session.NotShown: `{"item":2,"state":"not_shown","value":null}`,
		session.Answered: `{"item":2,"state":"answered","value":0}`,
	} {
		text, err := json.Marshal(answerWire(session.Answer{Item: 2, State: state}))
		if err != nil || string(text) != want {
			t.Errorf("%s, %v", text, err)
		}
	}
}
