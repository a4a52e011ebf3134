package study

import (
	"context"
	"fmt"
	"slices"
	"time"

	"holon/internal/fault"
	"holon/internal/session"
)

// ReleaseID identifies a release.
type ReleaseID string

// Release is one set of numbers that left the practice for a study's researchers:
// what it was made of, and the very bytes. It is never changed; where a snapshot
// ends, the bytes go and the rest stays.
type Release struct {
	Rev        int64
	ID         ReleaseID
	Study      ID
	StudyRev   int64 // the revision of the study under which it was made; 0: not known
	Snapshot   SnapshotID
	Selection  session.Code
	SelectedBy string // the hash of the selection
	Level      Level
	By         string // the principal
	At         time.Time
	Number     int      // 1, 2, … of the study
	Analyses   []string // that were asked for; none: all
	Questions  []string // that it answers, see [Question.Key], in order
	Records    int
	SHA256     string // of the bytes
	Body       []byte // the records, a line of JSON each; nil of one that was withdrawn
	Content    string // the hash of the snapshot's content

	Standing    Standing // what stands behind it; none of one at the level controlled
	WithdrawnBy string   // the decision to redact a member; empty while it stands
}

// Withdraw removes what was released, because a decision redacted somebody in it.
func (r *Release) Withdraw(decision string) bool {
	if r.WithdrawnBy != "" {
		return false
	}
	r.WithdrawnBy, r.Body = decision, nil
	return true
}

// MostReleases is the most that leave a study: each is compared with all before it.
const MostReleases = 1000

// MostDifferent is the most releases of different rows with which another is compared:
// looking for a combination of them that tells about few takes as long as the cube of
// their number, four seconds for 2,000 people and four measures.
const MostDifferent = 50

// RoomFor refuses a release of other rows beside as many as are compared. One of the very
// rows of an earlier release always has room. It fails where a list cannot be read.
func RoomFor(ctx context.Context, next *Standing, earlier []*Standing) error {
	if len(earlier) < MostDifferent {
		return nil
	}
	failed := reads(ctx)
	answered := &Standing{Measures: slices.DeleteFunc(slices.Clone(next.Measures), func(m MeasureStanding) bool { return m.Measure == Models || isMissing(m.Measure) })}
	if slices.ContainsFunc(earlier, func(e *Standing) bool { return answered.within(e, &failed) }) || failed.err != nil {
		return failed.err
	}
	return fault.New(fault.Conflict, "too_many_different_releases", fmt.Sprintf(
		"This study has %d releases of different rows, and each is compared with all of them, and with what they tell together. Ask for the rows of one of them, or make another study for what else is to leave.", len(earlier)))
}

// TimesAsked counts how often each question was asked in releases, by
// [Question.Key].
func TimesAsked(releases []*Release) map[string]int {
	out := map[string]int{}
	for _, r := range releases {
		for _, q := range r.Questions {
			out[q]++
		}
	}
	return out
}
