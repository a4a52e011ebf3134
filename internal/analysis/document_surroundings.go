package analysis

// SurroundingsDocument is what stands beside a group-level result of recorded
// sessions; null where the data are a table. Agreement is null unless the group's
// value was asked for as a direct consensus, which needs it.
type SurroundingsDocument struct {
	NegativeControl ControlDocument      `json:"negative_control"`
	Therapists      TherapistsDocument   `json:"therapists"`
	Course          *CourseDocument      `json:"course"`
	Multiplicity    MultiplicityDocument `json:"multiplicity"`
	Agreement       *AgreementDocument   `json:"agreement"`
}

// ControlDocument is the same test on scores from before the first meeting;
// answer is null where there are none.
type ControlDocument struct {
	Groups  int      `json:"groups"`
	Members int      `json:"members"`
	ICC1    *float64 `json:"icc1"`
	Lower   *float64 `json:"lower"`
	Upper   *float64 `json:"upper"`
	F       *float64 `json:"f"`
	P       *float64 `json:"p"`
	Answer  *string  `json:"answer"`
	Reason  string   `json:"reason"`
}

// TherapistsDocument is the therapists' share of the variance, null with a
// reason where it cannot be told from the groups'.
type TherapistsDocument struct {
	Therapists int      `json:"therapists"`
	Share      *float64 `json:"share"`
	GroupShare *float64 `json:"group_share"`
	P          *float64 `json:"p"`
	Reason     *string  `json:"reason"`
}

// MultiplicityDocument says among how many tests this one was made, and whether
// the question was planned.
type MultiplicityDocument struct {
	Tests  int      `json:"tests"`
	PHolm  *float64 `json:"p_holm"`
	Status string   `json:"status"`
}

// CourseDocument is what ratings over several sessions tell of the people
// behind them; null where no group has ratings in two sessions.
type CourseDocument struct {
	Turnover     []TurnoverDocument   `json:"turnover"`
	Lines        []LineDocument       `json:"lines"`
	Newcomers    NewcomersDocument    `json:"newcomers"`
	Survivorship SurvivorshipDocument `json:"survivorship"`
	Emergence    EmergenceDocument    `json:"emergence"`
	Influence    []InfluenceDocument  `json:"influence"`
}

// TurnoverDocument says how far a group is the same people.
type TurnoverDocument struct {
	Group      string         `json:"group"`
	Ever       int            `json:"ever"`
	Throughout int            `json:"throughout"`
	Core       int            `json:"core"`
	Share      *float64       `json:"share"`
	Steps      []StepDocument `json:"steps"`
}

// StepDocument is what one session changed.
type StepDocument struct {
	Session int `json:"session"`
	Members int `json:"members"`
	New     int `json:"new"`
	Last    int `json:"last"`
	Missing int `json:"missing"`
}

// LineDocument is a group's mean over sessions, corrected for who came.
type LineDocument struct {
	Group  string          `json:"group"`
	Points []PointDocument `json:"points"`
}

// PointDocument is one session of a line.
type PointDocument struct {
	Session     int             `json:"session"`
	Ratings     int             `json:"ratings"`
	Mean        float64         `json:"mean"`
	Adjusted    *float64        `json:"adjusted"`
	Composition *float64        `json:"composition"`
	Reason      *string         `json:"reason"`
	Change      *ChangeDocument `json:"change"`
}

// ChangeDocument splits the step from the session before.
type ChangeDocument struct {
	Mean        float64  `json:"mean"`
	Within      *float64 `json:"within"`
	Composition *float64 `json:"composition"`
	Stayers     *float64 `json:"stayers"`
	InBoth      int      `json:"in_both"`
}

// NewcomersDocument says what happens to those who are there when somebody
// joins.
type NewcomersDocument struct {
	Joining    int                 `json:"joining"`
	Others     int                 `json:"others"`
	AtJoining  *float64            `json:"at_joining"`
	Otherwise  *float64            `json:"otherwise"`
	Next       *float64            `json:"next"`
	Difference *float64            `json:"difference"`
	P          *float64            `json:"p"`
	MonteCarlo *MonteCarloDocument `json:"monte_carlo"`
	Reason     *string             `json:"reason"`
}

// SurvivorshipDocument sets who stayed beside who left.
type SurvivorshipDocument struct {
	Leavers    int              `json:"leavers"`
	Difference *float64         `json:"difference"`
	SE         *float64         `json:"se"`
	Lower      *float64         `json:"lower"`
	Upper      *float64         `json:"upper"`
	Reason     *string          `json:"reason"`
	Groups     []StayedDocument `json:"groups"`
}

// StayedDocument is one group's line of those who stayed, and who left.
type StayedDocument struct {
	Group   string                `json:"group"`
	Members int                   `json:"members"`
	Line    []SessionMeanDocument `json:"line"`
	Left    []LeaverDocument      `json:"left"`
}

// SessionMeanDocument is a mean in one session.
type SessionMeanDocument struct {
	Session int     `json:"session"`
	Ratings int     `json:"ratings"`
	Mean    float64 `json:"mean"`
}

// LeaverDocument is a member who left, with the last rating.
type LeaverDocument struct {
	Member     string   `json:"member"`
	Session    int      `json:"session"`
	Value      float64  `json:"value"`
	Stayers    *float64 `json:"stayers"`
	Difference *float64 `json:"difference"`
}

// EmergenceDocument says whether members come to agree as sessions go by.
type EmergenceDocument struct {
	Groups   int             `json:"groups"`
	Sessions int             `json:"sessions"`
	Within   TrendDocument   `json:"within"`
	Share    TrendDocument   `json:"share"`
	Mean     TrendDocument   `json:"mean"`
	Stayed   StayersDocument `json:"stayed"`
	Waves    []WaveDocument  `json:"waves"`
	Answer   string          `json:"answer"`
	Reason   *string         `json:"reason"`
}

// StayersDocument is the same among members with a rating in the first and in
// the last session of their group.
type StayersDocument struct {
	Groups  int           `json:"groups"`
	Members int           `json:"members"`
	Within  TrendDocument `json:"within"`
}

// TrendDocument is a slope per session; the limits are those of .90.
type TrendDocument struct {
	Estimate *float64 `json:"estimate"`
	SE       *float64 `json:"se"`
	Lower    *float64 `json:"lower"`
	Upper    *float64 `json:"upper"`
}

// WaveDocument is what groups were like in their session of one number.
type WaveDocument struct {
	Session int      `json:"session"`
	Groups  int      `json:"groups"`
	Ratings int      `json:"ratings"`
	Mean    *float64 `json:"mean"`
	Within  *float64 `json:"within"`
	ICC1    *float64 `json:"icc1"`
}

// InfluenceDocument says what the group's share becomes without one member.
type InfluenceDocument struct {
	Group  string   `json:"group"`
	Member string   `json:"member"`
	Share  *float64 `json:"share"`
	Change *float64 `json:"change"`
}
