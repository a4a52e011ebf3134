package objective

import (
	"math"
	"slices"
	"strconv"

	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
)

// maxGrace bounds in days how long something may be waited for.
const maxGrace = 92

// checkCondition notes what is wrong with one condition.
func (r *Rule) checkCondition(faults *fault.List, c *Condition, lookup Lookup) {
	if c.kinds() != 1 {
		faults.Add("", "one_condition", "A condition says exactly one thing: score, drop_addressed, form, attended, miss_contacted, action or goals_endorsed.")
		return
	}
	r.checkNeeded(faults, c)
	switch {
	case c.Score != nil:
		var own fault.List
		r.checkScore(&own, c.Score, lookup)
		faults.Merge("/score", &own)
	case c.DropAddressed != nil:
		var own fault.List
		r.checkDrop(&own, c.DropAddressed, lookup)
		faults.Merge("/drop_addressed", &own)
		if r.For == EachMember && r.Over.Sessions == Scheduled {
			faults.Add("/drop_addressed", "needs_attended", "A fall is one since the session that the member attended before. Let attended sessions count.")
		}
	case c.Form != nil:
		var own fault.List
		r.checkForm(&own, c.Form, lookup)
		faults.Merge("/form", &own)
	case c.Attended != nil:
		r.checkOfMember(faults, "/attended")
	case c.MissContacted != nil:
		r.checkOfMember(faults, "/miss_contacted")
		checkContact(faults, c.MissContacted)
	case c.Action != nil:
		checkCodes(faults, "/action/codes", c.Action.Codes)
		checkGrace(faults, "/action/grace_days", c.Action.GraceDays)
	case c.GoalsEndorsed != nil:
		if by := c.GoalsEndorsed.By; by != ByMember && by != ByTherapist && by != ByBoth {
			faults.Add("/goals_endorsed/by", "unknown_rater", "A goal is endorsed by the member, by a therapist, or by both.")
		}
	}
}

// checkOfMember notes what only a member can do, and only where sessions count
// that the member may have missed.
func (r *Rule) checkOfMember(faults *fault.List, at string) {
	if r.For != EachMember {
		faults.Add(at, "needs_a_member", "Only a member attends or misses a session. Make the objective one for each_member.")
	}
	if r.Over.Sessions != Scheduled {
		faults.Add(at, "needs_scheduled", "Over attended sessions nobody was ever absent. Let scheduled sessions count.")
	}
}

// checkContact notes what is wrong with the contact asked for.
func checkContact(faults *fault.List, c *MissContacted) {
	if len(c.After) == 0 {
		faults.Add("/miss_contacted/after", "which_absence", "Say after which absences: no_show, excused, or both.")
	}
	for i, a := range c.After {
		if !a.Absent() || slices.Contains(c.After[:i], a) {
			faults.Add("/miss_contacted/after/"+strconv.Itoa(i), "which_absence", "An absence is no_show or excused, each named once.")
		}
	}
	if c.WithinDays < 1 || c.WithinDays > maxGrace {
		faults.Add("/miss_contacted/within_days", "out_of_range", "This lies between 1 and 92.")
	}
	for i, x := range c.Contacts {
		if x != finding.ContactReached && x != finding.ContactMessage && x != finding.ContactNotReached {
			faults.Add("/miss_contacted/contacts/"+strconv.Itoa(i), "unknown_contact", "A contact is reached, message_left or not_reached.")
		}
	}
}

// checkCodes notes actions that there are none of.
func checkCodes(faults *fault.List, at string, codes []finding.ActionCode) {
	if len(codes) == 0 {
		faults.Add(at, "which_action", "Name at least one action that counts.")
	}
	known := []finding.ActionCode{
		finding.RaisedInGroup, finding.TalkedIndividually, finding.TaskRenegotiated, finding.GoalRenegotiated, finding.Adapted, finding.ExtraSession,
		finding.TakenToSupervision, finding.SafetyProtocol, finding.Contacted, finding.NothingWithReason, finding.HandedOverElsewhere,
	}
	for i, c := range codes {
		if !slices.Contains(known, c) || slices.Contains(codes[:i], c) {
			faults.Add(at+"/"+strconv.Itoa(i), "unknown_action", "This is no action that can be noted about a finding, or it is named twice.")
		}
	}
}

// checkGrace notes a time to wait that is too long or negative.
func checkGrace(faults *fault.List, at string, days int) {
	if days < 0 || days > maxGrace {
		faults.Add(at, "out_of_range", "This lies between 0 and 92.")
	}
}

// checkScore notes what is wrong with a score to be reached.
func (r *Rule) checkScore(faults *fault.List, c *ScoreReaches, lookup Lookup) {
	checkGrace(faults, "/grace_days", c.GraceDays)
	lo, hi, ok := r.checkMeasure(faults, &c.Measure, c.OutOf, lookup)
	limit := c.AtLeast
	at := "/at_least"
	if c.AtMost != nil {
		limit, at = c.AtMost, "/at_most"
	}
	switch {
	case (c.AtLeast == nil) == (c.AtMost == nil):
		faults.Add("", "one_limit", "Say what the score has to reach: at_least, or at_most where less is better.")
	case ok && !(*limit >= lo && *limit <= hi):
		faults.Add(at, "out_of_range", "The limit lies outside the scale, so it would always be reached or never.")
	}
}

