package httpapi_test

import (
	"strconv"
	"strings"
	"testing"
)

// anxiety is a member's form of seven items, all with the same answer.
func anxiety(member, value string) string {
	var items []string
	for i := range 7 {
		items = append(items, `{"item":`+strconv.Itoa(i+1)+`,"value":`+value+`}`)
	}
	return `{"instrument":{"id":"gad-7","version":"1"},"rater":{"kind":"member","id":"` + member + `"},"occasion":"pre","mode":"paper","items":[` + strings.Join(items, ",") + `]}`
}

// TestAMemberIsBetterAndAnotherNotOnTrack goes the whole way: an intake and a
// meeting are entered, and the report names who became what.
func TestAMemberIsBetterAndAnotherNotOnTrack(t *testing.T) {
	t.Parallel()
	e := newEvening(t)
	better, worse := e.members[0], e.members[1]
	intake := e.made(t, "/v1/groups/"+e.group+"/sessions", `{"number":2,"kind":"assessment","stage":"intake","held_on":"2026-03-01","members":["`+better+`","`+worse+`"]}`).id(t)
	meeting := e.session
	e.session = intake
	e.submit(t, anxiety(better, "2"), anxiety(worse, "1"))
	e.session = meeting
	e.submit(t, anxiety(better, "1"), anxiety(worse, "2"))
	ask := `{"analysis":"outcome_change","measure":{"instrument":{"id":"gad-7","version":"1"},"score":"total","rater":"member"}`

	// The intake was entered after the meeting and came before it.
	got := e.made(t, "/v1/reports", ask+`}`).object(t)
	if got["reason"] != "descriptive" || numberAt(t, got, "result", "total", "deteriorated") != 1 {
		t.Errorf("%v", got["result"])
	}
	found := map[string]any{}
	for i := range listAt(t, got, "result", "members") {
		m := objectAt(t, got, "result", "members", i)
		found[textAt(t, got, "result", "members", i, "member")] = m["class"]
		if m["class"] == nil && m["reason"] != "no_value" {
			t.Errorf("%v", m)
		}
	}
	if len(found) != len(e.members) || found[better] != "improved" || found[worse] != "deteriorated" {
		t.Errorf("classes %v", found)
	}
	one := e.made(t, "/v1/reports", ask+`,"members":["`+worse+`"],"baseline":"first","reliability":0.9,"norm_sd":4}`).object(t)
	if m := listAt(t, one, "result", "members"); len(m) != 1 || textAt(t, one, "result", "reliable_change", "from") != "asked" || numberAt(t, one, "result", "total", "deteriorated") != 1 {
		t.Errorf("%v", one["result"])
	}
}
