package analysis

// LevelTableDocument is the result of the analysis level_table: every two of the
// measures that members gave in the same sessions.
type LevelTableDocument struct {
	Measures []LevelMeasureDocument `json:"measures"`
	Pairs    []LevelPairDocument    `json:"pairs"`
}

// LevelMeasureDocument is one measure by itself; pairs name it by its name.
type LevelMeasureDocument struct {
	Name                 string          `json:"name"`
	Subject              SubjectDocument `json:"subject"`
	Rows                 int             `json:"rows"`
	Groups               int             `json:"groups"`
	Mean                 *float64        `json:"mean"`
	VarianceBetween      *float64        `json:"variance_between_latent"`
	VarianceWithin       *float64        `json:"variance_within"`
	ICC                  *float64        `json:"icc1"`
	ReliabilityGroupMean *float64        `json:"reliability_group_mean"`
	Reason               *string         `json:"reason"`
}

// LevelPairDocument is two measures in the rows that have both. The correlation
// of group means also holds what the same respondents share within groups; the
// latent one does not.
type LevelPairDocument struct {
	X             string           `json:"x"`
	Y             string           `json:"y"`
	Rows          int              `json:"rows"`
	Groups        int              `json:"groups"`
	SharedItems   int              `json:"shared_items"`
	N0            *float64         `json:"n0"`
	RTotal        *float64         `json:"r_total"`
	RWithin       QuantityDocument `json:"r_within"`
	RBetweenMeans QuantityDocument `json:"r_between_means"`
	RBetween      QuantityDocument `json:"r_between_latent"`
	Reason        *string          `json:"reason"`
	Caveats       []CaveatDocument `json:"caveats"`
}

// document returns the table as it is written.
func (l *LevelTableResult) document() any {
	return LevelTableDocument{
		Measures: each(l.Measures, func(m LevelMeasure) LevelMeasureDocument {
			return LevelMeasureDocument{
				Name: m.Name, Subject: *m.Subject.document(), Rows: m.Rows, Groups: m.Groups, Mean: m.Mean, VarianceBetween: m.VarianceBetween,
				VarianceWithin: m.VarianceWithin, ICC: m.ICC, ReliabilityGroupMean: m.ReliabilityGroupMean, Reason: orNull(string(m.Reason)),
			}
		}),
		Pairs: each(l.Pairs, func(p LevelPair) LevelPairDocument {
			return LevelPairDocument{
				X: p.X, Y: p.Y, Rows: p.Rows, Groups: p.Groups, SharedItems: p.SharedItems, N0: p.N0, RTotal: p.Total,
				RWithin: quantityDocument(&p.Within), RBetweenMeans: quantityDocument(&p.BetweenMeans), RBetween: quantityDocument(&p.BetweenLatent),
				Reason: orNull(string(p.Reason)), Caveats: caveatDocuments(&p.Caveats),
			}
		}),
	}
}
