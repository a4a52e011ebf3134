package study_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"holon/internal/session"
	"holon/internal/study"
)

// What follows knows nothing of digests: it compares rows as they are.

// rowsBy holds of everybody, or of every group, the rows of one thing, by their numbers.
type rowsBy map[string]map[int]bool

// numbered numbers rows: the same one is the same number.
type numbered map[string]int

// of is the number of a row.
func (n numbered) of(row string) int {
	at, there := n[row]
	if !there {
		at = len(n)
		n[row] = at
	}
	return at
}

// note takes a row.
func (r rowsBy) note(who string, row int) {
	if r[who] == nil {
		r[who] = map[int]bool{}
	}
	r[who][row] = true
}

// sheet is all there is of one release, by "families" or "therapy groups", what it is
// about, and "people" or "groups".
type sheet map[string]rowsBy

// of is the rows of one thing.
func (s sheet) of(key string) rowsBy {
	if s[key] == nil {
		s[key] = rowsBy{}
	}
	return s[key]
}

// rowsOf writes the rows of a release, without the code under test.
func rowsOf(w *world, c *chosen, names numbered) sheet {
	out, read := sheet{}, map[string]bool{}
	for _, m := range w.study.Measures {
		read[m.Instrument.ID+" "+string(m.Rater)] = true
	}
	last := lastSessions(c.sessions)
	for _, s := range c.sessions {
		home := "therapy groups"
		if s.GroupKind != session.KindGroup {
			home = "families"
		}
		at := string(s.ID) + " "
		frame := fmt.Sprint(" ", s.HeldOn, s.Kind, s.Therapists, s.Ruptures)
		note := func(what, row string, people ...string) {
			for _, p := range people {
				out.of(home+"|"+what+"|people").note(p, names.of(at+row))
				out.of(home+"|"+what+" around|people").note(p, names.of(at+row+frame+c.spells[string(s.GroupID)+p]))
			}
			out.of(home+"|"+what+"|groups").note(string(s.GroupID), names.of(at+row))
			around := at + row + frame
			for _, p := range people {
				around += c.spells[string(s.GroupID)+p]
			}
			out.of(home+"|"+what+" around|groups").note(string(s.GroupID), names.of(around))
		}
		rated := func(what string, r *session.Rating, about string, people ...string) {
			if !read[r.Instrument.ID+" "+string(r.Rater.Kind)] {
				return
			}
			if r.Answers[0].State != session.Answered {
				what += " missing"
			}
			row := fmt.Sprint(r.Rater.ID, about, r.Answers[0])
			note(what, row, people...)
			if strings.Contains(what, "missing") || strings.Contains(what, "given") || strings.Contains(what, "received") {
				return
			}
			if s.Kind == session.Meeting {
				note(what+meetings, row, people...)
			}
			if last[string(s.GroupID)+r.Instrument.ID+string(r.Rater.Kind)] == s.Number {
				note(what+ofLast, row, people...)
			}
		}
		for _, x := range s.Roster {
			if !x.Redacted {
				note("attendance", string(x.MemberID)+string(x.Attendance), string(x.MemberID))
			}
		}
		for i := range s.Alliances {
			x := &s.Alliances[i]
			rated("alliance", &x.Rating, "", string(x.MemberID))
		}
		for i := range s.Bonds {
			x := &s.Bonds[i]
			rated("bond", &x.Rating, string(x.To), string(x.From), string(x.To))
			if x.Answers[0].State == session.Answered {
				rated("bond given", &x.Rating, string(x.To), string(x.From))
				rated("bond received", &x.Rating, string(x.To), string(x.To))
			}
		}
		for i := range s.Cohesion {
			if x := &s.Cohesion[i]; x.Rater.Kind == "member" {
				rated("cohesion", &x.Rating, "", x.Rater.ID)
			} else {
				rated("cohesion by therapist", &x.Rating, "")
			}
		}
	}
	return out.withPairs()
}

// meetings and ofLast are rows of a measure that analyses may take alone.
const meetings, ofLast = " in meetings", " of the last session"

// lastSessions are the numbers of the last sessions of each group in which a form was
// answered, by group, form and who answers it; what is apart is nobody's last.
func lastSessions(sessions []*session.Session) map[string]int {
	out := map[string]int{}
	for _, s := range sessions {
		if s.Kind == session.Individual {
			continue
		}
		for x := range study.RatingsOf(s) {
			if key := string(s.GroupID) + x.Instrument.ID + string(x.Rater.Kind); x.Answers[0].State == session.Answered {
				out[key] = max(out[key], s.Number)
			}
		}
	}
	return out
}

