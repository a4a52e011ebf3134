package objective

import (
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
)

// Rule is an objective as the practice wrote it: over which sessions, and what
// has to be so in them. All conditions have to hold. Its JSON is the file, the
// body of the API and what is stored.
type Rule struct {
	Code       string      `json:"code"`
	For        For         `json:"for"`
	Over       Over        `json:"over"`
	Conditions []Condition `json:"conditions"`
}

// For says of whom the objective speaks.
type For string

// Those an objective may be for.
const (
	EachMember For = "each_member"
	TheGroup   For = "group"
)

// Over says which occasions count.
type Over struct {
	Sessions Sessions       `json:"sessions"`
	Kinds    []session.Kind `json:"kinds,omitempty"`   // none named: meetings
	Excused  Excused        `json:"excused,omitempty"` // of scheduled sessions; empty: they count
	Each     Period         `json:"each,omitempty"`    // empty: every session is an occasion
	First    *int           `json:"first,omitempty"`   // the first so many occasions
	At       []int          `json:"at,omitempty"`      // checkpoints: these occasions, counted from 1
	Until    *int           `json:"until_number,omitempty"`
	Days     *int           `json:"days,omitempty"`
	Weeks    *int           `json:"weeks,omitempty"`
	Months   *int           `json:"months,omitempty"`
	From     session.Date   `json:"from,omitempty"` // empty: the day the member first joined, or the group began
}

// Sessions says which sessions count for somebody.
type Sessions string

// The ways.
const (
	Attended  Sessions = "attended"  // those to which the member came
	Scheduled Sessions = "scheduled" // those that were held and the member was expected to
)

// Excused says what becomes of a scheduled session that a member was excused
// from.
type Excused string

// The ways.
const (
	ExcusedCounts  Excused = "counts"
	ExcusedLeftOut Excused = "left_out"
)

// Period is a span of the calendar that is one occasion, if there was a session
// in it.
type Period string

// The periods. Weeks begin on Monday.
const (
	Week  Period = "week"
	Month Period = "month"
)

// Condition is what has to be so, and on how many of the occasions. Exactly one
// of the first seven says what.
type Condition struct {
	Score         *ScoreReaches  `json:"score,omitempty"`
	DropAddressed *DropAddressed `json:"drop_addressed,omitempty"`
	Form          *FormGiven     `json:"form,omitempty"`
	Attended      *WasThere      `json:"attended,omitempty"`
	MissContacted *MissContacted `json:"miss_contacted,omitempty"`
	Action        *ActionTaken   `json:"action,omitempty"`
	GoalsEndorsed *GoalsEndorsed `json:"goals_endorsed,omitempty"`
	Needed        Needed         `json:"needed"`
}

// Needed says on how many of the occasions a condition has to hold.
type Needed struct {
	AtLeast     *int     `json:"at_least,omitempty"`
	Consecutive bool     `json:"consecutive,omitempty"`
	Every       bool     `json:"every,omitempty"`
	Share       *float64 `json:"share,omitempty"`

	endorsed bool // different goals are counted, and not occasions
}

// Measure names a number that sessions hold: a score of one version of an
// instrument, as one kind of rater gives it.
type Measure struct {
	Instrument Instrument           `json:"instrument"`
	Score      string               `json:"score"`
	Rater      instrument.RaterKind `json:"rater"`
	Occasion   session.Occasion     `json:"occasion,omitempty"`
	Scale      Scale                `json:"scale"`
}

// Instrument names an instrument, and where it matters the version.
type Instrument struct {
	ID      string `json:"id"`
	Version string `json:"version,omitempty"`
}

// Scale says in what a number is expressed.
type Scale string

// The scales. A score per item is the mean of its items, so that "4 of 5" means
// the same for a sum as it does for one answer.
const (
	ScaleScore   Scale = "score"
	ScalePerItem Scale = "per_item"
)

// ScoreReaches holds on an occasion where every rating of the measure reaches a
// limit.
type ScoreReaches struct {
	Measure

	AtLeast   *float64 `json:"at_least,omitempty"`
	AtMost    *float64 `json:"at_most,omitempty"`
	OutOf     float64  `json:"out_of"` // the top of the scale, so that nobody mistakes it
	GraceDays int      `json:"grace_days,omitempty"`
}

// DropAddressed holds unless the measure fell by so much since the occasion
// before and nothing was done about it in the same session.
type DropAddressed struct {
	Measure

	Drop      float64              `json:"drop"`
	OutOf     float64              `json:"out_of"`
	Codes     []finding.ActionCode `json:"codes"`
	GraceDays int                  `json:"grace_days,omitempty"`
}

// FormGiven holds where a form of the instrument was handed in.
type FormGiven struct {
	Instrument Instrument           `json:"instrument"`
	Rater      instrument.RaterKind `json:"rater"`
	Complete   bool                 `json:"complete,omitempty"` // with an answer to every item
	GraceDays  int                  `json:"grace_days,omitempty"`
}

// WasThere holds where the member came, however late.
type WasThere struct{}

// MissContacted holds unless the member missed the session and nobody tried to
// reach the member in so many days.
type MissContacted struct {
	After      []session.Attendance `json:"after"`
	WithinDays int                  `json:"within_days"`
	Contacts   []finding.Contact    `json:"contacts,omitempty"` // none named: every attempt counts
}

// ActionTaken holds where one of these was done: in the session, or within the
// period.
type ActionTaken struct {
	Codes     []finding.ActionCode `json:"codes"`
	GraceDays int                  `json:"grace_days,omitempty"`
}

// GoalsEndorsed counts the different goals that somebody stood behind: the
// member's own and the shared ones, or for the group the shared ones.
type GoalsEndorsed struct {
	By EndorsedBy `json:"by"`
}

// EndorsedBy says whose endorsement makes a goal count.
type EndorsedBy string

// The ways. For the group, "member" means every member who came.
const (
	ByMember    EndorsedBy = "member"
	ByTherapist EndorsedBy = "therapist"
	ByBoth      EndorsedBy = "both" // in the same session
)
