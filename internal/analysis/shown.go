package analysis

import "holon/internal/session"

// showing is a source that holds what one member of a family may see: of all that is said
// it has left out what is not the member's to see, whether or not there is any.
type showing interface {
	// ShownTo is the member; empty where the source leaves out nothing for anybody's sake.
	ShownTo() session.MemberID
}

// shownTo is the member to whom a source is shown, empty for none.
func shownTo(src definitions) session.MemberID {
	if s, ok := src.(showing); ok {
		return s.ShownTo()
	}
	return ""
}

// noteShown says to whom a report may be shown, and takes out of it the state in which the
// records were read: it would tell how often something was written that is not to be seen.
func noteShown(r *Report, member session.MemberID) {
	if member == "" {
		return
	}
	r.Data = nil
	r.Caveats.Add("shown_to_one_member", "This holds what one member of the family may see: the member's own answers. Whether somebody else answered, and what, is not in it.")
}
