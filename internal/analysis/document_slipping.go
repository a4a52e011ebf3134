package analysis

import "holon/internal/slipping"

// SlippingDocument is the result of the analysis slipping.
type SlippingDocument struct {
	Rules  []SignRuleDocument `json:"rules"`
	Stayed int                `json:"stayed"`      // members who did not drop out
	Left   int                `json:"dropped_out"` // members who did

	Signed       int `json:"with_a_sign"`            // members in whom any sign was there but those that tell nothing
	SignedStayed int `json:"with_a_sign_and_stayed"` // of them, who did not drop out

	Members   []MemberSignsDocument `json:"members"`
	Absences  *AnsweringDocument    `json:"absences_answered"` // of members who did not come
	Answering *AnsweringDocument    `json:"signs_answered"`    // of signs that were raised as findings
}

// AnsweringDocument is how findings were answered.
type AnsweringDocument struct {
	Findings   int                 `json:"findings"`
	Answered   int                 `json:"answered"`    // of them, with any action noted, be it that nothing needed doing
	Acted      int                 `json:"acted"`       // of them, with something done
	MedianDays *float64            `json:"median_days"` // from the session to the first thing done
	ByCode     []CodeCountDocument `json:"by_code"`
}

// CodeCountDocument is how often something was done.
type CodeCountDocument struct {
	Code  string `json:"code"`
	Times int    `json:"times"`
}

// DoneDocument is one thing that was done.
type DoneDocument struct {
	Code    string  `json:"code"`
	Contact *string `json:"contact"` // how it went; of a contact only
	Reason  *string `json:"reason"`  // why nothing was done; of that only
	On      string  `json:"on"`
	Days    int     `json:"days"` // after the session
}

// SignRuleDocument is a sign with how often it was there.
type SignRuleDocument struct {
	ID           string              `json:"id"`
	Version      int                 `json:"version"`
	Parameters   []ParameterDocument `json:"parameters"`
	Meaning      string              `json:"meaning"`
	Source       string              `json:"source"`
	Verified     bool                `json:"verified"`
	TellsNothing bool                `json:"tells_nothing"` // such answers carry no information, and are neither good nor bad
	Stayed       SignRateDocument    `json:"stayed"`
	Left         SignRateDocument    `json:"dropped_out"`
	ByChance     *float64            `json:"by_chance"` // share of three values in a row of a member whose level does not move; null where that hangs on the level or on attendance
}

// ParameterDocument is a number that a rule goes by.
type ParameterDocument struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// SignRateDocument counts a sign among members.
type SignRateDocument struct {
	Members  int `json:"members"`     // in whom it was there at least once
	Of       int `json:"of_members"`  // of so many in whom it could be
	Times    int `json:"times"`       // sessions in which it was there
	Sessions int `json:"of_sessions"` // of so many in which it could be
}

// MemberSignsDocument is one member in one group.
type MemberSignsDocument struct {
	Group    string               `json:"group"`
	Member   string               `json:"member"`
	Sessions int                  `json:"sessions"`     // meetings with a seat
	Last     int                  `json:"last_session"` // the number of the last of them
	Left     bool                 `json:"dropped_out"`
	Gone     bool                 `json:"gone"` // in the group no longer
	Signs    []MemberSignDocument `json:"signs"`
}

// MemberSignDocument is a sign in a session.
type MemberSignDocument struct {
	Rule    string         `json:"rule"`
	Session string         `json:"session"`
	Number  int            `json:"number"`
	HeldOn  string         `json:"held_on"`
	Now     bool           `json:"now"`  // in the last session in which the rule could be met, of a member who is still there
	Done    []DoneDocument `json:"done"` // noted about the member in the four weeks from the session on
}

// document returns the result as it is written.
func (s *SlippingResult) document() any {
	return SlippingDocument{
		Absences: s.Absences.document(), Answering: s.Answering.document(),
		Stayed: s.Stayed, Left: s.Left, Signed: s.Signed, SignedStayed: s.SignedStayed, Members: each(s.Members, memberSignsDocument),
		Rules: each(s.Rules, func(r SignRule) SignRuleDocument {
			return SignRuleDocument{
				ID: string(r.ID), Version: r.Version, Parameters: each(r.Parameters, func(x slipping.Parameter) ParameterDocument { return ParameterDocument(x) }), Meaning: r.Meaning, Source: r.Source, Verified: r.Verified, TellsNothing: r.TellsNothing,
				Stayed: SignRateDocument(r.Stayed), Left: SignRateDocument(r.Left), ByChance: r.ByChance,
			}
		}),
	}
}

// memberSignsDocument returns one member as it is written.
func memberSignsDocument(m MemberSigns) MemberSignsDocument {
	return MemberSignsDocument{
		Group: m.Group, Member: m.Member, Sessions: m.Sessions, Last: m.Last, Left: m.Left, Gone: m.Gone,
		Signs: each(m.Signs, func(x MemberSign) MemberSignDocument {
			return MemberSignDocument{Rule: string(x.Rule), Session: x.Session, Number: x.Number, HeldOn: x.HeldOn, Now: x.Now, Done: each(x.Done, doneDocument)}
		}),
	}
}

// document returns how findings were answered as it is written, nil for none.
func (a *Answering) document() *AnsweringDocument {
	if a == nil {
		return nil
	}
	return &AnsweringDocument{
		Findings: a.Findings, Answered: a.Answered, Acted: a.Acted, MedianDays: a.MedianDays,
		ByCode: each(a.ByCode, func(c CodeCount) CodeCountDocument { return CodeCountDocument{Code: string(c.Code), Times: c.Times} }),
	}
}

// doneDocument returns what was done as it is written.
func doneDocument(d Deed) DoneDocument {
	return DoneDocument{Code: string(d.Code), Contact: orNull(string(d.Contact)), Reason: orNull(string(d.Reason)), On: d.On, Days: d.Days}
}
