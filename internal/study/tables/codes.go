package tables

import (
	"maps"
	"slices"
	"strings"
)

// Code is what one code of a released number says.
type Code struct {
	Analysis string // of a statistic and of what it is of; all: of every analysis. Empty of the others
	Code     string
	Words    string
	Unit     string // of a statistic
}

// Codes is what the codes of released numbers say, each list in its order.
type Codes struct {
	Analyses, Statistics, Ofs, Answers, Methods []Code
	Caveats                                     []Code // many have the words of a reason, and stand there
	Reasons                                     []Code
	ReasonParts                                 []Code // what stands before a reason that is put together
	ItemStates                                  []Code // what may stand behind the part that speaks of items
}

// ReleaseCodes returns the words of every code, as the codebook of a package has them.
func ReleaseCodes() Codes {
	return Codes{
		Analyses: plainCodes(kindAnalysis), Answers: plainCodes(kindAnswer), Methods: plainCodes(kindMethod), Caveats: plainCodes(kindCaveat),
		Statistics: codesOfAnalyses(kindStatistic), Ofs: codesOfAnalyses(kindOf),
		Reasons: reasonCodes(), ReasonParts: reasonParts(), ItemStates: itemStateCodes(),
	}
}

// plainCodes lists the codes of a kind that is of no analysis.
func plainCodes(kind string) []Code {
	var out []Code
	for _, line := range linesOf(kind) {
		out = append(out, Code{Code: line[0], Words: line[1]})
	}
	return out
}

// codesOfAnalyses lists the codes of a kind that has the name of an analysis before them.
func codesOfAnalyses(kind string) []Code {
	var out []Code
	for _, line := range linesOf(kind) {
		c := Code{Analysis: line[0], Code: line[1], Words: line[2]}
		if len(line) > 3 {
			c.Unit = line[3]
		}
		out = append(out, c)
	}
	return out
}

// reasonCodes lists the reasons, which have no kind before them.
func reasonCodes() []Code {
	var out []Code
	for line := range strings.Lines(wordsText) {
		if code, said, found := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); found && !strings.Contains(code, " ") {
			out = append(out, Code{Code: code, Words: said})
		}
	}
	return out
}

// itemStateCodes lists what became of items without an answer.
func itemStateCodes() []Code {
	states := itemStates()
	var out []Code
	for _, code := range slices.Sorted(maps.Keys(states)) {
		out = append(out, Code{Code: code, Words: states[code]})
	}
	return out
}
