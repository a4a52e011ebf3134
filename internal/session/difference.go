package session

import "slices"

// RatingPart names a part of a rating that corrections change.
type RatingPart string

// The parts.
const (
	PartItems       RatingPart = "items"
	PartTotal       RatingPart = "reported_total"
	PartMode        RatingPart = "mode"
	PartAnsweredOn  RatingPart = "answered_on"
	PartAfterSeeing RatingPart = "after_seeing"
	PartVoid        RatingPart = "void"
)

// Difference says in what two versions of a rating differ.
type Difference struct {
	Parts []RatingPart
	Items []int // the numbers of the items
}

// DifferenceFrom compares a rating with what it was before.
func (r *Rating) DifferenceFrom(before *Rating) Difference {
	var d Difference
	for _, a := range r.Answers {
		k := slices.IndexFunc(before.Answers, func(b Answer) bool { return b.Item == a.Item })
		if k < 0 || before.Answers[k] != a {
			d.Items = append(d.Items, a.Item)
		}
	}
	for _, p := range []struct {
		part   RatingPart
		differ bool
	}{
		{PartItems, len(d.Items) > 0},
		{PartTotal, !sameNumber(r.ReportedTotal, before.ReportedTotal)},
		{PartMode, r.Entered.Mode != before.Entered.Mode},
		{PartAnsweredOn, !same(r.Entered.AnsweredOn, before.Entered.AnsweredOn)},
		{PartAfterSeeing, r.AfterSeeing != before.AfterSeeing},
		{PartVoid, (r.Void == nil) != (before.Void == nil)},
	} {
		if p.differ {
			d.Parts = append(d.Parts, p.part)
		}
	}
	return d
}
