package demo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"holon/internal/multilevel"
)

// remarks are what is to be said of all tested rows together.
func remarks(part part, tested []row, asked int) []string {
	return slices.DeleteFunc([]string{
		answered(tested, asked), standing(tested), enough(part, tested), held(tested), beforeTheyMet(part, tested), ledBy(part, tested), turnover(tested),
	}, func(s string) bool { return s == "" })
}

// answered counts the answers.
func answered(tested []row, asked int) string {
	count := map[multilevel.Answer]int{}
	for i := range tested {
		count[tested[i].result().Answer]++
	}
	return fmt.Sprintf("Of %d questions: %d yes, %d little or none, %d too few to say, %d not for this test.",
		asked, count[multilevel.Supported], count[multilevel.NotSupported], count[multilevel.CannotTell], asked-len(tested))
}

// standing says what the number of questions makes of the answers.
func standing(tested []row) string {
	yes := 0
	var fallen []string
	for i := range tested {
		if r := &tested[i]; r.result().Answer == multilevel.Supported {
			yes++
			if p := r.report.Around().Multiplicity.PHolm; p == nil || *p > 0.05 {
				fallen = append(fallen, r.name())
			}
		}
	}
	switch {
	case yes == 0:
		return ""
	case len(fallen) == 0:
		return fmt.Sprintf("Every yes stands as one of %d questions, too.", len(tested))
	default:
		return fmt.Sprintf("As one of %d questions that nobody had planned, a yes does not stand for %s: a finding to be tried on new data.", len(tested), list(fallen))
	}
}

// enough says how many groups would settle what is open: the range over the
// measures without an answer.
func enough(part part, tested []row) string {
	var show, out []int
	for i := range tested {
		g := tested[i].result()
		if g.Answer == multilevel.CannotTell && g.Settle.GroupsToShow != nil && g.Settle.GroupsToRuleOut != nil {
			show, out = append(show, *g.Settle.GroupsToShow), append(out, *g.Settle.GroupsToRuleOut)
		}
	}
	if len(show) == 0 {
		return ""
	}
	s := tested[0].result().Settle
	return fmt.Sprintf("Where %d %s are too few, %d to %d would show a lasting share of %.0f %%, and %d to %d rule out %.0f %%: join with other practices.",
		len(part.courses), part.unit(), slices.Min(show), slices.Max(show), percent(s.ICC), slices.Min(out), slices.Max(out), percent(s.Bound))
}

// held counts how often the ranges hold the truth.
func held(tested []row) string {
	var lasting, weather, all, allWeather int
	for i := range tested {
		r := &tested[i]
		g := r.result()
		if !r.known {
			continue
		}
		if some, held := holds(g.REML.ShareCI.Group, r.truth.lasting); some {
			all++
			lasting += count(held)
		}
		if g.Weather == nil {
			continue
		}
		if some, held := holds(g.Weather.CI, r.truth.weather); some {
			allWeather++
			weather += count(held)
		}
	}
	return fmt.Sprintf("The range of the lasting share holds the truth in %d of %d, that of shared weather in %d of %d; "+
		"chance alone makes about one in ten miss it, and then an answer can be wrong. The measures of one practice go together, and so do their misses.", lasting, all, weather, allWeather)
}

// count is 1 for what is so.
func count(so bool) int {
	if so {
		return 1
	}
	return 0
}

// beforeTheyMet says of the measures with scores at intake whether groups had
// differed before they met.
func beforeTheyMet(part part, tested []row) string {
	var found []string
	for i := range tested {
		r := &tested[i]
		c := r.report.Around().Control
		if c.Answer == "" || c.ICC1 == nil || c.Lower == nil || c.Upper == nil {
			continue
		}
		text := fmt.Sprintf("%s: %s (%.0f %%, between %.0f %% and %.0f %%", lower(r.report.Subject.Title), answerWords(c.Answer),
			percent(*c.ICC1), percent(*c.Lower), percent(*c.Upper))
		if r.known {
			text += fmt.Sprintf("; in truth %.0f %%", percent(r.truth.intake))
		}
		found = append(found, text+")")
	}
	if len(found) == 0 {
		return fmt.Sprintf("Nobody knows whether the %s had differed before the first meeting: there are no scores from intake.", part.unit())
	}
	return fmt.Sprintf("Had the %s differed before the first meeting? By the scores at intake, %s. Where they had, a difference in the weeks after need not "+
		"come from meeting. Of the other measures nobody has scores from before.", part.unit(), strings.Join(found, "; "))
}

// turnover says of the measure with the most sessions how many came and went.
func turnover(tested []row) string {
	if len(tested) == 0 {
		return ""
	}
	most := slices.MaxFunc(tested, func(a, b row) int { return cmp.Compare(*a.report.Counts.Sessions, *b.report.Counts.Sessions) })
	for _, c := range most.report.Caveats.List() {
		if c.Code == "open_group_turnover" {
			return c.Detail
		}
	}
	return ""
}

// lower begins words in the middle of a sentence.
func lower(words string) string { return strings.ToLower(words[:1]) + words[1:] }

// ledBy says in how many measures therapists have a share beyond chance.
func ledBy(part part, tested []row) string {
	beyond, all := 0, 0
	for i := range tested {
		if p := tested[i].report.Around().Therapists.P; p != nil {
			all++
			beyond += count(*p <= 0.05)
		}
	}
	if all == 0 {
		return ""
	}
	return fmt.Sprintf("Therapists lead several of these %s each. In truth nothing in the ratings is theirs; found beyond chance (.05) in %d of %d measures.",
		part.unit(), beyond, all)
}
