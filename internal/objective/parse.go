package objective

import (
	"bytes"
	"encoding/json"
	"slices"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/strictjson"
)

// MaxRule bounds a rule's text in bytes; the longest examples take a fiftieth
// of it.
const MaxRule = 1 << 16

// Lookup finds a version of an instrument.
type Lookup func(instrument.Ref) (*instrument.Definition, bool)

// Parse reads a rule: a valid one, or every fault with a JSON pointer.
func Parse(data []byte, lookup Lookup) (*Rule, error) {
	var r Rule
	if err := strictjson.Decode(bytes.NewReader(data), MaxRule, &r); err != nil {
		return nil, err
	}
	if err := r.Check(lookup); err != nil {
		return nil, err
	}
	return r.ready(), nil
}

// Canonical returns the rule's one serialisation.
func (r *Rule) Canonical() ([]byte, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "canonical_form", "The objective cannot be written.", err)
	}
	return text, nil
}

// RestoreRule reads a stored rule. It checks only what judging cannot do
// without, so that a rule once taken stays readable when today's rules grow
// stricter.
func RestoreRule(text []byte) (*Rule, error) {
	var r Rule
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fault.Wrap(fault.Invalid, "bad_rule", "The stored rule is no JSON of a rule.", err)
	}
	var faults fault.List
	if r.Code == "" || (r.For != EachMember && r.For != TheGroup) || len(r.Conditions) == 0 || len(r.Conditions) > MaxConditions {
		faults.Add("", "bad_rule", "The stored rule has no code, speaks of nobody, or has no conditions or too many.")
	}
	for i := range r.Conditions {
		c := &r.Conditions[i]
		if c.kinds() != 1 || c.Needed.ways() != 1 || (c.Needed.Consecutive && c.Needed.AtLeast == nil) || (c.GoalsEndorsed != nil && c.Needed.AtLeast == nil) {
			faults.Add("", "bad_rule", "A condition of the stored rule says nothing, or not on how many occasions.")
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return r.ready(), nil
}

// ready fills in what follows from the rest of a rule.
func (r *Rule) ready() *Rule {
	for i := range r.Conditions {
		c := &r.Conditions[i]
		c.Needed.endorsed = c.GoalsEndorsed != nil
	}
	return r
}

// kinds counts the things that a condition says.
func (c *Condition) kinds() int {
	n := 0
	for _, is := range []bool{c.Score != nil, c.DropAddressed != nil, c.Form != nil, c.Attended != nil, c.MissContacted != nil, c.Action != nil, c.GoalsEndorsed != nil} {
		if is {
			n++
		}
	}
	return n
}

// ways counts how a condition says on how many occasions it has to hold.
func (n Needed) ways() int {
	ways := 0
	for _, is := range []bool{n.AtLeast != nil, n.Every, n.Share != nil} {
		if is {
			ways++
		}
	}
	return ways
}

// NeedsDeeds tells whether the rule speaks of what was done.
func (r *Rule) NeedsDeeds() bool {
	return slices.ContainsFunc(r.Conditions, func(c Condition) bool {
		return c.DropAddressed != nil || c.MissContacted != nil || c.Action != nil
	})
}

// Levels returns the levels whose ratings the rule looks at: none for a rule
// about attendance, all (nil) where any version of a form will do.
func (r *Rule) Levels(lookup Lookup) []instrument.Level {
	levels := []instrument.Level{}
	for i := range r.Conditions {
		c := &r.Conditions[i]
		var of Instrument
		switch {
		case c.Score != nil:
			of = c.Score.Instrument
		case c.DropAddressed != nil:
			of = c.DropAddressed.Instrument
		case c.Form != nil:
			of = c.Form.Instrument
		default:
			continue
		}
		def, ok := lookup(instrument.Ref{ID: of.ID, Version: of.Version})
		if !ok {
			return nil
		}
		for _, l := range def.Levels() {
			if !slices.Contains(levels, l) {
				levels = append(levels, l)
			}
		}
	}
	return levels
}
