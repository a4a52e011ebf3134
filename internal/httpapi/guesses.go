package httpapi

import (
	"context"

	"holon/internal/session"
)

// GiveUpGuess opens what was said of members' alliance to a therapist without a
// guess.
func (s *Server) GiveUpGuess(ctx context.Context, r GiveUpGuessRequestObject) (GiveUpGuessResponseObject, error) {
	rq := request(ctx)
	x, err := s.practice.GiveUpGuess(ctx, rq, session.SessionID(r.SessionID), memberIDs(&r.Body.Members))
	if err != nil {
		return nil, err
	}
	return GiveUpGuess200JSONResponse{
		Body: OpeningReceipt{
			SessionID: string(x.ID), Rev: x.Rev, Openings: each(x.Openings, openingWire), GuessesDue: memberTexts(s.practice.GuessesDue(rq, x)),
		},
		Headers: GiveUpGuess200ResponseHeaders{ETag: etag(x.Rev)},
	}, nil
}

// openingWire writes what was open to a therapist without a guess.
func openingWire(o session.Opening) Opening {
	return Opening{TherapistID: string(o.TherapistID), MemberID: string(o.MemberID), Why: OpeningWhy(o.Why), By: o.By, At: o.At}
}

// memberTexts writes members' identifiers.
func memberTexts(ids []session.MemberID) []string {
	return each(ids, func(id session.MemberID) string { return string(id) })
}
