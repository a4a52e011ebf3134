package study

import (
	"time"

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