// withPairs adds, for every two measures, the rows of those who have both.
func (s sheet) withPairs() sheet {
	for _, part := range []string{"", meetings, ofLast} {
		s.pairsOf(part)
		s.pairsOf(part + " around")
	}
	return s
}

// pairsOf adds those of rows alone, or of rows with what stands around them.
func (s sheet) pairsOf(suffix string) {
	names := []string{"alliance", "bond", "cohesion", "cohesion by therapist"}
	for _, home := range []string{"therapy groups", "families"} {
		for _, list := range []string{"people", "groups"} {
			for i, x := range names {
				for _, y := range names[i+1:] {
					a, b, both := s[home+"|"+x+suffix+"|"+list], s[home+"|"+y+suffix+"|"+list], home+"|"+x+"+"+y+suffix+"|"+list
					for who := range a {
						if b[who] == nil {
							continue
						}
						for row := range a[who] {
							s.of(both).note(who, 2*row)
						}
						for row := range b[who] {
							s.of(both).note(who, 2*row+1)
						}
					}
				}
			}
		}
	}
}

// least is how many of a key's people or groups a number must stand on.
func least(key string, threshold int) int {
	of := strings.TrimSuffix(key, "|groups")
	for _, more := range []string{" around", " missing", meetings, ofLast} {
		of = strings.TrimSuffix(of, more)
	}
	if strings.HasPrefix(key, "therapy groups") && strings.HasSuffix(key, "|groups") && !strings.HasSuffix(of, "|cohesion by therapist") {
		return study.LeastGroups
	}
	return threshold
}

// betrayal is what two releases, or more, tell of too few.
type betrayal struct {
	key  string
	who  []string
	by   []int // factors of the releases
	need int
}

// pairwise finds what two releases tell by their difference.
func pairwise(a, b sheet, threshold int) *betrayal {
	keys := map[string]bool{}
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		who := map[string]bool{}
		for w := range a[k] {
			who[w] = true
		}
		for w := range b[k] {
			who[w] = true
		}
		maps.DeleteFunc(who, func(w string, _ bool) bool { return maps.Equal(a[k][w], b[k][w]) })
		if n := least(k, threshold); len(who) > 0 && len(who) < n {
			return &betrayal{key: k, who: slices.Sorted(maps.Keys(who)), by: []int{1, -1}, need: n}
		}
	}
	return nil
}

// combined finds what sums and differences of releases, each times a whole number up
// to most, tell: rows that cancel, or not, of each person. One of too few people in it
// is suppressed.
func combined(all []sheet, threshold, most int) *betrayal {
	keys := map[string]bool{}
	for _, s := range all {
		for k := range s {
			keys[k] = true
		}
	}
	factors := factorsOf(len(all), most)
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		need := least(k, threshold)
		shapes := shapesOf(all, k)
		for _, c := range factors {
			usable := true
			for i, f := range c {
				usable = usable && (f == 0 || len(all[i][k]) == 0 || len(all[i][k]) >= need)
			}
			if !usable {
				continue
			}
			n := 0
			for _, sh := range shapes {
				if sh.left(c) {
					n += len(sh.who)
				}
			}
			if n > 0 && n < need {
				return &betrayal{key: k, by: c, need: need}
			}
		}
	}
	return nil
}

// shape is what rows look like of people who are alike: for each row of somebody, in
// which releases it is.
type shape struct {
	rows []int // sets of releases, as bits
	who  []string
}

// left tells whether a row is left over.
func (s *shape) left(c []int) bool {
	for _, set := range s.rows {
		sum := 0
		for i, f := range c {
			if set&(1<<i) != 0 {
				sum += f
			}
		}
		if sum != 0 {
			return true
		}
	}
	return false
}

// shapesOf gathers people by what their rows look like.
func shapesOf(all []sheet, key string) map[string]*shape {
	people := map[string]map[int]int{}
	for i, s := range all {
		for who, rows := range s[key] {
			if people[who] == nil {
				people[who] = map[int]int{}
			}
			for row := range rows {
				people[who][row] |= 1 << i
			}
		}
	}
	out := map[string]*shape{}
	for who, rows := range people {
		sets := slices.Compact(slices.Sorted(maps.Values(rows)))
		k := fmt.Sprint(sets)
		if out[k] == nil {
			out[k] = &shape{rows: sets}
		}
		out[k].who = append(out[k].who, who)
	}
	return out
}

