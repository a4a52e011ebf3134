package crossed

import "slices"

// Eliminated returns the summary with its complete tables treated as incomplete
// ones, so that the two ways to one likelihood can be compared.
func (s *Summary) Eliminated() *Summary {
	l := *s.layout
	l.patterns, l.shapes, l.incomplete = slices.Clone(l.patterns), nil, nil
	for i := range l.patterns {
		p := &l.patterns[i]
		p.shape = -1
		l.incomplete = append(l.incomplete, int32(i))
		if s.shared {
			dense, long := p.sides()
			l.dense, l.long = max(l.dense, dense), max(l.long, long)
		}
	}
	out := *s
	out.layout, out.pools = &l, nil
	out.settle()
	return &out
}
