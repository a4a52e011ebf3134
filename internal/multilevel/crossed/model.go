package crossed

// Component is one source of variance.
type Component int

// The components, in the order in which Variances holds them.
const (
	Group Component = iota
	Member
	Session
	Residual
	components // how many there are
)

// String returns the name that reports use.
func (c Component) String() string {
	switch c {
	case Group:
		return "group"
	case Member:
		return "member"
	case Session:
		return "session"
	default:
		return "residual"
	}
}

// Variances holds one variance per component, indexed by Component.
type Variances [components]float64

// Total returns the sum of all.
func (v Variances) Total() float64 { return v[Group] + v[Member] + v[Session] + v[Residual] }

// Model says which components may differ from zero. The residual is always there.
type Model struct {
	Group, Member, Session bool
}

// Has says whether the model has the component.
func (m Model) Has(c Component) bool {
	switch c {
	case Group:
		return m.Group
	case Member:
		return m.Member
	case Session:
		return m.Session
	default:
		return true
	}
}

// Without returns the model with one component less.
func (m Model) Without(c Component) Model {
	switch c {
	case Group:
		m.Group = false
	case Member:
		m.Member = false
	case Session:
		m.Session = false
	default:
	}
	return m
}

// Method is the likelihood that is maximised.
type Method int

// The methods. Both deviances hold all constants:
//
//	ML:   N log 2pi + log|V| + r'V^-1 r
//	REML: (N-1) log 2pi + log|V| + log 1'V^-1 1 + r'V^-1 r
const (
	REML Method = iota
	ML
)

// String returns the name that reports use.
func (m Method) String() string {
	if m == ML {
		return "ML"
	}
	return "REML"
}
