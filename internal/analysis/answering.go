package analysis

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"time"

	"holon/internal/finding"
	"holon/internal/session"
)

// answering is a source that also knows what was done about findings.
type answering interface {
	// Findings yields a group's findings, with errors as Sessions has them.
	Findings(ctx context.Context, group session.GroupID) iter.Seq2[*finding.Finding, error]
}

// Answering is how findings of members who did not come were answered.
type Answering struct {
	Findings   int
	Answered   int      // of them, with something done about them
	MedianDays *float64 // from the session to the first thing done; nil without any
	ByCode     []CodeCount
}

// CodeCount is how often something was done.
type CodeCount struct {
	Code  finding.ActionCode
	Times int
}

// Deed is one thing that was done.
type Deed struct {
	Code    finding.ActionCode
	Contact finding.Contact      // how it went; of a contact only
	Reason  finding.ActionReason // why nothing was done; of that only
	On      string
	Days    int // after the session
}

// deeds are what was done about members who did not come, by member and session.
type deeds map[missedSeat][]Deed

// missedSeat is a member's seat in a session.
type missedSeat struct {
	session session.SessionID
	member  session.MemberID
}

// answers gathers what was done in one group; sessions says when they were held. The
// findings that cannot be read come by name.
func answers(ctx context.Context, from answering, g *session.Group, sessions []*session.Session, to *Answering, into deeds) (unread []string, err error) {
	day := map[session.SessionID]session.Date{}
	for _, s := range sessions {
		day[s.ID] = s.HeldOn
	}
	for f, err := range from.Findings(ctx, g.ID) {
		if err != nil {
			name, ok := damaged(err, g.ID)
			if !ok {
				return nil, err
			}
			unread = append(unread, name)
			continue
		}
		held, ok := day[f.SessionID]
		if f.Rule != finding.MissedSession || !ok || !f.Stands() && len(actionsOf(f)) == 0 {
			continue
		}
		to.Findings++
		done := doneAfter(f, held)
		if len(done) > 0 {
			to.Answered++
		}
		for _, m := range f.Members {
			into[missedSeat{f.SessionID, m}] = done
		}
	}
	return unread, nil
}

// actionsOf returns what was done about a finding.
func actionsOf(f *finding.Finding) []*finding.Action {
	var out []*finding.Action
	for i := range f.Events {
		if a := f.Events[i].Action; a != nil {
			out = append(out, a)
		}
	}
	return out
}

// doneAfter returns what was done about a finding, by day, counted from the session's.
func doneAfter(f *finding.Finding, held session.Date) []Deed {
	var out []Deed
	for _, a := range actionsOf(f) {
		out = append(out, Deed{Code: a.Code, Contact: a.Contact, Reason: a.Reason, On: string(a.On), Days: daysBetween(held, a.On)})
	}
	slices.SortStableFunc(out, func(a, b Deed) int { return cmp.Compare(a.Days, b.Days) })
	return out
}

// daysBetween counts days from one date to another.
func daysBetween(from, to session.Date) int {
	a, err := time.Parse(time.DateOnly, string(from))
	b, err2 := time.Parse(time.DateOnly, string(to))
	if err != nil || err2 != nil {
		return 0 // a restored document's date is one
	}
	return int(b.Sub(a).Hours() / 24)
}

// settle counts codes and takes the median.
func (a *Answering) settle(all deeds) {
	var first []int
	for _, done := range all {
		if len(done) > 0 {
			first = append(first, done[0].Days)
		}
		for _, d := range done {
			k := slices.IndexFunc(a.ByCode, func(c CodeCount) bool { return c.Code == d.Code })
			if k < 0 {
				k = len(a.ByCode)
				a.ByCode = append(a.ByCode, CodeCount{Code: d.Code})
			}
			a.ByCode[k].Times++
		}
	}
	slices.SortFunc(a.ByCode, func(x, y CodeCount) int { return cmp.Compare(x.Code, y.Code) })
	slices.Sort(first)
	if n := len(first); n > 0 {
		a.MedianDays = new(float64(first[(n-1)/2]+first[n/2]) / 2)
	}
}
