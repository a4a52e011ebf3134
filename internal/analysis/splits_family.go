package analysis

import (
	"cmp"
	"math"
	"slices"

	"holon/internal/multilevel"
	"holon/internal/multilevel/split"
	"holon/internal/session"
)

// Why a family is not held against its therapist, or not graded by it.
const (
	noTherapistForm  multilevel.Reason = "no_therapist_form"               // nothing in the registry goes with the members' measure
	otherScale       multilevel.Reason = "other_scale"                     // the two answer on different ones
	noBetterEnd      multilevel.Reason = "not_higher_better"               // less is not worse on this measure
	notAllAnswered   multilevel.Reason = "not_everybody_answered"          // of the family
	oneMember        multilevel.Reason = "one_member"                      // is no family beside a therapist
	notAllRated      multilevel.Reason = "therapist_did_not_rate_everyone" // nor the family
	noRoleMeans      multilevel.Reason = "no_role_means"                   // whether all are low is not known: norm_sd says how far people lie apart and not where
	noGradeReference multilevel.Reason = "no_reference"                    // no norm_sd, and too few raters
)

// familyLines makes the line of all members beside each therapist.
func (w *splitsWalk) familyLines(f *splitFamily) {
	var therapists []string
	for i := range f.lines {
		if t := string(f.lines[i].Unit.TherapistID); t != "" && !slices.Contains(therapists, t) {
			therapists = append(therapists, t)
		}
	}
	if therapists == nil { // what is about no therapist is held against each therapist's own rating
		for at := range f.guesses {
			if !slices.Contains(therapists, at.therapist) {
				therapists = append(therapists, at.therapist)
			}
		}
		slices.Sort(therapists)
	}
	for _, t := range therapists {
		line := FamilyTherapistLine{Therapist: t}
		for i := range f.sessions {
			line.Points = append(line.Points, w.familyPoint(f, &f.sessions[i], t))
		}
		f.out.Lines = append(f.out.Lines, line)
	}
}

// answersIn are the members' answers about a therapist, or about none, in a session, in the
// order of the household; nil where somebody gave none.
func (f *splitFamily) answersIn(s *splitSession, therapist string) (points []*session.Point, n int) {
	for _, r := range s.household {
		var found *session.Point
		for i := range f.lines {
			u := f.lines[i].Unit
			if string(u.MemberID) != r.Member || u.TherapistID != "" && string(u.TherapistID) != therapist {
				continue
			}
			for k := range f.lines[i].Points {
				if p := &f.lines[i].Points[k]; p.Number == s.number && p.Gap == session.GapNone {
					found = p
				}
			}
		}
		if points = append(points, found); found != nil {
			n++
		}
	}
	return points, n
}

// familyPoint makes one session of a line: how far the therapist lies above the member
// who comes nearest, where everybody answered and the therapist rated everybody, or the
// family.
func (w *splitsWalk) familyPoint(f *splitFamily, s *splitSession, therapist string) FamilyTherapistPoint {
	points, n := f.answersIn(s, therapist)
	out := FamilyTherapistPoint{Number: s.number, N: n, Of: len(points)}
	if s.line.Value != nil {
		out.Purpose, out.PurposeFrom = s.line.Value, s.line.Ratings
	}
	if n < len(points) {
		out.Reason = notAllAnswered
		return out
	}
	if n < 2 {
		out.Reason = oneMember
		return out
	}
	for _, p := range points {
		out.Ratings = append(out.Ratings, string(p.Rating))
	}
	if out.Reason = w.result.NoTherapists; out.Reason != "" {
		return out
	}
	smallest := math.Inf(1)
	for i, p := range points {
		g, ok := f.guesses[guessAt{s.number, therapist, s.household[i].Member}]
		if !ok {
			if g, ok = f.guesses[guessAt{s.number, therapist, ""}]; !ok {
				out.Reason = notAllRated
				return out
			}
		}
		smallest = min(smallest, g.value-p.Value)
		if !slices.Contains(out.Ratings, g.rating) {
			out.Ratings = append(out.Ratings, g.rating)
		}
	}
	out.Smallest = &smallest
	return out
}

// sameRange tells whether therapists and members answer on one scale.
func (w *splitsWalk) sameRange() bool {
	a, b := w.scorer.Rule(), w.therapists.Rule()
	return a.Min == b.Min && a.Max == b.Max
}

