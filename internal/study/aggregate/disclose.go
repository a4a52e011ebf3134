package aggregate

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"holon/internal/analysis"
	"holon/internal/multilevel/rupture"
	"holon/internal/study"
)

// Suppressed is the reason of a record that stands on too few.
const Suppressed = "suppressed"

// digits is how many significant digits a number of an aggregate release has.
const digits = 3

// Disclose returns the records that may leave. At the level aggregate those that
// stand on fewer than threshold people, on fewer than [study.LeastGroups] therapy
// groups, on fewer than threshold families, on the ratings by or about fewer than
// [study.LeastTherapists] therapists, or tell of fewer than threshold therapists are
// suppressed, in whole or in a part, together with what would give them away; numbers are
// rounded to three significant digits and counts to the nearest five. At the level
// controlled everything is as it was computed, for who may have it has the rows, but for
// numbers of fewer than threshold families: their rows are not to be had.
func Disclose(figures []Figure, level study.Level, threshold int) []Record {
	out := make([]Record, len(figures))
	hide := make([]bool, len(figures))
	for i := range figures {
		f := &figures[i]
		hide[i] = f.ofFewFamilies(threshold) || (level != study.Controlled && f.reveals(threshold))
	}
	if level != study.Controlled {
		complement(figures, hide, threshold)
	}
	hideByChance(figures, hide)
	for i := range figures {
		out[i] = figures[i].Record
		switch {
		case hide[i]:
			out[i].suppress()
		case level != study.Controlled:
			out[i].round()
			out[i].Caveats = append(slices.Clip(out[i].Caveats), "rounded")
			switch {
			case figures[i].block == "excluded": // a count
				out[i].Estimate = new(float64(study.Rounded(*figures[i].basis.cases)))
			case strings.HasPrefix(out[i].Statistic, "group_size_") && out[i].Estimate != nil:
				// Times the number of groups it is a count of people to one.
				out[i].Estimate = new(math.Round(*out[i].Estimate))
			}
		}
	}
	return out
}

// few tells whether a number is about fewer than least, of nobody it is not.
func few(n, least int) bool { return n > 0 && n < least }

// ofFewFamilies tells whether a number, or a part of it, is about fewer families and
// couples than threshold, or of fewer, whoever of them has ratings.
func (f *Figure) ofFewFamilies(threshold int) bool {
	if f.Kind != Families {
		return false
	}
	return few(f.basis.groups, threshold) || few(f.there, threshold) ||
		slices.ContainsFunc(f.basis.parts, func(p analysis.Behind) bool { return few(p.Groups, threshold) })
}

// reveals tells whether a number is one about too few.
func (f *Figure) reveals(threshold int) bool {
	b := &f.basis
	whole := analysis.Behind{Members: b.members, Groups: b.groups, Therapists: b.therapists}
	return b.unsaid || f.holds(threshold) || slices.ContainsFunc(append([]analysis.Behind{whole}, b.parts...), func(x analysis.Behind) bool {
		return few(x.Members, threshold) || few(x.Groups, f.leastGroups(x, threshold)) || f.ofFewTherapists(x, threshold)
	})
}

// leastGroups is how many groups a number about these must stand on.
func (f *Figure) leastGroups(x analysis.Behind, threshold int) int {
	if f.Kind == TherapyGroups && x.Members > 0 {
		return study.LeastGroups
	}
	return threshold // of ratings of whole groups nobody knows how many people they are about
}

// ofFewTherapists tells whether a number is of the ratings by or about too few therapists.
func (f *Figure) ofFewTherapists(x analysis.Behind, threshold int) bool {
	switch {
	case f.basis.byTherapist:
		return few(x.Therapists, threshold)
	case f.basis.ledBy:
		return x.Groups > 0 && x.Therapists < study.LeastTherapists
	default:
		return false
	}
}

// holds tells whether a share says of too few that something holds of them, or of all but
// too few.
func (f *Figure) holds(threshold int) bool {
	b := &f.basis
	if b.cases == nil {
		return false
	}
	all, least := b.members, threshold
	if b.ofGroups {
		if all = b.groups; f.Kind == TherapyGroups {
			least = study.LeastGroups
		}
	}
	return few(*b.cases, least) || (f.block != "excluded" && few(all-*b.cases, least))
}

