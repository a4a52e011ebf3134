package httpapi

import (
	"context"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
)

// SubmitForms enters one form or a batch.
func (s *Server) SubmitForms(ctx context.Context, r SubmitFormsRequestObject) (SubmitFormsResponseObject, error) {
	receipt, err := s.practice.Submit(ctx, request(ctx), session.SessionID(r.SessionID), each(r.Body.Forms, formDomain))
	if err != nil {
		return nil, err
	}
	return SubmitForms201JSONResponse{
		Body:    receiptWire(receipt),
		Headers: SubmitForms201ResponseHeaders{ETag: etag(receipt.Session.Rev), Location: sessionPlace(receipt.Session.ID)},
	}, nil
}

// CorrectRating corrects answers of a stored rating.
func (s *Server) CorrectRating(ctx context.Context, r CorrectRatingRequestObject) (CorrectRatingResponseObject, error) {
	version, err := revisionOf(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	id := session.RatingID(r.RatingID)
	x, err := s.practice.Correct(ctx, request(ctx), session.SessionID(r.SessionID), session.Correction{
		Rating: id, Version: int(version), Answers: each(list(r.Body.Items), answerDomain),
		ReportedTotal: r.Body.ReportedTotal, Why: session.CorrectionReason(r.Body.Why),
		Remove: each(list(r.Body.Remove), func(x RatingCorrectionRemove) session.Removal { return session.Removal(x) }),
		Mode:   text[session.Mode](r.Body.Mode), AnsweredOn: r.Body.AnsweredOn, AfterSeeing: r.Body.AfterSeeing,
	})
	if err != nil {
		return nil, err
	}
	now, level, ok := x.Find(id)
	if !ok {
		return nil, fault.New(fault.Internal, "rating_lost", "The corrected rating is not in the session.")
	}
	return CorrectRating200JSONResponse{
		Body:    CorrectionReceipt{SessionID: string(x.ID), Rev: x.Rev, Rating: ratingVersionWire(now.ID, level, now.Version), Texts: each(s.practice.RiskTexts(ctx, x, now.FormID), personText)},
		Headers: CorrectRating200ResponseHeaders{ETag: etag(int64(now.Version))},
	}, nil
}

// formDomain reads a form as it came.
func formDomain(f NewForm) session.FormInput {
	in := session.FormInput{
		Instrument: refDomain(f.Instrument), Rater: session.Rater{Kind: instrument.RaterKind(f.Rater.Kind), ID: f.Rater.ID},
		Occasion: session.Occasion(f.Occasion), Answers: each(list(f.Items), answerDomain), ReportedTotal: f.ReportedTotal,
		Entered: session.Entry{Mode: session.Mode(f.Mode), AnsweredOn: text[session.Date](f.AnsweredOn)},
	}
	if f.About != nil {
		in.About = aboutDomain(*f.About)
	}
	in.AfterSeeing = orZero(f.AfterSeeing)
	in.Unfinished = orZero(f.Unfinished)
	return in
}

// aboutDomain reads whom a form is about.
func aboutDomain(x About) session.About {
	return session.About{TherapistID: session.TherapistID(orZero(x.TherapistID)), MemberID: session.MemberID(orZero(x.MemberID))}
}

// answerDomain reads one item's answer.
func answerDomain(a ItemAnswer) session.AnswerInput {
	return session.AnswerInput{Item: int(a.Item), Value: a.Value, State: string(orZero(a.State))}
}

// receiptWire writes what was stored of a batch.
func receiptWire(r *practice.Receipt) FormReceipts {
	out := FormReceipts{SessionID: string(r.Session.ID), Rev: r.Session.Rev, Replayed: r.Replayed, Forms: make([]FormReceipt, 0, len(r.Forms))}
	for _, f := range r.Forms {
		out.Forms = append(out.Forms, FormReceipt{
			FormID: string(f.FormID),
			Ratings: each(f.Ratings, func(x practice.RatingRef) RatingVersion {
				return ratingVersionWire(x.ID, x.Level, x.Version)
			}),
			Texts: each(f.Texts, personText),
		})
	}
	return out
}

// ratingVersionWire names a rating with its version.
func ratingVersionWire(id session.RatingID, level instrument.Level, version int) RatingVersion {
	return RatingVersion{RatingID: string(id), Level: Level(level), Version: int64(version)}
}
