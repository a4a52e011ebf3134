package goal

import (
	"cmp"
	"slices"

	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/session"
)

// Place is where one rater's rating of one goal stands, or would stand: a rule
// about who may see a rating is a rule about its place.
type Place struct {
	SessionID session.SessionID
	GoalID    session.GoalID
	Rater     session.Rater
}

// Course is one goal over the sessions.
type Course struct {
	GroupID  session.GroupID
	Kind     session.GroupKind
	Goal     session.Goal
	Redacted bool // the values of the member whose own goal it is were taken out
	Points   []Point
	Lines    []Line // of every rater who said how near the goal is, the owner first
}

// Point is what one session holds of a goal.
type Point struct {
	SessionID session.SessionID
	Number    int
	HeldOn    session.Date
	Kind      session.Kind
	Said      []Said // by the owner or by all who share it; of others, who said something

	// Of a shared goal alone.
	Consensus     *Consensus
	Between       *Gap // between two members
	WithTherapist *Gap // between a member and a therapist
	Contained     *Contained
}

// Said is what one rater said of a goal in a session, and why not. One who said
// nothing has no version.
type Said struct {
	Rater         session.Rater
	Own           bool // it is the rater's own goal
	Version       int
	Value         *float64
	NoValue       Silence
	Endorsed      *bool
	NoEndorsement Silence
}

// Left counts ratings that are no part of any course, and those that hold nothing.
type Left struct{ Cancelled, Redacted, TakenBack int }

// CoursesOf follows a group's goals, in the group's order, through its sessions, in
// any order, by their days: numbers tell the order of one day only. A goal has a point for every session on whose day it was a goal or in
// which somebody said something about it; cancelled sessions are none.
func CoursesOf(g *session.Group, sessions []*session.Session) ([]Course, Left) {
	var left Left
	var held []*session.Session
	for _, s := range sessions {
		if s.Status == session.StatusCancelled {
			left.Cancelled += len(s.Goals)
		} else {
			held = append(held, s)
		}
	}
	slices.SortStableFunc(held, func(a, b *session.Session) int {
		return cmp.Or(cmp.Compare(a.HeldOn, b.HeldOn), cmp.Compare(a.Number, b.Number))
	})
	evenings := make([]*evening, len(held))
	for i, s := range held {
		evenings[i] = eveningOf(g, s)
		left.Redacted += evenings[i].redacted
		left.TakenBack += evenings[i].takenBack
	}
	out := make([]Course, 0, len(g.Goals))
	for _, x := range g.Goals {
		c := Course{GroupID: g.ID, Kind: g.Kind, Goal: x, Redacted: x.Owner != "" && redacted(g, x.Owner)}
		for _, e := range evenings {
			if x.Runs(e.HeldOn) || e.spokenOf(x.ID) {
				c.Points = append(c.Points, e.point(x))
			}
		}
		c.Lines = linesOf(x, c.Points)
		out = append(out, c)
	}
	return out, left
}

// redacted tells whether a member's values were taken out of the group.
func redacted(g *session.Group, id session.MemberID) bool {
	return slices.ContainsFunc(g.Spells, func(s session.Spell) bool { return s.MemberID == id && s.Redacted })
}

// point is what the session holds of a goal.
func (e *evening) point(x session.Goal) Point {
	p := Point{SessionID: e.ID, Number: e.Number, HeldOn: e.HeldOn, Kind: e.Kind}
	for _, by := range e.raters(x) {
		p.Said = append(p.Said, e.said(x, by))
	}
	if !x.Shared() {
		return p
	}
	p.Consensus = e.consensus(x, p.Said)
	p.Between, p.WithTherapist = between(e.ID, x.ID, p.Said), withTherapist(e.ID, x.ID, p.Said)
	if len(x.Contains) > 0 {
		p.Contained = e.contained(x)
	}
	return p
}

// raters lists whose word is looked for: of an own goal the owner's and those of
// others who said something, of a shared one those of all members and therapists.
func (e *evening) raters(x session.Goal) []session.Rater {
	var out []session.Rater
	for _, id := range e.members {
		by := session.Rater{Kind: instrument.RaterMember, ID: string(id)}
		if x.Shared() || id == x.Owner || e.rating(x.ID, by) != nil {
			out = append(out, by)
		}
	}
	if k := slices.IndexFunc(out, func(r session.Rater) bool { return x.Owner != "" && r.ID == string(x.Owner) }); k > 0 {
		owner := out[k]
		out = slices.Insert(slices.Delete(out, k, k+1), 0, owner)
	} else if k < 0 && x.Owner != "" {
		out = slices.Insert(out, 0, session.Rater{Kind: instrument.RaterMember, ID: string(x.Owner)})
	}
	for _, id := range e.therapists {
		by := session.Rater{Kind: instrument.RaterTherapist, ID: string(id)}
		if x.Shared() || e.rating(x.ID, by) != nil {
			out = append(out, by)
		}
	}
	return out
}

// Composition says how the number of the contained goals comes about: a mean of
// what members said of themselves.
const Composition = multilevel.Additive
