package agreement_test

import (
	"encoding/binary"
	"math"
	"strconv"
	"testing"

	"holon/internal/multilevel/agreement"
)

// numbers reads float64s from bytes, eight to each.
func numbers(data []byte) []float64 {
	var out []float64
	for ; len(data) >= 8 && len(out) < 64; data = data[8:] {
		out = append(out, math.Float64frombits(binary.LittleEndian.Uint64(data)))
	}
	return out
}

// bytesOf writes numbers for a seed.
func bytesOf(values ...float64) []byte {
	var out []byte
	for _, y := range values {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(y))
	}
	return out
}

// FuzzRaterReliability takes any numbers: no panic, and no NaN in a result.
func FuzzRaterReliability(f *testing.F) {
	f.Add(bytesOf(9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8), uint8(4))
	f.Add(bytesOf(1e300, -1e300, 1e-300, 5, math.MaxFloat64, -math.MaxFloat64), uint8(2))
	f.Add(bytesOf(5e-324, 0, 1e-323, 0, 5e-324, 1e-320), uint8(3))
	f.Add(bytesOf(1e10, 1e10+1, 1e10+2, 1e10, 1e10, 1e10+1), uint8(2))
	f.Add(bytesOf(1, 1, 2, 2, 3, 3), uint8(2))
	f.Add(bytesOf(math.NaN(), 1, 2, math.Inf(1)), uint8(2))
	f.Fuzz(func(t *testing.T, data []byte, raters uint8) {
		k := int(raters%8) + 1
		cells := &agreement.Cells{}
		for i, y := range numbers(data) {
			cells.List = append(cells.List, agreement.Cell{Target: strconv.Itoa(i / k), Rater: strconv.Itoa(i % k), Value: y})
		}
		r := agreement.RaterReliability(cells, agreement.ReliabilityOptions{Missing: agreement.DropTargets})
		if at := notFinite(r); at != "" {
			t.Errorf("%s", at)
		}
		if (r.Reason == "") != (len(r.Forms) == 6) {
			t.Errorf("reason %q with %d forms", r.Reason, len(r.Forms))
		}
		for _, form := range r.Forms {
			if ci := form.CI; ci.Lower != nil && ci.Upper != nil && *ci.Lower > *ci.Upper+1e-7*(1+math.Abs(*ci.Upper)) { // near a pole rounding shows
				t.Errorf("%s: limits %v, %v", form.Name, *ci.Lower, *ci.Upper)
			}
		}
	})
}

// FuzzAnalyse takes any scale and any ratings: no panic, and no NaN in a result.
func FuzzAnalyse(f *testing.F) {
	f.Add(1.0, 5.0, 1.0, bytesOf(1, 2, 3, 4, 5, 1, 2, 3), uint8(2), uint8(2))
	f.Add(-3.0, 3.0, 0.5, bytesOf(-3, 3, 0, 0.5, 1, 1), uint8(1), uint8(3))
	f.Add(1e300, 2e300, 1e299, bytesOf(1e300, 2e300, 1.1e300, 1.5e300), uint8(1), uint8(2))
	f.Add(0.0, 1e-320, 5e-324, bytesOf(0, 5e-324), uint8(1), uint8(2))
	f.Fuzz(func(t *testing.T, low, high, step float64, data []byte, items, size uint8) {
		table := &agreement.Table{Scale: agreement.Scale{Low: low, High: high, Step: step}}
		values := numbers(data)
		j, n := int(items%4)+1, int(size%5)+1
		for k := range j {
			table.Items = append(table.Items, strconv.Itoa(k))
		}
		if options, ok := table.Scale.Options(); ok { // what is not of the scale is put on it
			if options > 20 {
				t.Skip("a scale as fine as that is slow, not different")
			}
			for i, y := range values {
				if math.IsNaN(y) || math.IsInf(y, 0) {
					y = 0
				}
				values[i] = low + float64(int(math.Mod(math.Abs(y), float64(options))))*step
			}
		}
		for i := 0; i+j <= len(values); i += j {
			table.Rows = append(table.Rows, agreement.Row{Group: strconv.Itoa(i / j / n), Values: values[i : i+j]})
		}
		r := analyse(t, table, agreement.Options{Draws: 20})
		if at := notFinite(r); at != "" {
			t.Errorf("%s", at)
		}
	})
}
