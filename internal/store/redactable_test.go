package store

import (
	"testing"
	"time"

	"holon/internal/redaction"
	"holon/internal/session"
)

// untouched lists the collections that a redaction does not rewrite as
// documents with revisions, and why.
func untouched() map[string]string {
	return map[string]string{
		therapistsCollection().Name:     "of therapists, who are not redacted",
		instrumentsCollection().Name:    "definitions, of nobody",
		historyCollection().Name:        "rewritten with the documents it is of",
		reportsCollection().Name:        "without history: withdrawn whole",
		accountsCollection().Name:       "of those who sign in",
		auditCollection().Name:          "identifiers only, and never changed",
		redactionsCollection().Name:     "identifiers, codes and counts only",
		settingsCollection().Name:       "the practice's own words and therapists",
		attestationsCollection().Name:   "of the practice's own forms, of nobody",
		wordingsCollection().Name:       "the practice's own words, of nobody",
		objectivesCollection().Name:     "the practice's own rules, of nobody",
		importsCollection().Name:        "counts, and the hash of a whole file",
		studiesCollection().Name:        "protocols, of nobody",
		studyKeysCollection().Name:      "keys, of nobody",
		snapshotsCollection().Name:      "without history: ended whole",
		frozenGroupsCollection().Name:   "dropped with their snapshot",
		frozenSessionsCollection().Name: "dropped with their snapshot",
		releasesCollection().Name:       "without history: withdrawn whole",
		contributionsCollection().Name:  "hashes of pseudonyms and rows",
		unfinishedCollection().Name:     "a note about a copy of the whole store, of nobody",
	}
}

// TestEveryCollectionSaysWhatARedactionDoesWithIt keeps a collection that comes
// later from being forgotten.
func TestEveryCollectionSaysWhatARedactionDoesWithIt(t *testing.T) {
	t.Parallel()
	said := map[string]int{}
	for _, r := range redactables() {
		said[r.of().Name]++
	}
	for name := range untouched() {
		said[name]++
	}
	for _, c := range Collections() {
		if said[c.Name] != 1 {
			t.Errorf("%s: put the collection into redactables, or into untouched with the reason (it stands in %d of them)", c.Name, said[c.Name])
		}
		delete(said, c.Name)
	}
	for name := range said {
		t.Errorf("%s is no collection", name)
	}
}

// FullDecision returns a decision with every field.
func FullDecision() *redaction.Decision {
	return &redaction.Decision{
		Head: fullHead(), ID: "rd-1", MemberID: "m-1", By: redaction.ByRepresentative, On: "2026-03-02", Reference: "DSR-7", State: redaction.Done,
		Verdict: redaction.RedactPartly, Basis: redaction.LegalRetention, DecidedBy: "operator", DecidedAt: new(instant),
		Extent:  redaction.Extent{Groups: []session.GroupID{"g-1", "g-2"}, Sessions: 1, Forms: 2, Ratings: 3, Revisions: 4, Consents: 5, Snapshots: []string{"sn-1"}, Releases: []string{"re-1"}},
		Blocked: []string{"sessions/s-1"}, Reports: redaction.Reports{Withdrawn: []string{"r-1"}, Tables: 5},
		DoneAt: new(instant.Add(time.Second)), Replayed: new(instant.Add(time.Minute)),
	}
}

func TestADecisionComesBackTheSame(t *testing.T) {
	t.Parallel()
	roundTrip(t, decisionShape(), FullDecision())
}
