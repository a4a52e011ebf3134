package analysis

import "holon/internal/multilevel"

// Name names an analysis, in plans, in the API and in reports.
type Name string

// The analyses.
const (
	GroupLevelName       Name = "group_level"        // does the group level carry variance of its own?
	CrossedName          Name = "crossed"            // two factors that cross, such as raters and what they rate
	GrowthName           Name = "growth"             // lines of members over time
	AgreementName        Name = "agreement"          // do the members of a group say the same?
	AgreementNullName    Name = "agreement_null"     // from where on agreement is more than chance
	RaterReliabilityName Name = "rater_reliability"  // do observers of the same targets agree?
	LevelsName           Name = "levels"             // two measures between and within groups
	LevelTableName       Name = "level_table"        // every two of the measures that members gave, between and within groups
	LevelReliabilityName Name = "level_reliability"  // a scale's reliability between and within groups
	DesignName           Name = "design"             // what numbers of groups and members can show
	AllianceName         Name = "alliance"           // every therapist–member pair over the sessions, from both sides
	OneWithManyName      Name = "one_with_many"      // one therapist with many members: whose share is it?
	RupturesName         Name = "ruptures"           // drops of the alliance, and what became of them
	AlarmsName           Name = "alarms"             // who stands out this week, and how many would by chance
	SlippingName         Name = "slipping"           // who may be about to drop out
	OutcomeChangeName    Name = "outcome_change"     // who is better, worse or unchanged
	FamiliesName         Name = "family_alliance"    // each member's alliance beside the others', and the family's own line
	SplitsName           Name = "splits"             // which members of a family are far apart, and which difference is new
	FamilyRolesName      Name = "family_round_robin" // members of families in roles rate each other: whose share is it?
	RoundRobinName       Name = "round_robin"        // members rate each other: whose share is it?
	BondsName            Name = "bonds"              // who feels close to whom within a group
	LaggedName           Name = "lagged"             // does one come before the other?
	EarlyAllianceName    Name = "early_alliance"     // does early alliance tell of the outcome beyond the start?
	SeriesName           Name = "series"             // one member over time
	ResponseSurfaceName  Name = "response_surface"   // does the agreement of two raters go with an outcome?
	GoalsName            Name = "goals"              // what was said of goals, and what came of them
)

// method is the version of an analysis's method. It rises when the same table
// would give other numbers or another answer.
func (n Name) method() string {
	switch n {
	case AlarmsName:
		return "4"
	case SlippingName, GroupLevelName:
		return "3"
	case RupturesName, SplitsName, FamiliesName, GoalsName, EarlyAllianceName, ResponseSurfaceName:
		return "2"
	default:
		return "1"
	}
}

// Result is what an analysis found. It is one of the types of this package
// whose names end in Result, one for each analysis.
type Result interface {
	// Analysis names the analysis.
	Analysis() Name
	// Verdict is what was tested, if anything was, and what came of it.
	Verdict() Verdict

	document() any                // as it is written, every key there
	sentences(r *Report) []string // in plain words, of the report that holds it
}

// Verdict is what an analysis says to its question. An analysis that tests
// nothing has no estimand and no answer, and the reason Descriptive; where it
// could not describe anything either, it has the answer NotIdentifiable or
// Refused.
type Verdict struct {
	Estimand multilevel.Estimand
	Answer   multilevel.Answer
	Reason   multilevel.Reason
}

// Descriptive is the reason of a verdict without answer: the analysis describes
// what there is and tests no question that has an answer.
const Descriptive multilevel.Reason = "descriptive"

// GroupLevelResult is the result of the group-level test.
type GroupLevelResult struct {
	multilevel.GroupLevel

	Around *Surroundings // nil where the data are a table
}

// Analysis returns GroupLevelName.
func (*GroupLevelResult) Analysis() Name { return GroupLevelName }

// Verdict returns what was tested and the answer.
func (g *GroupLevelResult) Verdict() Verdict { return Verdict{g.Estimand, g.Answer, g.Reason} }

// GroupLevel returns the result of the group-level test, nil in a report of
// another analysis.
func (r *Report) GroupLevel() *multilevel.GroupLevel {
	if g, ok := r.Result.(*GroupLevelResult); ok {
		return &g.GroupLevel
	}
	return nil
}

// Around returns what stands beside the result of the group-level test, nil
// where nothing does.
func (r *Report) Around() *Surroundings {
	if g, ok := r.Result.(*GroupLevelResult); ok {
		return g.Around
	}
	return nil
}
