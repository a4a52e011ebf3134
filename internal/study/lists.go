package study

import (
	"context"
	"errors"
	"slices"
)

// Lists are walked side by side, in order, each part of them in memory once at a time.

// failure reads parts of lists, and keeps the first error. A list that cannot be read
// seems to end there, and a search where the context ended: whoever asks with a failure looks at it before the answer counts.
type failure struct {
	err   error
	part  func(l List, i int) ([]Contribution, error)
	ended func() error
}

// reads returns what reads lists until a context ends.
func reads(ctx context.Context) failure {
	return failure{part: func(l List, i int) ([]Contribution, error) { return l.Part(ctx, i) }, ended: ctx.Err}
}

// over tells whether there is nothing to go on with: a list could not be read, or the
// context ended.
func (f *failure) over() bool {
	if f.err == nil {
		f.err = f.ended()
	}
	return f.err != nil
}

// errListShort says that less of a list can be read than is known to be in it.
var errListShort = errors.New("study: a list of contributions is not whole")

// source is what can be walked any number of times: a list, without what some of its rows
// bring in, or what is in both of two.
type source struct {
	list  List
	less  []List  // of parts of its rows
	other *source // walked together, see [joined]; nil of a list alone
}

// walker goes through a source. It stands at a contribution while more is true.
type walker struct {
	Contribution

	more bool
	next func() (Contribution, bool)
}

// step goes on.
func (w *walker) step() { w.Contribution, w.more = w.next() }

// walk begins at the first contribution.
func (f *failure) walk(s source) *walker {
	w := &walker{next: f.through(s.list)}
	for _, part := range s.less {
		if part.Len > 0 {
			w.step()
			w = &walker{next: without(w, f.walk(source{list: part}))}
		}
	}
	if s.other != nil {
		w.step()
		w = &walker{next: joined(w, f.walk(*s.other))}
	}
	w.step()
	return w
}

// through walks a list.
func (f *failure) through(l List) func() (Contribution, bool) {
	var part []Contribution
	n, at, left := 0, 0, l.Len
	return func() (Contribution, bool) {
		if left == 0 || f.err != nil {
			return Contribution{}, false
		}
		if at == len(part) {
			if l.Part != nil {
				part, f.err = f.part(l, n)
			}
			if f.err == nil && (l.Part == nil || len(part) == 0 || len(part) > left) {
				f.err = errListShort
			}
			if f.err != nil {
				return Contribution{}, false
			}
			n, at = n+1, 0
		}
		at, left = at+1, left-1
		return part[at-1], true
	}
}

// joined walks those who stand in both of two lists, with a digest of the rows in both.
func joined(a, b *walker) func() (Contribution, bool) {
	const factor = 0x9e3779b97f4a7c15 % fieldSize // any number will do that is not small
	return func() (Contribution, bool) {
		for a.more && b.more {
			switch order := byOf(a.Contribution, b.Contribution); {
			case order < 0:
				a.step()
			case order > 0:
				b.step()
			default:
				both := Contribution{
					Of: a.Of, Digest: sumOf(a.Digest, product(factor, b.Digest)), Around: sumOf(a.Around, product(factor, b.Around)),
				}
				a.step()
				b.step()
				return both, true
			}
		}
		return Contribution{}, false
	}
}

// without walks a list without what a part of its rows brings in, and without those who
// bring in nothing else.
func without(a, part *walker) func() (Contribution, bool) {
	return func() (Contribution, bool) {
		for a.more {
			next := a.Contribution
			a.step()
			for part.more && byOf(part.Contribution, next) < 0 {
				part.step()
			}
			if part.more && part.Of == next.Of {
				next.Digest, next.Around = minus(next.Digest, part.Digest), minus(next.Around, part.Around)
				if next.Digest == 0 && next.Around == 0 {
					continue
				}
			}
			return next, true
		}
		return Contribution{}, false
	}
}

