package analysis

import (
	"math"
	"strconv"
)

// points writes a number in points of a scale: two decimal places below ten, one below a
// hundred, none from there on, and never an exponent.
func points(v float64) string {
	places := 2
	switch a := math.Abs(v); {
	case a >= 99.95:
		places = 0
	case a >= 9.995:
		places = 1
	}
	scale := math.Pow10(places)
	if v = math.Round(v*scale) / scale; v == 0 {
		v = 0 // and not −0
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
