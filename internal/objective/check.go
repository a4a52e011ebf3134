package objective

import (
	"regexp"
	"slices"
	"strconv"

	"holon/internal/fault"
	"holon/internal/session"
)

// codeForm is the form of an objective's code.
var codeForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// maxOccasions bounds how many occasions a rule may count.
const maxOccasions = 500

// Check answers nil for a rule that can be judged, or every fault.
func (r *Rule) Check(lookup Lookup) error {
	var faults fault.List
	if len(r.Code) > 40 || !codeForm.MatchString(r.Code) {
		faults.Add("/code", "bad_code", "An objective's code is 1 to 40 lower-case letters and digits, with hyphens between them.")
	}
	if r.For != EachMember && r.For != TheGroup {
		faults.Add("/for", "unknown_subject", "An objective is for each_member or for the group.")
	}
	r.checkOver(&faults)
	if n := len(r.Conditions); n < 1 || n > MaxConditions {
		faults.Add("/conditions", "bad_number_of_conditions", "An objective has 1 to 4 conditions, and all of them have to hold.")
	}
	for i := range min(len(r.Conditions), MaxConditions) {
		var own fault.List
		r.checkCondition(&own, &r.Conditions[i], lookup)
		faults.Merge("/conditions/"+strconv.Itoa(i), &own)
	}
	return faults.Err()
}

// checkOver notes what is wrong with the choice of occasions.
func (r *Rule) checkOver(faults *fault.List) {
	o := &r.Over
	if o.Sessions != Attended && o.Sessions != Scheduled {
		faults.Add("/over/sessions", "unknown_sessions", "The sessions are attended or scheduled.")
	}
	for i, k := range o.Kinds {
		if !k.Valid() || slices.Contains(o.Kinds[:i], k) {
			faults.Add("/over/kinds/"+strconv.Itoa(i), "unknown_kind", "A session's kind is meeting, individual, subsystem or assessment, each named once.")
		}
	}
	switch {
	case o.Excused == "":
	case o.Excused != ExcusedCounts && o.Excused != ExcusedLeftOut:
		faults.Add("/over/excused", "unknown_excused", "A session somebody was excused from counts or is left_out.")
	case o.Sessions != Scheduled || r.For != EachMember:
		faults.Add("/over/excused", "excused_of_scheduled", "Only scheduled sessions of each member can be ones the member was excused from.")
	}
	r.checkPeriod(faults)
	checkWindow(faults, o)
}

// checkPeriod notes what does not go with a period as an occasion.
func (r *Rule) checkPeriod(faults *fault.List) {
	if r.Over.Each == "" {
		return
	}
	if r.Over.Each != Week && r.Over.Each != Month {
		faults.Add("/over/each", "unknown_period", "A period is a week or a month. Without one every session is an occasion.")
	}
	for i := range r.Conditions {
		if c := &r.Conditions[i]; c.Action == nil && c.kinds() == 1 {
			faults.Add("/conditions/"+strconv.Itoa(i), "period_needs_action", "Over weeks or months only an action can be asked for. Ask for anything else session by session.")
		}
	}
}

// checkWindow notes what is wrong with how far the occasions go.
func checkWindow(faults *fault.List, o *Over) {
	lengths := 0
	for _, x := range []struct {
		name string
		n    *int
		most int
	}{{"days", o.Days, 3660}, {"weeks", o.Weeks, 520}, {"months", o.Months, 120}, {"first", o.First, maxOccasions}, {"until_number", o.Until, 9999}} {
		if x.n == nil {
			continue
		}
		if *x.n < 1 || *x.n > x.most {
			faults.Add("/over/"+x.name, "out_of_range", "This lies between 1 and "+strconv.Itoa(x.most)+".")
		}
		if x.name == "days" || x.name == "weeks" || x.name == "months" {
			lengths++
		}
	}
	if lengths > 1 {
		faults.Add("/over", "one_length", "A time is so many days, weeks or months long: say one of them.")
	}
	if o.From != "" {
		if _, err := session.ParseDate(string(o.From)); err != nil {
			faults.Add("/over/from", "bad_date", "A date is a calendar day like 2026-03-05.")
		}
	}
	if o.At == nil {
		return
	}
	if o.First != nil {
		faults.Add("/over/at", "first_or_checkpoints", "The last checkpoint is the last occasion, so do not say first too.")
	}
	for i, k := range o.At {
		if k < 1 || k > maxOccasions || (i > 0 && k <= o.At[i-1]) {
			faults.Add("/over/at/"+strconv.Itoa(i), "bad_checkpoint", "Checkpoints are numbers of occasions from 1 to 500, each greater than the one before.")
		}
	}
	if n := len(o.At); n < 1 || n > maxOccasions {
		faults.Add("/over/at", "bad_checkpoint", "Name 1 to 500 checkpoints.")
	}
}

// checkNeeded notes what is wrong with how often a condition has to hold.
func (r *Rule) checkNeeded(faults *fault.List, c *Condition) {
	n := &c.Needed
	switch {
	case n.ways() != 1:
		faults.Add("/needed", "how_often", "Say on how many occasions it has to hold: at_least so many, every one, or a share.")
		return
	case n.Consecutive && n.AtLeast == nil:
		faults.Add("/needed/consecutive", "consecutive_of_a_number", "Only at_least so many can be consecutive.")
	case n.Share != nil && !(*n.Share > 0 && *n.Share <= 1):
		faults.Add("/needed/share", "out_of_range", "A share is above 0 and at most 1: 0.9 is nine of ten.")
	}
	if n.AtLeast != nil {
		r.checkNumber(faults, c, *n.AtLeast)
	}
	if c.GoalsEndorsed != nil && (n.AtLeast == nil || n.Consecutive) {
		faults.Add("/needed", "number_of_goals", "Of endorsed goals say how many different ones are needed: at_least.")
	}
}

// checkNumber notes a number of occasions that cannot be.
func (r *Rule) checkNumber(faults *fault.List, c *Condition, n int) {
	most := maxOccasions
	switch {
	case c.GoalsEndorsed != nil:
		most = MaxEndorsed
	case r.Over.First != nil:
		most = max(*r.Over.First, 1)
	case len(r.Over.At) > 0:
		most = len(r.Over.At)
	}
	if n < 1 || n > most {
		faults.Add("/needed/at_least", "out_of_range", "This lies between 1 and "+strconv.Itoa(most)+", as many as there are.")
	}
}
