package onewithmany

import (
	"cmp"
	"math"
	"slices"

	"holon/internal/multilevel"
)

// Side is one of the two who rate.
type Side int

// The sides, in the order of everything that comes in twos.
const (
	ByTherapist Side = iota // the therapist's ratings of members
	ByMember                // members' ratings of the therapist
)

// String returns who rates.
func (s Side) String() string {
	if s == ByTherapist {
		return "therapist"
	}
	return "member"
}

// Row is one pair in one session, or one pair altogether where Session is empty.
// A side that did not rate is nil. Group is where they met, empty if nobody knows.
type Row struct {
	Group, Therapist, Member, Session string
	Values                            [2]*float64
}

// The reasons for which nothing, or not everything, was computed.
const (
	OneTherapist  multilevel.Reason = "one_therapist"
	OneMemberEach multilevel.Reason = "one_member_per_therapist"
	RepeatedPair  multilevel.Reason = "repeated_pair"
	NotTold       multilevel.Reason = "parts_not_told_apart"
	NoOptimum     multilevel.Reason = "no_optimum"
	SideMissing   multilevel.Reason = "side_missing"
	FewBothSides  multilevel.Reason = "too_few_pairs_rated_by_both"
	NothingThere  multilevel.Reason = "no_variance_there"
	OneSession    multilevel.Reason = "one_session_per_pair"
)

// Sentence says a reason in words.
func Sentence(r multilevel.Reason) string {
	switch r {
	case OneTherapist:
		return "All pairs have the same therapist. What this therapist brings to every pair cannot be told from what all pairs have in common anyway: " +
			"it takes ratings of several therapists, each with two members at least, better ten therapists or more."
	case OneMemberEach:
		return "Every therapist was seen with one member only, so what is the therapist's cannot be told from what is the pair's own: " +
			"it takes therapists with two members at least."
	case RepeatedPair:
		return "A therapist and a member appear together twice in the same session. Decide which rating counts, or say which column holds the session."
	case NotTold:
		return "The ratings that are there do not tell the therapist's part from the pair's own: more therapists with two members at least are needed."
	case NoOptimum:
		return "The calculation found no best answer for these ratings: probably members of one therapist agree without exception. Check whether values were copied."
	case SideMissing:
		return "This side gave no rating, so nothing can be said of it, nor of how the two sides go together."
	case FewBothSides:
		return "Too few pairs were rated from both sides to say how the two sides go together."
	case NothingThere:
		return "One of the two parts has no variance, so there is nothing that could go together."
	case OneSession:
		return "No pair was rated in two sessions, so what lasts between two people and the error of one rating are one number."
	case multilevel.NoVariation:
		return "All ratings of this side are equal; there is no variance to divide."
	default:
		return r.Sentence()
	}
}

// pair is a therapist with a member, and the sessions in which one of the two
// rated.
type pair struct {
	therapist, member string
	rows              []*Row
}

// gather sorts rows into pairs; a reason says why that cannot be done. Rows
// without a rating are passed over.
func gather(rows []Row) ([]pair, multilevel.Reason) {
	kept := make([]*Row, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		for _, v := range r.Values {
			if v != nil && (math.IsNaN(*v) || math.IsInf(*v, 0)) {
				return nil, multilevel.NonFiniteRating
			}
		}
		if r.Values[ByTherapist] != nil || r.Values[ByMember] != nil {
			kept = append(kept, r)
		}
	}
	if len(kept) == 0 {
		return nil, multilevel.NoData
	}
	slices.SortStableFunc(kept, func(a, b *Row) int {
		return cmp.Or(cmp.Compare(a.Therapist, b.Therapist), cmp.Compare(a.Member, b.Member), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Session, b.Session))
	})
	var out []pair
	for i, r := range kept {
		if i > 0 {
			last := kept[i-1]
			if last.Therapist == r.Therapist && last.Member == r.Member {
				if last.Session == r.Session && last.Group == r.Group {
					return nil, RepeatedPair
				}
				at := len(out) - 1
				out[at].rows = append(out[at].rows, r)
				continue
			}
		}
		out = append(out, pair{r.Therapist, r.Member, []*Row{r}})
	}
	return out, ""
}

// values returns a side's ratings of a pair.
func (p *pair) values(s Side) []float64 {
	var out []float64
	for _, r := range p.rows {
		if r.Values[s] != nil {
			out = append(out, *r.Values[s])
		}
	}
	return out
}

// measure is a side's unit: y = origin + z scale. The scale is a power of two.
type measure struct {
	origin, scale float64
	ratings       int
	pairs         int
	most          int // ratings of one pair
	therapists    int
	widest        int // pairs of one therapist
	varies        bool
}

// measureOf looks at a side's ratings.
func measureOf(pairs []pair, s Side) measure {
	m := measure{scale: 1}
	low, high := math.Inf(1), math.Inf(-1)
	count := map[string]int{}
	for i := range pairs {
		v := pairs[i].values(s)
		if len(v) == 0 {
			continue
		}
		if m.ratings == 0 {
			m.origin = v[0]
		}
		m.ratings += len(v)
		m.pairs++
		m.most = max(m.most, len(v))
		count[pairs[i].therapist]++
		low, high = min(low, slices.Min(v)), max(high, slices.Max(v))
	}
	m.therapists = len(count)
	for _, n := range count {
		m.widest = max(m.widest, n)
	}
	if spread := high - low; spread > 0 && !math.IsInf(spread, 0) {
		m.varies = true
		m.scale = math.Ldexp(1, math.Ilogb(spread))
	}
	return m
}

// unusable returns why nothing can be said of a side.
func (m *measure) unusable() multilevel.Reason {
	switch {
	case m.ratings == 0:
		return SideMissing
	case m.therapists < 2:
		return OneTherapist
	case m.widest < 2:
		return OneMemberEach
	case !m.varies:
		return multilevel.NoVariation
	default:
		return ""
	}
}
