package vigilance

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// World is a stable group as it is drawn for docs/alarms.md.
type World struct {
	Members int
	SD      float64 // within members
	Scale   string  // Continuous, Integer or Ceiling
	Auto    float64 // correlation of a member's neighbouring weeks
	Weather float64 // share of the variance within that the group has together
}

// The scales of a world: any number; whole numbers from 0 to 10 around 6; the same
// around 9.
const (
	Continuous = "normal"
	Integer    = "integer"
	Ceiling    = "ceiling"
)

// highest is the highest number of a bound scale; the lowest is zero.
const highest = 10

// levelSD is the standard deviation between members.
const levelSD = 1.2

// Draw draws a group's weeks. From the week from on the first member's value is
// lowered by fall standard deviations, before it is rounded.
func (w World) Draw(rng *rand.Rand, weeks, from int, fall float64) []Week {
	center := 6.0
	if w.Scale == Ceiling {
		center = 9
	}
	levels, errors := make([]float64, w.Members), make([]float64, w.Members)
	for i := range levels {
		levels[i], errors[i] = center+levelSD*rng.NormFloat64(), rng.NormFloat64()
	}
	out := make([]Week, weeks)
	for t := range out {
		together := w.SD * math.Sqrt(w.Weather) * rng.NormFloat64()
		out[t] = make(Week, w.Members)
		for i := range levels {
			errors[i] = w.Auto*errors[i] + math.Sqrt(1-w.Auto*w.Auto)*rng.NormFloat64()
			y := levels[i] + together + w.SD*math.Sqrt(1-w.Weather)*errors[i]
			if i == 0 && t >= from {
				y -= fall * w.SD
			}
			if w.Scale != Continuous {
				y = math.Round(math.Max(0, math.Min(highest, y)))
			}
			out[t][i] = &y
		}
	}
	return out
}

// Counted is what was counted in drawn groups.
type Counted struct {
	False, FalseAny float64 // alarms in a week of a stable group
	Groups          float64 // of False, those of the whole group
	// Seen and SeenAny are the shares of falls of 1, 2 and 3 standard deviations that
	// are found in the same week, Soon and SoonAny those found within three weeks.
	Seen, SeenAny, Soon, SoonAny [3]float64
}

// drawnWeeks is how many weeks a drawn group has, fallWeek the week of the fall, and
// practice how many groups make up one practice, whose scale is pooled.
const (
	drawnWeeks = 20
	fallWeek   = 12
	practice   = 8
)

// Count draws practices of eight groups over twenty weeks, and counts what the rules
// find under the default budget of one group, and what "any drop of one point" finds.
func (w World) Count(practices int, seed uint64) Counted {
	rng := rand.New(rand.NewPCG(seed, uint64(w.Members))) //nolint:gosec // members are counted
	limits := LimitsOf(Default, float64(Comparisons(w.Members)))
	var out Counted
	weeks, falls := 0, 0
	for range practices {
		groups := make([][]Week, practice)
		for g := range groups {
			groups[g] = w.Draw(rng, drawnWeeks, drawnWeeks, 0)
		}
		scale := ScaleOf(groups)
		if w.Scale != Continuous {
			scale.Lowest, scale.Highest = 0, highest
		}
		for _, group := range groups {
			for _, a := range Find(group, scale, limits).Alarms {
				out.False++
				if a.Member < 0 {
					out.Groups++
				}
			}
			out.FalseAny += float64(len(FindAnyDrop(group)))
			weeks += len(group) - 1 // the first has nothing before it
		}
		for k := range 3 {
			group := w.Draw(rng, fallWeek+3, fallWeek, float64(k+1))
			at, soon := foundIn(Find(group, scale, limits).Alarms)
			atAny, soonAny := foundIn(FindAnyDrop(group))
			out.Seen[k], out.Soon[k] = out.Seen[k]+at, out.Soon[k]+soon
			out.SeenAny[k], out.SoonAny[k] = out.SeenAny[k]+atAny, out.SoonAny[k]+soonAny
		}
		falls++
	}
	out.False, out.FalseAny, out.Groups = out.False/float64(weeks), out.FalseAny/float64(weeks), out.Groups/float64(weeks)
	for k := range 3 {
		for _, v := range []*float64{&out.Seen[k], &out.SeenAny[k], &out.Soon[k], &out.SoonAny[k]} {
			*v /= float64(falls)
		}
	}
	return out
}

// foundIn tells whether the first member has an alarm in the week of the fall, and
// in it or one of the two next.
func foundIn(alarms []Alarm) (at, soon float64) {
	for _, a := range alarms {
		if a.Member == 0 && a.Week == fallWeek {
			at = 1
		}
		if a.Member == 0 && a.Week >= fallWeek {
			soon = 1
		}
	}
	return at, soon
}

// Worlds lists those of the page, in its order.
func Worlds() []World {
	var out []World
	for _, members := range []int{4, 8, 12} {
		for _, sd := range []float64{1, 1.5, 2} {
			for _, w := range []World{
				{Scale: Continuous}, {Scale: Integer}, {Scale: Ceiling}, {Scale: Continuous, Auto: 0.3}, {Scale: Continuous, Weather: 0.2}, {Scale: Continuous, Weather: 0.3},
			} {
				w.Members, w.SD = members, sd
				out = append(out, w)
			}
		}
	}
	return out
}

// Seed is that of the page.
const Seed = 20

// Header is the head of the page's table.
func Header() string {
	return "| members | sd | answers | false alarms a week | of them of the whole group | any drop of 1: a week | falls of 1, 2, 3 sd seen the same week | within three weeks | any drop of 1: the same week |\n" +
		"| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
}

// Row is a row of it.
func (w World) Row(c *Counted) string {
	kind := w.Scale
	switch {
	case w.Auto > 0:
		kind += fmt.Sprintf(", autocorrelation %g", w.Auto)
	case w.Weather > 0:
		kind += fmt.Sprintf(", shared weather %.0f %%", 100*w.Weather)
	}
	three := func(v [3]float64) string { return fmt.Sprintf("%.0f, %.0f, %.0f %%", 100*v[0], 100*v[1], 100*v[2]) }
	return fmt.Sprintf("| %d | %g | %s | %.2f | %.2f | %.2f | %s | %s | %s |", w.Members, w.SD, kind, c.False, c.Groups, c.FalseAny, three(c.Seen), three(c.Soon), three(c.SeenAny))
}
