package finding

import (
	"slices"
	"strings"

	"holon/internal/instrument"
	"holon/internal/session"
)

// Redact takes out which item the member answered at its trigger, or in which
// measure the member stood out, if that is an answer that the redaction takes, and
// tells whether it did. What is left says
// that the practice was asked to look, and what it did: its own record, which
// holds no answer. Nobody has to answer it any more.
func (f *Finding) Redact(x session.Redaction) (changed bool) {
	if f.Redacted != nil || f.Risk == nil && f.Course == nil {
		return false
	}
	if f.Risk == nil {
		return f.redactCourse(x)
	}
	own := f.Risk.Rater.Kind == instrument.RaterMember && f.Risk.Rater.ID == string(x.Member)
	about := x.About && slices.Contains(f.Members, x.Member)
	if !own && !about && !f.restsOn(x.Forms) {
		return false
	}
	f.Risk, f.Redacted = nil, &session.Redacted{Decision: x.Decision, At: session.Millis(x.At)}
	if !own && !about {
		f.forgetRatings()
	}
	return true
}

// redactCourse takes out in which measure the member stood out, which rests on the
// member's own answers.
func (f *Finding) redactCourse(x session.Redaction) bool {
	if !slices.Contains(f.Members, x.Member) {
		return false
	}
	f.Course, f.Redacted = nil, &session.Redacted{Decision: x.Decision, At: session.Millis(x.At)}
	return true
}

// forgetRatings takes out which ratings raised the finding. It may be raised again
// by the answer of the rater under whose name they were; then it says which item
// that is, and must not say it of them.
func (f *Finding) forgetRatings() {
	f.Events = slices.Clone(f.Events)
	for i := range f.Events {
		f.Events[i].Rating = nil
	}
}

// restsOn tells whether the answer that raised the finding last is in one of
// the forms: one that was entered under another's name and moved to the member.
func (f *Finding) restsOn(forms map[session.FormID]bool) bool {
	last := f.LastRaised().Rating
	if last == nil {
		return false
	}
	id := string(last.ID)
	return forms[session.FormID(id[:max(strings.LastIndexByte(id, '.'), 0)])]
}
