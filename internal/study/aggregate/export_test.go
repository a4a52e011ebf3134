package aggregate

// Whole returns the request with every question asked of all rows at once.
func (r Request) Whole() Request {
	r.whole = true
	return r
}

// Basis is what a figure stands on.
func (f *Figure) Basis() any { return f.basis }
