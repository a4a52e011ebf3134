package tables_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/studytest"
	"holon/internal/study/tables"
)

// worded is what a codebook says, by what stands in front of it: the first cells of its
// rows with a section before them.
type worded map[string]bool

// wordedBy reads the tables of a codebook.
func wordedBy(md []byte) worded {
	out, section := worded{}, ""
	for line := range strings.Lines(string(md)) {
		line = strings.TrimSuffix(line, "\n")
		if title, is := strings.CutPrefix(line, "## "); is {
			section = title
		}
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		key := section
		for _, c := range cells {
			if code, is := strings.CutPrefix(c, "`"); is {
				key += " " + strings.TrimSuffix(code, "`")
			}
		}
		said := cells[len(cells)-1]
		out[key] = said != "" && !strings.Contains(said, "which Holon's page about that analysis names")
	}
	return out
}

// drawnFor are studies that together hold every statistic: many groups with two therapy
// models, one evening of each, few groups, few members in them, items of five options, and a
// key that nobody attested.
func drawnFor(t *testing.T) map[string]*studytest.Frozen {
	t.Helper()
	measures := []session.Measure{studytest.Cohesion(), studytest.Alliance(), studytest.Outcome(), of("holon-bond-1"), of("holon-purpose-1"), family("score-15", "strengths_total"), family("softa-s-client", "purpose")}
	out := map[string]*studytest.Frozen{"full": full(t)}
	for name, d := range map[string]studytest.Design{
		"many groups": {Groups: 14, Members: 5, Sessions: 4, Families: 3, Group: .3, Member: .3, Residual: .4, Missing: .1, Seed: 8},
		"one evening": {Groups: 12, Members: 5, Sessions: 1, Families: 2, Group: .3, Member: .3, Residual: .4, Seed: 9},
		"few":         {Groups: 3, Members: 4, Sessions: 2, Families: 1, Group: .3, Member: .3, Residual: .4, Seed: 10},
	} {
		drawn, rng := studytest.Draw(t, d), rand.New(rand.NewPCG(d.Seed, 1))
		drawn.Alter(addOthers)
		drawn.Alter(func(_ *session.Group, s *session.Session) {
			kept := s.Bonds[:0]
			for _, b := range s.Bonds {
				if b.Answers[0].Value = float64(3 + rng.IntN(6)); rng.Float64() < .97 {
					kept = append(kept, b)
				}
			}
			s.Bonds = kept
			for _, seat := range s.Roster {
				s.System = append(s.System, fiveOptions(rng, s, seat.MemberID))
			}
		})
		out[name] = drawn.Freeze(t, drawn.Study(t, measures...), everybody)
	}
	return out
}

// family is a measure of the whole by members.
func family(id, score string) session.Measure {
	return session.Measure{Instrument: instrument.Ref{ID: id, Version: "1"}, Score: score, Rater: instrument.RaterMember}
}

// fiveOptions is a member's form of items of five options each.
func fiveOptions(rng *rand.Rand, s *session.Session, by session.MemberID) session.SystemRating {
	r := session.Rating{
		ID: session.RatingID(fmt.Sprintf("w-%s-%s", s.ID, by)), FormID: session.FormID(fmt.Sprintf("v-%s-%s", s.ID, by)), Version: 1,
		Instrument: instrument.Ref{ID: "score-15", Version: "1"}, Rater: session.Rater{Kind: instrument.RaterMember, ID: string(by)}, Occasion: session.Post, FormItems: 15,
		Entered: session.Entry{By: "test", Mode: session.Paper},
	}
	for i := range r.FormItems {
		r.Answers = append(r.Answers, session.Answer{Item: i + 1, State: session.Answered, Value: float64(1 + rng.IntN(5))})
	}
	return session.SystemRating{Rating: r}
}

// inHalves gives one half of the groups of a study one therapy model and the others
// another.
func inHalves(f *studytest.Frozen) func(session.GroupID) session.Code {
	models := map[session.GroupID]session.Code{}
	for i, g := range f.Groups() {
		models[g.ID] = []session.Code{"cbt", "ipt"}[i%2]
	}
	return func(id session.GroupID) session.Code { return models[id] }
}

