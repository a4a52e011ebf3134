package practice

import (
	"context"
	"iter"
	"slices"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/session"
)

// withoutHidden takes out of a session what the reader may not see: bonds, and
// what others said of an alliance that the reader has not guessed yet. A value
// that may not be seen is simply absent. The session must be as it stands now,
// with all of a level or nothing of it.
func withoutHidden(who access.Principal, s *session.Session) {
	withoutHiddenBonds(who, s)
	withoutHiddenAlliances(who, s, s)
}

// withoutHiddenAlliances takes out of a session, as it was at any time, what the
// session as it stands now does not open to the reader.
func withoutHiddenAlliances(who access.Principal, now, s *session.Session) (hidden bool) {
	var open []session.AllianceRating
	for i := range s.Alliances {
		if access.MaySeeAlliance(who, now, &s.Alliances[i]) {
			open = append(open, s.Alliances[i])
		}
	}
	if hidden = len(open) < len(s.Alliances); hidden {
		s.Alliances = open
	}
	return hidden
}

// withoutOthers takes out of a session what a member of the family may not see: every
// answer, goal and entry about a rupture that is not the member's own, and where the
// member was not there, who was. ok is false of a session without a seat for the member.
func withoutOthers(member session.MemberID, s *session.Session) (ok bool) {
	own, ok := s.SeatOf(member)
	s.KeepOnly(func(r *session.Rating) bool { return access.MaySeeInFamily(member, r.Rater) })
	s.Goals = slices.DeleteFunc(slices.Clone(s.Goals), func(x session.GoalRating) bool { return !access.MaySeeInFamily(member, x.Rater) })
	s.Ruptures, s.Openings, s.Roster = nil, nil, slices.Clone(s.Roster)
	for i := range s.Roster {
		if seat := &s.Roster[i]; seat.MemberID != member {
			seat.Redacted, seat.Modality = false, ""
			if own.Attendance.Absent() || own.Attendance == "" {
				seat.Attendance = ""
			}
		}
	}
	return ok
}

// withoutHiddenPast takes out of a session's past revision what the reader may
// not see now. Of a session that cannot be read nothing says what is open.
func (p *Practice) withoutHiddenPast(ctx context.Context, who access.Principal, s *session.Session) error {
	withoutHiddenBonds(who, s)
	if who.Therapist == "" || len(s.Alliances) == 0 {
		return nil
	}
	now, err := p.deps.Sessions.Get(ctx, s.ID, []instrument.Level{instrument.Alliance})
	switch {
	case err == nil:
		withoutHiddenAlliances(who, now, s)
	case isDamaged(err) || fault.Is(err, fault.NotFound):
		s.Alliances = slices.DeleteFunc(slices.Clone(s.Alliances), func(x session.AllianceRating) bool { return !x.ByTherapist(who.Therapist) })
	default:
		return err
	}
	return nil
}

// hiddenFrom tells whether a rating or a form of a session holds what the reader
// may not see. Who may not see an answer may not change it either: what a change
// is answered with would tell what the answer is.
func hiddenFrom(who access.Principal, s *session.Session, named func(*session.Rating) bool) bool {
	return slices.ContainsFunc(s.Alliances, func(x session.AllianceRating) bool {
		return named(&x.Rating) && !access.MaySeeAlliance(who, s, &x)
	})
}

// checkNotHidden refuses a change of a rating that the requester may not see, as
// if there were none.
func checkNotHidden(rq Request, s *session.Session, rating session.RatingID) error {
	if hiddenFrom(rq.Principal, s, func(r *session.Rating) bool { return r.ID == rating }) {
		return fault.New(fault.NotFound, "no_such_rating", "The session has no such rating.")
	}
	return nil
}

// checkFormNotHidden is checkNotHidden of a form.
func checkFormNotHidden(rq Request, s *session.Session, form session.FormID) error {
	if hiddenFrom(rq.Principal, s, func(r *session.Rating) bool { return r.FormID == form }) {
		return fault.New(fault.NotFound, "no_such_form", "The session has no such form.")
	}
	return nil
}

// keepingGuesses is what hangs on a session that is changed: guesses are marked
// that are made after the answer was open, and then findings are seen to.
type keepingGuesses struct {
	raising

	before *session.Session
}

