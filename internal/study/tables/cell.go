package tables

import (
	"math"
	"strconv"
)

// cell is one value as text, without any quotes; empty is null.
type cell string

// null is no value.
func null() cell { return "" }

// text is a text; an empty one is null.
func text[T ~string](s T) cell { return cell(s) }

// textIfAny is a text that may be null.
func textIfAny(s *string) cell {
	if s == nil {
		return null()
	}
	return cell(*s)
}

// whole is a whole number.
func whole(n int) cell { return cell(strconv.Itoa(n)) }

// wholeIfAny is a whole number that may be null.
func wholeIfAny(n *int) cell {
	if n == nil {
		return null()
	}
	return whole(*n)
}

// number is a number with as many digits as it takes to read the very same one
// back; null where there is none, and of what is none.
func number(v *float64) cell {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return null()
	}
	return cell(strconv.FormatFloat(*v, 'g', -1, 64))
}

// truth is true or false.
func truth(is bool) cell { return cell(strconv.FormatBool(is)) }

// truthIfAny is a truth that may be null.
func truthIfAny(is *bool) cell {
	if is == nil {
		return null()
	}
	return truth(*is)
}
