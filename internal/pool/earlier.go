package pool

import (
	"slices"

	"holon/internal/multilevel/totals"
	"holon/internal/session"
)

// mayShare tells whether a rating may be in both of two files: they are of one measure,
// and of a kind of groups in common. Which sessions were chosen has no say, nor what
// structure was found and what is estimated, nor how the measure is called.
func (f *File) mayShare(o *File) bool {
	if !slices.ContainsFunc(f.Kinds, func(k session.GroupKind) bool { return slices.Contains(o.Kinds, k) }) {
		return false
	}
	a, b := f.Measure, o.Measure
	if a == nil || b == nil {
		return a == nil && b == nil && f.Outcome == o.Outcome
	}
	return a.Instrument == b.Instrument && a.Score == b.Score && a.Rater == b.Rater && (a.Occasion == nil || b.Occasion == nil || *a.Occasion == *b.Occasion)
}

// choseLike tells whether two files that may share ratings were made of the same choice
// of them, so that whatever group is in both as it was has the same ratings in both.
func (f *File) choseLike(o *File) bool {
	occasion := func(f *File) session.Occasion {
		if f.Measure == nil || f.Measure.Occasion == nil {
			return ""
		}
		return *f.Measure.Occasion
	}
	return f.Sessions == o.Sessions && occasion(f) == occasion(o)
}

// beside returns why totals of a file may not be written beside earlier files.
func (o *Options) beside(f *File, s *totals.Shape, origin float64) Cause {
	for k := range o.Earlier {
		e := &o.Earlier[k]
		if !f.mayShare(e) {
			continue
		}
		if cause := o.Rule.since(s, origin, e, f.choseLike(e)); cause != "" {
			return cause
		}
	}
	return ""
}

// since returns why totals may not be written beside those of an earlier file. Of the
// same choice of ratings their difference is the totals of the groups that came or went
// between. Of another choice it is what the choices differ by, which may be one group
// where all others have but one session: totals do not tell, so that only the very same
// ones are written again.
func (r Rule) since(s *totals.Shape, origin float64, earlier *File, likeChosen bool) Cause {
	table := earlier.table()
	for i := range table.Shapes {
		was := &table.Shapes[i]
		switch {
		case was.Members != s.Members || was.Sessions == s.Sessions && same(s, was, origin, table.Origin):
			continue
		case !likeChosen:
			return OtherChoice
		case was.Sessions != s.Sessions:
			continue
		}
		apart := s.Groups - was.Groups
		if apart < 0 {
			apart = -apart
		}
		if apart < r.Groups || apart*s.Members < r.People {
			return NearBefore
		}
	}
	return ""
}

// same tells whether two totals are of the same groups. Of one session each, what
// differs within groups is that of members in one structure and the rest in the other.
func same(a, b *totals.Shape, originA, originB float64) bool {
	near := func(x, y float64) bool {
		const rounding = 1e-9
		return x-y <= rounding*(x+y) && y-x <= rounding*(x+y)
	}
	within := near(a.Member, b.Member) && near(a.Session, b.Session) && near(a.Residual, b.Residual)
	if a.Sessions == 1 {
		within = near(a.Member+a.Residual, b.Member+b.Residual)
	}
	d := a.Mean - b.Mean + (originA - originB)
	ss := a.Group + a.Member + a.Session + a.Residual
	return a.Groups == b.Groups && near(a.Group, b.Group) && within && d*d*float64(a.Ratings()) <= 1e-18*ss
}