// loaded remembers the session as it stands. A change makes new lists of what it
// changes, so the copy keeps its own.
func (k *keepingGuesses) loaded(s *session.Session) {
	k.before = new(*s)
	k.raising.loaded(s)
}

// storing marks the guesses of the next revision.
func (k *keepingGuesses) storing(ctx context.Context, rq Request, next *session.Session) error {
	if err := next.KeepGuesses(k.before, rq.Principal.Therapist, rq.Principal.ID, k.practice.now()); err != nil {
		return err
	}
	return k.raising.storing(ctx, rq, next)
}

// GiveUpGuess opens to the requester's therapist what was said about these
// members' alliance in a session, without a guess. Whatever the therapist says of
// it after that is marked. To give a guess up twice is to give it up once.
func (p *Practice) GiveUpGuess(ctx context.Context, rq Request, id session.SessionID, members []session.MemberID) (*session.Session, error) {
	t := rq.Principal.Therapist
	var same *session.Session
	s, _, err := revise(ctx, p, unkeyed(rq), p.sessionSubject(id, access.GiveUpGuess), atAny(), "guess_given_up", func(_ context.Context, s *session.Session) error {
		if t == "" {
			return fault.At("", "no_therapists_account", "This account is no therapist's own, so nothing is hidden from it and there is no guess to give up.")
		}
		changed, err := s.GiveUpGuess(t, members, rq.Principal.ID, p.now())
		if err == nil && !changed {
			same, err = s, errUnchanged
		}
		return err
	})
	if same != nil {
		s, err = same, nil
	}
	if err == nil {
		withoutHidden(rq.Principal, s)
	}
	return s, err
}

// GuessesDue lists the members of a session, which must hold the alliance level,
// whose alliance the reader is to guess before what others said of it is shown.
func (p *Practice) GuessesDue(rq Request, s *session.Session) []session.MemberID {
	var due []session.MemberID
	for _, m := range guessable(s) {
		if !access.MaySeeMember(rq.Principal, s, m, session.Post) {
			due = append(due, m)
		}
	}
	return due
}

// guessable lists the members of whom there is something to guess in a session: those
// who are not known to have been absent.
func guessable(s *session.Session) []session.MemberID {
	var out []session.MemberID
	for _, seat := range s.Roster {
		if !seat.Redacted && !seat.Attendance.Absent() {
			out = append(out, seat.MemberID)
		}
	}
	return out
}

// findingOpen tells whether a finding gives nothing away that the reader may not
// see: it says nothing of alliances, or what it rests on is open.
func (p *Practice) findingOpen(ctx context.Context, who access.Principal, f *finding.Finding) (bool, error) {
	if who.Therapist == "" || !f.TellsOfAlliance() || f.SessionID == "" {
		return true, nil
	}
	s, err := p.deps.Sessions.Get(ctx, f.SessionID, []instrument.Level{instrument.Alliance})
	if isDamaged(err) || fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	about := f.Members
	if len(about) == 0 { // the whole group
		about = guessable(s)
	}
	return !slices.ContainsFunc(about, func(m session.MemberID) bool { return !access.MaySeeMember(who, s, m, session.Post) }), nil
}

// openFindings passes on the findings of a stream that the reader may see.
func (p *Practice) openFindings(ctx context.Context, who access.Principal, all iter.Seq2[*finding.Finding, error]) iter.Seq2[*finding.Finding, error] {
	if who.Therapist == "" {
		return all
	}
	return func(yield func(*finding.Finding, error) bool) {
		for f, err := range all {
			open := err != nil
			if err == nil {
				open, err = p.findingOpen(ctx, who, f)
			}
			if (open || err != nil) && !yield(f, err) {
				return
			}
		}
	}
}

// checkFindingOpen answers a finding that the reader may not see as if there were
// none.
func (p *Practice) checkFindingOpen(ctx context.Context, who access.Principal, f *finding.Finding) error {
	open, err := p.findingOpen(ctx, who, f)
	if err == nil && !open {
		err = fault.New(fault.NotFound, "not_found", "There is nothing here.")
	}
	return err
}
