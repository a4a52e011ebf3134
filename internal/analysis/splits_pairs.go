package analysis

import (
	"cmp"
	"math"
	"slices"
	"time"

	"holon/internal/multilevel"
	"holon/internal/multilevel/guess"
	"holon/internal/multilevel/series"
	"holon/internal/multilevel/split"
	"holon/internal/session"
)

// pairs makes the pairs of a family: two members about one therapist, or about none.
func (w *splitsWalk) pairs(f *splitFamily) {
	for i := range f.lines {
		for j := i + 1; j < len(f.lines); j++ {
			a, b := &f.lines[i], &f.lines[j]
			if a.Unit.TherapistID != b.Unit.TherapistID {
				continue
			}
			if pair := w.pair(f, a, b); len(pair.Points) > 0 {
				f.out.Pairs = append(f.out.Pairs, pair)
			}
		}
	}
}

// pair makes one pair, with a point for each session in which both had a seat.
func (w *splitsWalk) pair(f *splitFamily, a, b *session.Series) SplitPair {
	out := SplitPair{First: string(a.Unit.MemberID), Second: string(b.Unit.MemberID), Therapist: string(a.Unit.TherapistID)}
	var d []float64
	for i := range a.Points {
		p := &a.Points[i]
		at := slices.IndexFunc(b.Points, func(x session.Point) bool { return x.Number == p.Number })
		if at < 0 {
			continue
		}
		q := &b.Points[at]
		point := SplitPoint{Number: p.Number, HeldOn: p.HeldOn}
		if v := valueOf(p) - valueOf(q); !math.IsNaN(v) {
			point.Difference, point.SE = &v, w.standardError()
			point.Ratings = []string{string(p.Rating), string(q.Rating)}
			d = append(d, v)
		}
		role := f.sessionOf(p.Number).role
		out.FirstRole, out.SecondRole = cmp.Or(role[out.First], out.FirstRole), cmp.Or(role[out.Second], out.SecondRole)
		out.Points = append(out.Points, point)
	}
	out.Answered = len(d)
	w.usually(&out, d)
	return out
}

// usually says what a pair is like by some of its differences: their mean, the standard
// deviation, and the standard error of the mean.
func (w *splitsWalk) usually(p *SplitPair, d []float64) {
	of := guess.DifferenceOf(d)
	p.Mean, p.SD, p.MeanOf = of.Mean, of.SD, len(d)
	p.MeanSE, _ = w.meanError(d)
}

// meanError is the standard error of a mean of differences. Those of a pair that never moved
// are not known without error all the same: it is at least what rounding to whole steps
// gives, or where no step is known what the reliability does.
func (w *splitsWalk) meanError(d []float64) (*float64, multilevel.Reason) {
	of := guess.DifferenceOf(d)
	if of.SE == nil {
		return nil, of.Reason
	}
	n := float64(len(d))
	if se := max(*of.SE, math.Sqrt(w.rounding()/n)); se > 0 {
		return &se, ""
	}
	if se := w.standardError(); se != nil {
		return new(*se / math.Sqrt(n)), ""
	}
	return nil, neverMoved
}

// standardError is that of a difference of two answers: √(2(1−reliability))·SD, which a
// reliable change is 1.96 times of; nil where nobody said.
func (w *splitsWalk) standardError() *float64 {
	if w.result.Error.Threshold == nil {
		return nil
	}
	return new(series.DifferenceError(*w.result.Error.Threshold))
}

// sessionOf finds a session by its number.
func (f *splitFamily) sessionOf(number int) *splitSession {
	return &f.sessions[slices.IndexFunc(f.sessions, func(s splitSession) bool { return s.number == number })]
}

// differences are those of a pair where both answered, with their places.
func (p *SplitPair) differences() (d []float64, at []int) {
	for i := range p.Points {
		if v := p.Points[i].Difference; v != nil {
			d, at = append(d, *v), append(at, i)
		}
	}
	return d, at
}

// grade grades a pair's points by the reference of the others.
func (w *splitsWalk) grade(f *splitFamily, p *SplitPair, others *splitPool) {
	row := 0
	for i := range p.Points {
		x := &p.Points[i]
		if x.Difference == nil {
			continue
		}
		role := f.sessionOf(x.Number).role
		sd := w.gradingSD(others, role[p.First], role[p.Second])
		if math.IsNaN(sd) {
			continue
		}
		apart := math.Abs(*x.Difference) / sd
		x.Apart, x.Grade = &apart, split.GradeOf(apart)
		switch side := math.Copysign(1, *x.Difference); {
		case x.Grade == split.Ungraded:
			row = 0
		case float64(row)*side > 0:
			row += int(side)
		default:
			row = int(side)
		}
		x.Row = max(row, -row)
	}
}