// shareOf collects what a family adds to the pool.
func (w *splitsWalk) shareOf(f *splitFamily) {
	share := &f.share
	share.roles = map[string][][]float64{}
	byRole, byMember := map[[2]string][]float64{}, map[string][]inRole{}
	inSession := map[guessAt][]inRole{}
	for i := range f.lines {
		u := f.lines[i].Unit
		m := string(u.MemberID)
		for k := range f.lines[i].Points {
			p := &f.lines[i].Points[k]
			if p.Gap != session.GapNone {
				continue
			}
			role := f.sessionOf(p.Number).role[m]
			if role != "" {
				byRole[[2]string{role, m}] = append(byRole[[2]string{role, m}], p.Value)
			}
			byMember[m] = append(byMember[m], inRole{role, p.Value})
			at := guessAt{number: p.Number, therapist: string(u.TherapistID)}
			inSession[at] = append(inSession[at], inRole{role, p.Value})
		}
	}
	for _, k := range sortedKeys(byRole, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		share.roles[k[0]] = append(share.roles[k[0]], byRole[k])
	}
	for _, m := range sortedKeys(byMember, cmp.Compare[string]) {
		share.members = append(share.members, byMember[m])
	}
	for _, at := range sortedKeys(inSession, func(a, b guessAt) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.therapist, b.therapist))
	}) {
		share.sessions = append(share.sessions, inSession[at])
	}
	for i := range f.out.Pairs {
		d, _ := f.out.Pairs[i].differences()
		share.pairs = append(share.pairs, d)
	}
	for i := range f.out.Lines {
		d, _ := f.out.Lines[i].differences()
		share.lines = append(share.lines, d)
	}
	for i := range f.sessions {
		if v := f.sessions[i].line.Value; v != nil {
			share.purpose = append(share.purpose, *v)
		}
	}
}

