package objective

import (
	"time"

	"holon/internal/session"
)

// midnight returns the day's midnight. Days are those of the practice's own
// calendar, so the zone says nothing.
func midnight(d session.Date) time.Time {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// plusDays returns the day so many days later.
func plusDays(d session.Date, days int) session.Date { return dateOf(midnight(d).AddDate(0, 0, days)) }

// plusMonths returns the same day of a later month, or that month's last day
// if it has no such day.
func plusMonths(d session.Date, months int) session.Date {
	t := midnight(d)
	first := time.Date(t.Year(), t.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return dateOf(first.AddDate(0, 0, min(t.Day(), last)-1))
}

// dateOf returns the day of a time.
func dateOf(t time.Time) session.Date { return session.Date(t.Format(time.DateOnly)) }

// span returns the first and the last day of the period that a day is in.
func (p Period) span(d session.Date) (first, last session.Date) {
	t := midnight(d)
	if p == Week {
		monday := t.AddDate(0, 0, -(int(t.Weekday())+6)%7)
		return dateOf(monday), dateOf(monday.AddDate(0, 0, 6))
	}
	begin := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	return dateOf(begin), dateOf(begin.AddDate(0, 1, -1))
}

// lastDay returns the last day of the time that the rule speaks of, which begins
// on from; "" if it has no end.
func (o *Over) lastDay(from session.Date) session.Date {
	switch {
	case o.Days != nil:
		return plusDays(from, *o.Days-1)
	case o.Weeks != nil:
		return plusDays(from, 7**o.Weeks-1)
	case o.Months != nil:
		return plusDays(plusMonths(from, *o.Months), -1)
	default:
		return ""
	}
}
