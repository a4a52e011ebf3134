package tables

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the page of the codes anew")

// codesPage is the page that has the codes as tables.
const codesPage = "../../../docs/release-codes.md"

// codesIntroduction stands above the tables of the page.
const codesIntroduction = `# The codes of released numbers

What every code in a record of a [study's](studies.md) release means, for whoever has the numbers and no package of rows, whose codebook says the same. ` + "`GET /schemas/release-codes.json`" + ` has these lists for a program, without a token;
what each ` + "`statistic`" + ` is, with its unit, stands [among the studies](studies.md#what-a-release-holds) and in that file as well.

| key of a record | list |
| --- | --- |
| ` + "`analysis`" + ` | [analyses](#analyses) |
| ` + "`of`" + ` | [of what](#of-what); of ` + "`excluded_rows`" + ` a [reason](#reasons); of ` + "`heterogeneity_…`" + ` the statistic that is compared, and behind a space its own ` + "`of`" + ` |
| ` + "`answer`" + ` | [answers](#answers): of the whole analysis, beside each of its numbers |
| ` + "`method`" + ` | [methods](#methods) of the interval or the test |
| ` + "`caveats`" + ` | [caveats](#caveats), of the whole analysis; one that is not there is among the [reasons](#reasons) |
| ` + "`reason`" + ` | [reasons](#reasons): why there is no estimate |
`

// codesMarkdown writes the page.
func codesMarkdown() string {
	var out strings.Builder
	out.WriteString(codesIntroduction)
	all := ReleaseCodes()
	for _, list := range []struct {
		title, head, before string
		codes               []Code
	}{
		{"Analyses", "| analysis | asks |", "", all.Analyses},
		{"Of what", "| analysis | `of` | of what |", "", all.Ofs},
		{"Answers", "| answer | in words |", "", all.Answers},
		{"Methods", "| method | in words |", "", all.Methods},
		{"Caveats", "| code | in words |", "They are of the whole analysis, and stand beside each of its numbers.\n\n", all.Caveats},
		{"Reasons", "| code | in words |", "Why there is no number, and in `excluded_rows` why something was left out.\n\n", all.Reasons},
		{"Reasons that are put together", "| begins with | in words |", "Another reason stands behind, or an [item state](#item-states): `first_missing_score_total_only` is of the first measure, which has no score because only a total was copied from paper.\n\n", all.ReasonParts},
		{"Item states", "| behind `missing_items_` | in words |", "", all.ItemStates},
	} {
		out.WriteString("\n## " + list.title + "\n\n" + list.before + list.head + "\n|" + strings.Repeat(" --- |", strings.Count(list.head, "|")-1) + "\n")
		for _, c := range list.codes {
			if out.WriteString("| `"); c.Analysis != "" {
				out.WriteString(c.Analysis + "` | `")
			}
			out.WriteString(c.Code + "` | " + markdownCell(c.Words) + " |\n")
		}
	}
	return out.String()
}

// TestThePageOfTheCodesSaysTheWordsOfTheCodebook holds docs/release-codes.md equal to
// words.tsv.
func TestThePageOfTheCodesSaysTheWordsOfTheCodebook(t *testing.T) {
	t.Parallel()
	want := codesMarkdown()
	if *update {
		if err := os.WriteFile(filepath.FromSlash(codesPage), []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(filepath.FromSlash(codesPage))
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != want {
		t.Error("docs/release-codes.md is not what words.tsv says: run the test with -update")
	}
}

// TestEveryLineOfTheWordsIsPublished counts the lists: none leaves a line out, and no line
// stands in two.
func TestEveryLineOfTheWordsIsPublished(t *testing.T) {
	t.Parallel()
	all := ReleaseCodes()
	said := map[string]int{}
	for kind, list := range map[string][]Code{
		kindAnalysis: all.Analyses, kindStatistic: all.Statistics, kindOf: all.Ofs, kindAnswer: all.Answers, kindMethod: all.Methods, kindCaveat: all.Caveats, "": all.Reasons,
	} {
		for _, c := range list {
			line := strings.Join(strings.Fields(kind+" "+c.Analysis+" "+c.Code), " ") + "\t" + c.Words
			if kind == kindStatistic {
				line += "\t" + c.Unit
			}
			said[line+"\n"]++
		}
	}
	lines := 0
	for line := range strings.Lines(wordsText) {
		if lines++; said[line] != 1 {
			t.Errorf("%d times: %s", said[line], line)
		}
	}
	if lines != len(said) {
		t.Errorf("%d lines and %d codes", lines, len(said))
	}
}
