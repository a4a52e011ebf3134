package demo

import (
	"fmt"
	"io"
	"math"
	"strings"
)

// columns is how wide the table is.
const columns = 100

// page prints lines of limited width and remembers the first failure.
type page struct {
	w   io.Writer
	err error
}

// line prints one line.
func (p *page) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, strings.TrimRight(fmt.Sprintf(format, args...), " "))
	}
}

// joined stands for a space that no line is broken at.
const joined = "\x00"

// paragraph prints text, broken at spaces, behind an indent. A number
// stays with its percent sign.
func (p *page) paragraph(indent, text string) {
	line, begun := indent, false
	for word := range strings.FieldsSeq(strings.ReplaceAll(text, " %", joined+"%")) {
		if begun && len([]rune(line))+1+len([]rune(word)) > columns {
			p.line("%s", strings.ReplaceAll(line, joined, " "))
			line, begun = indent, false
		}
		if begun {
			line += " "
		}
		line, begun = line+word, true
	}
	p.line("%s", strings.ReplaceAll(line, joined, " "))
}

// percent rounds a share to whole percents, without a negative zero.
func percent(share float64) float64 { return math.Round(100*share) + 0 }

// list joins words with commas and an "and".
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
