package series

import (
	"math"

	"holon/internal/multilevel"
)

// Pool is what many lines together say of how values come about:
//
//	y_t = level_t + error_t,   level_t+1 = level_t + drift_t,
//
// one variance of errors and one of drifts for all lines, and levels that begin
// around one mean (the local level model; Durbin & Koopman 2012, chapter 2).
type Pool struct {
	Lines int // with at least three values
	Steps int // from one value to the next, over all lines

	Error *float64 // variance of errors
	Drift *float64 // variance of what a level moves from one value to the next
	Mean  *float64 // of the first levels
	Start *float64 // variance of the first levels
	// Reason says why there is no level: TooFewLines or NoErrorSeen.
	Reason multilevel.Reason

	worlds []world
}

// world is one way in which the values may have come about, and how likely it is.
type world struct {
	weight, errors, drift, start float64

	first float64 // gain of the first value
	steps []step  // of the later ones
}

// The reasons for which a pool gives no level.
const (
	TooFewLines multilevel.Reason = "too_few_lines"
	// NoErrorSeen: the scatter looks like drift alone, and no part of it like error.
	NoErrorSeen multilevel.Reason = "no_error_seen"
)

// fewestLines is the number of lines from which variances are pooled, and worlds
// how many shares of drift are weighed.
const (
	fewestLines = 4
	worlds      = 41
)

// PoolOf weighs shares of drift r = Drift/(Error + Drift) from 0 to 1, in steps of
// 1/40, by their likelihood given the lines, beginnings unknown and the scale
// integrated out,
//
//	L(r) ∝ Π F^(-1/2) · (Σ v²/F)^(-N/2)
//
// with v the innovations and F their variances, in units of Error + Drift, of the
// Kalman filter over every line from its second value on. Error, Drift and Start
// are means over L, Mean that of the first values, and Start of each r
// max(0, Var(first values) − Error). With fewer than four lines of three values it
// has the reason TooFewLines; NoErrorSeen where r = 1 is the likeliest or all
// values of every line are the same. All values must be finite. Cost is linear in
// the values.
func PoolOf(lines [][]float64) Pool {
	var p Pool
	var first []float64
	for _, line := range lines {
		if len(line) == 0 {
			continue
		}
		first = append(first, line[0])
		p.Steps += len(line) - 1
		if len(line) >= 3 {
			p.Lines++
		}
	}
	if p.Lines < fewestLines {
		p.Reason = TooFewLines
		return p
	}
	mean, spread := Moments(first)
	p.Mean = &mean
	longest := 0
	for _, line := range lines {
		longest = max(longest, len(line))
	}
	logs := make([]float64, worlds)
	p.worlds = make([]world, worlds)
	best := 0
	for i := range p.worlds {
		r := float64(i) / (worlds - 1)
		squares, logF := innovations(lines, stepsOf(r, 1-r, longest))
		if !(squares > 0) {
			return Pool{Lines: p.Lines, Steps: p.Steps, Reason: NoErrorSeen}
		}
		logs[i] = -0.5*logF - 0.5*float64(p.Steps)*math.Log(squares)
		if logs[i] > logs[best] {
			best = i
		}
		scale := squares / float64(p.Steps)
		p.worlds[i] = worldOf(r, scale, max(0, spread/float64(len(first)-1)-(1-r)*scale), longest)
	}
	if best == worlds-1 {
		return Pool{Lines: p.Lines, Steps: p.Steps, Reason: NoErrorSeen}
	}
	p.weigh(logs, logs[best])
	return p
}

// step is what the filter does with one value, whatever it is: variances in units
// of Error + Drift.
type step struct {
	gain float64 // of the innovation that goes into the level
	left float64 // variance of the level after it
	f    float64 // variance of the innovation
	logF float64 // added up over the steps so far
}

// stepsOf returns what the filter does with the values after the first, with a
// share of drift r and a variance of the level after the first.
func stepsOf(r, left float64, longest int) []step {
	out := make([]step, max(0, longest-1))
	sum := 0.0
	for t := range out {
		left += r
		f := left + 1 - r
		gain := 0.0
		if f > 0 {
			gain = left / f
		}
		left *= 1 - gain
		sum += math.Log(f)
		out[t] = step{gain: gain, left: left, f: f, logF: sum}
	}
	return out
}