// gradingSD is the standard deviation two members are graded by, NaN for none.
func (w *splitsWalk) gradingSD(others *splitPool, first, second string) float64 {
	if w.ask.NormSD > 0 {
		return w.ask.NormSD
	}
	return others.between(first, second)
}

// splitsOf finds a pair's splits: departures, a standing difference, and what the
// practice's own rule names.
func (w *splitsWalk) splitsOf(f *splitFamily, p *SplitPair, others *splitPool, limit float64) []Split {
	d, at := p.differences()
	var out []Split
	var plain []float64
	last, settled := 0, false
	found := split.Find(d, w.priorOf(&others.pairs), limit)
	for k, x := range found {
		end := x.To + 1
		if x.Settled {
			for end < len(d) && (k+1 == len(found) || end < found[k+1].From) {
				end++ // it is what the pair is like from there on
			}
		}
		s := w.run(f, p, at[x.From:end])
		s.Seen, s.Rule = p.Points[at[x.Seen]].Number, DepartureRule
		if s.Before, s.Earlier, s.P = &x.Before, x.Earlier, &x.P; s.Members[0] == p.Second {
			s.Before = new(-x.Before)
		}
		s.BeforeReason, s.Moved = "", f.movedMost(p, at, &x)
		switch {
		case closer(d, &x):
			s.Status, s.Rule = CloserPair, ""
		case x.Over:
			s.Status = OverSplit
		case x.Settled:
			s.Status, s.Rule = StandingSplit, ""
		default:
			s.Status = NewSplit
		}
		out = append(out, s)
		plain, last = append(plain, d[last:x.From]...), end
		settled = settled || x.Settled
	}
	if len(found) > 0 {
		w.usually(p, d[:found[0].From])
	}
	if len(at) > 0 && !settled {
		role := f.sessionOf(p.Points[at[len(at)-1]].Number).role
		if standing, ok := w.standing(f, p, append(plain, d[last:]...), at, w.gradingSD(others, role[p.First], role[p.Second])); ok {
			out = append(out, standing)
		}
	}
	return append(out, w.absolute(f, p, at)...)
}

// closer tells whether a departure brought the two together: they differ less than before,
// and the same way, if at all.
func closer(d []float64, x *split.Departure) bool {
	sum := 0.0
	for _, v := range d[x.From : x.To+1] {
		sum += v
	}
	now := sum / float64(x.To+1-x.From)
	return now*x.Before >= 0 && math.Abs(now) < math.Abs(x.Before)
}

// run describes the pair over some of its points.
func (w *splitsWalk) run(f *splitFamily, p *SplitPair, at []int) Split {
	first, last := &p.Points[at[0]], &p.Points[at[len(at)-1]]
	s := Split{Kind: MemberMember, Members: []string{p.First, p.Second}, Therapist: p.Therapist, From: first.Number, To: last.Number, Sessions: len(at), Weeks: f.weeks(first.Number, last.Number)}
	sum, apart, graded := 0.0, 0.0, 0.0
	for _, i := range at {
		x := &p.Points[i]
		sum += *x.Difference
		s.Ratings = append(s.Ratings, x.Ratings...)
		if x.Apart != nil {
			apart += math.Copysign(*x.Apart, *x.Difference)
			graded++
		}
	}
	n := float64(len(at))
	s.Difference = new(sum / n)
	if s.SEReason = noReliability; w.standardError() != nil {
		s.SE, s.SEReason = new(*w.standardError()/math.Sqrt(n)), ""
	}
	s.BeforeReason = noDeparture
	if graded > 0 {
		s.Apart = new(math.Abs(apart) / graded)
		s.Grade = split.GradeOf(*s.Apart)
	}
	if *s.Difference < 0 {
		s.Difference, s.Members = new(-*s.Difference), []string{p.Second, p.First}
	}
	return s
}

// weeks counts from the first of two sessions to the last, both counted.
func (f *splitFamily) weeks(from, to int) int {
	a, _ := time.Parse(time.DateOnly, string(f.sessionOf(from).held))
	b, _ := time.Parse(time.DateOnly, string(f.sessionOf(to).held))
	return int(math.Abs(b.Sub(a).Hours())/(24*7)) + 1
}

