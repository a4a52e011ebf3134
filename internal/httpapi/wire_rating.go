package httpapi

import (
	"holon/internal/instrument"
	"holon/internal/session"
)

// allianceRating is one rater's view of one therapist-member pair.
type allianceRating struct {
	Rating

	TherapistID string `json:"therapist_id"`
	MemberID    string `json:"member_id"`
}

// bondRating is one member's rating of another.
type bondRating struct {
	Rating

	From string `json:"from"`
	To   string `json:"to"`
}

// memberGroupRating is about one member's own standing.
type memberGroupRating struct {
	Rating

	MemberID string `json:"member_id"`
}

// cohesionRating is one informant's report about the group.
type cohesionRating struct {
	Rating
}

// systemRating is one informant's report about the family.
type systemRating struct {
	Rating
}

// encounterRating is about presence in the meeting.
type encounterRating struct {
	Rating

	TherapistID *string `json:"therapist_id"`
}

// outcomeRating is about one member's own symptoms or functioning.
type outcomeRating struct {
	Rating

	MemberID string `json:"member_id"`
}

// allianceWire writes an alliance rating.
func (s *Server) allianceWire(x session.AllianceRating) AllianceRating {
	return allianceRating{Rating: s.ratingWire(instrument.Alliance, &x.Rating), TherapistID: string(x.TherapistID), MemberID: string(x.MemberID)}
}

// bondWire writes a bond rating.
func (s *Server) bondWire(x session.BondRating) BondRating {
	return bondRating{Rating: s.ratingWire(instrument.Bond, &x.Rating), From: string(x.From), To: string(x.To)}
}

// memberGroupWire writes a rating of a member's standing.
func (s *Server) memberGroupWire(x session.MemberGroupRating) MemberGroupRating {
	return memberGroupRating{Rating: s.ratingWire(instrument.MemberGroup, &x.Rating), MemberID: string(x.MemberID)}
}

// cohesionWire writes a cohesion rating.
func (s *Server) cohesionWire(x session.CohesionRating) CohesionRating {
	return cohesionRating{Rating: s.ratingWire(instrument.Cohesion, &x.Rating)}
}

// systemWire writes a rating of the family.
func (s *Server) systemWire(x session.SystemRating) SystemRating {
	return systemRating{Rating: s.ratingWire(instrument.System, &x.Rating)}
}

// encounterWire writes a rating of presence.
func (s *Server) encounterWire(x session.EncounterRating) EncounterRating {
	return encounterRating{Rating: s.ratingWire(instrument.Encounter, &x.Rating), TherapistID: unlessEmpty[string](x.TherapistID)}
}

// outcomeWire writes an outcome rating.
func (s *Server) outcomeWire(x session.OutcomeRating) OutcomeRating {
	return outcomeRating{Rating: s.ratingWire(instrument.Outcome, &x.Rating), MemberID: string(x.MemberID)}
}

// ratingWire writes what ratings of all levels have in common, with the scores
// that their answers give.
func (s *Server) ratingWire(level instrument.Level, r *session.Rating) Rating {
	return Rating{
		RatingID: string(r.ID), FormID: string(r.FormID), Version: int64(r.Version),
		Instrument: refWire(r.Instrument), Rater: Rater{Kind: RaterKind(r.Rater.Kind), ID: r.Rater.ID}, Occasion: Occasion(r.Occasion),
		Items: each(r.Answers, answerWire), Form: FormMissing{Items: int64(r.FormItems), Missing: int64(r.FormMissing)},
		ReportedTotal: r.ReportedTotal, Entered: enteredWire(r.Entered), AfterSeeing: r.AfterSeeing, Unfinished: r.Unfinished,
		ByHand: each(r.ByHand, func(item int) int64 { return int64(item) }),
		Void:   voidWire(r.Void), MovedFrom: movedFromWire(r.MovedFrom),
		Scores: s.scoresWire(level, r), Unscored: s.unscoredWire(r), Redacted: markWire(r.Redacted),
	}
}

// answerWire writes what one item received. A value stands only beside the
// state answered.
func answerWire(a session.Answer) ItemValue {
	out := ItemValue{Item: int64(a.Item), State: StoredItemState(a.State.String())}
	if a.State == session.Answered {
		out.Value = new(a.Value)
	}
	return out
}

// enteredWire writes who brought the answers in.
func enteredWire(e session.Entry) Entered {
	return Entered{By: e.By, At: e.At, Mode: EntryMode(e.Mode), AnsweredOn: text[string](e.AnsweredOn)}
}

// scoresWire derives a rating's scores; what is void has none.
func (s *Server) scoresWire(level instrument.Level, r *session.Rating) []Score {
	def, ok := s.practice.Definition(r.Instrument)
	if !ok || r.Void != nil {
		return []Score{}
	}
	return each(def.ScoreLevel(level, instrument.Answers{
		Value: r.Value, FormMissing: r.FormMissing, TotalOnly: len(r.Answers) == 0, Unfinished: r.Unfinished, Redacted: r.Redacted != nil,
	}), func(x instrument.ScoreValue) Score { return scoreWire(x, def.KeyOf(x.ScoreID)) })
}

// unscoredWire says why the instrument's version makes no scores; nil where it
// makes some.
func (s *Server) unscoredWire(r *session.Rating) *Unscored {
	def, ok := s.practice.Definition(r.Instrument)
	if !ok {
		return nil
	}
	reason, unscored := def.Unscored()
	if !unscored {
		return nil
	}
	return &Unscored{Reason: UnscoredReason(instrument.ReasonKeysMissing), Detail: reason}
}

// scoreWire writes one score.
func scoreWire(x instrument.ScoreValue, key instrument.KeyState) Score {
	return Score{
		ScoreID: x.ScoreID, Value: x.Value, NItems: int64(x.NItems), Prorated: x.Prorated,
		Reason: unlessEmpty[ScoreReason](x.Reason), Detail: unlessEmpty[string](x.Detail),
		Key: scoreKeyWire(key),
	}
}
