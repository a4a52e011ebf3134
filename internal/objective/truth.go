package objective

import (
	"slices"
	"strings"

	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
)

// Truth is what is known of one condition on one occasion.
type Truth string

// The truths.
const (
	Holds   Truth = "holds"
	Fails   Truth = "fails"
	Unknown Truth = "unknown" // what is missing from the past decides
	Pending Truth = "pending" // it may still come in time
)

// seen is what one condition shows on one occasion, and why where it does not
// simply hold.
type seen struct {
	truth Truth
	why   Reason
	goals goalSet // of goals endorsed: those that were
	maybe goalSet // and those of which nobody knows, or not yet
}

// holding is a seen of a yes or no.
func holding(is bool, otherwise Reason) seen {
	if is {
		return seen{truth: Holds}
	}
	return seen{truth: Fails, why: otherwise}
}

// missing is a seen of something that is not there: it is waited for until the
// days of grace after the session are over.
func (c *course) missing(s *session.Session, grace int, then Truth, why Reason) seen {
	if c.Today <= plusDays(s.HeldOn, grace) {
		return seen{truth: Pending, why: why}
	}
	return seen{truth: then, why: why}
}

// look sees what a condition shows in a session, if it was in this way. Before
// are the sessions that were or may have been occasions, by day.
func (c *course) look(k *Condition, s *session.Session, w way, before []candidate) seen {
	switch {
	case k.Score != nil:
		return c.score(k.Score, s, w)
	case k.DropAddressed != nil:
		return c.drop(k, s, before)
	case k.Form != nil:
		return c.form(k.Form, s, w)
	case k.Attended != nil:
		return holding(!w.seat.Absent(), Reason(w.seat))
	case k.MissContacted != nil:
		return c.contact(k.MissContacted, s, w)
	case k.Action != nil:
		return c.action(k.Action, s)
	default:
		return c.goals(k.GoalsEndorsed, s, w)
	}
}

// read is the scores of a measure in one session, by line; those that have no
// value are in none, with the reason.
type read struct {
	values map[string]float64
	none   map[string]Reason
	level  instrument.Level
	other  bool // there are ratings by another version
}

// readScores reads a measure's scores in a session; ok is false where its
// definition is not there any more.
func (c *course) readScores(m *Measure, s *session.Session) (got read, ok bool) {
	ref := instrument.Ref{ID: m.Instrument.ID, Version: m.Instrument.Version}
	def, found := c.Lookup(ref)
	if !found {
		return got, false
	}
	scorer, found := session.NewScorer(def, session.Measure{Instrument: ref, Score: m.Score, Rater: m.Rater, Occasion: m.Occasion})
	if !found {
		return got, false
	}
	got = read{level: scorer.Level(), values: map[string]float64{}, none: map[string]Reason{}}
	unit := m.Scale.perItem(scorer.Rule())
	for _, l := range c.lines(s, scorer.Level(), m.Rater) {
		if fit := scorer.Fit(l.rating); fit != session.Fits {
			got.other = got.other || (fit == session.OtherVersion && l.rating.Rater.Kind == m.Rater)
			continue
		}
		if v, why := scorer.Value(l.rating); v != nil {
			got.values[l.key] = *v / unit
		} else {
			got.none[l.key] = unscored(l.rating, why)
		}
	}
	return got, true
}

// unscored says why a form has no score.
func unscored(r *session.Rating, why instrument.Reason) Reason {
	switch why {
	case instrument.ReasonTooManyMissing, instrument.ReasonFormInvalid, instrument.ReasonPartMissing, instrument.ReasonNoneAnswered:
		if !slices.ContainsFunc(r.Answers, func(a session.Answer) bool { return a.State == session.Answered }) &&
			slices.ContainsFunc(r.Answers, func(a session.Answer) bool { return a.State == session.Declined }) {
			return Declined
		}
		return Unfinished
	case instrument.ReasonFormUnfinished:
		return Unfinished
	case instrument.ReasonTotalOnly:
		return TotalOnly
	default:
		return NotScored
	}
}

// reaches tells whether a value reaches the limit; what misses it by the
// rounding of sums alone does.
func (k *ScoreReaches) reaches(v float64) bool {
	const rounding = 1e-9
	if k.AtMost != nil {
		return v <= *k.AtMost+rounding
	}
	return v >= *k.AtLeast-rounding
}

// score sees whether every rating of the measure reaches the limit. One that
// does not is enough to fail; one that is not known leaves it unknown. Nobody
// who was absent had anything to rate.
func (c *course) score(k *ScoreReaches, s *session.Session, w way) seen {
	got, ok := c.readScores(&k.Measure, s)
	if !ok {
		return seen{truth: Unknown, why: NotScored}
	}
	for _, v := range got.values {
		if !k.reaches(v) {
			return seen{truth: Fails, why: BelowLimit}
		}
	}
	for _, key := range sortedKeys(got.none) {
		return seen{truth: Unknown, why: got.none[key]}
	}
	if len(got.values) > 0 && c.silent(k.Rater, got.level, s, got.values) == 0 {
		return seen{truth: Holds}
	}
	switch {
	case w.seat.Absent():
		return seen{truth: Fails, why: Absent}
	case got.other:
		return c.missing(s, k.GraceDays, Unknown, OtherVersion)
	default:
		return c.missing(s, k.GraceDays, Unknown, NoForm)
	}
}