// checkDrop notes what is wrong with a drop to be answered.
func (r *Rule) checkDrop(faults *fault.List, c *DropAddressed, lookup Lookup) {
	checkCodes(faults, "/codes", c.Codes)
	checkGrace(faults, "/grace_days", c.GraceDays)
	lo, hi, ok := r.checkMeasure(faults, &c.Measure, c.OutOf, lookup)
	if !(c.Drop > 0) || math.IsInf(c.Drop, 0) || (ok && c.Drop > hi-lo) {
		faults.Add("/drop", "out_of_range", "A drop is above 0 and no more than the whole scale.")
	}
}

// checkMeasure notes what is wrong with a measure and returns its scale; ok
// tells whether it has one.
func (r *Rule) checkMeasure(faults *fault.List, m *Measure, outOf float64, lookup Lookup) (lo, hi float64, ok bool) {
	if !m.Rater.Valid() {
		faults.Add("/rater", "unknown_rater", "A rater is a member, a therapist or an observer.")
	}
	if m.Occasion != "" && m.Occasion != session.Pre && m.Occasion != session.Post {
		faults.Add("/occasion", "unknown_occasion", "An occasion is pre or post: before the meeting or after it. Leave it out if either will do.")
	}
	if m.Scale != ScaleScore && m.Scale != ScalePerItem {
		faults.Add("/scale", "unknown_scale", "The number is the score, or the score per_item.")
	}
	def, found := lookup(instrument.Ref{ID: m.Instrument.ID, Version: m.Instrument.Version})
	if !found {
		faults.Add("/instrument", "unknown_instrument_version", "No such version of an instrument is registered. The list of instruments names them all.")
		return 0, 0, false
	}
	score, found := def.ScoreRule(m.Score)
	if !found {
		faults.Add("/score", "no_such_score", "This version of the instrument has no such score, or none that may be made.")
		return 0, 0, false
	}
	if !slices.ContainsFunc(def.ItemsAt(score.Level), func(i instrument.Item) bool { return slices.Contains(i.Raters, m.Rater) }) {
		faults.Add("/rater", "rater_kind_not_allowed", "This kind of rater does not answer the items of the score.")
	}
	if r.For == EachMember && m.Rater != instrument.RaterMember && !aboutMembers(score.Level) {
		faults.Add("/rater", "not_about_a_member", "This kind of rater speaks of the group here, and not of one member. Make the objective one for the group.")
	}
	lo, hi, ok = m.Scale.ends(def, score)
	switch {
	case !ok:
		faults.Add("/scale", "items_differ", "The items of this score have different ranges, so there is no score per item. Use the score.")
	case math.Abs(outOf-hi) > 1e-9:
		faults.Add("/out_of", "other_scale", "The top of this scale is another. Say what the limit is out of, so that nobody takes one scale for another.")
	}
	return lo, hi, ok
}

// aboutMembers tells whether ratings of a level say which member they are about,
// whoever rates.
func aboutMembers(l instrument.Level) bool {
	switch l {
	case instrument.Alliance, instrument.Bond, instrument.MemberGroup, instrument.Outcome:
		return true
	default:
		return false
	}
}

// ends returns the ends of a score on the scale; ok is false if it has none.
func (s Scale) ends(def *instrument.Definition, score instrument.Score) (lo, hi float64, ok bool) {
	if s != ScalePerItem {
		return score.Min, score.Max, true
	}
	for i, number := range score.Items {
		item, found := def.Item(number)
		if !found || (i > 0 && (item.Min != lo || item.Max != hi)) {
			return 0, 0, false
		}
		lo, hi = item.Min, item.Max
	}
	return lo, hi, len(score.Items) > 0
}

// perItem returns by what a score is divided to be on the scale.
func (s Scale) perItem(score instrument.Score) float64 {
	if s != ScalePerItem {
		return 1
	}
	factor := score.Factor
	if factor == 0 {
		factor = 1
	}
	if score.Method == instrument.Mean {
		return factor
	}
	return factor * float64(len(score.Items))
}

// checkForm notes what is wrong with a form asked for.
func (r *Rule) checkForm(faults *fault.List, c *FormGiven, lookup Lookup) {
	checkGrace(faults, "/grace_days", c.GraceDays)
	if !c.Rater.Valid() {
		faults.Add("/rater", "unknown_rater", "A rater is a member, a therapist or an observer.")
	}
	if r.For == EachMember && c.Rater != instrument.RaterMember {
		faults.Add("/rater", "not_about_a_member", "A form is asked of each member. Make the objective one for the group if others hand it in.")
	}
	if c.Instrument.Version == "" {
		if c.Instrument.ID == "" {
			faults.Add("/instrument/id", "required", "Name the instrument.")
		}
		return // any version will do
	}
	if _, found := lookup(instrument.Ref{ID: c.Instrument.ID, Version: c.Instrument.Version}); !found {
		faults.Add("/instrument", "unknown_instrument_version", "No such version of an instrument is registered. The list of instruments names them all.")
	}
}
