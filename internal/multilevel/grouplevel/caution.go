package grouplevel

import "fmt"

// How often 95 % intervals held the truth when that was measured: the least and
// the greatest share over the scenarios of members over sessions in
// docs/calibration.md, to three decimals. A test compares them with that page.
const (
	leastProfile, mostProfile             = 0.927, 0.988 // of the group's share, normal ratings
	leastSkewed, mostSkewed               = 0.925, 0.995 // the same, ratings on five steps that crowd at one end
	leastSkewedWeather, mostSkewedWeather = 0.915, 0.968 // of shared weather, such ratings
)

// caution adds what must be said of the intervals of several ratings per
// member: how often they held the truth when that was measured, and that
// ratings which crowd at one end are far from normal.
func (w *work) caution(r *reading) {
	if r.levels[group] {
		w.r.Caveats.Add("interval_coverage", fmt.Sprintf("In tables of normal ratings of members over sessions drawn to measure it, 95 %% profile-likelihood intervals of the group's share "+
			"held the true value in %.1f to %.1f of a hundred, depending on groups and truth.", 100*leastProfile, 100*mostProfile))
	}
	if lowest, highest, known := w.lie.atEnds(); known {
		w.crowd(lowest, highest)
	}
	if list := w.r.REML.ShareCI.Group; len(list) > 0 && list[0].Lower != nil && *list[0].Lower == 0 {
		w.r.Caveats.Add("profile_limit_at_zero", "The profile-likelihood interval starts at zero: the model knows no share below, and zero fits well enough.")
	}
}

// crowd adds the caveat of ratings that crowd at one end.
func (w *work) crowd(lowest, highest int) {
	const crowded, from = 0.30, 10
	count, end := highest, "highest"
	if lowest > highest {
		count, end = lowest, "lowest"
	}
	if n, _ := w.lie.extent(); n >= from && float64(count) >= crowded*float64(n) {
		detail := fmt.Sprintf("%d of %d ratings are the %s that was given. On five steps that crowd at one end, 95 %% intervals of the group's share held the true value in %.1f to %.1f of a hundred",
			count, n, end, 100*leastSkewed, 100*mostSkewed)
		if w.r.Weather != nil {
			detail += fmt.Sprintf(", those of shared weather in %.1f to %.1f", 100*leastSkewedWeather, 100*mostSkewedWeather)
		}
		w.r.Caveats.Add("ratings_at_one_end", detail+". The test of the group keeps its level.")
	}
}

// atEnds counts the ratings that are the lowest and the highest there is.
func (x *index) atEnds() (lowest, highest int, known bool) {
	var e ends
	for i := range x.blocks {
		for _, c := range x.blocks[i].cells {
			e.add(c.value)
		}
	}
	return e.lowest, e.highest, true
}

// ends counts, of ratings that come one after another, how many are the lowest and
// how many the highest.
type ends struct {
	least, most     float64
	lowest, highest int
	some            bool
}

// add takes in one rating.
func (e *ends) add(v float64) {
	if !e.some || v < e.least {
		e.least, e.lowest = v, 0
	}
	if !e.some || v > e.most {
		e.most, e.highest = v, 0
	}
	e.some = true
	if v == e.least {
		e.lowest++
	}
	if v == e.most {
		e.highest++
	}
}
