package httpapi

import "holon/internal/instrument"

// refDomain reads the name of an instrument version.
func refDomain(r InstrumentRef) instrument.Ref { return instrument.Ref{ID: r.ID, Version: r.Version} }

// refWire writes the name of an instrument version.
func refWire(r instrument.Ref) InstrumentRef { return InstrumentRef{ID: r.ID, Version: r.Version} }

// levelName writes a level.
func levelName(l instrument.Level) Level { return Level(l) }

// instrumentOutlineWire writes a definition's heading.
func instrumentOutlineWire(d *instrument.Definition) InstrumentOutline {
	return InstrumentOutline{
		ID: d.Ref.ID, Version: d.Ref.Version, Title: d.Title, Construct: d.Construct, Language: d.Language,
		Levels: each(d.Levels(), levelName), Sha256: d.SHA256, NItems: int64(len(d.Items)), LicenceStatus: LicenceStatus(d.Licence.Status),
		Keys: keyCountsWire(d.KeyCounts()),
	}
}

// instrumentWire writes a definition, its cut-offs with the practice's own.
func (s *Server) instrumentWire(d *instrument.Definition) Instrument {
	return Instrument{
		ID: d.Ref.ID, Version: d.Ref.Version, Title: d.Title, Construct: d.Construct, Language: d.Language,
		Levels: each(d.Levels(), levelName), Sha256: d.SHA256,
		Ages:  Ages{From: wide(d.Ages.From), To: wide(d.Ages.To)},
		Items: each(d.Items, itemWire), Scores: each(d.Scores, func(x instrument.Score) ScoreRule {
			cutoffs, reason := s.practice.Cutoffs(d.Ref, x.ID)
			return scoreRuleWire(x, d.KeyOf(x.ID), cutoffs, reason)
		}), MaxMissing: wide(d.MaxMissing),
		Licence: Licence{
			Status: LicenceStatus(d.Licence.Status), Holder: d.Licence.Holder, Note: d.Licence.Note, WordingIncluded: d.Licence.WordingIncluded,
		},
		Facts:       each(d.Facts, func(f instrument.Fact) Fact { return Fact{About: f.About, Source: f.Source, Verified: f.Verified} }),
		WithoutKeys: withoutKeysWire(d.WithoutKeys), Undivided: unlessEmpty[string](d.Undivided), Mixed: unlessEmpty[string](d.Mixed), Own: d.Own,
	}
}

// itemWire writes one item's structure.
func itemWire(x instrument.Item) Item {
	out := Item{
		Number: int64(x.Number), Level: Level(x.Level), Referent: Referent(x.Referent),
		Raters: each(x.Raters, func(k instrument.RaterKind) RaterKind { return RaterKind(k) }),
		Min:    x.Min, Max: x.Max, Step: x.Step, Reverse: x.Reverse,
		Wording: each(x.Wording, func(w instrument.Wording) Wording {
			return Wording{Rater: RaterKind(w.Rater), Text: w.Text, Low: w.Low, High: w.High}
		}),
	}
	if x.Risk != nil {
		out.Risk = &Risk{AtLeast: x.Risk.AtLeast, Source: x.Risk.Source, Verified: x.Risk.Verified, Site: x.Risk.Site}
	}
	return out
}

// scoreRuleWire writes how a score is made, and the cut-offs that hold for it or
// why there are none. A factor that the definition leaves out is 1.
func scoreRuleWire(x instrument.Score, key instrument.KeyState, cutoffs []instrument.Cutoff, reason string) ScoreRule {
	factor := x.Factor
	if factor == 0 {
		factor = 1
	}
	return ScoreRule{
		ID: x.ID, Title: x.Title, Level: Level(x.Level), Referent: Referent(x.Referent),
		Items: each(x.Items, func(n int) int64 { return int64(n) }), Parts: each(x.Parts, func(p string) string { return p }),
		Method: ScoreRuleMethod(x.Method), Factor: factor, MaxMissing: int64(x.MaxMissing), Direction: ScoreRuleDirection(x.Direction),
		Min: x.Min, Max: x.Max, Cutoffs: each(cutoffs, cutoffWire), CutoffsReason: unlessEmpty[string](reason),
		Changes: each(x.Changes, func(c instrument.ReliableChange) ReliableChange {
			return ReliableChange{Population: c.Population, Value: c.Value, Source: c.Source, Verified: c.Verified}
		}),
		Key: ruleKeyWire(key), Codes: each(x.Codes, scoreCodeWire),
	}
}

// cutoffWire writes a limit of a score.
func cutoffWire(c instrument.Cutoff) Cutoff {
	applies := CutoffAppliesBelow
	if c.AtOrAbove {
		applies = CutoffAppliesAtOrAbove
	}
	return Cutoff{Population: c.Population, Label: c.Label, Value: c.Value, Applies: applies, Source: c.Source, Verified: c.Verified, Site: c.Site}
}
