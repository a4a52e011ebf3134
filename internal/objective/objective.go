package objective

import (
	"holon/internal/fault"
	"holon/internal/session"
)

// ID identifies one version of an objective.
type ID string

// Objective is one version of a practice's objective. Its rule never changes:
// what is asked for otherwise is another version of the same code.
type Objective struct {
	session.Head

	ID      ID
	Version int // 1, 2, … of its code
	Rule    Rule
	Retired bool // it is not in force any more; its answers can still be read
}

// New returns an objective with a checked rule.
func New(id ID, version int, rule *Rule) (*Objective, error) {
	o := &Objective{ID: id, Version: version, Rule: *rule}
	return o, RestoreObjective(o)
}

// Retire says that the objective is not in force any more.
func (o *Objective) Retire() error {
	if o.Retired {
		return fault.New(fault.Conflict, "retired_already", "This version of the objective was retired already.")
	}
	o.Retired = true
	return nil
}

// RestoreObjective checks the structure of a stored objective.
func RestoreObjective(o *Objective) error {
	var faults fault.List
	if !session.ValidID(string(o.ID)) {
		faults.Add("/_id", "bad_id", "The identifier is missing or malformed.")
	}
	if o.Version < 1 || o.Rule.Code == "" || len(o.Rule.Conditions) == 0 {
		faults.Add("/version", "bad_objective", "The version or the rule is missing.")
	}
	return faults.Err()
}
