package analysis

// AlarmsDocument is the result of the analysis alarms.
type AlarmsDocument struct {
	Budget      float64            `json:"budget"`                  // false alarms that one therapist bears in a week
	P           *float64           `json:"chance_of_a_false_alarm"` // the least that a comparison was given
	Comparisons int                `json:"comparisons"`
	ByChance    float64            `json:"by_chance"` // alarms in as many comparisons of members whose level does not move
	Found       int                `json:"found"`
	Seen        []DropSeenDocument `json:"seen"`
	All         []AlarmDocument    `json:"alarms"`
	Answering   *AnsweringDocument `json:"alarms_answered"` // of those that were raised as findings
}

// DropSeenDocument is how many real falls of a size the rule about drops finds in the same week, in a member with eight earlier values beside seven others.
type DropSeenDocument struct {
	SDs   int      `json:"sd_within"`
	Share *float64 `json:"share"`
}

// AlarmDocument is one alarm.
type AlarmDocument struct {
	Group      string         `json:"group"`
	Therapist  *string        `json:"therapist"` // null of an outcome
	Member     *string        `json:"member"`    // null of the whole group
	Session    string         `json:"session"`
	Number     int            `json:"number"`
	HeldOn     string         `json:"held_on"`
	Instrument string         `json:"instrument"`
	Score      string         `json:"score"`
	Title      string         `json:"title"`
	Rule       string         `json:"rule"`
	Value      float64        `json:"value"`    // of the whole group: how far its members lie from their own means
	Expected   float64        `json:"expected"` // by what went before and what the others did
	Z          float64        `json:"z"`        // the difference in standard errors
	Done       []DoneDocument `json:"done"`     // noted about the member, or the group as a whole, in the four weeks from the session on
}

// document returns the result as it is written.
func (a *AlarmsResult) document() any {
	return AlarmsDocument{
		Answering: a.Answering.document(),
		Budget:    a.Budget, P: a.P, Comparisons: a.Comparisons, ByChance: a.ByChance, Found: len(a.All),
		Seen: each(a.Seen, func(d DropSeen) DropSeenDocument { return DropSeenDocument(d) }),
		All: each(a.All, func(x Alarm) AlarmDocument {
			return AlarmDocument{
				Group: x.Group, Therapist: orNull(x.Therapist), Member: orNull(x.Member), Session: x.Session, Number: x.Number, HeldOn: x.HeldOn,
				Instrument: x.Instrument, Score: x.Score, Title: x.Title, Rule: string(x.Rule), Value: x.Value, Expected: x.Expected, Z: x.Z, Done: each(x.Done, doneDocument),
			}
		}),
	}
}
