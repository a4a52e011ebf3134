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
	page.paragraph("", "Is the group level real? One session of each group is tested, measure by measure. Beside each answer stands "+
		"the truth: the share of variance between groups that the generator used, before values were rounded and cut to "+
		"their scales. That adds error, so estimates tend to lie a little lower; with so few groups they mostly "+
		"scatter widely. An estimate below zero is possible. Ruptures and splits are planted in other sessions.")
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
		page.line("%s, session %d of each: of those with the long forms, the one that most members came to", part.title, n)
		page.section(src, reports, part.traits)
	}
	return page.err
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
		if truth := truth(r, def, traits); truth != "" {
			p.paragraph("    ", truth)
		}
	}
	p.line("")
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

// truth says which shares a measure was generated with, "" for what was made
// in another way or rated by others than members.
func truth(r *analysis.Report, def *instrument.Definition, traits []trait) string {
	score, ok := def.ScoreRule(r.Subject.Measure.Score)
	if !ok || r.Subject.Measure.Rater != instrument.RaterMember {
		return ""
	}
	s, ok := trueShare(traits, def, score)
	if !ok {
		return ""
	}
	text := fmt.Sprintf("In truth %.0f %%: %.0f %% lasting and %.0f %% of that evening.", 100*s.Total(), 100*s.Lasting, 100*s.Evening)
	if s.Evening == 0 {
		text = fmt.Sprintf("In truth %.0f %%, all of it lasting.", 100*s.Total())
	}
	return estimate(r) + text
}

// estimate says the estimated share and its 90 % limits, which may be negative,
// where the answer does not say them itself; "" where there are none.
func estimate(r *analysis.Report) string {
	icc := r.Result.ICC1
	k := slices.IndexFunc(icc.CI, func(x multilevel.Interval) bool { return x.Level == 0.90 })
	if r.Result.Answer == multilevel.Supported || icc.Estimate == nil || k < 0 || icc.CI[k].Lower == nil || icc.CI[k].Upper == nil {
		return ""
	}
	return fmt.Sprintf("Estimated %.0f %%, between %.0f %% and %.0f %%. ", percent(*icc.Estimate), percent(*icc.CI[k].Lower), percent(*icc.CI[k].Upper))
}

// percent rounds a share to whole percents, without a negative zero.
func percent(share float64) float64 { return math.Round(100*share) + 0 }
