package analysis

import (
	"holon/internal/multilevel"
	"holon/internal/multilevel/course"
)

// document returns what stands beside a result as it is written; nil for none.
func (s *Surroundings) document() *SurroundingsDocument {
	if s == nil {
		return nil
	}
	status := "exploratory"
	if s.Multiplicity.Planned {
		status = "planned"
	}
	c, t := s.Control, s.Therapists
	var shared *AgreementDocument
	if s.Agreement != nil {
		shared = new(s.Agreement.written())
	}
	return &SurroundingsDocument{
		NegativeControl: ControlDocument{
			Groups: c.Groups, Members: c.Members, ICC1: c.ICC1, Lower: c.Lower, Upper: c.Upper, F: c.F, P: c.P,
			Answer: orNull(string(c.Answer)), Reason: string(c.Reason),
		},
		Therapists:   TherapistsDocument{Therapists: t.Therapists, Share: t.Share, GroupShare: t.Group, P: t.P, Reason: orNull(string(t.Reason))},
		Course:       s.Course.document(),
		Multiplicity: MultiplicityDocument{Tests: s.Multiplicity.Tests, PHolm: s.Multiplicity.PHolm, Status: status},
		Agreement:    shared,
	}
}

// document returns a course as it is written; nil for none.
func (c *Course) document() *CourseDocument {
	if c == nil {
		return nil
	}
	return &CourseDocument{
		Turnover:     each(c.Turnover, turnoverDocument),
		Lines:        each(c.Lines, lineDocument),
		Newcomers:    newcomersDocument(c.Newcomers),
		Survivorship: survivorshipDocument(c.Survivorship),
		Emergence:    emergenceDocument(c.Emergence),
		Influence: each(c.Influence, func(x course.Influence) InfluenceDocument {
			return InfluenceDocument{Group: x.Group, Member: x.Member, Share: x.Value, Change: x.Change}
		}),
	}
}

// turnoverDocument returns a turnover as it is written.
func turnoverDocument(t course.Turnover) TurnoverDocument {
	return TurnoverDocument{
		Group: t.Group, Ever: t.Ever, Throughout: t.Throughout, Core: t.Core, Share: t.Share,
		Steps: each(t.Steps, func(s course.Step) StepDocument { return StepDocument(s) }),
	}
}

// lineDocument returns a line as it is written.
func lineDocument(l course.Line) LineDocument {
	return LineDocument{Group: l.Group, Points: each(l.Points, func(p course.Point) PointDocument {
		d := PointDocument{
			Session: p.Session, Ratings: p.Ratings, Mean: p.Mean, Adjusted: p.Adjusted, Composition: p.Composition, Reason: orNull(string(p.Reason)),
		}
		if p.Change != nil {
			d.Change = new(ChangeDocument(*p.Change))
		}
		return d
	})}
}

// newcomersDocument returns what newcomers do as it is written.
func newcomersDocument(n course.Newcomers) NewcomersDocument {
	d := NewcomersDocument{
		Joining: n.Joining, Others: n.Others, AtJoining: n.AtJoining, Otherwise: n.Otherwise, Next: n.Next,
		Difference: n.Difference, P: n.P, Reason: orNull(string(n.Reason)),
	}
	if n.P != nil && n.SE != nil {
		d.MonteCarlo = monteCarloDocument(&multilevel.MonteCarlo{Draws: n.Draws, Seed: n.Seed, SE: *n.SE})
	}
	return d
}

// survivorshipDocument returns who stayed and who left as it is written.
func survivorshipDocument(s course.Survivorship) SurvivorshipDocument {
	return SurvivorshipDocument{
		Leavers: s.Leavers, Difference: s.Difference, SE: s.SE, Lower: s.Lower, Upper: s.Upper, Reason: orNull(string(s.Reason)),
		Groups: each(s.Groups, func(g course.Stayed) StayedDocument {
			return StayedDocument{
				Group: g.Group, Members: g.Members,
				Line: each(g.Line, func(m course.Mean) SessionMeanDocument { return SessionMeanDocument(m) }),
				Left: each(g.Left, func(l course.Leaver) LeaverDocument { return LeaverDocument(l) }),
			}
		}),
	}
}

// emergenceDocument returns an emergence as it is written.
func emergenceDocument(e course.Emergence) EmergenceDocument {
	return EmergenceDocument{
		Groups: e.Groups, Sessions: e.Sessions, Within: TrendDocument(e.Within), Share: TrendDocument(e.Share), Mean: TrendDocument(e.Mean),
		Stayed: StayersDocument{Groups: e.Stayed.Groups, Members: e.Stayed.Members, Within: TrendDocument(e.Stayed.Within)},
		Waves: each(e.Waves, func(w course.Wave) WaveDocument {
			return WaveDocument{Session: w.Session, Groups: w.Groups, Ratings: w.Ratings, Mean: w.Mean, Within: w.Within, ICC1: w.ICC}
		}),
		Answer: string(e.Answer), Reason: orNull(string(e.Reason)),
	}
}
