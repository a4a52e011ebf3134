package httpapi

// each converts a list; never nil, so that it is an array on the wire.
func each[S, T any](in []S, convert func(S) T) []T {
	out := make([]T, len(in))
	for i := range in {
		out[i] = convert(in[i])
	}
	return out
}

// list returns an optional list, nil when it is left out.
func list[T any](p *[]T) []T {
	if p == nil {
		return nil
	}
	return *p
}

// orZero returns an optional value, zero when it is left out.
func orZero[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// text converts an optional text from one type to another.
func text[T, S ~string](p *S) *T {
	if p == nil {
		return nil
	}
	return new(T(*p))
}

// smallInt converts an optional whole number, whose range the contract bounds.
func smallInt(p *int64) *int {
	if p == nil {
		return nil
	}
	return new(int(*p))
}

// wide converts an optional whole number for the wire.
func wide(p *int) *int64 {
	if p == nil {
		return nil
	}
	return new(int64(*p))
}

// set puts a text into a place of another text type, which need not be named.
func set[T, S ~string](place *T, x S) { *place = T(x) }
