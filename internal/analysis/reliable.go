package analysis

import (
	"holon/internal/instrument"
	"holon/internal/multilevel/series"
	"holon/internal/session"
)

// ReliableBy says what makes a change reliable, and what that was computed from.
type ReliableBy struct {
	From        ReliableFrom
	Threshold   *float64 // in points; nil where nothing says
	SD          *float64 // of AskedReliability
	Reliability *float64 // of AskedReliability
	Population  string   // of PublishedChange: for whom it was found
	Source      string   // of PublishedChange
	Verified    *bool    // of PublishedChange: checked against its publisher's text
}

// ReliableFrom says where a reliable change comes from.
type ReliableFrom string

// Where it may come from.
const (
	AskedReliability ReliableFrom = "asked"     // the reliability and standard deviation that the asker gave
	PublishedChange  ReliableFrom = "published" // a change that the instrument's definition holds, with its source
	NoReliableChange ReliableFrom = ""          // nobody said
)

// reliableBy returns what makes a change of a score reliable: what the asker gave,
// or else the first change that the definition holds.
func reliableBy(ask *Ask, score *instrument.Score) ReliableBy {
	if ask.Reliability > 0 {
		c := series.ReliableChange(0, 0, ask.NormSD, ask.Reliability)
		return ReliableBy{From: AskedReliability, Threshold: c.Threshold, SD: &ask.NormSD, Reliability: &ask.Reliability}
	}
	if len(score.Changes) > 0 {
		c := &score.Changes[0]
		return ReliableBy{From: PublishedChange, Threshold: &c.Value, Population: c.Population, Source: c.Source, Verified: &c.Verified}
	}
	return ReliableBy{}
}

// between returns a change and whether it is reliable. A published change counts
// from its value on, one that was computed beyond it.
func (by *ReliableBy) between(from, to float64) series.Change {
	if by.From == AskedReliability {
		return series.ReliableChange(from, to, *by.SD, *by.Reliability)
	}
	return series.PublishedChange(from, to, by.Threshold)
}

// guessesFirst returns sessions without therapists' guesses that were made after
// the member's answer was seen: they are no guesses.
func guessesFirst(sessions []*session.Session) []*session.Session {
	out := make([]*session.Session, len(sessions))
	for i, s := range sessions {
		out[i] = guessedFirst(s)
	}
	return out
}
