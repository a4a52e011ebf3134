package analysis

import "holon/internal/multilevel/lagged"

// LaggedResult is what goes before what within members, from one session to the
// next.
type LaggedResult struct {
	lagged.Result

	Before, Next string   // the two measures; forward is from the first to the second
	Unit         string   // what time is counted in
	Against      *Subject // what the second measure is; nil where the data are a table
}

// Analysis returns LaggedName.
func (*LaggedResult) Analysis() Name { return LaggedName }

// Verdict returns the answer.
func (l *LaggedResult) Verdict() Verdict { return Verdict{lagged.Estimand, l.Answer, l.Reason} }
