package finding

import (
	"slices"

	"holon/internal/instrument"
	"holon/internal/session"
)

// Redact takes out which item the member answered at its trigger, if that is an
// answer that the redaction takes, and tells whether it did. What is left says
// that the practice was asked to look, and what it did: its own record, which
// holds no answer. Nobody has to answer it any more.
func (f *Finding) Redact(x session.Redaction) (changed bool) {
	if f.Redacted != nil || f.Risk == nil {
		return false
	}
	own := f.Risk.Rater.Kind == instrument.RaterMember && f.Risk.Rater.ID == string(x.Member)
	if !own && !(x.About && slices.Contains(f.Members, x.Member)) {
		return false
	}
	f.Risk, f.Redacted = nil, &session.Redacted{Decision: x.Decision, At: session.Millis(x.At)}
	return true
}
