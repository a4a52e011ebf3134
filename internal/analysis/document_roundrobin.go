package analysis

// RoundRobinDocument is the result of the analysis round_robin.
type RoundRobinDocument struct {
	Groups     []RoundDocument    `json:"groups"`
	Pooled     PooledDocument     `json:"pooled"`
	Lead       *string            `json:"lead_test"`
	Left       []LeftDocument     `json:"members_left_out"`
	Out        []GroupOutDocument `json:"groups_left_out"`
	Closed     *string            `json:"closed_reason"`
	Restricted RestrictedDocument `json:"restricted"`
	Objection  *string            `json:"objection"`
}

// RoundDocument is one complete group.
type RoundDocument struct {
	Group              string              `json:"group"`
	N                  int                 `json:"n"`
	Mean               *float64            `json:"mean"`
	Members            []RoundMember       `json:"members"`
	Components         []RoundPartDocument `json:"components"`
	ActorReliability   *float64            `json:"actor_reliability"`
	PartnerReliability *float64            `json:"partner_reliability"`
	GeneralReciprocity *float64            `json:"general_reciprocity"`
	DyadicReciprocity  *float64            `json:"dyadic_reciprocity"`
}

// RoundMember is what one member gives and gets in general.
type RoundMember struct {
	Member  string  `json:"member"`
	Actor   float64 `json:"actor"`
	Partner float64 `json:"partner"`
}

// RoundPartDocument is one component with its tests.
type RoundPartDocument struct {
	Component string              `json:"component"`
	Estimate  *float64            `json:"estimate"`
	Share     *float64            `json:"share"`
	Tests     []RoundTestDocument `json:"tests"`
}

// RoundTestDocument is one test of a component.
type RoundTestDocument struct {
	Method string   `json:"method"`
	SE     *float64 `json:"se"`
	T      *float64 `json:"t"`
	DF     int      `json:"df"`
	P      *float64 `json:"p"`
	Sides  int      `json:"sides"`
}

// PooledDocument is several groups together.
type PooledDocument struct {
	Groups             int                 `json:"groups"`
	Members            int                 `json:"members"`
	Components         []RoundPartDocument `json:"components"`
	GeneralReciprocity *float64            `json:"general_reciprocity"`
	DyadicReciprocity  *float64            `json:"dyadic_reciprocity"`
	GroupVariance      *float64            `json:"var_group"`
}

// LeftDocument is a member who was left out of the closed formulas.
type LeftDocument struct {
	Group   string `json:"group"`
	Member  string `json:"member"`
	Ratings int    `json:"ratings"`
	Reason  string `json:"reason"`
}

// GroupOutDocument is a group that was left out of them.
type GroupOutDocument struct {
	Group   string `json:"group"`
	Members int    `json:"members"`
	Missing int    `json:"missing"`
	Reason  string `json:"reason"`
}

// RestrictedDocument is the restricted likelihood of all groups of four and more.
type RestrictedDocument struct {
	Groups  int                     `json:"groups"`
	Members int                     `json:"members"`
	Ratings int                     `json:"ratings"`
	Missing int                     `json:"missing"`
	Without *RoundFitDocument       `json:"without_group_variance"`
	With    *RoundFitDocument       `json:"with_group_variance"`
	Test    *RoundGroupTestDocument `json:"group_variance_test"`
	Reason  *string                 `json:"reason"`
}

// RoundFitDocument is one fit.
type RoundFitDocument struct {
	Mean               *float64             `json:"mean"`
	MeanSE             *float64             `json:"mean_se"`
	Components         []FittedPartDocument `json:"components"`
	GeneralReciprocity *float64             `json:"general_reciprocity"`
	DyadicReciprocity  *float64             `json:"dyadic_reciprocity"`
	LogLikelihood      *float64             `json:"log_likelihood"`
	Deviance           *float64             `json:"deviance"`
	Boundary           []BoundaryDocument   `json:"boundary"`
	SecondOptimum      *float64             `json:"second_optimum_deviance"`
}

