package demo

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// columns is how wide the table is.
const columns = 100

// WriteTable prints the group-level test of every measure, for one session of
// each therapy group and of each family, beside the truth.
func WriteTable(ctx context.Context, w io.Writer, src analysis.Source) error {
	groups, homes := therapyGroups(theLuck), families(theLuck)
	page := &page{w: w}
	for i, text := range introduction() {
		if i > 0 {
			page.line("")
		}
		page.paragraph("", text)
	}
	for _, part := range []struct {
		title   string
		courses []*course
		kind    session.GroupKind
		traits  []trait
	}{
		{"THERAPY GROUPS", groups, session.KindGroup, ofGroups()},
		{"FAMILIES", homes, session.KindFamily, ofFamilies()},
	} {
		n := busiest(part.courses)
		reports, err := analysis.GroupLevelTable(ctx, src, analysis.Ask{
			Kinds: []session.GroupKind{part.kind}, Session: &analysis.Selection{Number: n},
		})
		if err != nil {
			return err
		}
		page.line("")
		page.line("%s, session %d of each (the best attended of those with the long forms)", part.title, n)
		page.section(src, reports, part.traits)
	}
	return page.err
}

// introduction says how to read the table.
func introduction() []string {
	return []string{
		"Is the group level real? For one evening of each group, every measure is asked: do members of one group " +
			"resemble each other more than chance would make them?",
		"The answer is a share of the variance, that is, of all the differences between people's ratings. At 0 % it makes no " +
			"difference which group somebody is in; at 30 % nearly a third of the differences lies between groups. Two numbers " +
			"stand around it: nine in ten such ranges hold the true share. A number below 0 % means that members of one " +
			"group differ more than strangers do.",
		"Nobody in this practice exists, so the truth is known and stands beside each answer: the share that was put in, before " +
			"ratings were rounded and cut to their scales, which hides a little of it. With so few groups, answers scatter " +
			"widely around it. Ruptures and splits are planted in other sessions.",
	}
}

// busiest returns the session with the long forms that most members came to,
// the earlier one of two.
func busiest(courses []*course) int {
	came := map[int]int{}
	best := 0
	for n := 1; n <= courses[0].sessions; n++ {
		if !battery(n) {
			continue
		}
		for _, c := range courses {
			came[n] += len(meeting{c, n}.attending())
		}
		if came[n] > came[best] {
			best = n
		}
	}
	return best
}

// page prints lines of limited width and remembers the first failure.
type page struct {
	w   io.Writer
	err error
}

// line prints one line.
func (p *page) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// joined stands for a space that no line is broken at.
const joined = "\x00"

// paragraph prints text, broken at spaces, behind an indent. A number stays
// with its percent sign.
func (p *page) paragraph(indent, text string) {
	line := indent
	for word := range strings.FieldsSeq(strings.ReplaceAll(text, " %", joined+"%")) {
		if len(line) > len(indent) && len([]rune(line))+1+len([]rune(word)) > columns {
			p.line("%s", strings.ReplaceAll(line, joined, " "))
			line = indent
		}
		if len(line) > len(indent) {
			line += " "
		}
		line += word
	}
	p.line("%s", strings.ReplaceAll(line, joined, " "))
}

// section prints reports under their instruments; what is said of several of
// them alike is said once, at the end.
func (p *page) section(src analysis.Source, reports []analysis.Report, traits []trait) {
	common := saidTwice(reports)
	var count tally
	var last instrument.Ref
	for i := range reports {
		r := &reports[i]
		def, known := src.Definition(r.Subject.Measure.Instrument)
		if !known {
			continue // reports are made of known definitions only
		}
		if def.Ref != last {
			last = def.Ref
			p.line("")
			p.line("%s", def.Title)
		}
		for k, sentence := range analysis.Sentences(r) {
			switch {
			case k == 0:
				p.paragraph("  ", sentence)
			case !slices.Contains(common, sentence):
				p.paragraph("    ", sentence)
			}
		}
		share, known := truth(r, def, traits)
		if known {
			p.paragraph("    ", estimate(r)+share.sentence()+missed(r, share))
		}
		count.add(r, share, known)
	}
	p.line("")
	p.paragraph("", count.sentence())
	for _, sentence := range common {
		p.paragraph("", sentence)
	}
}

