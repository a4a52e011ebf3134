package analysis

import "time"

// ReportDocument is a report as it is written: by the API, into the record of
// a kept report, and by the command line. Every key is always there; null
// stands for what is undefined, and a caveat says why. Result is the document of
// the analysis, such as GroupLevelDocument. Estimand and answer are null in
// analyses that describe and test nothing.
type ReportDocument struct {
	Analysis      string           `json:"analysis"`
	MethodVersion string           `json:"method_version"`
	Input         InputDocument    `json:"input"`
	Outcome       string           `json:"outcome"`
	Subject       *SubjectDocument `json:"subject"`
	Counts        CountsDocument   `json:"counts"`
	Estimand      *string          `json:"estimand"`
	Answer        *string          `json:"answer"`
	Reason        string           `json:"reason"`
	Caveats       []CaveatDocument `json:"caveats"`
	Result        any              `json:"result"`
}

// ReportsDocument is several reports, such as one for each measure.
type ReportsDocument struct {
	Reports []ReportDocument `json:"reports"`
}

// InputDocument identifies the rows that were analysed and, of recorded data,
// the state they were read in; null where the data are a table.
type InputDocument struct {
	SHA256       string     `json:"sha256"`
	Rows         int        `json:"rows"`
	DataVersion  *string    `json:"data_version"`
	LatestChange *time.Time `json:"latest_change"`
	Documents    *int       `json:"documents"`
}

// SubjectDocument says what the ratings are; null where the data are a table
// of which only the columns are known.
type SubjectDocument struct {
	Measure     MeasureDocument `json:"measure"`
	Title       string          `json:"title"`
	Level       string          `json:"level"`
	Referent    string          `json:"referent"`
	Composition string          `json:"composition"`
	RuleSet     string          `json:"rule_set"`
	GroupKinds  []string        `json:"group_kinds"`
}

// MeasureDocument names a score of one version of an instrument by one kind of
// rater; the occasion is null where the question left it open.
type MeasureDocument struct {
	Instrument InstrumentDocument `json:"instrument"`
	Score      string             `json:"score"`
	Rater      string             `json:"rater"`
	Occasion   *string            `json:"occasion"`
}

// InstrumentDocument names a version of an instrument.
type InstrumentDocument struct {
	ID      string `json:"id"`
	Version string `json:"version"`
}

// CountsDocument says how much went in and what was left out. Members are
// people: who is in two groups counts once. Sessions is null where ratings are
// not tied to sessions.
type CountsDocument struct {
	Groups   int                 `json:"groups"`
	Members  int                 `json:"members"`
	Sessions *int                `json:"sessions"`
	Ratings  int                 `json:"ratings"`
	Excluded []ExclusionDocument `json:"excluded"`
}

// ExclusionDocument says how many rows were left out for one reason, or how
// many documents or groups where there is no telling how many rows they hold.
type ExclusionDocument struct {
	Reason string `json:"reason"`
	Rows   int    `json:"rows"`
}

// CaveatDocument is one reservation.
type CaveatDocument struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}
