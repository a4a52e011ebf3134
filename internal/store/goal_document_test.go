package store

import (
	"bytes"
	"testing"

	"holon/internal/fault"
)

func TestDocumentsWithoutGoalsKeepTheirBytes(t *testing.T) {
	t.Parallel()
	s, g := FullSession(), FullGroup()
	s.Goals, g.Goals = nil, nil
	for name, body := range map[string][]byte{"session": stored(sessionShape(), s), "group": stored(groupShape(), g)} {
		if bytes.Contains(body, []byte("goals")) {
			t.Errorf("a %s without goals has a field for them", name)
		}
	}
}

func TestWhatWasSaidAboutGoalsIsNotLost(t *testing.T) {
	t.Parallel()
	next := FullSession()
	next.Goals = next.Goals[1:]
	if err := keepsRatings(stored(sessionShape(), FullSession()), next); fault.RuleOf(err) != "ratings_would_be_lost" {
		t.Errorf("got %v", err)
	}
}
