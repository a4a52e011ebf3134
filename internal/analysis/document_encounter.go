package analysis

// ApartRuleDocument is the rule by which an encounter is high where an agreement is low.
type ApartRuleDocument struct {
	High     float64                    `json:"high"`
	Low      float64                    `json:"low"`
	Fewest   int                        `json:"fewest_sessions"`
	Share    int                        `json:"one_in"`
	Legs     []string                   `json:"legs"`
	Spread   *float64                   `json:"spread"`
	Measures []EncounterMeasureDocument `json:"measures"`
}

// EncounterMeasureDocument is one score of the encounter.
type EncounterMeasureDocument struct {
	Instrument InstrumentDocument `json:"instrument"`
	Score      string             `json:"score"`
	Title      string             `json:"title"`
	Low        float64            `json:"low"`
	High       float64            `json:"high"`
	Spread     *float64           `json:"spread"`
	Pairs      int                `json:"pairs"`
	Flagged    int                `json:"flagged"`
	ByChance   *float64           `json:"by_chance"`
	Typical    *float64           `json:"typical_gap"`
}

// PairEncounterDocument is one measure of the encounter beside a pair's agreements.
type PairEncounterDocument struct {
	Sessions   int                       `json:"sessions"`
	High       int                       `json:"high"`
	Low        int                       `json:"low"`
	Together   int                       `json:"together"`
	Flagged    bool                      `json:"flagged"`
	Gap        *float64                  `json:"gap"`
	Paired     *float64                  `json:"paired_at_random"`
	ByChance   *float64                  `json:"by_chance"`
	ByModality []ApartByModalityDocument `json:"by_modality"`
}

// ApartByModalityDocument counts sessions of one way of taking part.
type ApartByModalityDocument struct {
	Modality *string `json:"modality"`
	Sessions int     `json:"sessions"`
	High     int     `json:"high"`
	Low      int     `json:"low"`
	Together int     `json:"together"`
}

// document returns the rule as it is written.
func (a *ApartRule) document() ApartRuleDocument {
	return ApartRuleDocument{
		High: a.High, Low: a.Low, Fewest: a.Fewest, Share: a.Share, Legs: each(a.Legs, func(s string) string { return s }), Spread: a.Spread,
		Measures: each(a.Encounters, func(m EncounterMeasure) EncounterMeasureDocument {
			return EncounterMeasureDocument{InstrumentDocument(m.Instrument), m.Score, m.Title, m.Low, m.High, m.Spread, m.Pairs, m.Flagged, m.ByChance, m.Typical}
		}),
	}
}

// pairEncounterDocument returns one measure of the encounter as it is written.
func pairEncounterDocument(p PairEncounter) PairEncounterDocument {
	return PairEncounterDocument{
		Sessions: p.Sessions, High: p.High, Low: p.Low, Together: p.Together, Flagged: p.Flagged, Gap: p.Gap, Paired: p.Paired, ByChance: p.ByChance,
		ByModality: each(p.ByModality, func(m ApartByModality) ApartByModalityDocument {
			return ApartByModalityDocument{orNull(string(m.Modality)), m.Sessions, m.High, m.Low, m.Together}
		}),
	}
}
