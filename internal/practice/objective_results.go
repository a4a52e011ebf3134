package practice

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"
	"time"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/objective"
	"holon/internal/session"
)

// ObjectiveResults is what the records of a group say about an objective, and
// which records these were.
type ObjectiveResults struct {
	Objective   *objective.Objective
	Group       session.GroupID
	AsOf        session.Date
	Sessions    int      // that were read
	LeftOut     []string // sessions that cannot be restored
	DataVersion string   // of the objective's, the group's and the sessions' identifiers and revisions, and of what was done
	Results     []objective.Result
}

// ObjectiveResults answers an objective for a group as it is recorded now. The
// day is the practice's own, by its calendar; nil is today in UTC. Asked for an
// earlier day, the answer is what that day would have been answered with, by the
// records of now.
func (p *Practice) ObjectiveResults(ctx context.Context, rq Request, id objective.ID, group session.GroupID, on *string) (*ObjectiveResults, error) {
	if err := p.Authorize(ctx, rq, access.ReadObjective, objectiveObject(id, group)); err != nil {
		return nil, err
	}
	today, err := p.asOf(on)
	if err != nil {
		return nil, err
	}
	o, err := p.deps.Objectives.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	records, err := p.Records(ctx, rq, Selection{Groups: []session.GroupID{group}})
	if err != nil {
		return nil, err
	}
	course, sum, err := p.courseOf(ctx, rq.Principal, records, &o.Rule)
	if err != nil {
		return nil, err
	}
	course.Today = today
	writePart(sum, string(o.ID)+"@"+strconv.FormatInt(o.Rev, 10))
	return &ObjectiveResults{
		Objective: o, Group: group, AsOf: today, Sessions: len(course.Sessions), LeftOut: course.Damaged,
		DataVersion: hex.EncodeToString(sum.Sum(nil)), Results: o.Rule.Evaluate(course),
	}, nil
}

// asOf reads the day that is asked about. It is at most tomorrow: the practice's
// calendar may be ahead of UTC.
func (p *Practice) asOf(on *string) (session.Date, error) {
	now := p.now()
	if on == nil {
		return session.Date(now.Format(time.DateOnly)), nil
	}
	var faults fault.List
	day, err := session.ParseDate(*on)
	switch {
	case err != nil:
		faults.Add("/as_of", "bad_date", "A date is a calendar day like 2026-03-05.")
	case string(day) > now.AddDate(0, 0, 1).Format(time.DateOnly):
		faults.Add("/as_of", "as_of_the_future", "What will be recorded by then is not known. Ask for today or an earlier day.")
	}
	return day, faults.Err()
}

// courseOf reads what a rule needs of a group, and begins the hash of it.
func (p *Practice) courseOf(ctx context.Context, who access.Principal, records *Records, rule *objective.Rule) (*objective.Course, hash.Hash, error) {
	g := records.groups[0]
	course := &objective.Course{Group: g, Lookup: p.Definition}
	sum := sha256.New()
	writePart(sum, string(g.ID)+"@"+strconv.FormatInt(g.Rev, 10))
	for s, err := range p.deps.Sessions.OfGroup(ctx, g.ID, 0, 0, rule.Levels(p.Definition)) {
		id, unreadable := damagedID(err)
		switch {
		case unreadable:
			course.Damaged = append(course.Damaged, id)
			writePart(sum, id)
		case err != nil:
			return nil, nil, err
		default:
			withoutHiddenBonds(who, s)
			if withoutHiddenAlliances(who, s, s) {
				return nil, nil, fault.New(fault.Conflict, "guesses_due", "This rests on what members said of an alliance that you have not guessed yet. Hand your guesses in, or give them up, and ask again.")
			}
			course.Sessions = append(course.Sessions, s)
			writePart(sum, string(s.ID)+"@"+strconv.FormatInt(s.Rev, 10))
		}
	}
	if !rule.NeedsDeeds() {
		return course, sum, nil
	}
	if p.deps.Deeds == nil {
		course.DeedsMissing = true
		return course, sum, nil
	}
	for d, err := range p.deps.Deeds.Deeds(ctx, g.ID) {
		if isDamaged(err) {
			course.DeedsMissing = true
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		course.Deeds = append(course.Deeds, d)
		writeDeed(sum, &d)
	}
	return course, sum, nil
}

// writeDeed writes a deed to the hash of the data.
func writeDeed(sum hash.Hash, d *objective.Deed) {
	writePart(sum, string(d.Code))
	writePart(sum, string(d.Contact))
	writePart(sum, string(d.On))
	writePart(sum, strconv.Itoa(len(d.Members)))
	for _, m := range d.Members {
		writePart(sum, string(m))
	}
	if d.Session != nil {
		writePart(sum, string(*d.Session))
	}
}
