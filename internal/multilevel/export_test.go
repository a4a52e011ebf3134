package multilevel

import "slices"

// DesignOf is the design of groups of these sizes, each at least one.
func DesignOf(sizes []int) Design {
	d := Design{groups: len(sizes)}
	sorted := slices.Sorted(slices.Values(sizes))
	for i, n := range sorted {
		if i == 0 || n != sorted[i-1] {
			d.mix = append(d.mix, sizeShare{size: float64(n)})
		}
		d.mix[len(d.mix)-1].share++
	}
	for i := range d.mix {
		d.mix[i].share /= float64(len(sizes))
	}
	return d
}
