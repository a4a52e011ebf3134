package finding

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"holon/internal/instrument"
	"holon/internal/session"
)

// Ground is what, in the stored facts of a session, raises a finding.
type Ground struct {
	ID      ID
	Rule    Rule
	Session session.SessionID // in which it was met
	Members []session.MemberID
	Risk    *Risk
	Course  *Course        // of Alarms
	Rating  *RatingVersion // of RiskItem: the rating that holds the answer
	Form    session.FormID // of RiskItem
	answer  float64        // only to tell whether it changed
	seat    session.Attendance
}

// NewGround returns what an alarm or a sign rests on.
func NewGround(rule Rule, in session.SessionID, members []session.MemberID, course *Course) Ground {
	g := Ground{Rule: rule, Session: in, Members: members, Course: course}
	g.ID = identify(&g)
	return g
}

// Reading is what grounds are found by.
type Reading struct {
	// Definition returns the version of an instrument.
	Definition func(instrument.Ref) (*instrument.Definition, bool)
	// ExcusedIsMissed says that who was excused is to be answered as well.
	ExcusedIsMissed bool
}

// GroundsOf returns what in a session's facts raises findings: every answer at
// or above its item's trigger that is not past data, and, once the session is
// closed, every member who did not come.
func GroundsOf(s *session.Session, by Reading) []Ground {
	var out []Ground
	for r, about := range s.Concerning {
		out = append(out, risks(s, r, about, by)...)
	}
	return append(out, missed(s, by)...)
}

// risks returns the grounds in one rating. An unfinished form is as good as a
// finished one, and nothing else in the session is looked at.
func risks(s *session.Session, r *session.Rating, about session.MemberID, by Reading) []Ground {
	if !r.Live() {
		return nil
	}
	def, ok := by.Definition(r.Instrument)
	if !ok {
		return nil
	}
	var out []Ground
	for _, a := range r.Answers {
		item, ok := def.Item(a.Item)
		if !ok || a.State != session.Answered || !item.Alerts(a.Value) || r.Past(a.Item) {
			continue
		}
		g := Ground{
			Rule: RiskItem, Session: s.ID, Rating: &RatingVersion{ID: r.ID, Version: r.Version}, Form: r.FormID, answer: a.Value,
			Risk: &Risk{
				Instrument: r.Instrument, Item: a.Item, Rater: r.Rater, Occasion: r.Occasion,
				Trigger: Trigger{AtLeast: item.Risk.AtLeast, Source: item.Risk.Source, Verified: item.Risk.Verified, Site: item.Risk.Site},
			},
		}
		if about != "" {
			g.Members = []session.MemberID{about}
		}
		g.ID = identify(&g)
		out = append(out, g)
	}
	return out
}

// missed returns the grounds in a closed session's attendance.
func missed(s *session.Session, by Reading) []Ground {
	if s.Status != session.StatusClosed {
		return nil
	}
	var out []Ground
	for _, seat := range s.Roster {
		if seat.Redacted {
			continue
		}
		if seat.Attendance == session.NoShow || (by.ExcusedIsMissed && seat.Attendance == session.Excused) {
			g := Ground{Rule: MissedSession, Session: s.ID, Members: []session.MemberID{seat.MemberID}, seat: seat.Attendance}
			g.ID = identify(&g)
			out = append(out, g)
		}
	}
	return out
}

// identify derives the identifier of the finding that a ground raises from
// rule, version, members and session, and for a risk item from the item and the
// rater's place, for an alarm the measure: one place, one finding, however often
// it is saved.
func identify(g *Ground) ID {
	parts := []string{string(g.Rule), strconv.Itoa(g.Rule.Version()), string(g.Session), strconv.Itoa(len(g.Members))}
	for _, m := range g.Members {
		parts = append(parts, string(m))
	}
	if x := g.Risk; x != nil {
		parts = append(parts, x.Instrument.String(), strconv.Itoa(x.Item), string(x.Rater.Kind), x.Rater.ID, string(x.Occasion))
	}
	if x := g.Course; x != nil {
		parts = append(parts, x.Instrument.String(), x.Score, string(x.TherapistID))
	}
	h := sha256.New()
	for _, p := range parts {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(p)))
		h.Write(length[:])
		h.Write([]byte(p))
	}
	return ID(Prefix + strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)))[:20])
}

// Prefix begins the identifier of every finding.
const Prefix = "fi-"

// Fresh returns the grounds that were not there before: those of another
// finding, of another rating, or of an answer that changed.
func Fresh(before, now []Ground) []Ground {
	return slices.DeleteFunc(slices.Clone(now), func(g Ground) bool {
		return slices.ContainsFunc(before, func(x Ground) bool { return x.ID == g.ID && x.same(&g) })
	})
}

// same tells whether two grounds of one finding are the same fact.
func (g *Ground) same(other *Ground) bool {
	if g.Rating == nil || other.Rating == nil {
		return g.Rating == other.Rating && g.seat == other.seat
	}
	return g.Rating.ID == other.Rating.ID && g.answer == other.answer
}

// Gone returns the findings whose grounds are there no more.
func Gone(before, now []Ground) []ID {
	var out []ID
	for _, g := range before {
		if !slices.ContainsFunc(now, func(x Ground) bool { return x.ID == g.ID }) {
			out = append(out, g.ID)
		}
	}
	return out
}

// SamePlace tells whether two grounds are of one member, or the group as a whole, in
// one session and one measure: alarms whatever the rule, splits and signs of one rule.
func (g *Ground) SamePlace(other *Ground) bool {
	return g.Session == other.Session && g.sameMatter(other)
}

// sameMatter is SamePlace in any session.
func (g *Ground) sameMatter(other *Ground) bool {
	if !slices.Equal(g.Members, other.Members) || (g.Course == nil) != (other.Course == nil) {
		return false
	}
	if g.Course == nil || g.ofSplit() || other.ofSplit() {
		return g.Rule == other.Rule && (g.Course == nil || g.Course.same(other.Course))
	}
	return g.Course.same(other.Course)
}

// ofSplit tells whether members departed from each other: that everybody fell says nothing
// of it.
func (g *Ground) ofSplit() bool { return slices.Contains(Splits(), g.Rule) }

// Ground returns what the finding rests on.
func (f *Finding) Ground() Ground {
	return Ground{ID: f.ID, Rule: f.Rule, Session: f.SessionID, Members: f.Members, Course: f.Course}
}

// AskedAlready tells whether a standing finding makes a ground one too many: of the
// same place, or in place of its group's or members'; or about the same matter in a
// later session of the course, because it began earlier than was known. A new split of
// two of whom one is named in another of the same session is the same event: which pair
// is the clearest may change with a correction.
func (g *Ground) AskedAlready(standing *Ground, later func(a, b session.SessionID) bool) bool {
	if g.sameMatter(standing) && (g.Session == standing.Session || later(standing.Session, g.Session)) {
		return true
	}
	if g.Rule == NewSplit && standing.Rule == NewSplit && g.Session == standing.Session && g.Course.same(standing.Course) {
		return slices.ContainsFunc(g.Members, func(m session.MemberID) bool { return slices.Contains(standing.Members, m) })
	}
	group := (len(g.Members) == 0 || len(standing.Members) == 0) && !g.ofSplit() && !standing.ofSplit()
	return group && g.Session == standing.Session && g.Course != nil && standing.Course != nil && g.Course.same(standing.Course)
}