// saidTwice returns the sentences after the answer that several reports have.
func saidTwice(reports []analysis.Report) []string {
	seen := map[string]int{}
	var out []string
	for i := range reports {
		for k, sentence := range analysis.Sentences(&reports[i]) {
			if k < 2 {
				continue // what was asked, and the answer
			}
			seen[sentence]++
			if seen[sentence] == 2 {
				out = append(out, sentence)
			}
		}
	}
	return out
}

// truth is what a measure was generated with; known is false for what was made
// in another way or rated by others than members.
func truth(r *analysis.Report, def *instrument.Definition, traits []trait) (s Share, known bool) {
	score, ok := def.ScoreRule(r.Subject.Measure.Score)
	if !ok || r.Subject.Measure.Rater != instrument.RaterMember {
		return Share{}, false
	}
	return trueShare(traits, def, score)
}

// sentence says the true share and, where there are two, its parts, which add
// up as they are printed.
func (s Share) sentence() string {
	total, lasting := percent(s.Total()), percent(s.Lasting)
	if s.Evening == 0 {
		return fmt.Sprintf("In truth %.0f %%, all of it lasting.", total)
	}
	return fmt.Sprintf("In truth %.0f %%: %.0f %% lasting and %.0f %% of that evening.", total, lasting, total-lasting)
}

// estimate says the estimated share and its 90 % limits, which may be negative,
// where the answer does not say them itself; "" where there are none.
func estimate(r *analysis.Report) string {
	lower, upper, ok := limits(r)
	icc := r.GroupLevel().ICC1.Estimate
	if r.GroupLevel().Answer == multilevel.Supported || icc == nil || !ok {
		return ""
	}
	return fmt.Sprintf("Estimated %.0f %%, between %.0f %% and %.0f %%. ", percent(*icc), percent(lower), percent(upper))
}

// limits returns the 90 % limits of the share, if there are any.
func limits(r *analysis.Report) (lower, upper float64, ok bool) {
	ci := r.GroupLevel().ICC1.CI
	k := slices.IndexFunc(ci, func(x multilevel.Interval) bool { return x.Level == 0.90 })
	if k < 0 || ci[k].Lower == nil || ci[k].Upper == nil {
		return 0, 0, false
	}
	return *ci[k].Lower, *ci[k].Upper, true
}

// missed says that the limits, as they are printed, do not hold the truth; ""
// where they do.
func missed(r *analysis.Report, truth Share) string {
	lower, upper, ok := limits(r)
	if total := percent(truth.Total()); !ok || (percent(lower) <= total && total <= percent(upper)) {
		return ""
	}
	return " Here the range misses the truth, by chance."
}

// percent rounds a share to whole percents, without a negative zero.
func percent(share float64) float64 { return math.Round(100*share) + 0 }

// tally counts the answers, and how often the truth was within the limits.
type tally struct {
	yes, no, unsure, untested int
	ranges, held              int
}

// add counts a report.
func (t *tally) add(r *analysis.Report, truth Share, known bool) {
	switch r.GroupLevel().Answer {
	case multilevel.Supported:
		t.yes++
	case multilevel.NotSupported:
		t.no++
	case multilevel.CannotTell:
		t.unsure++
	default:
		t.untested++
	}
	if _, _, ok := limits(r); ok && known {
		t.ranges++
		if missed(r, truth) == "" {
			t.held++
		}
	}
}

// sentence says what was counted.
func (t *tally) sentence() string {
	return fmt.Sprintf("Of %d questions: %d yes, %d little or none, %d too few to say, %d not for this test. The range holds the truth in %d of %d; "+
		"chance alone makes about one in ten miss it, and then an answer can be wrong.",
		t.yes+t.no+t.unsure+t.untested, t.yes, t.no, t.unsure, t.untested, t.held, t.ranges)
}
