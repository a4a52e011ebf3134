package decomposition

// Options of an analysis. The zero value is the documented default.
type Options struct {
	Bound    float64 // the residual group share of the second measure that would matter; 0 means .05
	Draws    int     // of every simulation; 0 means 999, below zero none is made
	Seed     uint64  // 0 means 1
	Progress func(done, total int)
}

// withDefaults fills in what was left at zero. It panics on a bound outside
// (0, 1), which callers refuse where it is typed.
func (o Options) withDefaults() Options {
	const bound, draws = 0.05, 999
	if o.Bound == 0 {
		o.Bound = bound
	}
	if !(o.Bound > 0 && o.Bound < 1) {
		panic("decomposition: a share must lie between 0 and 1")
	}
	switch {
	case o.Draws == 0:
		o.Draws = draws
	case o.Draws < 0:
		o.Draws = 0
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	return o
}

// stage returns the progress of one of several simulations of the same length.
func (o Options) stage(i, of int) func(done, total int) {
	if o.Progress == nil {
		return nil
	}
	return func(done, total int) { o.Progress(i*total+done, of*total) }
}