// innovations returns Σ v²/F and Σ log F over all lines.
func innovations(lines [][]float64, steps []step) (squares, logF float64) {
	for _, line := range lines {
		if len(line) < 2 {
			continue
		}
		level := line[0]
		for t, y := range line[1:] {
			v := y - level
			squares += v * v / steps[t].f
			level += steps[t].gain * v
		}
		logF += steps[len(line)-2].logF
	}
	return squares, logF
}

// worldOf returns the world of a share of drift r, with a variance of errors and
// drifts together and one of first levels.
func worldOf(r, scale, start float64, longest int) world {
	w := world{errors: (1 - r) * scale, drift: r * scale, start: start}
	if first := start + w.errors; first > 0 {
		w.first = start / first
	}
	w.steps = stepsOf(r, (1-w.first)*start/scale, longest)
	return w
}

// weigh turns logarithms into weights that add up to one, and takes the means.
func (p *Pool) weigh(logs []float64, top float64) {
	sum := 0.0
	for i := range p.worlds {
		p.worlds[i].weight = math.Exp(logs[i] - top)
		sum += p.worlds[i].weight
	}
	var errors, drift, start float64
	for i := range p.worlds {
		w := &p.worlds[i]
		w.weight /= sum
		errors, drift, start = errors+w.weight*w.errors, drift+w.weight*w.drift, start+w.weight*w.start
	}
	p.Error, p.Drift, p.Start = &errors, &drift, &start
}

// Level is what a person's level may be taken for after the last value: the
// reliable value today.
type Level struct {
	Estimate    *float64
	SE          *float64 // of the estimate
	PredictedSE *float64 // of the next value around the estimate
	// Reliability is how much of what was unknown of the level before the first
	// value is known after the last: 0 tells nothing of the person, 1 all. Nil
	// where levels are taken for all the same.
	Reliability *float64
	Reason      multilevel.Reason
}

// Level shrinks the values of one line, in order, by the Kalman filter
//
//	P ← P + Drift,  w = P / (P + Error),  level ← level + w (y − level),  P ← (1 − w) P
//
// from Mean and Start before the first value, in each of the pool's worlds, and
// returns the mean over them; SE holds the differences between worlds as well.
// Without drift the level is the shrunken mean w ȳ + (1 − w) Mean with
// w = n Start / (n Start + Error). A line without values has none (TooFewValues),
// nor has any line where the pool has a reason. It is not for several goroutines
// at once.
func (p *Pool) Level(values []float64) Level {
	switch {
	case p.Reason != "":
		return Level{Reason: p.Reason}
	case len(values) == 0:
		return Level{Reason: TooFewValues}
	}
	for i := range p.worlds {
		if w := &p.worlds[i]; len(w.steps) < len(values)-1 { // a line that was not in the pool
			*w = w.longer(len(values))
		}
	}
	var mean, squares, left, ahead, unseen float64
	for i := range p.worlds {
		w := &p.worlds[i]
		level, variance := w.filter(*p.Mean, values)
		d := level - *p.Mean
		mean += w.weight * d
		squares += w.weight * d * d
		left += w.weight * variance
		ahead += w.weight * (w.drift + w.errors)
		unseen += w.weight * (w.start + float64(len(values)-1)*w.drift)
	}
	between := max(0, squares-mean*mean)
	l := Level{Estimate: new(*p.Mean + mean), SE: new(math.Sqrt(left + between)), PredictedSE: new(math.Sqrt(left + between + ahead))}
	if unseen > 0 {
		l.Reliability = new(1 - left/unseen)
	}
	return l
}

// filter returns the level after the last of at least one value, and its variance.
func (w *world) filter(mean float64, values []float64) (level, variance float64) {
	level = mean + w.first*(values[0]-mean)
	variance = (1 - w.first) * w.start
	for t, y := range values[1:] {
		level += w.steps[t].gain * (y - level)
	}
	if n := len(values); n > 1 {
		variance = w.steps[n-2].left * (w.errors + w.drift)
	}
	return level, variance
}

// longer returns the same world for longer lines.
func (w *world) longer(longest int) world {
	scale := w.errors + w.drift
	out := worldOf(w.drift/scale, scale, w.start, longest)
	out.weight = w.weight
	return out
}
