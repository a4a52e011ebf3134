package session

import (
	"math"
	"slices"
	"strconv"
	"time"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// GoalID identifies a goal of a group.
type GoalID string

// MaxGoals is the largest number of goals one group may have, those that are
// over included.
const MaxGoals = 100

// Goal is what a member, or the group together, wants to reach. It is a code:
// what it stands for is kept elsewhere, in nobody's words but their own.
type Goal struct {
	ID    GoalID
	Code  Code
	Owner MemberID // empty: shared by the group
	From  Date
	Until *Date // the last day on which it was a goal
	// Contains names members' own goals that a shared one is over: who reaches it
	// comes nearer to each of them. Own goals contain nothing.
	Contains []GoalID
}

// Shared tells whether the goal is the group's and nobody's own.
func (g Goal) Shared() bool { return g.Owner == "" }

// Runs tells whether it was a goal on a day.
func (g Goal) Runs(day Date) bool { return g.From <= day && (g.Until == nil || day <= *g.Until) }

// GoalInput is a goal as it came.
type GoalInput struct {
	ID    GoalID
	Code  string
	Owner MemberID // empty: shared by the group
	From  string
	Until *string

	Contains []GoalID // of a shared goal
}

// SetGoal adds a goal to the group.
func (g *Group) SetGoal(in GoalInput) error {
	var faults fault.List
	next := Goal{ID: in.ID, Code: checkCode(&faults, in.Code), Owner: in.Owner, From: checkDate(&faults, "/from", in.From)}
	if !ValidID(string(in.ID)) {
		faults.Add("/id", "bad_id", "The goal's identifier is malformed.")
	}
	if slices.ContainsFunc(g.Goals, func(x Goal) bool { return x.Code == next.Code }) {
		faults.Add("/code", "goal_code_taken", "The group has a goal of this code already, or had one. Choose another code.")
	}
	if in.Owner != "" && !g.HasMember(in.Owner) {
		faults.Add("/owner", "owner_not_in_group", "A goal belongs to somebody who is or was in the group. Leave the owner out if the group shares it.")
	}
	if g.hasEnded(next.From) {
		faults.Add("/from", "group_has_ended", "The group had ended by then.")
	}
	if in.Until != nil {
		next.Until = new(checkDate(&faults, "/until", *in.Until))
		if *next.Until != "" && *next.Until < next.From {
			faults.Add("/until", "ends_before_start", "A goal cannot end before it begins.")
		}
	}
	g.checkContained(&faults, next, in.Contains)
	if len(g.Goals) >= MaxGoals {
		faults.Add("", "too_many_goals", "A group has at most 100 goals.")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	next.Contains = slices.Clone(in.Contains)
	g.Goals = append(slices.Clone(g.Goals), next)
	return nil
}

// EndGoal says on which day something was a goal last. An end noted before can
// be noted again with another day.
func (g *Group) EndGoal(id GoalID, until string) error {
	k := slices.IndexFunc(g.Goals, func(x Goal) bool { return x.ID == id })
	if k < 0 {
		return noSuchGoal()
	}
	var faults fault.List
	day := checkDate(&faults, "/until", until)
	if faults.Len() == 0 && day < g.Goals[k].From {
		faults.Add("/until", "ends_before_start", "A goal cannot end before it begins.")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	g.Goals = slices.Clone(g.Goals)
	g.Goals[k].Until = &day
	return nil
}

// goal finds a goal of the group.
func (g *Group) goal(id GoalID) (Goal, bool) {
	for _, x := range g.Goals {
		if x.ID == id {
			return x, true
		}
	}
	return Goal{}, false
}

// restoreGoals checks the structure of a stored group's goals.
func (g *Group) restoreGoals(faults *fault.List) {
	for i, x := range g.Goals {
		if x.ID == "" || x.Code == "" || x.From == "" {
			faults.Add("/goals/"+strconv.Itoa(i), "bad_goal", "The goal has no identifier, code or beginning.")
		}
		if !g.restoreContained(x) {
			faults.Add("/goals/"+strconv.Itoa(i)+"/contains", "bad_goal", "The goal contains what is no member's own goal of this group, or the same one twice.")
		}
	}
}

// GoalRating is what one rater said in one session about one goal: how near it
// is, from 0 to 10, and whether the rater stands behind it. Either may not have
// been asked or answered; one with neither was taken back.
type GoalRating struct {
	Rater    Rater
	GoalID   GoalID
	Version  int // 1, 2, …: raised by every correction
	Value    *float64
	Endorsed *bool
	Entered  Entry
}

// GoalRatingInput is a goal's rating as it came.
type GoalRatingInput struct {
	Rater    Rater
	GoalID   GoalID
	Value    *float64
	Endorsed *bool
	Entered  Entry
	Corrects *GoalCorrection // nil: it is the rater's first of this goal in the session
}

// GoalCorrection says which version of a goal's rating another one replaces,
// and why.
type GoalCorrection struct {
	Version int
	Why     CorrectionReason
}

// MaxGoalRatings is the largest number of goals' ratings one batch may hold.
const MaxGoalRatings = 1000

// RateGoals takes a batch of goals' ratings into the session: all of them, or
// none and every fault, with pointers below "/ratings". One rater has one rating
// of a goal in a session, and a correction replaces it; the superseded session
// stays in the history.
func (s *Session) RateGoals(g *Group, inputs []GoalRatingInput) error {
	switch {
	case len(inputs) == 0:
		return fault.New(fault.Invalid, "empty_batch", "The batch holds no rating.")
	case len(inputs) > MaxGoalRatings:
		return fault.New(fault.TooLarge, "batch_too_large", "A batch holds at most 1000 ratings of goals. Send several batches.")
	}
	next := *s
	next.Goals = slices.Clone(s.Goals)
	var rules, taken fault.List
	var stale error
	met := map[goalPlace]bool{}
	for i, in := range inputs {
		at := "/ratings/" + strconv.Itoa(i)
		var own fault.List
		s.checkGoalRating(&own, g, in)
		place := goalPlace{in.Rater, in.GoalID}
		if met[place] {
			own.Add("", "goal_rated_twice", "This rater's rating of this goal is in the batch twice.")
		}
		met[place] = true
		rules.Merge(at, &own)
		if own.Len() == 0 {
			if err := next.placeGoalRating(&taken, &rules, at, in); stale == nil {
				stale = err
			}
		}
	}
	switch {
	case rules.Len() > 0:
		rules.Merge("", &taken)
		return rules.Err()
	case taken.Len() > 0:
		return taken.ErrAs(fault.Conflict)
	case stale != nil:
		return stale
	}
	*s = next
	return nil
}

// goalPlace is where one rater's rating of one goal stands in a session.
type goalPlace struct {
	rater Rater
	goal  GoalID
}

// placeGoalRating adds a rating, or puts it in the place of the one it corrects.
func (s *Session) placeGoalRating(taken, rules *fault.List, at string, in GoalRatingInput) error {
	in.Entered.At = Millis(in.Entered.At)
	next := GoalRating{Rater: in.Rater, GoalID: in.GoalID, Version: 1, Value: in.Value, Endorsed: in.Endorsed, Entered: in.Entered}
	k := slices.IndexFunc(s.Goals, func(x GoalRating) bool { return x.Rater == in.Rater && x.GoalID == in.GoalID })
	switch {
	case k < 0 && in.Corrects != nil:
		rules.Add(at+"/corrects", "nothing_to_correct", "This rater has not rated this goal in this session, so there is nothing to correct.")
	case k < 0:
		s.Goals = append(s.Goals, next)
	case in.Corrects == nil:
		taken.Add(at, "goal_rated_already", "This rater's rating of this goal is in the session already. To change it, name its version and the reason in corrects.")
	case in.Corrects.Version != s.Goals[k].Version:
		return fault.New(fault.Stale, "goal_rating_corrected_since", "A rating of a goal was corrected since you read it. Read it again, and correct what is there now.")
	case equalOf(in.Value, s.Goals[k].Value) && equalOf(in.Endorsed, s.Goals[k].Endorsed):
		rules.Add(at, "nothing_to_correct", "The correction changes nothing.")
	default:
		next.Version = s.Goals[k].Version + 1
		s.Goals[k] = next
	}
	return nil
}

// equalOf tells whether two optional values are the same.
func equalOf[T comparable](a, b *T) bool {
	return (a == nil) == (b == nil) && (a == nil || *a == *b)
}

// checkGoalRating notes every fault of one rating by itself.
func (s *Session) checkGoalRating(faults *fault.List, g *Group, in GoalRatingInput) {
	s.checkGoalRater(faults, in.Rater)
	if k := s.seat(MemberID(in.Rater.ID)); in.Rater.Kind == instrument.RaterMember && (g.hasRedacted(MemberID(in.Rater.ID)) || k >= 0 && s.Roster[k].Redacted) {
		faults.Add("/rater/id", "member_redacted", "This member's answers were redacted. None are taken any more.")
	}
	goal, known := g.goal(in.GoalID)
	switch {
	case !known:
		faults.Add("/goal_id", "no_such_goal", "The group has no goal of this identifier. The group names its goals.")
	case goal.Owner != "" && g.hasRedacted(goal.Owner):
		faults.Add("/goal_id", "member_redacted", "The values of the member whose goal this is were redacted. It is not rated any more.")
	case !goal.Runs(s.HeldOn):
		faults.Add("/goal_id", "goal_not_running", "This was not a goal on the session's day: it begins later, or had ended.")
	case in.Value != nil && in.Rater.Kind == instrument.RaterMember && !goal.Shared() && goal.Owner != MemberID(in.Rater.ID):
		faults.Add("/value", "value_of_anothers_goal", "How near somebody is to a goal of their own is for them to say, and for therapists. Others endorse it, or do not.")
	}
	if in.Value != nil && (math.IsNaN(*in.Value) || *in.Value < 0 || *in.Value > 10) {
		faults.Add("/value", "out_of_range", "A goal is rated from 0, as far as can be, to 10, reached.")
	}
	if in.Value == nil && in.Endorsed == nil && in.Corrects == nil {
		faults.Add("", "empty_goal_rating", "The rating says neither how near the goal is nor whether it is endorsed. Send what was answered, or send nothing.")
	}
	if in.Corrects != nil && !in.Corrects.Why.Valid() {
		faults.Add("/corrects/why", "unknown_reason", "Choose one of the listed reasons for the correction.")
	}
	if !in.Entered.Mode.Valid() {
		faults.Add("/mode", "unknown_mode", "A mode is device, paper or import.")
	}
	// A day's grace: the practice's calendar may be ahead of UTC.
	if string(s.HeldOn) > in.Entered.At.AddDate(0, 0, 1).Format(time.DateOnly) {
		faults.Add("", "not_held_yet", "The session's day has not come yet. Check the session's date.")
	}
}

// checkGoalRater notes when somebody may not rate goals in this session.
func (s *Session) checkGoalRater(faults *fault.List, r Rater) {
	switch r.Kind {
	case instrument.RaterMember:
		if s.seat(MemberID(r.ID)) < 0 {
			faults.Add("/rater/id", "rater_not_on_roster", "This member is not on the session's roster. Check the member and the session; if both are right, change the roster first.")
		}
	case instrument.RaterTherapist:
		if s.therapist(TherapistID(r.ID)) < 0 {
			faults.Add("/rater/id", "rater_not_in_session", "This therapist was not assigned to the session. Check the therapist and the session: it has those who had charge of the group on its day.")
		}
	case instrument.RaterObserver:
		faults.Add("/rater/kind", "rater_kind_not_allowed", "Goals are rated by members and therapists.")
	default:
		faults.Add("/rater/kind", "unknown_rater", "A rater is a member or a therapist.")
	}
}

// memberRatedGoals tells whether the member rated any goal in the session and
// did not take it back.
func (s *Session) memberRatedGoals(id MemberID) bool {
	return slices.ContainsFunc(s.Goals, func(x GoalRating) bool {
		return x.Rater == Rater{Kind: instrument.RaterMember, ID: string(id)} && (x.Value != nil || x.Endorsed != nil)
	})
}

// restoreGoals checks the structure of a stored session's goals.
func (s *Session) restoreGoals(faults *fault.List) {
	for i, x := range s.Goals {
		if x.Rater.ID == "" || !x.Rater.Kind.Valid() || x.GoalID == "" || x.Version < 1 || (x.Value != nil && (math.IsNaN(*x.Value) || math.IsInf(*x.Value, 0))) {
			faults.Add("/goals/"+strconv.Itoa(i), "bad_goal_rating", "The rating has no rater, goal or version, or a value that is no number.")
		}
	}
}