// TestTheCodebookSaysEveryCode tabulates all of several studies and looks every code of
// every record up in the codebook that goes with it. Of what the codebook says of
// statistics, nothing is about one that is never released. Who has no codebook finds the
// same codes among those that are published.
func TestTheCodebookSaysEveryCode(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	published := publishedCodes()
	var said worded
	for name, f := range drawnFor(t) {
		in := released(t, f, study.Controlled, aggregate.Request{ModelOf: inHalves(f), Interim: map[aggregate.Home]bool{aggregate.TherapyGroups: true, aggregate.Families: true}, Part: true})
		// A package leaves the numbers of few families out, and their caveats with them: here
		// no number of them is few.
		in.Study = new(*in.Study)
		in.Study.Threshold = 1
		files, _ := packed(t, in)
		said = wordedBy(files["codebook.md"])
		for i := range in.Records {
			for _, key := range codesOf(&in.Records[i]) {
				used[key] = true
				if !said[key] {
					t.Errorf("%s: the codebook does not say %q of %s", name, key, in.Records[i].Analysis)
				}
				if !published(key) {
					t.Errorf("%s: the published codes do not say %q of %s", name, key, in.Records[i].Analysis)
				}
			}
		}
		for key := range said {
			code := key[strings.LastIndexByte(key, ' ')+1:]
			if !bytes.Contains(files["codebook.html"], []byte("<code>"+code+"</code>")) && !strings.HasPrefix(key, "Tables") {
				t.Errorf("%s: the page does not say %q", name, key)
			}
		}
	}
	for key := range said {
		// Of an analysis and a code; which methods and answers there are is of the data.
		if strings.HasPrefix(key, "Statistics") && strings.Count(key, " ") == 2 && !used[key] {
			t.Errorf("the codebook says %q, which no release has", key)
		}
	}
}

// codesOf lists what a codebook has to say of a record.
func codesOf(r *aggregate.Record) []string {
	out := []string{"Statistics " + r.Analysis}
	home := r.Analysis
	switch {
	case r.Statistic == "excluded_rows":
		home = "all"
		out = append(out, "Reasons "+*r.Of)
	case strings.HasPrefix(r.Statistic, "heterogeneity_"):
		home = "all"
		statistic, of, found := strings.Cut(*r.Of, " ")
		if out = append(out, "Statistics "+r.Analysis+" "+statistic); found {
			out = append(out, "Statistics "+r.Analysis+" "+of)
		}
	case r.Statistic == "none":
		home = "all"
	case r.Of != nil:
		out = append(out, "Statistics "+r.Analysis+" "+*r.Of)
	}
	out = append(out, "Statistics "+home+" "+r.Statistic)
	for _, x := range []*string{r.Method, r.Answer} {
		if x != nil {
			out = append(out, "Statistics "+*x)
		}
	}
	if r.Reason != nil {
		out = append(out, "Reasons "+*r.Reason)
	}
	for _, c := range r.Caveats {
		out = append(out, "Caveats "+c)
	}
	return out
}

// publishedCodes returns whether a key of [codesOf] stands among the codes that are
// published, looked up as their page says.
func publishedCodes() func(key string) bool {
	all := tables.ReleaseCodes()
	said := worded{}
	for section, lists := range map[string][][]tables.Code{
		"Statistics": {all.Analyses, all.Statistics, all.Ofs, all.Answers, all.Methods}, "Caveats": {all.Caveats, all.Reasons}, "Reasons": {all.Reasons},
	} {
		for _, c := range slices.Concat(lists...) {
			said[strings.Join(strings.Fields(section+" "+c.Analysis+" "+c.Code), " ")] = c.Words != ""
		}
	}
	for _, state := range all.ItemStates {
		said["Reasons "+state.Code] = true
	}
	return func(key string) bool {
		section, code, _ := strings.Cut(key, " ")
		for again := section == "Reasons"; again && !said[section+" "+code]; {
			again = false
			for _, part := range all.ReasonParts {
				if rest, is := strings.CutPrefix(code, part.Code); is {
					code, again = rest, true
				}
			}
		}
		return said[section+" "+code]
	}
}
