package analysis

// Progress hears how far a long analysis has come: stage says in a word or two
// what is being done, and done of total parts of it are finished (total is 0
// where nobody knows it). It is called from one goroutine at a time. Nil stands
// for nobody who listens; see Tell.
type Progress func(stage string, done, total int)

// Tell calls p unless it is nil.
func (p Progress) Tell(stage string, done, total int) {
	if p != nil {
		p(stage, done, total)
	}
}