// hasAtLeast tells whether so many contributions are in a source.
func (f *failure) hasAtLeast(n int, s source) bool {
	if s.list.Len < n || (s.other != nil && s.other.list.Len < n) {
		return false
	}
	if s.other == nil && len(s.less) == 0 {
		return true
	}
	w := f.walk(s)
	for ; n > 0 && w.more; n-- {
		w.step()
	}
	return n == 0
}

// same tells whether the same is in two sources.
func (f *failure) same(a, b source) bool {
	if a.known(b) {
		return true
	}
	if a.alone() && b.alone() && (a.list.Len != b.list.Len || (a.list.SHA256 != "" && b.list.SHA256 != "")) {
		return false
	}
	x, y := f.walk(a), f.walk(b)
	for x.more && y.more {
		if x.Contribution != y.Contribution {
			return false
		}
		x.step()
		y.step()
	}
	return x.more == y.more
}

// known tells whether the same is in two sources by what is known of their lists.
func (s source) known(o source) bool {
	return s.list.known(o.list) && slices.EqualFunc(s.less, o.less, List.known) && (s.other == nil) == (o.other == nil) && (s.other == nil || s.other.known(*o.other))
}

// alone tells whether a source is a list.
func (s source) alone() bool { return s.other == nil && len(s.less) == 0 }

// known tells whether the same is in two lists by their hashes.
func (l List) known(o List) bool {
	return l.Len == o.Len && (l.Len == 0 || (l.SHA256 != "" && l.SHA256 == o.SHA256))
}

// sameRows tells whether the same rows stand behind a measure of two releases.
func (f *failure) sameRows(x, y *MeasureStanding) bool {
	for _, of := range [][2]List{
		{x.People.Therapy, y.People.Therapy}, {x.People.Families, y.People.Families}, {x.Groups.Therapy, y.Groups.Therapy}, {x.Groups.Families, y.Groups.Families},
	} {
		if !f.same(source{list: of[0]}, source{list: of[1]}) {
			return false
		}
	}
	return true
}

// changes walks those who have another digest in one source than in another, or stand
// in one only, and says by which look.
type changes struct {
	a, b         *walker
	of           uint64
	rows, around bool
	more         bool
}

// changesOf begins at the first of them.
func (f *failure) changesOf(a, b source) *changes {
	if a.known(b) {
		a, b = source{}, source{}
	}
	c := &changes{a: f.walk(a), b: f.walk(b)}
	c.step()
	return c
}

// step goes on.
func (c *changes) step() {
	a, b := c.a, c.b
	for a.more || b.more {
		switch {
		case !b.more || (a.more && byOf(a.Contribution, b.Contribution) < 0):
			c.of, c.rows, c.around, c.more = a.Of, true, true, true
			a.step()
			return
		case !a.more || byOf(a.Contribution, b.Contribution) > 0:
			c.of, c.rows, c.around, c.more = b.Of, true, true, true
			b.step()
			return
		default:
			c.of, c.rows, c.around = a.Of, a.Digest != b.Digest, a.Around != b.Around
			a.step()
			b.step()
			if c.rows || c.around {
				c.more = true
				return
			}
		}
	}
	c.more = false
}

// numbers are how many differ, by each look: in therapy groups, in families and couples,
// and in all, where who is in both is one.
type numbers struct{ therapy, families, all int }

// count counts whose rows differ in two homes each.
func (f *failure) count(therapy, families [2]source) (rows, around numbers) {
	a, b := f.changesOf(therapy[0], therapy[1]), f.changesOf(families[0], families[1])
	for a.more || b.more {
		inTherapy := a.more && (!b.more || a.of <= Whose(b.of, false))
		inFamilies := b.more && (!a.more || Whose(b.of, false) <= a.of)
		rows.add(inTherapy && a.rows, inFamilies && b.rows)
		around.add(inTherapy && a.around, inFamilies && b.around)
		if inTherapy {
			a.step()
		}
		if inFamilies {
			b.step()
		}
	}
	return rows, around
}

// add adds one who differs, in the one home or the other.
func (n *numbers) add(therapy, families bool) {
	if therapy {
		n.therapy++
	}
	if families {
		n.families++
	}
	if therapy || families {
		n.all++
	}
}
