package httpapi

import (
	"holon/internal/practice"
	"holon/internal/redaction"
	"holon/internal/session"
)

// redactionWire writes a request and what became of it.
func redactionWire(d *redaction.Decision) Redaction {
	out := Redaction{
		ID: string(d.ID), MemberID: string(d.MemberID), By: Requester(d.By), On: string(d.On), Reference: string(d.Reference), State: RedactionState(d.State),
		Verdict: unlessEmpty[RedactionVerdict](d.Verdict), Basis: unlessEmpty[RedactionBasis](d.Basis),
		Scope:     each(d.Verdict.Scope(), func(x redaction.Scope) RedactionScope { return RedactionScope(x) }),
		DecidedBy: unlessEmpty[string](d.DecidedBy), DecidedAt: d.DecidedAt, DoneAt: d.DoneAt, ReplayedAt: d.Replayed,
		Blocked: each(d.Blocked, func(s string) string { return s }), Rev: d.Rev, Change: changeWire(d.Change),
	}
	if d.DoneAt != nil {
		out.Extent, out.Reports = new(extentWire(d.Extent)), new(withdrawnWire(d.Reports))
	}
	return out
}

// extentWire writes what a redaction takes values out of.
func extentWire(x redaction.Extent) RedactionExtent {
	return RedactionExtent{
		Groups:   each(x.Groups, func(id session.GroupID) string { return string(id) }),
		Sessions: int64(x.Sessions), Forms: int64(x.Forms), Ratings: int64(x.Ratings), Revisions: int64(x.Revisions),
		Consents: int64(x.Consents), Snapshots: append([]string{}, x.Snapshots...), Releases: append([]string{}, x.Releases...),
	}
}

// withdrawnWire writes which reports a redaction withdraws.
func withdrawnWire(x redaction.Reports) RedactionReports {
	return RedactionReports{Withdrawn: each(x.Withdrawn, func(id string) string { return id }), Tables: int64(x.Tables)}
}

// previewWire writes what a redaction would take out.
func previewWire(x practice.Preview) RedactionPreview {
	return RedactionPreview{Extent: extentWire(x.Extent), Reports: withdrawnWire(x.Reports), Blocked: each(x.Blocked, func(s string) string { return s })}
}

// markWire writes the mark of a redaction; nil where there is none.
func markWire(x *session.Redacted) *RedactionMark {
	if x == nil {
		return nil
	}
	return &RedactionMark{Decision: x.Decision, At: x.At}
}

// onlyIf writes a truth that is left out where it is none.
func onlyIf(b bool) *bool {
	if !b {
		return nil
	}
	return &b
}