// silent counts, for the group, the members who came and did not rate. An informant's
// report of an outcome counts for the member it is about, too.
func (c *course) silent(by instrument.RaterKind, level instrument.Level, s *session.Session, given map[string]float64) int {
	if c.member != "" || by != instrument.RaterMember {
		return 0
	}
	n := 0
	for _, seat := range s.Roster {
		if seat.Attendance.Absent() {
			continue
		}
		found := false
		for key := range given {
			part := strings.Split(key, "/") // see lines
			found = found || part[0] == string(instrument.RaterMember) && (part[1] == string(seat.MemberID) || level == instrument.Outcome && part[2] == string(seat.MemberID))
		}
		if !found {
			n++
		}
	}
	return n
}

// form sees whether a form was handed in: by the member, or for the group by
// every member who came.
func (c *course) form(k *FormGiven, s *session.Session, w way) seen {
	if c.member != "" || k.Rater != instrument.RaterMember {
		return c.formOf(k, s, string(c.member), w.seat)
	}
	all := seen{truth: Holds}
	for _, seat := range s.Roster {
		if seat.Attendance.Absent() {
			continue
		}
		if one := c.formOf(k, s, string(seat.MemberID), session.Present); rank(one.truth) > rank(all.truth) {
			all = one
		}
	}
	return all
}

// rank orders truths so that of several the one that counts for all is last.
func rank(t Truth) int { return slices.Index([]Truth{Holds, Pending, Unknown, Fails}, t) }

// formOf is form of one rater; "" is any of the kind.
func (c *course) formOf(k *FormGiven, s *session.Session, rater string, came session.Attendance) seen {
	best := seen{truth: Fails, why: NoForm}
	for _, r := range s.All {
		if r.Instrument.ID != k.Instrument.ID || r.Rater.Kind != k.Rater || (rater != "" && r.Rater.ID != rater) || !r.Live() {
			continue
		}
		switch {
		case k.Instrument.Version != "" && r.Instrument.Version != k.Instrument.Version:
			best.why = OtherVersion
		case r.Redacted != nil: // handed in, and nobody knows any more how much of it
			best = seen{truth: Unknown, why: NotScored}
		case r.Unfinished: // not handed in yet
			best = c.missing(s, k.GraceDays, Fails, Unfinished)
		case r.ReportedTotal != nil || r.FormMissing == 0, !k.Complete && r.FormMissing < r.FormItems:
			return seen{truth: Holds}
		case r.FormMissing < r.FormItems:
			best.why = Unfinished
		default:
			best.why = unscored(r, instrument.ReasonNoneAnswered)
		}
	}
	switch {
	case best.why != NoForm:
		return best
	case came.Absent():
		return seen{truth: Fails, why: Absent}
	default:
		return c.missing(s, k.GraceDays, Fails, NoForm)
	}
}

// contact sees whether a miss was followed by an attempt to reach the member.
func (c *course) contact(k *MissContacted, s *session.Session, w way) seen {
	if !slices.Contains(k.After, w.seat) {
		return seen{truth: Holds}
	}
	last := plusDays(s.HeldOn, k.WithinDays)
	for i := range c.Deeds {
		d := &c.Deeds[i]
		if c.concerns(d) && d.Code == finding.Contacted && d.On >= s.HeldOn && d.On <= last &&
			(len(k.Contacts) == 0 || slices.Contains(k.Contacts, d.Contact)) {
			return seen{truth: Holds}
		}
	}
	if c.DeedsMissing {
		return seen{truth: Unknown, why: NoDeedsKnown}
	}
	return c.missing(s, k.WithinDays, Fails, NoContact)
}

// action sees whether something was done in a session.
func (c *course) action(k *ActionTaken, s *session.Session) seen {
	switch {
	case c.done(s, k.Codes):
		return seen{truth: Holds}
	case c.DeedsMissing:
		return seen{truth: Unknown, why: NoDeedsKnown}
	default:
		return c.missing(s, k.GraceDays, Fails, NoAction)
	}
}

// actionIn sees whether something was done between two days, of which the last
// may not be over.
func (c *course) actionIn(k *ActionTaken, from, to session.Date) seen {
	switch {
	case c.doneBetween(from, to, k.Codes):
		return seen{truth: Holds}
	case c.DeedsMissing:
		return seen{truth: Unknown, why: NoDeedsKnown}
	case c.Today <= plusDays(to, k.GraceDays):
		return seen{truth: Pending, why: NoAction}
	default:
		return seen{truth: Fails, why: NoAction}
	}
}
