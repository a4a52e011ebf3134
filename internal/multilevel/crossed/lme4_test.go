//go:build unix

package crossed_test

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"holon/internal/multilevel/crossed"
)

// TestBesideLme4 is the Holon half of testdata/compare_lme4.sh. With
// HOLON_LME4=write it writes the ratings of the designs to HOLON_LME4_DIR, with
// HOLON_LME4=fit it fits what was written and prints one line per design.
func TestBesideLme4(t *testing.T) {
	mode, dir := os.Getenv("HOLON_LME4"), os.Getenv("HOLON_LME4_DIR")
	if mode == "" {
		t.Skip("run by testdata/compare_lme4.sh, which needs R with lme4")
	}
	for _, d := range designs {
		t.Run(d.name, func(t *testing.T) {
			file := filepath.Join(dir, d.name+".bin")
			if mode == "write" {
				writeTable(t, file, drawTable(d.groups, d.members, d.sessions, d.missing))
				return
			}
			timeFit(t, d.name, readTable(t, file))
		})
	}
}

// writeTable writes the number of rows, whether there are sessions, and the columns.
func writeTable(t *testing.T, name string, table crossed.Table) {
	t.Helper()
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(file)
	head := []int32{int32(len(table.Y)), 0}
	if table.Session != nil {
		head[1] = 1
	}
	for _, column := range []any{head, table.Group, table.Member, table.Session, table.Y} {
		if err := binary.Write(w, binary.LittleEndian, column); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// readTable reads what writeTable wrote.
func readTable(t *testing.T, name string) crossed.Table {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	r := bufio.NewReader(file)
	head := column[int32](t, r, 2, 4, func(b []byte) int32 { return int32(binary.LittleEndian.Uint32(b)) })
	code := func(b []byte) int32 { return int32(binary.LittleEndian.Uint32(b)) }
	n := int(head[0])
	table := crossed.Table{Group: column(t, r, n, 4, code), Member: column(t, r, n, 4, code)}
	if head[1] == 1 {
		table.Session = column(t, r, n, 4, code)
	}
	table.Y = column(t, r, n, 8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) })
	return table
}

// column reads n numbers of some bytes each without a second copy in memory.
func column[E any](t *testing.T, r io.Reader, n, size int, read func([]byte) E) []E {
	t.Helper()
	out := make([]E, n)
	buffer := make([]byte, size)
	for i := range out {
		if _, err := io.ReadFull(r, buffer); err != nil {
			t.Fatal(err)
		}
		out[i] = read(buffer)
	}
	return out
}

// timeFit prints the least wall and processor time of some fits, the summary of the
// ratings included, the peak memory of the process and the estimates.
func timeFit(t *testing.T, name string, table crossed.Table) {
	t.Helper()
	const repeats = 9
	wall, processor := math.Inf(1), math.Inf(1)
	var fit crossed.Fit
	for range repeats {
		start, used := time.Now(), usage(t) //nolint:forbidigo // the time itself is wanted
		m := crossed.Model{Group: true, Member: table.Session != nil, Session: table.Session != nil}
		fit = fitted(t, summarise(t, table), m, crossed.REML)
		wall = min(wall, time.Since(start).Seconds())
		processor = min(processor, usage(t)-used)
	}
	v := fit.Variance
	_, err := fmt.Fprintf(os.Stdout, "holon %s %.6f %.6f %d %.17g %.17g %.17g %.17g %.17g %.17g\n", name, wall, processor, peak(t),
		fit.Deviance, v[crossed.Group], v[crossed.Member], v[crossed.Session], v[crossed.Residual], fit.Mean)
	if err != nil {
		t.Fatal(err)
	}
}

// usage returns the seconds of processor time used so far.
func usage(t *testing.T) float64 {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

// peak returns the peak resident memory of the process in kB, 0 where the system
// does not tell.
func peak(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kB int
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kB); err == nil {
			return kB
		}
	}
	return 0
}
