package study

import (
	"context"
	"errors"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"sync"
)

// Spool takes what is counted of a few groups after the other, in runs that are each in
// order, and gives it back as lists: what countings hold is never of all groups. Beyond a
// quarter of a megabyte the runs are in a temporary file without a name, where one can be made;
// Close lets go of it.
type Spool struct {
	mu    sync.Mutex
	kept  []byte
	limit int
	file  *os.File // what comes behind kept; nil while all is in kept
	size  int64
	runs  map[string]*[4][]run
}

// run is where so many contributions stand.
type run struct {
	at int64
	n  int
}

const (
	spoolInMemory = 256 << 10
	readAtOnce    = 128 // contributions of a run
	inListPart    = 2048
)

// NewSpool returns an empty spool.
func NewSpool() *Spool { return &Spool{limit: spoolInMemory, runs: map[string]*[4][]run{}} }

// Take takes over what was counted, between two groups. The counting goes on empty.
func (s *Spool) Take(c *Counting) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for m := range c.Measures() {
		to := s.runs[m.Measure]
		if to == nil {
			to = new([4][]run)
			s.runs[m.Measure] = to
		}
		for i, list := range [][]Contribution{m.People, m.Groups} {
			therapy, families := ByHome(list)
			for k, part := range [][]Contribution{therapy, families} {
				if err := s.write(&to[2*i+k], part); err != nil {
					return err
				}
			}
		}
	}
	c.people, c.groups, c.here = roll{}, roll{}, -1
	clear(c.near)
	return nil
}

// write adds a run.
func (s *Spool) write(to *[]run, list []Contribution) error {
	if len(list) == 0 {
		return nil
	}
	b := make([]byte, 0, ContributionBytes*len(list))
	for _, c := range list {
		b = c.Pack(b)
	}
	*to = append(*to, run{s.size, len(list)})
	s.size += int64(len(b))
	if len(s.kept)+len(b) > s.limit && !s.open() {
		s.limit = math.MaxInt // nothing can be written, so all is in memory
	}
	if s.file == nil {
		s.kept = append(s.kept, b...)
		return nil
	}
	_, err := s.file.Write(b)
	return err
}

// open makes the file, which has no name from then on, and tells whether it is there.
func (s *Spool) open() bool {
	if s.file != nil {
		return true
	}
	f, err := os.CreateTemp("", "holon-")
	if err != nil {
		return false
	}
	if os.Remove(f.Name()) != nil {
		_ = f.Close() // nothing is in it
		return false
	}
	s.file = f
	return true
}

// Close lets go of what was taken.
func (s *Spool) Close() error {
	s.kept, s.runs = nil, nil
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

// Standing returns what was taken as lists, of which each is read from its first part to
// its last, by one reader at a time, until the spool is closed.
func (s *Spool) Standing(ctx context.Context) (*Standing, error) {
	out := &Standing{}
	for _, name := range slices.Sorted(maps.Keys(s.runs)) {
		var lists [4]List
		for i, runs := range s.runs[name] {
			var err error
			if lists[i], err = s.list(ctx, runs); err != nil {
				return nil, err
			}
		}
		out.Measures = append(out.Measures, MeasureStanding{Measure: name, People: Homes{lists[0], lists[1]}, Groups: Homes{lists[2], lists[3]}})
	}
	return out, nil
}

// list merges runs: who stands in several is one.
func (s *Spool) list(ctx context.Context, runs []run) (List, error) {
	if len(runs) == 0 {
		return List{}, nil
	}
	n := 0
	for m := s.merge(runs); ; {
		got, err := m.part(ctx)
		if err != nil {
			return List{}, err
		}
		if len(got) == 0 {
			break
		}
		n += len(got)
	}
	var reading *merging // nil of a list that was read to its end
	next, left := 0, 0
	return List{Len: n, Part: func(ctx context.Context, i int) ([]Contribution, error) {
		switch {
		case i == 0:
			reading, left = s.merge(runs), n
		case i != next || reading == nil:
			return nil, errors.New("study: a spooled list is read out of order")
		}
		got, err := reading.part(ctx)
		next = i + 1
		if left -= len(got); left <= 0 {
			reading = nil
		}
		return got, err
	}}, nil
}

// merging reads runs side by side.
type merging struct {
	runs []*runReader
	room []Contribution
}

// merge begins at the first contribution of each run.
func (s *Spool) merge(runs []run) *merging {
	m := &merging{room: make([]Contribution, 0, inListPart)}
	for _, r := range runs {
		m.runs = append(m.runs, &runReader{spool: s, left: r})
	}
	return m
}

// part reads the next contributions, in memory that is used again for those after them.
func (m *merging) part(ctx context.Context) ([]Contribution, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.room = m.room[:0]
	for len(m.room) < inListPart {
		next, found := Contribution{}, false
		for _, r := range m.runs {
			c, there, err := r.peek()
			if err != nil {
				return nil, err
			}
			if there && (!found || byOf(c, next) < 0) {
				next, found = c, true
			}
		}
		if !found {
			break
		}
		whole := Contribution{Of: next.Of}
		for _, r := range m.runs {
			if c, there, _ := r.peek(); there && c.Of == next.Of { // what there is was read above
				whole.Digest, whole.Around = sumOf(whole.Digest, c.Digest), sumOf(whole.Around, c.Around)
				r.got = r.got[1:]
			}
		}
		m.room = append(m.room, whole)
	}
	return m.room, nil
}

// runReader reads a run, a few contributions at once.
type runReader struct {
	spool *Spool
	left  run
	got   []Contribution
	room  [readAtOnce]Contribution
}

// peek returns the contribution at hand.
func (r *runReader) peek() (Contribution, bool, error) {
	if len(r.got) == 0 {
		if r.left.n == 0 {
			return Contribution{}, false, nil
		}
		if err := r.read(min(r.left.n, readAtOnce)); err != nil {
			return Contribution{}, false, err
		}
	}
	return r.got[0], true, nil
}

// read reads the next n.
func (r *runReader) read(n int) error {
	b := make([]byte, n*ContributionBytes)
	if err := r.spool.readAt(b, r.left.at); err != nil {
		return err
	}
	for i := range n {
		r.room[i] = Unpack(b, i)
	}
	r.got, r.left = r.room[:n], run{r.left.at + int64(len(b)), r.left.n - n}
	return nil
}

// readAt reads what was written; a run is either in memory or in the file.
func (s *Spool) readAt(b []byte, at int64) error {
	if at < int64(len(s.kept)) {
		copy(b, s.kept[at:])
		return nil
	}
	_, err := io.ReadFull(io.NewSectionReader(s.file, at-int64(len(s.kept)), int64(len(b))), b)
	return err
}