// FittedPartDocument is one component of a fit.
type FittedPartDocument struct {
	Component string   `json:"component"`
	Estimate  *float64 `json:"estimate"`
	SE        *float64 `json:"se"`
}

// RoundGroupTestDocument is the likelihood-ratio test of the group variance.
type RoundGroupTestDocument struct {
	Statistic float64 `json:"statistic"`
	P         float64 `json:"p"`
	Null      string  `json:"null"`
}

// BondsDocument is the result of the analysis bonds.
type BondsDocument struct {
	Threshold float64               `json:"threshold"`
	Low       float64               `json:"low"`
	High      float64               `json:"high"`
	Groups    []BondedGroupDocument `json:"groups"`
}

// BondedGroupDocument is one group over its sessions with bonds.
type BondedGroupDocument struct {
	Group    string                  `json:"group"`
	Sessions []BondedSessionDocument `json:"sessions"`
	Steps    []BondStepDocument      `json:"steps"`
	Parts    BondPartsDocument       `json:"parts"`
}

// BondedSessionDocument is the bonds of one session.
type BondedSessionDocument struct {
	Session int                `json:"session"`
	Number  int                `json:"number"`
	Plain   BondTiesDocument   `json:"plain"`
	Centred BondTiesDocument   `json:"centred"`
	Nodes   []BondNodeDocument `json:"nodes"`
	Edges   []BondEdgeDocument `json:"edges"`
}

// BondTiesDocument counts the ties of a session.
type BondTiesDocument struct {
	Members             int      `json:"members"`
	Rated               int      `json:"rated"`
	Possible            int      `json:"possible"`
	Ties                int      `json:"ties"`
	Density             *float64 `json:"density"`
	Mean                *float64 `json:"mean"`
	Pairs               int      `json:"pairs"`
	Mutual              int      `json:"mutual"`
	OneSided            int      `json:"one_sided"`
	MutualByChance      *float64 `json:"mutual_by_chance"`
	Reciprocity         *float64 `json:"reciprocity"`
	ReciprocityByChance *float64 `json:"reciprocity_by_chance"`
	FewIncoming         int      `json:"few_incoming"`
	FewIncomingByChance *float64 `json:"few_incoming_by_chance"`
}

// BondNodeDocument is one member of a sociogram.
type BondNodeDocument struct {
	Member          string   `json:"member"`
	Raters          int      `json:"raters"`
	Incoming        int      `json:"incoming"`
	Rated           int      `json:"rated"`
	Outgoing        int      `json:"outgoing"`
	Few             bool     `json:"few_incoming"`
	ByChance        *float64 `json:"few_by_chance"`
	CentredIncoming int      `json:"centred_incoming"`
	MeanGiven       *float64 `json:"mean_given"`
	MeanGot         *float64 `json:"mean_received"`
}

// BondEdgeDocument is one member's rating of another.
type BondEdgeDocument struct {
	From     string  `json:"from"`
	To       string  `json:"to"`
	Value    float64 `json:"value"`
	Tie      bool    `json:"tie"`
	Mutual   bool    `json:"mutual"`
	AboveOwn bool    `json:"centred_tie"`
}

// BondStepDocument compares two sessions.
type BondStepDocument struct {
	From      int      `json:"from"`
	To        int      `json:"to"`
	Compared  int      `json:"compared"`
	Kept      int      `json:"kept"`
	Lost      int      `json:"lost"`
	New       int      `json:"new"`
	Stability *float64 `json:"stability"`
}

// BondPartsDocument is the parts a group falls into.
type BondPartsDocument struct {
	Reason   *string    `json:"reason"`
	Sessions int        `json:"sessions"`
	Members  int        `json:"members"`
	Parts    [][]string `json:"parts"`
	Apart    []string   `json:"apart"`
}
