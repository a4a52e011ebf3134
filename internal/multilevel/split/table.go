package split

import (
	"fmt"
	"strings"
)

// falls are the real splits of the documented table, in standard deviations.
func falls() []float64 { return []float64{1, 2, 3} }

// Header is the head of the documented table.
func Header() string {
	return "| answers | members | correlation | stability | stable families alerted | fall of 1 SD seen in 1, 2, 4 sessions | of 2 SD | of 3 SD |\n" +
		"| --- | --- | --- | --- | --- | --- | --- | --- |\n"
}

// Row is one row of it, in percent: the alerts of families where nobody falls, and how
// many of the falls of one member in every fifth family were seen.
func (w *World) Row(practices int, seed uint64) string {
	stable := w.Try(practices, seed)
	var cells strings.Builder
	for _, fall := range falls() {
		x := *w
		x.Fall = fall
		got := x.Try(practices, seed)
		sum, by := 0, make([]float64, len(got.Seen))
		for k, n := range got.Seen {
			sum += n
			by[k] = 100 * float64(sum) / float64(got.Fell)
		}
		fmt.Fprintf(&cells, " %.0f, %.0f, %.0f |", by[0], by[1], by[len(by)-1])
	}
	return fmt.Sprintf("| %s | %d | %.1f | %.1f | %.1f |%s", w.Name, w.Members, w.Correlation, w.Stability, 100*float64(stable.Alerted)/float64(stable.Families), cells.String())
}
