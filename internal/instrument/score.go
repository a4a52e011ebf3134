package instrument

// Score says how one number is made of items of one level.
type Score struct {
	ID         string // snake case; unique within the version: "bond", "total"
	Title      string
	Level      Level
	Items      []int
	Method     Method
	Factor     float64 // multiplies the result; CORE-10 is the item mean times 10. 0 means 1
	MaxMissing int     // of this score's items; more gives no score
	Direction  Direction
	Min, Max   float64 // the score's possible range
	Cutoffs    []Cutoff
	Changes    []ReliableChange
}

// Method says how a score is made, missing items included.
type Method string

// The methods. With nothing missing sum and mean are what their names say.
const (
	Sum            Method = "sum"              // every item needed
	SumProrated    Method = "sum_prorated"     // mean of the answered items times the number of items
	SumMeanRounded Method = "sum_mean_rounded" // a missing item counts as the answered items' mean, rounded to a whole number
	Mean           Method = "mean"             // of the answered items
)

// Cutoff is a published or local limit, with the people it was found for.
type Cutoff struct {
	Population string
	Label      string
	Value      float64
	AtOrAbove  bool // true: the label holds from Value upward; false: below Value
	Source     string
	Verified   bool // false: from memory or a secondary source; shown so
}

// ReliableChange is the change beyond which measurement error is unlikely.
type ReliableChange struct {
	Population string
	Value      float64
	Source     string
	Verified   bool
}

// ScoreValue is a derived number, never typed by anyone.
type ScoreValue struct {
	ScoreID  string
	Level    Level
	Value    *float64 // nil when there is none, and Reason says why
	NItems   int      // answered items used
	Prorated bool
	Reason   string // code and sentence are in Reason/Detail: "too_many_missing", …
	Detail   string
}