// byChance ends the names of what chance gives beside a number.
const byChance = "_by_chance"

// hideByChance hides what chance gives beside numbers that are hidden. Where those who came
// too rarely for a course are, all of it goes: no chance is in that share, and it is what
// the others leave.
func hideByChance(figures []Figure, hide []bool) {
	hidden := map[string]bool{}
	name := func(f *Figure, statistic, of string) string { return f.beside(statistic + " " + of) }
	for i := range figures {
		if f := &figures[i]; hide[i] {
			hidden[name(f, f.Statistic, f.part())] = true
		}
	}
	for i := range figures {
		f := &figures[i]
		if of, is := strings.CutSuffix(f.Statistic, byChance); is {
			hide[i] = hide[i] || hidden[name(f, of, f.part())] || hidden[name(f, of, string(rupture.TooFew))]
		}
	}
}

// part is what a number is of; empty where it is of nothing in particular.
func (f *Figure) part() string {
	if f.Of == nil {
		return ""
	}
	return *f.Of
}

// beside names something of the same question to the same groups.
func (f *Figure) beside(what string) string {
	key := string(f.Kind) + " " + f.Measure + " " + f.Analysis + " " + what
	if f.Against != nil {
		key += " " + *f.Against
	}
	return key
}

// complement hides more numbers of a block of which some are hidden: the parts of a whole
// give away what is missing, one alone or several together. The smallest of the others go,
// until at least two are hidden and at least threshold people stand behind them.
func complement(figures []Figure, hide []bool, threshold int) {
	blocks := map[string][]int{}
	for i := range figures {
		f := &figures[i]
		if f.block != "" && f.block != "excluded" && f.Estimate != nil {
			blocks[f.beside(f.block)] = append(blocks[f.beside(f.block)], i)
		}
	}
	for _, block := range blocks {
		for !enough(figures, hide, block, threshold) {
			next := -1
			for _, i := range block {
				if !hide[i] && *figures[i].Estimate != 0 && (next < 0 || *figures[i].Estimate < *figures[next].Estimate) {
					next = i
				}
			}
			if next < 0 {
				break
			}
			hide[next] = true
		}
	}
}

// enough tells whether what is hidden of a block tells nothing, held against what is not:
// nothing is hidden, or two and more of together as many people as a number must stand on.
// Where one person may be behind several of the numbers, nobody knows how many they are
// together, but that they are as many as are behind one of them.
func enough(figures []Figure, hide []bool, block []int, threshold int) bool {
	n, people, counts := 0, 0, false
	least := threshold
	for _, i := range block {
		b := &figures[i].basis
		if !hide[i] {
			continue
		}
		n++
		if b.cases == nil {
			continue
		}
		counts = true
		if b.overlap {
			people = max(people, *b.cases)
		} else {
			people += *b.cases
		}
		if b.ofGroups && figures[i].Kind == TherapyGroups {
			least = study.LeastGroups
		}
	}
	return n == 0 || (n > 1 && (!counts || people >= least))
}

// suppress takes out of a record all that its number could be had from.
func (r *Record) suppress() {
	r.Estimate, r.SE, r.Lower, r.Upper, r.CILevel, r.P, r.Method = nil, nil, nil, nil, nil, nil, nil
	r.Groups, r.Members, r.Therapists, r.Sessions, r.Ratings, r.Answer = nil, nil, nil, nil, nil, nil
	r.Suppressed, r.Reason, r.Caveats = true, new(Suppressed), []string{}
}

// round rounds a record's numbers.
func (r *Record) round() {
	for _, x := range []**float64{&r.Estimate, &r.SE, &r.Lower, &r.Upper, &r.P} {
		if *x != nil {
			*x = new(significant(**x))
		}
	}
	for _, n := range []**int{&r.Groups, &r.Members, &r.Therapists, &r.Sessions, &r.Ratings} {
		if *n != nil {
			*n = new(study.Rounded(**n))
		}
	}
}

// significant rounds to three significant digits.
func significant(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return x
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(x, 'e', digits-1, 64), 64)
	if err != nil { // beyond the largest number
		return x
	}
	return rounded
}
