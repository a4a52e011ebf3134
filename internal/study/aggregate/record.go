package aggregate

import (
	"cmp"
	"encoding/json"
	"slices"

	"holon/internal/instrument"
)

// Record is one number that a study releases. Every record has every key; what is
// not known is null, and Reason says why.
type Record struct {
	Kind          Home             `json:"kind"`           // therapy groups, or families and couples: never both
	Level         instrument.Level `json:"level"`          // of the measure
	Measure       string           `json:"measure"`        // instrument@version/score/rater[/occasion]
	Against       *string          `json:"against"`        // the second measure, of an analysis of two
	Analysis      string           `json:"analysis"`       //
	MethodVersion string           `json:"method_version"` // of the analysis
	Statistic     string           `json:"statistic"`      // what the number is
	Of            *string          `json:"of"`             // of which component, reason or direction it is
	Estimate      *float64         `json:"estimate"`
	SE            *float64         `json:"se"`
	Lower         *float64         `json:"lower"` // of the interval
	Upper         *float64         `json:"upper"`
	CILevel       *float64         `json:"ci_level"`
	P             *float64         `json:"p"`
	Method        *string          `json:"method"` // of the interval or the test
	Groups        *int             `json:"groups"` // that the number stands on
	Members       *int             `json:"members"`
	Therapists    *int             `json:"therapists"` // null where the number does not tell of them
	Sessions      *int             `json:"sessions"`
	Ratings       *int             `json:"ratings"`
	Answer        *string          `json:"answer"`     // of the analysis that it comes from
	Planned       bool             `json:"planned"`    // in the protocol, before the first look
	Asked         int              `json:"asked"`      // how often this question was asked, this time included
	Suppressed    bool             `json:"suppressed"` // it stands on too few
	Reason        *string          `json:"reason"`     // why there is no estimate
	Caveats       []string         `json:"caveats"`    // codes, of the analysis
}

// Home tells therapy groups from families and couples, which are never put into one
// number.
type Home string

// The homes.
const (
	TherapyGroups Home = "group"
	Families      Home = "family"
)

// compareRecords orders records by what they are, so that the same numbers stand
// in the same place every time.
func compareRecords(a, b *Figure) int {
	return cmp.Or(
		cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Level, b.Level), cmp.Compare(a.Measure, b.Measure), comparePointers(a.Against, b.Against),
		cmp.Compare(a.Analysis, b.Analysis), cmp.Compare(a.order, b.order))
}

// comparePointers orders nothing before something.
func comparePointers(a, b *string) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	default:
		return cmp.Compare(*a, *b)
	}
}

// Tells tells whether there is a number among records, or one that is held back because
// few are behind it. What an analysis leaves out is none: it is counted as well where
// nothing is left to compute from.
func Tells(records []Record) bool {
	return slices.ContainsFunc(records, func(r Record) bool {
		return r.Statistic != excludedRows && (r.Suppressed || r.Estimate != nil || r.Lower != nil || r.P != nil)
	})
}

// Encode writes records as lines of JSON.
func Encode(records []Record) ([]byte, error) {
	var out []byte
	for i := range records {
		line, err := json.Marshal(&records[i])
		if err != nil {
			return nil, err
		}
		out = append(append(out, line...), '\n')
	}
	return out, nil
}
