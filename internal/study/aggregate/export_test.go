package aggregate

// Whole returns the request with every question asked of all rows at once.
func (r Request) Whole() Request {
	r.whole = true
	return r
}
