package study

import (
	"iter"
	"slices"
)

// What several releases tell together. Sums, and sums of squares, of releases can be
// added and subtracted, each times any number: weeks 0 to 5, weeks 6 to 10 and all
// weeks are pairwise far apart, and the first two less the third leave just the one
// row that was corrected in between. Let v be, for each person, the digests of the
// person's rows in every release of the study, 0 where there are none, a vector of
// as many numbers as there are releases. As digests of parts add up, a combination of
// releases with factors c says nothing of whom c·v = 0 holds for, and is a number
// about all others. So what must not be is a c that leaves over at least 1 and fewer
// than threshold people; c of two releases, (1, −1), is the difference of two.
//
// Numbers that are no sums over rows, such as a person's mean or slope, do not add
// up: of these a combination says nothing only of whom it has the same rows of
// cancelled as a whole. That is the same question of vectors in which each digest is
// exchanged for one that does not add up.
//
// The search is exact up to a few: it may refuse where as many people as there are
// releases more than the threshold are left over, never the other way round, but for
// a chance of 2^-61 a comparison. It costs one reduction of a vector per person, as
// long as ordinary releases are many people's; see leavesFew.

// told tells whether some combination of releases leaves over fewer people, or groups,
// than least. Each release is what each of them brought into it. One of fewer than
// least tells nothing: its numbers are suppressed.
func (f *failure) told(releases []source, least int) bool {
	var kept []source
	for _, r := range releases {
		if f.hasAtLeast(least, r) && !slices.ContainsFunc(kept, func(k source) bool { return f.same(k, r) }) {
			kept = append(kept, r)
		}
	}
	if len(kept) < 2 {
		return false // of one release whoever is in it is left over
	}
	for _, by := range []look{rows, surrounded} {
		vectors := f.vectorsOf(kept, by)
		if f.leavesFew(vectors, least) || f.leavesFew(whole(vectors), least) {
			return true
		}
	}
	return false
}

// vectorsOf yields of everybody one of the digests in all releases, in memory that is
// used again for the next.
func (f *failure) vectorsOf(releases []source, by look) iter.Seq[[]uint64] {
	return func(yield func([]uint64) bool) {
		at, v := make([]*walker, len(releases)), make([]uint64, len(releases))
		for k, r := range releases {
			at[k] = f.walk(r)
		}
		for {
			next, found := Contribution{}, false
			for _, w := range at {
				if w.more && (!found || byOf(w.Contribution, next) < 0) {
					next, found = w.Contribution, true
				}
			}
			if !found {
				return
			}
			clear(v)
			for k, w := range at {
				if w.more && byOf(w.Contribution, next) == 0 {
					v[k] = by(w.Contribution)
					w.step()
				}
			}
			if !yield(v) {
				return
			}
		}
	}
}

// whole exchanges digests for others that do not add up: equal ones for equal ones,
// and none for none.
func whole(vectors iter.Seq[[]uint64]) iter.Seq[[]uint64] {
	return func(yield func([]uint64) bool) {
		for v := range vectors {
			for k, x := range v {
				v[k] = scattered(x)
			}
			if !yield(v) {
				return
			}
		}
	}
}

// scattered mixes a number's bits (the last steps of SplitMix64, Steele, Lea & Flood
// 2014).
func scattered(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return (x ^ x>>31) % fieldSize
}

// leavesFew tells whether factors c exist for which c·v is not 0 of at least one and
// of fewer than least vectors.
//
// Vectors go into least bases, each into the first of which it is no combination, so
// that each basis spans what the next one does. Fewer than least vectors cannot be in
// all of the bases: such a c is 0 on the whole of one of them, hence on the last.
// Everything that the last one spans is out of the question, and the few vectors that
// are left are looked at in what is left of the space.
func (f *failure) leavesFew(vectors iter.Seq[[]uint64], least int) bool {
	for {
		left, spanned := f.withoutMany(vectors, least)
		if !spanned || len(left) == 0 {
			budget := 20_000
			return f.few(left, least, &budget)
		}
		vectors = slices.Values(left)
	}
}

// withoutMany takes out what the last of the nested bases spans, and tells whether
// that is anything.
func (f *failure) withoutMany(vectors iter.Seq[[]uint64], least int) (left [][]uint64, spanned bool) {
	bases := make([]basis, least)
	last := &bases[least-1]
	var over [][]uint64
	for v := range vectors {
		if f.over() {
			return nil, true
		}
		if pivotOf(last.rest(v)) < 0 {
			continue
		}
		over = append(over, slices.Clone(v))
		for i := range bases {
			if r := bases[i].rest(v); pivotOf(r) >= 0 {
				bases[i].add(r)
				break
			}
		}
		if len(last.vectors) == len(v) {
			return nil, true // no c is left
		}
	}
	return quotient(over, last), len(last.vectors) > 0
}

// quotient is the vectors without the directions of a basis, and without those of
// which nothing is left.
func quotient(vectors [][]uint64, b *basis) [][]uint64 {
	var out [][]uint64
	for _, v := range vectors {
		if r := b.rest(v); pivotOf(r) >= 0 {
			out = append(out, r)
		}
	}
	return out
}

// few is leavesFew of few vectors, none of them zero. A c that leaves over fewer than
// least is 0 on one of the first least vectors at the latest: each of them is tried.
// What takes too long counts as found.
func (f *failure) few(vectors [][]uint64, least int, budget *int) bool {
	if *budget -= len(vectors); *budget < 0 || f.over() {
		return true
	}
	if len(vectors) < least {
		return len(vectors) > 0
	}
	for _, v := range vectors[:least] {
		var b basis
		b.add(slices.Clone(v))
		if left := quotient(vectors, &b); len(left) > 0 && f.few(left, least, budget) {
			return true
		}
	}
	return false
}
