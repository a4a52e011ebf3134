package analysis

// FamiliesDocument is the result of the analysis family_alliance.
type FamiliesDocument struct {
	ShownTo  *string                 `json:"shown_to"` // as this member may see it; null: everything
	Measures []FamilyMeasureDocument `json:"measures"`
	Families []FamilyDocument        `json:"families"`
}

// FamilyMeasureDocument is one score by one kind of rater.
type FamilyMeasureDocument struct {
	Instrument  InstrumentDocument `json:"instrument"`
	Score       string             `json:"score"`
	Rater       string             `json:"rater"`
	Occasion    *string            `json:"occasion"`
	Title       string             `json:"title"`
	Level       string             `json:"level"`
	Referent    string             `json:"referent"`
	Composition string             `json:"composition"` // how a number of the family comes out of single ratings
	Direction   string             `json:"direction"`
	Low         float64            `json:"low"`
	High        float64            `json:"high"`
}

// FamilyDocument is one family or couple.
type FamilyDocument struct {
	Group    string                  `json:"group"`
	Kind     string                  `json:"kind"`
	Sessions []FamilySessionDocument `json:"sessions"`
	Rows     []FamilyRowDocument     `json:"rows"` // each rater of each target over the sessions
}

// FamilySessionDocument is one session.
type FamilySessionDocument struct {
	Number    int                  `json:"number"`
	HeldOn    string               `json:"held_on"`
	Kind      string               `json:"kind"`
	Household []RelativeDocument   `json:"household"` // who belonged to the family on the day, by the role of that day
	Cells     []FamilyCellDocument `json:"cells"`
	Lines     []SystemLineDocument `json:"lines"` // what the family says of itself
	Consensus []ObserversDocument  `json:"consensus"`
}

// RelativeDocument is a member of the family on the day of a session.
type RelativeDocument struct {
	Member     string  `json:"member"`
	Role       string  `json:"role"`
	Seat       bool    `json:"seat"`       // invited to this session
	Attendance *string `json:"attendance"` // null while nobody said, and without a seat
}

// FamilyCellDocument is what one rater said of one target.
type FamilyCellDocument struct {
	Measure     int      `json:"measure"` // its place among the measures, from 0
	RaterKind   string   `json:"rater_kind"`
	Rater       string   `json:"rater"`
	Therapist   *string  `json:"therapist"`
	Member      *string  `json:"member"`
	Value       *float64 `json:"value"`
	Gap         *string  `json:"gap"`          // why there is no value; of members only
	Rating      *string  `json:"rating"`       // the rating that the value, or the lack of one, rests on
	AfterSeeing bool     `json:"after_seeing"` // a guess made after the answer was seen
}

// SystemLineDocument is what the family says of itself in one session.
type SystemLineDocument struct {
	Measure  int      `json:"measure"`
	N        int      `json:"n"`      // who reported
	Of       int      `json:"of"`     // members of the family on the day
	Value    *float64 `json:"value"`  // null unless every member of the family reported
	Reason   *string  `json:"reason"` // why there is none: not_formed
	SD       *float64 `json:"sd"`
	Furthest *float64 `json:"furthest"` // the largest difference between two members
	Higher   *string  `json:"higher"`   // the member of these two who said more
	Lower    *string  `json:"lower"`
	Ratings  []string `json:"ratings"`
}

// ObserversDocument is one number out of several observers'.
type ObserversDocument struct {
	Measure   int      `json:"measure"`
	Therapist *string  `json:"therapist"`
	Member    *string  `json:"member"`
	Observers int      `json:"observers"`
	Value     *float64 `json:"value"`  // null where they are undecided
	Way       string   `json:"way"`    // one_observer, majority, mean_of_two_closest or undecided
	Lowest    float64  `json:"lowest"` // of their values
	Highest   float64  `json:"highest"`
	Ratings   []string `json:"ratings"`
}

// FamilyRowDocument is one rater of one target over the sessions.
type FamilyRowDocument struct {
	Measure   int      `json:"measure"`
	RaterKind string   `json:"rater_kind"`
	Rater     string   `json:"rater"`
	Therapist *string  `json:"therapist"`
	Member    *string  `json:"member"`
	Answered  int      `json:"answered"`
	Mean      *float64 `json:"mean"`
	SD        *float64 `json:"sd"`
	First     *float64 `json:"first"`
	Last      *float64 `json:"last"`
}

// document writes the result.
func (f *FamiliesResult) document() any {
	return FamiliesDocument{
		ShownTo: orNull(string(f.ShownTo)),
		Measures: each(f.Measures, func(m FamilyMeasure) FamilyMeasureDocument {
			return FamilyMeasureDocument{
				InstrumentDocument(m.Measure.Instrument), m.Measure.Score, string(m.Measure.Rater), orNull(string(m.Measure.Occasion)), m.Title, string(m.Level), string(m.Referent),
				string(m.Composition), string(m.Direction), m.Low, m.High,
			}
		}),
		Families: each(f.Families, func(x Family) FamilyDocument {
			return FamilyDocument{x.Group, string(x.Kind), each(x.Sessions, func(s FamilySession) FamilySessionDocument { return s.document() }), each(x.Rows, FamilyRow.document)}
		}),
	}
}

// document writes a session.
func (s *FamilySession) document() FamilySessionDocument {
	return FamilySessionDocument{
		Number: s.Number, HeldOn: string(s.HeldOn), Kind: string(s.Kind),
		Household: each(s.Household, func(r Relative) RelativeDocument {
			return RelativeDocument{r.Member, r.Role, r.Seat, orNull(r.Attendance)}
		}),
		Cells: each(s.Cells, func(c FamilyCell) FamilyCellDocument {
			return FamilyCellDocument{
				c.Measure, string(c.RaterKind), c.Rater, orNull(c.Therapist), orNull(c.Member), c.Value, orNull(c.Gap), orNull(c.Rating), c.AfterSeeing,
			}
		}),
		Lines: each(s.Lines, func(l SystemLine) SystemLineDocument {
			return SystemLineDocument{l.Measure, l.N, l.Of, l.Value, orNull(string(l.Reason)), l.SD, l.Furthest, orNull(l.Higher), orNull(l.Lower), l.Ratings}
		}),
		Consensus: each(s.Consensus, func(c ObserversConsensus) ObserversDocument {
			return ObserversDocument{c.Measure, orNull(c.Therapist), orNull(c.Member), c.Observers, c.Value, string(c.Way), c.Lowest, c.Highest, c.Ratings}
		}),
	}
}

// document writes a row.
func (r FamilyRow) document() FamilyRowDocument {
	return FamilyRowDocument{
		r.Measure, string(r.RaterKind), r.Rater, orNull(r.Therapist), orNull(r.Member), r.Answered, r.Mean, r.SD, r.First, r.Last,
	}
}
