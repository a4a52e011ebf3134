package analysis

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"holon/internal/caveat"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
)

// checkScore notes a measure whose score there is not, or is not made: its
// version has no keys, or its key is from memory and nobody attested it.
func checkScore(faults *fault.List, at string, def *instrument.Definition, score string) (instrument.Score, bool) {
	rule, known := def.ScoreRule(score)
	reason, unscored := def.Unscored()
	switch {
	case unscored:
		faults.Add(at, string(instrument.ReasonKeysMissing), "This version makes no scores: "+reason)
	case !known:
		faults.Add(at, "unknown_score", "The instrument has no such score. Its definition lists them.")
	case def.KeyOf(score).Status == instrument.KeyUnattested:
		faults.Add(at, string(instrument.ReasonKeyNotAttested), notAttested)
	}
	return rule, known
}

// notAttested says what to do about a key that is from memory.
const notAttested = "The key of this score is from memory, so no number is made by it. Compare it with your own form of the instrument, and attest it."

// keyObjection objects to a measure whose score waits for its key to be
// attested; nil where it does not.
func (g *gathering) keyObjection() *multilevel.Objection {
	if g.def.KeyOf(g.measure.Score).Status != instrument.KeyUnattested {
		return nil
	}
	return &multilevel.Objection{
		Answer: multilevel.Refused, Reason: multilevel.Reason(instrument.ReasonKeyNotAttested), Detail: notAttested,
		Instead: "Attest the key once it agrees with your form, and ask again.",
	}
}

// keyRemark says who answers for a key that is from memory.
func (g *gathering) keyRemark(out *caveat.Set) {
	key := g.def.KeyOf(g.measure.Score)
	if key.Status != instrument.KeyAttested {
		return
	}
	out.Add("key_attested_by_practice", fmt.Sprintf(
		"The key of %s is from memory. The practice compared it with its own form and attested it (%s, on %s).",
		g.name(), key.Attestation.By, key.Attestation.At.Format("2006-01-02")))
}

// noteUnscored notes a version that makes no scores, for questions about every
// measure.
func (p *pass) noteUnscored(def *instrument.Definition) {
	reason, unscored := def.Unscored()
	if !unscored || len(p.asked) > 0 {
		return
	}
	if p.keyless == nil {
		p.keyless = map[instrument.Ref]string{}
	}
	p.keyless[def.Ref] = reason
}

// keylessRemark says which versions make no scores.
func (p *pass) keylessRemark(out *caveat.Set) {
	for _, said := range p.keylessSentences() {
		out.Add(string(instrument.ReasonKeysMissing), said)
	}
}

// keylessSentences says of each version that makes no scores why.
func (p *pass) keylessSentences() []string {
	byName := func(a, b instrument.Ref) int { return strings.Compare(a.String(), b.String()) }
	var out []string
	for _, ref := range slices.SortedFunc(maps.Keys(p.keyless), byName) {
		out = append(out, "There are forms of "+ref.String()+", which makes no scores: "+p.keyless[ref])
	}
	return out
}

// nothingButKeyless refuses a question about every measure where there are forms
// and not one that makes a score.
func (p *pass) nothingButKeyless() error {
	if len(p.found) > 0 || len(p.keyless) == 0 {
		return nil
	}
	return fault.New(fault.Invalid, string(instrument.ReasonKeysMissing), strings.Join(p.keylessSentences(), " "))
}

// waitingForKeys names the measures of a table whose scores wait for their keys
// to be attested.
func (p *pass) waitingForKeys(out *caveat.Set) {
	var names []string
	for _, of := range slices.SortedFunc(maps.Keys(p.found), inOrder) {
		if p.found[of].keyObjection() != nil {
			names = append(names, of.name())
		}
	}
	if names = slices.Compact(names); len(names) > 0 {
		out.Add(string(instrument.ReasonKeyNotAttested), "Not in the table, for their keys are from memory and not attested: "+strings.Join(names, ", ")+".")
	}
}