// sortedKeys are the keys of a map in order.
func sortedKeys[K comparable, V any](m map[K]V, by func(a, b K) int) []K {
	out := make([]K, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.SortFunc(out, by)
	return out
}

// gradeLine grades a family's line by the reference of the others.
func (w *splitsWalk) gradeLine(f *splitFamily, line *FamilyTherapistLine, others *splitPool) {
	for i := range line.Points {
		x := &line.Points[i]
		s := f.sessionOf(x.Number)
		points, n := f.answersIn(s, line.Therapist)
		if n < len(points) || n < 2 || !w.better {
			x.NoGrade = x.Reason
			continue
		}
		low, good, known, variance := true, true, true, 0.0
		for k, p := range points {
			spread, ok := others.of(s.household[k].Role)
			known = known && ok
			low, good = low && p.Value < spread.Mean(), good && p.Value >= spread.Mean()
			variance += spread.Variance() / float64(n)
		}
		if known {
			x.AllLow, x.GoodBonds = &low, &good
		}
		sd := math.Sqrt(variance)
		if w.ask.NormSD > 0 {
			sd = w.ask.NormSD
		} else if !known {
			sd = math.NaN()
		}
		switch {
		case x.Smallest == nil:
			x.NoGrade = x.Reason
		case math.IsNaN(sd):
			x.NoGrade = noGradeReference
		default:
			x.Apart = new(*x.Smallest / sd)
			if x.AllLow == nil {
				x.NoGrade = noRoleMeans
			} else if *x.AllLow {
				x.Grade = split.GradeOf(*x.Apart)
			}
		}
		w.gradePurpose(x, others)
	}
}

// gradePurpose grades how far a family's shared purpose lies below that of the others,
// where the bonds are good.
func (w *splitsWalk) gradePurpose(x *FamilyTherapistPoint, others *splitPool) {
	v := others.family.Variance()
	if x.Purpose == nil || others.family.Raters < split.FewestRaters || !(v > 0) {
		return
	}
	x.BelowMean = new((others.family.Mean() - *x.Purpose) / math.Sqrt(v))
	if x.GoodBonds != nil && *x.GoodBonds {
		x.LowPurpose = split.GradeOf(*x.BelowMean)
	}
}

// lineSplits finds the splits of a family from its therapist, and of low purpose.
func (w *splitsWalk) lineSplits(f *splitFamily, line *FamilyTherapistLine, others *splitPool, limit float64) []Split {
	d, at := line.differences()
	var out []Split
	alerted := map[int]bool{}
	for _, x := range split.Find(d, w.priorOf(&others.lines), limit) {
		run := at[x.From : x.To+1]
		s := w.lineRun(f, line, run, FamilyTherapist, func(p *FamilyTherapistPoint) (v, apart *float64, ratings []string) {
			return p.Smallest, p.Apart, p.Ratings
		})
		if d[x.Seen] <= x.Before {
			continue // the therapist came down to the family
		}
		s.Rule, s.Seen, s.Before, s.Earlier, s.P = DepartureRule, line.Points[at[x.Seen]].Number, &x.Before, x.Earlier, &x.P
		s.BeforeReason = ""
		switch {
		case x.Over:
			s.Status = OverSplit
		case x.Settled:
			s.Status, s.Rule = StandingSplit, ""
		default:
			s.Status = NewSplit
		}
		for _, i := range run {
			alerted[i] = true
		}
		out = append(out, s)
	}
	out = append(out, w.runs(f, line, FamilyTherapist, func(i int) split.Grade {
		if alerted[i] {
			return split.Ungraded
		}
		return line.Points[i].Grade
	}, func(p *FamilyTherapistPoint) (v, apart *float64, ratings []string) {
		return p.Smallest, p.Apart, p.Ratings
	})...)
	return append(out, w.runs(f, line, LowPurpose, func(i int) split.Grade { return line.Points[i].LowPurpose }, func(p *FamilyTherapistPoint) (v, apart *float64, ratings []string) {
		return p.BelowMean, p.BelowMean, append(slices.Clone(p.Ratings), p.PurposeFrom...)
	})...)
}

// differences are those of a line where everybody answered, with their places.
func (l *FamilyTherapistLine) differences() (d []float64, at []int) {
	for i := range l.Points {
		if v := l.Points[i].Smallest; v != nil {
			d, at = append(d, *v), append(at, i)
		}
	}
	return d, at
}

// ofPoint returns a point's difference, in points and in standard deviations, and the
// ratings it was made from.
type ofPoint func(p *FamilyTherapistPoint) (difference, apart *float64, ratings []string)

// runs describes the graded sessions in a row.
func (w *splitsWalk) runs(f *splitFamily, line *FamilyTherapistLine, kind SplitKind, grade func(int) split.Grade, of ofPoint) []Split {
	var out []Split
	var run []int
	for i := 0; i <= len(line.Points); i++ {
		if i < len(line.Points) && grade(i) != split.Ungraded {
			run = append(run, i)
			continue
		}
		if i < len(line.Points) && unknownTo(kind, &line.Points[i]) {
			continue
		}
		if run != nil {
			s := w.lineRun(f, line, run, kind, of)
			s.Status, s.Seen = DescribedSplit, s.From
			out = append(out, s)
		}
		run = nil
	}
	return out
}

// unknownTo tells whether a session says nothing of a kind of split.
func unknownTo(kind SplitKind, p *FamilyTherapistPoint) bool {
	if kind == LowPurpose {
		return p.N < p.Of || p.Purpose == nil
	}
	return p.Smallest == nil
}

// lineRun describes a line over some of its points.
func (w *splitsWalk) lineRun(f *splitFamily, line *FamilyTherapistLine, at []int, kind SplitKind, of ofPoint) Split {
	first, last := &line.Points[at[0]], &line.Points[at[len(at)-1]]
	s := Split{Kind: kind, Therapist: line.Therapist, From: first.Number, To: last.Number, Sessions: len(at), Weeks: f.weeks(first.Number, last.Number)}
	for _, r := range f.sessionOf(last.Number).household {
		s.Members = append(s.Members, r.Member)
	}
	sum, apart, graded := 0.0, 0.0, true
	for _, i := range at {
		v, a, ratings := of(&line.Points[i])
		sum += *v
		s.Ratings = append(s.Ratings, ratings...)
		if graded = graded && a != nil; graded {
			apart += *a
		}
	}
	n := float64(len(at))
	s.Difference, s.SEReason, s.BeforeReason = new(sum/n), smallestOfSeveral, noDeparture
	if graded {
		s.Apart = new(apart / n)
		s.Grade = split.GradeOf(*s.Apart)
	}
	if kind == LowPurpose {
		s.Difference, s.SEReason = nil, inReferenceOnly // it is known in standard deviations only
	}
	return s
}
