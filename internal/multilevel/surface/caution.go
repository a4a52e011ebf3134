package surface

import "fmt"

// remark adds what must be said with the numbers.
func (r *Result) remark(m *model) {
	r.remarkRaters()
	r.remarkSize()
	r.remarkPlace(m)
	c := &r.Caveats
	c.Add("no_direction_of_disagreement", "Where agreement is best, the surface cannot tell whether it is worse when the first or when the second rater is higher: both sides fall off alike, or the extreme is not at agreement.")
	c.Add("goes_with_only", "What goes with the outcome is not thereby what brings it about.")
}

// remarkRaters speaks of the two ratings.
func (r *Result) remarkRaters() {
	c, raters := &r.Caveats, &r.Raters
	c.Add("same_scale_taken", "That both ratings are on the same scale, and mean the same by it, is taken for granted: otherwise x = y is not where the raters agree.")
	rho := *raters.Correlation
	c.Add("errors_of_ratings", fmt.Sprintf("Errors of the ratings flatten the surface, its squares and product most. Were both reliabilities .80, with these ratings' correlation of %.2f the reliability of the product would be %.2f. "+
		"If one rater's errors are larger, the ridge turns away from agreement even where agreement is what counts.", rho, (rho*rho+0.64)/(rho*rho+1)))
	if ratio := *raters.SDX / *raters.SDY; !(ratio < 2 && ratio > 0.5) {
		c.Add("spreads_differ", "One rating is spread more than twice as widely as the other: make sure that both are on the same scale.")
	}
	for _, b := range []struct {
		base     *Base
		one, two string
	}{{&raters.FirstHigher, "first", "second"}, {&raters.SecondHigher, "second", "first"}} {
		if share := *b.base.Share; share < fewDiscrepant {
			c.Add("few_disagree", fmt.Sprintf("In %d rows (%.0f %%) the %s rater is higher than the %s by more than half a standard deviation; with less than a tenth the surface there rests on few rows.",
				b.base.Rows, 100*share, b.one, b.two))
		}
	}
}

// remarkSize speaks of numbers.
func (r *Result) remarkSize() {
	c := &r.Caveats
	if n := len(r.Coefficients); r.Rows < rowsPerTerm*n {
		c.Add("few_rows", fmt.Sprintf("%d rows for %d coefficients are few: ten for each are thought of as the least.", r.Rows, n))
	}
	if r.Clustered {
		if r.Clusters < steadyClusters {
			c.Add("few_clusters", fmt.Sprintf("With %d clusters the errors rest on few of them.", r.Clusters))
		}
		c.Add("between_and_within", "Differences between clusters and those within them are in one surface; what holds among families of one therapist need not hold among therapists.")
	}
}

// remarkPlace speaks of what lies beyond the rows.
func (r *Result) remarkPlace(m *model) {
	c := &r.Caveats
	if s := &r.Stationary; s.Form != "" && !*s.InData {
		c.Add("stationary_beyond_rows", "The point where the surface is level lies outside of what was rated: nothing is known of it there.")
	}
	if r.Stationary.Reason == Unknown {
		c.Add("stationary_not_determined", "Whether the surface is a hill, a bowl, a saddle or a ridge is not told beyond chance; the point where it is level may be far from where it is put. A ridge along agreement has none.")
	}
	if !hullOf(m).holds(0, 0) {
		c.Add("centre_beyond_rows", "The centre lies outside of what was rated, so that the lines of agreement and disagreement through it are continued to where nothing is known.")
	}
	if d := r.Shift.InData; d != nil && !*d && r.Shift.Reason == "" {
		c.Add("extreme_beyond_rows", "The extreme along the line of disagreement lies outside of what was rated.")
	}
}
