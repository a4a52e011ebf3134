package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"holon/internal/analysis"
)

// progressFlag says whether to tell how far a long analysis is.
type progressFlag struct {
	Progress bool `help:"Tell on standard error how far it is, also where that is not a terminal."`
}

// listener returns who tells the person at the keyboard how far it is, and what
// to call at the end; nil if nobody is there to read it.
func (f progressFlag) listener(p *program) (told analysis.Progress, end func()) {
	w := &progressWriter{w: p.stderr, clock: p.clock, terminal: isTerminal(p.stderr)}
	if !f.Progress && !w.terminal {
		return nil, func() {}
	}
	return w.tell, w.end
}

// isTerminal tells whether what is written there is read as it comes.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// betweenLines is how often a line on a terminal is written anew.
const betweenLines = 100 * time.Millisecond

// progressWriter writes how far an analysis is: on a terminal in one line, again
// and again, elsewhere in a line for every stage and every tenth of it.
type progressWriter struct {
	w        io.Writer
	clock    func() time.Time
	terminal bool
	stage    string
	tenth    int
	last     time.Time
}

// tell is the analysis's Progress.
func (x *progressWriter) tell(stage string, done, total int) {
	line := stage
	if total > 0 {
		line = fmt.Sprintf("%s: %d of %d", stage, done, total)
	} else if done > 0 && x.terminal { // nobody knows of how many
		line = fmt.Sprintf("%s: %d", stage, done)
	}
	if x.terminal {
		if now := x.clock(); stage != x.stage || now.Sub(x.last) >= betweenLines || (total > 0 && done == total) {
			x.stage, x.last = stage, now
			_, _ = fmt.Fprintf(x.w, "\r\x1b[K  %s", line) // progress is only a comfort
		}
		return
	}
	tenth := 0
	if total > 0 {
		tenth = 10 * done / total
	}
	if stage != x.stage || tenth > x.tenth {
		x.stage, x.tenth = stage, tenth
		_, _ = fmt.Fprintf(x.w, "  %s\n", line) // as above
	}
}

// end takes the line off a terminal.
func (x *progressWriter) end() {
	if x.terminal && x.stage != "" {
		_, _ = io.WriteString(x.w, "\r\x1b[K") // as above
	}
}
