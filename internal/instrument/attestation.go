package instrument

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"holon/internal/fault"
)

// What a practice may say about keys from memory.
const (
	StatementCompared  = "compared_with_own_form" // they were laid beside the practice's own form, and agree
	StatementWithdrawn = "withdrawn"              // what was said before does not hold any more
)

// Attestation is a practice's word about keys that are from memory. It holds
// for one content of one version, and none is ever changed or taken away: a
// later one about the same score stands in its place.
type Attestation struct {
	Ref       Ref
	Number    int      // 1, 2, … of this version
	SHA256    string   // of the definition that it is about
	Scores    []string // their ids
	Statement string
	By        string // the principal
	At        time.Time

	Key, RequestSHA string // of the request, so that the same one attests once
}

// Attest makes the attestation of scores of this definition; Number and the
// request's key are the caller's to set.
func (d *Definition) Attest(scores []string, statement, by string, at time.Time) (Attestation, error) {
	var faults fault.List
	if statement != StatementCompared && statement != StatementWithdrawn {
		faults.Add("/statement", "unknown_statement",
			"Say compared_with_own_form, or withdrawn to take that back.")
	}
	if len(scores) == 0 {
		faults.Add("/scores", "required", "At least one score whose key is from memory. The instrument's definition marks them.")
	}
	for i, id := range scores {
		at := "/scores/" + strconv.Itoa(i)
		s, known := d.ScoreRule(id)
		switch {
		case slices.Contains(scores[:i], id):
			faults.Add(at, "repeated", "Nothing may stand here twice.")
		case !known:
			faults.Add(at, "no_such_score", d.noSuchScore())
		case !s.unsure():
			faults.Add(at, "key_not_from_memory", "Nothing of this score's own key is from memory, so there is nothing to attest. A sum of scores rests on the keys of its parts.")
		case statement == StatementWithdrawn && s.Attested == nil:
			faults.Add(at, "not_attested", "No attestation of this score stands, so there is nothing to withdraw.")
		}
	}
	if err := faults.Err(); err != nil {
		return Attestation{}, err
	}
	return Attestation{
		Ref: d.Ref, SHA256: d.SHA256, Scores: slices.Clone(scores), Statement: statement, By: by, At: at,
	}, nil
}

// noSuchScore says which scores there are, or that there are none and why.
func (d *Definition) noSuchScore() string {
	if reason, unscored := d.Unscored(); unscored {
		return "This version makes no scores: " + reason
	}
	return "The instrument has no score of this id. Its definition lists them."
}

// WithAttestations returns a registry whose definitions carry what the practice
// attested, from the first attestation of each version to the last. Whatever
// was carried before is forgotten. An attestation of another content than the
// version has now does not hold.
func (r *Registry) WithAttestations(all ...Attestation) *Registry {
	all = slices.Clone(all) // what is carried points into it
	out := *r
	out.definitions = maps.Clone(r.definitions)
	for ref, d := range out.definitions {
		if len(d.Attestable()) > 0 {
			out.definitions[ref] = d.attested(all)
		}
	}
	return &out
}

// attested returns the definition with the attestations of it that stand.
func (d *Definition) attested(all []Attestation) *Definition {
	view := d.clone()
	for i := range view.Scores {
		view.Scores[i].Attested = nil
	}
	for k := range all {
		a := &all[k]
		if a.Ref != d.Ref || a.SHA256 != d.SHA256 {
			continue
		}
		for i := range view.Scores {
			s := &view.Scores[i]
			if !s.unsure() || !slices.Contains(a.Scores, s.ID) {
				continue
			}
			s.Attested = nil
			if a.Statement == StatementCompared {
				s.Attested = a
			}
		}
	}
	return view
}
