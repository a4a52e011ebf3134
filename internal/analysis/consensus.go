package analysis

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"holon/internal/instrument"
	"holon/internal/multilevel/agreement"
)

// showAgreement sets the agreement of a direct consensus beside its result, or
// says why it is not there. What members say of themselves becomes shared only
// by being shared (Chan 1998).
func (g *gathering) showAgreement(ctx context.Context, ask *Ask, r *Report) error {
	result, ok := r.Result.(*GroupLevelResult)
	if !ok || result.Around == nil {
		r.Caveats.Add("agreement_not_shown", "A direct consensus needs the agreement within groups beside it. Nothing was computed here, so it is not shown either.")
		return nil
	}
	if !g.oneScale() {
		noAgreement(r, "The items have different response scales, so their variances cannot be averaged.")
		return nil
	}
	found, err := agreement.Analyse(ctx, g.sharedForms(), agreement.Options{Draws: ask.Draws, Seed: ask.Seed, Progress: ask.tell("strangers")})
	if err != nil {
		return ended(ctx, err)
	}
	if found.Reason != "" {
		noAgreement(r, agreement.Sentence(found.Reason))
		return nil
	}
	result.Around.Agreement = &AgreementResult{Result: found}
	r.Caveats.Merge(found.Caveats)
	r.Caveats.Merge(found.Summary.ICC.Caveats)
	left := 0
	for _, x := range g.items.Excluded.List() {
		if strings.HasPrefix(x.Reason, "missing_items_") {
			left += x.Rows
		}
	}
	if left > 0 {
		r.Caveats.Add("agreement_of_complete_forms", fmt.Sprintf("The agreement shown is that of complete forms: %d without an answer to every item are not in it.", left))
	}
	return nil
}

// noAgreement says why the agreement of a direct consensus is not shown.
func noAgreement(r *Report, why string) {
	r.Caveats.Add("agreement_not_shown", "A direct consensus needs the agreement within groups beside it, which this report does not hold. "+why)
}

// oneScale tells whether the items of a gathering's measure have the same
// options.
func (g *gathering) oneScale() bool {
	items := g.scorer.Items()
	return len(items) > 0 && !slices.ContainsFunc(items, func(x instrument.Item) bool {
		return x.Min != items[0].Min || x.Max != items[0].Max || x.Step != items[0].Step
	})
}
