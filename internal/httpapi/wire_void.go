package httpapi

import (
	"holon/internal/practice"
	"holon/internal/session"
)

// voidWire writes that a form does not count, nil when it does.
func voidWire(v *session.Void) *Void {
	if v == nil {
		return nil
	}
	out := &Void{By: v.By, At: v.At, Why: VoidReason(v.Why)}
	if v.MovedTo != nil {
		out.MovedTo = &FormPlace{SessionID: string(v.MovedTo.Session), FormID: string(v.MovedTo.Form)}
	}
	return out
}

// movedFromWire writes where a form was before it was moved, nil when it was
// not.
func movedFromWire(o *session.Origin) *MovedFrom {
	if o == nil {
		return nil
	}
	return &MovedFrom{
		SessionID: string(o.Session), FormID: string(o.Form), Version: int64(o.Version), By: o.By, At: o.At, Why: MoveReason(o.Why),
	}
}

// ratingStateWire writes one version of a rating and what it changed; before is
// nil for the first.
func ratingStateWire(x, before *practice.RatingVersion) RatingState {
	r := &x.Rating
	out := RatingState{
		Version: int64(r.Version), Rev: x.Rev, Change: changeWire(x.Change), Changed: []RatingStateChanged{}, ChangedItems: []int64{},
		Items: each(r.Answers, answerWire), ReportedTotal: r.ReportedTotal, Entered: enteredWire(r.Entered), AfterSeeing: r.AfterSeeing,
		Void: voidWire(r.Void), MovedFrom: movedFromWire(r.MovedFrom),
	}
	if before == nil {
		return out
	}
	difference := r.DifferenceFrom(&before.Rating)
	out.ChangedItems = each(difference.Items, func(n int) int64 { return int64(n) })
	out.Changed = each(difference.Parts, func(p session.RatingPart) RatingStateChanged { return RatingStateChanged(p) })
	return out
}
