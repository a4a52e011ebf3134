package study

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"holon/internal/fault"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// Protocol is what was decided before anybody looked at a number: afterwards every
// number says whether it was planned.
type Protocol struct {
	Primary session.Measure
	Model   multilevel.Structure // of the primary test
	Bound   float64              // the group share that would matter
	Stop    Stop
	Planned []Question // the other questions that are planned, in order
	By      string     // the principal who froze it
	At      time.Time
	SHA256  string // of all of it but by whom and when
}

// Stop says when the study has all its data.
type Stop struct {
	Groups int           // at so many groups; 0 where a day ends it
	On     *session.Date // on a day; nil where a number of groups ends it
}

// Question names a question by its analysis and its measures.
type Question struct {
	Analysis string
	Measure  session.Measure
	Against  *session.Measure // of an analysis of two measures
}

// MostPlanned is the most questions that a protocol has beside the primary one.
const MostPlanned = 100

// ProtocolInput is a protocol as it came.
type ProtocolInput struct {
	Primary session.Measure
	Model   string
	Bound   float64
	Stop    StopInput
	Planned []Question
}

// StopInput says when the study has all its data, as it came.
type StopInput struct {
	Groups *int
	On     *string
}

// Freeze binds the study to a protocol. looks is how many releases there were, which
// may be of before looks were written on the study: a protocol that comes after the
// first look, at numbers or at rows, is none.
func (s *Study) Freeze(in ProtocolInput, looks int, by string, at time.Time) error {
	switch {
	case s.Protocol != nil:
		return fault.New(fault.Conflict, "protocol_is_frozen", "The protocol is frozen already and does not change any more.")
	case looks > 0 || s.LookedAt != nil || s.RowsGiven != nil:
		return fault.New(fault.Conflict, "looked_already", "Numbers or rows of this study were released already, so it can have no protocol from before the first look. All of it is exploratory.")
	}
	var faults fault.List
	p := &Protocol{Primary: in.Primary, Model: multilevel.Structure(in.Model), Bound: in.Bound, Planned: slices.Clone(in.Planned), By: by, At: session.Millis(at)}
	if !s.Has(in.Primary) {
		faults.Add("/primary", "not_a_measure", "The primary measure is one of the study's measures.")
	}
	if p.Model != multilevel.MembersInGroups && p.Model != multilevel.SessionsInMembers && p.Model != multilevel.MembersBySessions {
		faults.Add("/model", "unknown_model", "The model is members_in_groups, sessions_in_members or members_by_sessions.")
	}
	if !(in.Bound > 0 && in.Bound < 1) {
		faults.Add("/bound", "out_of_range", "A share of variance lies between 0 and 1, both excluded.")
	}
	p.Stop = checkStop(&faults, in.Stop)
	if len(in.Planned) > MostPlanned {
		faults.Add("/planned", "out_of_range", "A protocol has at most 100 questions beside the primary one.")
	}
	for i, q := range in.Planned {
		at := "/planned/" + strconv.Itoa(i)
		if !s.Has(q.Measure) {
			faults.Add(at+"/measure", "not_a_measure", "A planned question is about the study's measures.")
		}
		if slices.ContainsFunc(in.Planned[:i], func(x Question) bool { return x.Key() == q.Key() }) {
			faults.Add(at, "repeated", "Nothing may stand here twice.")
		}
		if q.Against != nil && !s.Has(*q.Against) {
			faults.Add(at+"/against", "not_a_measure", "A planned question is about the study's measures.")
		}
	}
	if err := faults.Err(); err != nil {
		return err
	}
	p.SHA256 = p.sum()
	s.Protocol = p
	return nil
}

// checkStop returns when the study has all its data.
func checkStop(faults *fault.List, in StopInput) Stop {
	var out Stop
	switch {
	case (in.Groups == nil) == (in.On == nil):
		faults.Add("/stop", "one_of_two", "Say at how many groups the study has all its data, or on which day: one of them.")
	case in.Groups != nil:
		if out.Groups = *in.Groups; out.Groups < 1 || out.Groups > MostGroups {
			faults.Add("/stop/groups", "out_of_range", "A study has between 1 and 5000 groups.")
		}
	default:
		out.On = day(faults, "/stop/on", in.On)
	}
	return out
}

// Plans tells whether a question was planned: the primary one, the group-level
// test of the primary measure, is.
func (p *Protocol) Plans(q Question) bool {
	if p == nil {
		return false
	}
	return p.IsPrimary(q) || slices.ContainsFunc(p.Planned, func(x Question) bool { return x.Key() == q.Key() })
}

// Complete tells whether a snapshot has all the data that the protocol waits for, of
// therapy groups or of families and couples: a look at less is none that was planned.
func (p *Protocol) Complete(s *Snapshot, families bool) bool {
	switch {
	case p == nil:
		return true
	case p.Stop.On != nil:
		return session.Date(s.TakenAt.Format(time.DateOnly)) >= *p.Stop.On
	default:
		n := 0
		for _, g := range s.Groups {
			if (g.Kind != session.KindGroup) == families {
				n++
			}
		}
		return n >= p.Stop.Groups
	}
}

// IsPrimary tells whether a question is the primary one.
func (p *Protocol) IsPrimary(q Question) bool {
	return p != nil && q.Analysis == primaryAnalysis && q.Against == nil && q.Measure == p.Primary
}

// primaryAnalysis is the analysis of a study's primary question.
const primaryAnalysis = "group_level"

// Key is a question as text, the same for the same question.
func (q Question) Key() string {
	key := q.Analysis + " " + MeasureName(q.Measure)
	if q.Against != nil {
		key += " " + MeasureName(*q.Against)
	}
	return key
}

// MeasureName writes a measure as one word: instrument@version/score/rater, and the
// occasion where it names one.
func MeasureName(m session.Measure) string {
	name := m.Instrument.String() + "/" + m.Score + "/" + string(m.Rater)
	if m.Occasion != "" {
		name += "/" + string(m.Occasion)
	}
	return name
}

// sum is the hash of what was decided.
func (p *Protocol) sum() string {
	planned := make([]string, len(p.Planned))
	for i, q := range p.Planned {
		planned[i] = q.Key()
	}
	return hashOf(struct {
		Primary, Model string
		Bound          float64
		Stop           Stop
		Planned        []string
	}{MeasureName(p.Primary), string(p.Model), p.Bound, p.Stop, planned})
}

// hashOf is the SHA-256 of a value's JSON, whose keys stand in a fixed order.
func hashOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic("study: a value without JSON: " + err.Error()) // none of ours holds NaN or a channel
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
