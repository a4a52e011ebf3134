package analysis

import (
	"slices"

	"holon/internal/multilevel"
	"holon/internal/multilevel/onewithmany"
)

// OneWithManyResult says whose share the differences between therapist–member
// pairs are, and how the two sides go together.
type OneWithManyResult struct {
	Found   onewithmany.Result
	Against *Subject // what the therapists' measure is; nil without one and where the data are a table
}

// Analysis returns OneWithManyName.
func (*OneWithManyResult) Analysis() Name { return OneWithManyName }

// Verdict describes: how large a share is large depends on the use.
func (o *OneWithManyResult) Verdict() Verdict {
	silent := []multilevel.Reason{onewithmany.OneTherapist, onewithmany.OneMemberEach, onewithmany.NotTold, onewithmany.NoOptimum}
	if slices.Contains(silent, o.Found.Reason) {
		return Verdict{Answer: multilevel.NotIdentifiable, Reason: o.Found.Reason}
	}
	return described(o.Found.Reason)
}
