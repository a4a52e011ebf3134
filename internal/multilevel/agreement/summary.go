package agreement

import (
	"fmt"
	"slices"

	"holon/internal/multilevel"
)

// enough is the mean r_wg(J) from which agreement is customarily called good
// enough to speak of the group by one number.
const enough = 0.70

// meanRWGJ returns the mean over groups of two and more of r_wg(J) against a
// null; nil without such groups.
func (r *Result) meanRWGJ(null int) *float64 {
	values := r.rwgJs(null)
	if len(values) == 0 {
		return nil
	}
	sum := 0.0
	for _, x := range values {
		sum += x
	}
	return new(sum / float64(len(values)))
}

// rwgJs returns r_wg(J) of all groups of two and more, rising.
func (r *Result) rwgJs(null int) []float64 {
	var values []float64
	for i := range r.Groups {
		if r.Groups[i].Reason == "" {
			values = append(values, *r.Groups[i].ByNull[null].RWGJ)
		}
	}
	slices.Sort(values)
	return values
}

// summarise fills in the averages and the group-level test of the members'
// means over items.
func (r *Result) summarise(t *Table, g *grid, nulls []Null) {
	s := &r.Summary
	s.Groups = len(r.Groups)
	above := 0
	for i := range r.Groups {
		gr := &r.Groups[i]
		if gr.Reason != "" {
			s.Alone++
			continue
		}
		if p := gr.Strangers.Variance.P; p != nil && *p <= level {
			above++
		}
	}
	if s.StrangersMean != nil {
		s.Above, s.AboveByChance = &above, new(level*float64(s.Groups-s.Alone))
	}
	for i, null := range nulls {
		a := Average{Null: null.Name, Mean: r.meanRWGJ(i)}
		if values := r.rwgJs(i); len(values) > 0 {
			n := len(values)
			a.Median = new(values[(n-1)/2]/2 + values[n/2]/2)
		}
		s.ByNull = append(s.ByNull, a)
	}
	var d multilevel.OneWay
	for _, b := range g.groups {
		for i := b.first; i < b.end; i++ {
			sum := int64(0)
			for _, c := range g.row(i) {
				sum += c
			}
			d.Group = append(d.Group, b.key)
			d.Y = append(d.Y, t.Scale.Low+float64(sum)/float64(g.items)*g.step)
		}
	}
	s.ICC = multilevel.TestGroupLevel(d, multilevel.Options{})
}

// reserve adds the caveats.
func (r *Result) reserve() {
	s := &r.Summary
	if s.Alone > 0 {
		r.Caveats.Add("groups_of_one", fmt.Sprintf(
			"%d of %d groups have one member; they have no agreement and stand in no average.", s.Alone, s.Groups))
	}
	if s.Alone == s.Groups {
		return
	}
	r.reserveNulls()
	r.reserveTruncated()
	r.reserveEnds()
	mean := *s.ByNull[0].Mean
	icc := s.ICC.ICC1.Estimate
	if mean >= enough && (icc != nil || s.ICC.Reason == multilevel.NoVariation) && s.ICC.Answer != multilevel.Supported {
		detail := fmt.Sprintf("Mean r_wg(J) is %.2f, but ", mean)
		switch {
		case icc == nil:
			detail += "all ratings of all groups are equal"
		case *icc <= 0:
			detail += fmt.Sprintf("ICC(1) is %.3f, so there is no sign of differences between groups", *icc)
		default:
			detail += fmt.Sprintf("ICC(1) is %.3f and the test of the group level does not support it", *icc)
		}
		r.Caveats.Add("agreement_without_group_level", detail+
			". Members may agree because nearly everybody gives the same ratings, whatever the group (range restriction); then it says nothing about this group or that.")
	}
	if p := s.MeanChance.P; p != nil && *p > level {
		r.Caveats.Add("strangers_agree_as_much", fmt.Sprintf(
			"Groups drawn at random from all members have a mean r_wg(J) of %.2f, the real ones of %.2f (p = %.3f): strangers agree as much.",
			*s.StrangersMean, mean, *p))
	}
	if s.Groups == 1 {
		r.Caveats.Add("one_group", "With one group there are no strangers to compare with, and ICC(1) is not defined; agreement alone cannot show that the group level is real.")
	}
}

// reserveNulls says when no null stands beside the uniform one.
func (r *Result) reserveNulls() {
	for _, null := range r.Nulls {
		if !slices.Equal(null.Proportions, r.Nulls[0].Proportions) {
			return
		}
	}
	r.Caveats.Add("one_null", fmt.Sprintf(
		"With %d options the other nulls are the uniform one, which takes whatever people answer alike for agreement. Give proportions of your own, or look at the strangers.", r.Options))
}

// reserveTruncated counts the indices that were cut at zero, against each null.
func (r *Result) reserveTruncated() {
	for i, null := range r.Nulls {
		cut, with := 0, 0
		for k := range r.Groups {
			if r.Groups[k].Reason == "" {
				with++
				if r.Groups[k].ByNull[i].Truncated {
					cut++
				}
			}
		}
		if cut > 0 {
			detail := fmt.Sprintf("In %d of %d groups the mean variance exceeds that of the %s null; r_wg(J) was set to 0 there.", cut, with, null.Name)
			if null.Name == NullUniform {
				detail += " That is more than answers at random give: members may be divided into camps."
			}
			r.Caveats.Add("variance_beyond_null", detail)
		}
	}
}

// reserveEnds says when ratings crowd at an end.
func (r *Result) reserveEnds() {
	groups := 0
	for i := range r.Groups {
		if r.Groups[i].Ends.Compressed && r.Groups[i].Reason == "" {
			groups++
		}
	}
	if !r.Ends.Compressed && groups == 0 {
		return
	}
	r.Caveats.Add("ratings_at_the_end", fmt.Sprintf(
		"%.0f %% of all ratings are at the top of the scale and %.0f %% at the bottom, and in %d groups at least a third are at one end: "+
			"their variance has no room, and r_wg against the uniform null makes agreement of it. Look at a_wg, the other nulls and the strangers.",
		100*r.Ends.Top, 100*r.Ends.Bottom, groups))
}

// noteConstant says that some items have no correlations.
func (r *Result) noteConstant(items int) {
	r.Caveats.Add("items_without_variation", fmt.Sprintf(
		"%d items were answered the same by all members; in the simulated null they correlate with no other.", items))
}
