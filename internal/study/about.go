package study

// countStep is what counts are rounded to where they leave the practice: the
// difference of two counts then tells of no single person.
const countStep = 5

// Rounded is a count as it may leave the practice, to the nearest five.
func Rounded(n int) int { return countStep * ((n + countStep/2) / countStep) }

// About is a count for a researcher: to the nearest five, or nil where it is one of
// fewer than the study's threshold.
func (s *Study) About(n int) *int64 {
	if n > 0 && n < s.Threshold {
		return nil
	}
	return new(int64(Rounded(n)))
}
