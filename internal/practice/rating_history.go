package practice

import (
	"context"
	"errors"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// RatingVersion is one version that a rating had, with the revision of the
// session that brought it.
type RatingVersion struct {
	Revision

	Level  instrument.Level
	Rating session.Rating
}

// RatingHistory lists what a rating was, newest first, with a [LeftOutError]
// beside it if some revisions of its session cannot be read.
func (p *Practice) RatingHistory(ctx context.Context, rq Request, id session.SessionID, rating session.RatingID) ([]RatingVersion, error) {
	revisions, err := p.History(ctx, rq, id)
	out := &LeftOutError{}
	if partial, ok := errors.AsType[*LeftOutError](err); ok {
		out, err = partial, nil
	}
	if err != nil {
		return nil, err
	}
	var list []RatingVersion
	for _, x := range revisions {
		s, err := p.deps.Sessions.At(ctx, id, x.Rev)
		if isDamaged(err) {
			out.note(err)
			continue
		}
		if err == nil {
			err = p.withoutHiddenPast(ctx, rq.Principal, s)
		}
		if err != nil {
			return nil, err
		}
		r, level, ok := s.Find(rating)
		if !ok {
			continue
		}
		now := RatingVersion{Revision: x, Level: level, Rating: *r}
		if n := len(list); n > 0 && list[n-1].Rating.Version == r.Version {
			list[n-1] = now // the revision that brought this version is an older one
			continue
		}
		list = append(list, now)
	}
	if len(list) == 0 && out.orNil() == nil {
		return nil, fault.New(fault.NotFound, "no_such_rating", "The session has no such rating.")
	}
	return list, out.orNil()
}