// standing describes what a pair is like outside of its departures: at least one standard
// deviation apart on average in the first half of the sessions and in the second, the same
// one above, and by more than two standard errors of the mean of all.
func (w *splitsWalk) standing(f *splitFamily, p *SplitPair, d []float64, at []int, sd float64) (Split, bool) {
	if len(d) < 2*split.FewestEarlier || !steadily(d, sd) {
		return Split{}, false
	}
	of := guess.DifferenceOf(d)
	mean, apart := *of.Mean, math.Abs(*of.Mean)/sd
	se, reason := w.meanError(d)
	if of.SE == nil || !(apart >= 1 && (se == nil || math.Abs(mean) > 2**se)) {
		return Split{}, false
	}
	s := w.run(f, p, at)
	s.Status, s.Seen, s.Sessions = StandingSplit, s.To, len(d)
	s.Difference, s.SE, s.SEReason, s.Apart, s.Grade = new(math.Abs(mean)), se, reason, &apart, split.GradeOf(apart)
	if s.Members = []string{p.First, p.Second}; mean < 0 {
		s.Members = []string{p.Second, p.First}
	}
	return s, true
}

// steadily tells whether both halves of differences lie at least one standard deviation
// from none, the same way.
func steadily(d []float64, sd float64) bool {
	half := len(d) / 2
	a, b := *guess.DifferenceOf(d[:half]).Mean/sd, *guess.DifferenceOf(d[half:]).Mean/sd
	return math.Abs(a) >= 1 && math.Abs(b) >= 1 && a*b > 0
}

// absolute finds the runs of sessions that the practice's own rule names.
func (w *splitsWalk) absolute(f *splitFamily, p *SplitPair, at []int) []Split {
	rule := w.ask.Absolute
	if rule == (Absolute{}) {
		return nil
	}
	var out []Split
	var run []int
	var before []float64 // outside of the runs that the rule named
	end := func(over bool) {
		if len(run) >= rule.Sessions {
			s := w.run(f, p, run)
			s.Rule, s.Status, s.Seen = AbsoluteRule, NewSplit, p.Points[run[rule.Sessions-1]].Number
			if over {
				s.Status = OverSplit
			}
			s.beforeBy(before, p)
			out = append(out, s)
		} else {
			for _, i := range run {
				before = append(before, *p.Points[i].Difference)
			}
		}
		run = nil
	}
	for _, i := range at {
		x := &p.Points[i]
		met := x.Apart != nil && *x.Apart >= rule.AtLeast
		if len(run) > 0 && (!met || (*x.Difference > 0) != (*p.Points[run[0]].Difference > 0)) {
			end(true)
		}
		if met {
			run = append(run, i)
		} else {
			before = append(before, *x.Difference)
		}
	}
	end(false)
	return out
}

// beforeBy says what the pair was like before by its earlier differences.
func (s *Split) beforeBy(earlier []float64, p *SplitPair) {
	s.BeforeReason = fromTheFirst
	if len(earlier) == 0 {
		return
	}
	s.Before, s.BeforeReason, s.Earlier = guess.DifferenceOf(earlier).Mean, "", len(earlier)
	if s.Members[0] == p.Second {
		s.Before = new(-*s.Before)
	}
}

// movedMost is the member of a pair whose own value moved most with a departure: at least
// twice as far as the other's, from the mean of the same earlier sessions to that of those
// that depart. Empty where neither did.
func (f *splitFamily) movedMost(p *SplitPair, at []int, x *split.Departure) string {
	moved := func(member string) float64 {
		mean := func(from, to int) float64 {
			sum := 0.0
			for _, i := range at[from:to] {
				sum += f.said(member, p.Therapist, p.Points[i].Number)
			}
			return sum / float64(to-from)
		}
		return math.Abs(mean(x.From, x.To+1) - mean(max(x.From-x.Earlier, 0), x.From))
	}
	switch a, b := moved(p.First), moved(p.Second); {
	case a >= 2*b && a > 0:
		return p.First
	case b >= 2*a && b > 0:
		return p.Second
	default:
		return ""
	}
}

// said is what a member said of a therapist, or of none, in a session; NaN for nothing.
func (f *splitFamily) said(member, therapist string, number int) float64 {
	for i := range f.lines {
		if u := f.lines[i].Unit; string(u.MemberID) != member || string(u.TherapistID) != therapist {
			continue
		}
		for k := range f.lines[i].Points {
			if p := &f.lines[i].Points[k]; p.Number == number {
				return valueOf(p)
			}
		}
	}
	return math.NaN()
}
