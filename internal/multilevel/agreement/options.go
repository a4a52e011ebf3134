package agreement

// level is the level of all cut-offs.
const level = 0.05

// Options of Analyse. The zero value is the documented default.
type Options struct {
	Nulls    []Null // beside the uniform and the triangular one and, for five options, the published ones; of Given
	Draws    int    // of each simulation; 0 means 2000
	Seed     uint64 // 0 means 1
	Progress func(done, total int)
}

// withDefaults fills in what was left at zero.
func (o Options) withDefaults() Options {
	if o.Draws <= 0 {
		o.Draws = 2000
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	return o
}

// nulls lists the nulls tested on a scale of so many options.
func (o Options) nulls(options int) []Null {
	all := append([]Null{Uniform(options), Triangular(options)}, Published(options)...)
	return append(all, o.Nulls...)
}
