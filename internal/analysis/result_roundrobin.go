package analysis

import (
	"holon/internal/multilevel"
	"holon/internal/multilevel/roundrobin"
)

// RoundRobinResult is what members give in general, what they get in general and
// what is between two of them, taken apart: by closed formulas where groups are
// complete, and by restricted likelihood whatever ratings are missing.
type RoundRobinResult struct {
	roundrobin.Result

	Restricted roundrobin.Restricted
	Objection  multilevel.Reason // why it was not computed, whatever the ratings
}

// Analysis returns RoundRobinName.
func (*RoundRobinResult) Analysis() Name { return RoundRobinName }

// Verdict describes: several variances are tested, each beside its estimate, and
// none of them answers for all.
func (r *RoundRobinResult) Verdict() Verdict {
	switch why := r.why(); why {
	case "":
		return Verdict{Reason: Descriptive}
	case multilevel.NoData, multilevel.NoVariation, roundrobin.FewMembers, roundrobin.MissingCells, roundrobin.CellsTooFew:
		return Verdict{Answer: multilevel.NotIdentifiable, Reason: why}
	default:
		return Verdict{Answer: multilevel.Refused, Reason: why}
	}
}

// why is the reason for which there is nothing to read; empty where there is. Of
// incomplete groups the likelihood tells all there is.
func (r *RoundRobinResult) why() multilevel.Reason {
	switch {
	case r.Objection != "":
		return r.Objection
	case r.Reason == roundrobin.MissingCells:
		return r.Restricted.Reason
	default:
		return r.Reason
	}
}

// BondsResult is who feels close to whom within groups, session by session.
type BondsResult struct {
	Threshold float64 // from which a score is a tie
	Low, High float64 // the range of scores
	Groups    []BondedGroup
	Reason    multilevel.Reason
}

// BondedGroup is one group over its sessions with bonds.
type BondedGroup struct {
	Group    string
	Sessions []BondedSession // by number
	Steps    []BondStep
	Parts    roundrobin.Parts
}

// BondedSession is the bonds of one session: ties by the threshold, and by the
// same threshold once every rater's mean is the group's.
type BondedSession struct {
	Session, Number int // Session counts those with bonds from 1
	Plain, Centred  BondTies
	Nodes           []BondNode
	Edges           []BondEdge
}

// BondTies counts the ties of a session, with what chance gives where every
// member keeps the number of ties they gave.
type BondTies struct {
	Members, Rated, Possible, Ties   int
	Density, Mean                    *float64
	Pairs, Mutual, OneSided          int
	MutualByChance                   *float64
	Reciprocity, ReciprocityByChance *float64
	FewIncoming                      int
	FewIncomingByChance              *float64
}

// BondNode is one member of a session's sociogram.
type BondNode struct {
	Member             string
	Raters, Incoming   int
	Rated, Outgoing    int
	Few                bool
	ByChance           *float64
	CentredIncoming    int
	MeanGiven, MeanGot *float64
}

// BondEdge is one member's rating of another.
type BondEdge struct {
	From, To              string
	Value                 float64
	Tie, Mutual, AboveOwn bool // AboveOwn: a tie once the rater's mean is the group's
}

// BondStep compares the ties of a session with those of the one before it.
type BondStep struct {
	From, To                  int // numbers of the sessions
	Compared, Kept, Lost, New int
	Stability                 *float64
}

// Analysis returns BondsName.
func (*BondsResult) Analysis() Name { return BondsName }

// Verdict describes: ties are counted, nothing is tested.
func (b *BondsResult) Verdict() Verdict { return described(b.Reason) }