// factorsOf lists all factors of n releases but those that are all 0.
func factorsOf(n, most int) [][]int {
	out := [][]int{{}}
	for range n {
		var next [][]int
		for _, c := range out {
			for f := -most; f <= most; f++ {
				next = append(next, append(slices.Clone(c), f))
			}
		}
		out = next
	}
	return slices.DeleteFunc(out, func(c []int) bool { return !slices.ContainsFunc(c, func(f int) bool { return f != 0 }) })
}

// study of an attack: some snapshots with a few or many changes between, and many
// selections of each.
func releases(t *testing.T, seed uint64, n int) (*world, []*chosen, []sheet) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 11))
	w := newWorld(t, rng, 8+rng.IntN(16), []int{0, 0, 14}[rng.IntN(3)], 5+rng.IntN(3))
	f := w.freeze()
	var all []*chosen
	var rows []sheet
	names := numbered{}
	for len(all) < n {
		if rng.IntN(3) == 0 {
			for range []int{1, 1, 2, 40}[rng.IntN(4)] {
				w.correct()
			}
			f = w.freeze()
		}
		c := w.choose(f, w.selection())
		all, rows = append(all, c), append(rows, rowsOf(w, c, names))
	}
	return w, all, rows
}

func TestTheDifferenceOfTwoReleasesIsOfManyOrOfNobody(t *testing.T) {
	t.Parallel()
	pairs, same, passed, refused, careful := 0, 0, 0, 0, 0
	for seed := range uint64(60) {
		w, all, rows := releases(t, seed, 8)
		for i := range all {
			for k := range i {
				pairs++
				told := pairwise(rows[i], rows[k], w.study.Threshold)
				err := study.CheckRelease(t.Context(), all[i].behind, []*study.Standing{all[k].behind}, w.study.Threshold)
				switch {
				case err == nil && told != nil:
					t.Fatalf("study %d: releases %d and %d pass and tell of %s: %v of at least %d", seed, i, k, told.key, told.who, told.need)
				case err == nil:
					passed++
					if fmt.Sprint(rows[i]) == fmt.Sprint(rows[k]) {
						same++
					}
					if told := combined([]sheet{rows[i], rows[k]}, w.study.Threshold, 3); told != nil {
						t.Fatalf("study %d: releases %d and %d pass and %v of them tell of %s", seed, i, k, told.by, told.key)
					}
				case told == nil && combined([]sheet{rows[i], rows[k]}, w.study.Threshold, 3) == nil:
					careful++
				default:
					refused++
				}
			}
		}
	}
	t.Logf("%d pairs: %d refused, all of which tell of too few, and %d out of caution; %d passed, none of which does (%d of the same rows)", pairs, refused, careful, passed, same)
	onThePage(t, fmt.Sprintf("%d pairs | %d | %d | 0 of %d |", pairs, refused, careful, passed))
	if passed-same < 100 || refused < 100 || careful*50 > pairs {
		t.Error("the attack hardly tried, or the check refuses what tells nothing")
	}
}

func TestThreeReleasesTogetherTellOfManyOrOfNobody(t *testing.T) {
	t.Parallel()
	triples, passed, together, careful, attacks := 0, 0, 0, 0, 0
	for seed := range uint64(60) {
		w, all, rows := releases(t, seed, 8)
		check := func(of int, others ...int) error {
			var earlier []*study.Standing
			for _, o := range others {
				earlier = append(earlier, all[o].behind)
			}
			return study.CheckRelease(t.Context(), all[of].behind, earlier, w.study.Threshold)
		}
		for i := range all {
			for k := range i {
				for l := range k {
					if check(i, k) != nil || check(i, l) != nil || check(k, l) != nil {
						continue
					}
					triples++
					told := combined([]sheet{rows[i], rows[k], rows[l]}, w.study.Threshold, 2)
					if told != nil {
						attacks++
					}
					switch err := check(i, k, l); {
					case err == nil && told != nil:
						t.Fatalf("study %d: releases %d, %d, %d pass and %v of them tell of %s", seed, i, k, l, told.by, told.key)
					case err == nil:
						passed++
					case told != nil:
						together++
					default:
						careful++
					}
				}
			}
		}
	}
	t.Logf("%d triples whose pairs all pass: %d tell of too few by sums and differences, all refused; %d pass, none of which does; %d refused out of caution", triples, attacks, passed, careful)
	onThePage(t, fmt.Sprintf("%d triples | %d | %d | 0 of %d |", triples, together, careful, passed))
	if attacks < 3 || passed < 100 || together != attacks {
		t.Error("the attack hardly tried")
	}
}

// onThePage looks for a line in the page about disclosure.
func onThePage(t *testing.T, line string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/disclosure.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), line) {
		t.Errorf("docs/disclosure.md does not say: %s", line)
	}
}
