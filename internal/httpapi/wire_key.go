package httpapi

import (
	"time"

	"holon/internal/instrument"
	"holon/internal/practice"
)

// keyCountsWire writes how many scores are made by keys of which kind.
func keyCountsWire(n instrument.KeyCounts) KeyCounts {
	return KeyCounts{
		Verified: int64(n.Verified), Attested: int64(n.Attested), Unattested: int64(n.Unattested), Missing: int64(n.Missing),
	}
}

// withoutKeysWire writes which keys are not known.
func withoutKeysWire(x *instrument.WithoutKeys) *WithoutKeys {
	if x == nil {
		return nil
	}
	return &WithoutKeys{Reason: x.Reason, Scores: each(x.Scores, func(title string) string { return title })}
}

// scoreKeyWire writes beside a score how sure its key is.
func scoreKeyWire(k instrument.KeyState) ScoreKey {
	out := ScoreKey{Status: KeyStatus(k.Status)}
	if k.Attestation != nil {
		out.By, out.At = new(k.Attestation.By), new(k.Attestation.At)
	}
	return out
}

// ruleKeyWire writes in a definition how sure a score's key is.
func ruleKeyWire(k instrument.KeyState) RuleKey {
	out := RuleKey{Status: KeyStatus(k.Status), About: unlessEmpty[string](k.About), Source: unlessEmpty[string](k.Source)}
	if k.Attestation != nil {
		out.Attestation = new(attestationWire(*k.Attestation))
	}
	return out
}

// scoreCodeWire writes what a terminology calls a score.
func scoreCodeWire(c instrument.Code) ScoreCode {
	return ScoreCode{System: c.System, Code: c.Code, Display: c.Display, Of: ScoreCodeOf(c.Of), Source: c.Source, Verified: c.Verified}
}

// attestationWire writes a practice's word about keys.
func attestationWire(a instrument.Attestation) Attestation {
	return Attestation{
		Number: int64(a.Number), Scores: each(a.Scores, func(id string) string { return id }),
		Statement: AttestationStatement(a.Statement), By: a.By, At: a.At, Sha256: a.SHA256,
	}
}

// attestationDomain reads a practice's word about keys.
func attestationDomain(a NewAttestation) practice.AttestationInput {
	return practice.AttestationInput{Scores: a.Scores, Statement: string(a.Statement)}
}

// wordingDomain reads licensed wording.
func wordingDomain(ref instrument.Ref, language string, x NewLicensedWording) instrument.LicensedWording {
	return instrument.LicensedWording{
		Ref: ref, Language: language, Use: instrument.WordingUse(x.Use),
		Holder: x.Licence.Holder, Reference: x.Licence.Reference, ValidUntil: orZero(x.Licence.ValidUntil),
		Items: each(x.Items, func(it NewItemWording) instrument.ItemWording {
			return instrument.ItemWording{Number: int(it.Number), Wording: each(it.Wording, func(w NewRaterWording) instrument.Wording {
				return instrument.Wording{Rater: instrument.RaterKind(w.Rater), Text: w.Text, Low: w.Low, High: w.High}
			})}
		}),
	}
}

// wordingWire writes licensed wording, as it is today.
func wordingWire(w *instrument.LicensedWording, now time.Time) LicensedWording {
	out := LicensedWording{
		Instrument: refWire(w.Ref), Language: w.Language, Use: WordingUse(w.Use), Lapsed: w.Lapsed(now), From: LicensedWordingFromFile,
		Licence: WordingLicence{Holder: w.Holder, Reference: w.Reference, ValidUntil: unlessEmpty[string](w.ValidUntil)},
		Items: each(w.Items, func(it instrument.ItemWording) ItemWording {
			return ItemWording{Number: int64(it.Number), Wording: each(it.Wording, raterWordingWire)}
		}),
	}
	if w.Number > 0 {
		out.From, out.Number, out.By, out.At = LicensedWordingFromService, new(int64(w.Number)), new(w.By), new(w.At)
	}
	return out
}

// raterWordingWire writes what one kind of rater reads.
func raterWordingWire(w instrument.Wording) Wording {
	return Wording{Rater: RaterKind(w.Rater), Text: w.Text, Low: w.Low, High: w.High}
}
