package analysis

// SlippingDocument is the result of the analysis slipping.
type SlippingDocument struct {
	Rules   []SignRuleDocument    `json:"rules"`
	Stayed  int                   `json:"stayed"`      // members who did not drop out
	Left    int                   `json:"dropped_out"` // members who did
	Members []MemberSignsDocument `json:"members"`
}

// SignRuleDocument is a sign with how often it was there.
type SignRuleDocument struct {
	ID           string           `json:"id"`
	Meaning      string           `json:"meaning"`
	Source       string           `json:"source"`
	Verified     bool             `json:"verified"`
	TellsNothing bool             `json:"tells_nothing"` // such answers carry no information, and are neither good nor bad
	Stayed       SignRateDocument `json:"stayed"`
	Left         SignRateDocument `json:"dropped_out"`
	ByChance     *float64         `json:"by_chance"` // share of three values in a row of a member whose level does not move; null where that hangs on the level or on attendance
}

// SignRateDocument counts a sign among members.
type SignRateDocument struct {
	Members  int `json:"members"`    // in whom it was there at least once
	Of       int `json:"of_members"` // of so many
	Times    int `json:"times"`      // sessions in which it was there
	Sessions int `json:"of_sessions"`
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
	Rule    string `json:"rule"`
	Session string `json:"session"`
	Number  int    `json:"number"`
	HeldOn  string `json:"held_on"`
	Now     bool   `json:"now"` // in the member's last meeting
}

// document returns the result as it is written.
func (s *SlippingResult) document() any {
	return SlippingDocument{
		Stayed: s.Stayed, Left: s.Left, Members: each(s.Members, memberSignsDocument),
		Rules: each(s.Rules, func(r SignRule) SignRuleDocument {
			return SignRuleDocument{
				ID: string(r.ID), Meaning: r.Meaning, Source: r.Source, Verified: r.Verified, TellsNothing: r.TellsNothing,
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
			return MemberSignDocument{Rule: string(x.Rule), Session: x.Session, Number: x.Number, HeldOn: x.HeldOn, Now: x.Now}
		}),
	}
}
