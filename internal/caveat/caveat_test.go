package caveat_test

import (
	"testing"

	"holon/internal/caveat"
)

func TestASetKeepsOrderAndSaysNothingTwice(t *testing.T) {
	t.Parallel()
	var s caveat.Set
	if s.List() == nil {
		t.Error("an empty set is an empty list, not null")
	}
	s.Add("few_groups", "There are 6 groups.")
	s.Add("ceiling", "12 of 40 ratings are at the top.")
	s.Add("few_groups", "There are 6 groups.")
	var more caveat.Set
	more.Add("ceiling", "12 of 40 ratings are at the top.")
	more.Add("few_groups", "There are 7 groups.")
	s.Merge(more)
	got := s.List()
	if len(got) != 3 || got[0].Code != "few_groups" || got[1].Code != "ceiling" || got[2].Detail != "There are 7 groups." {
		t.Errorf("got %+v", got)
	}
	if !s.Has("ceiling") || s.Has("singular") {
		t.Error("Has does not tell what is there")
	}
	got[0].Code = "changed"
	if s.List()[0].Code != "few_groups" {
		t.Error("List hands out the set's own memory")
	}
}
