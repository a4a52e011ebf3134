package practice_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/session"
)

// TestAGuessIsMarkedExactlyIfTheAnswerWasOpen does things at random to one session
// and looks at it through the therapist's account after each: a guess that this
// account hands in or changes is marked if, and only if, the account had read
// an answer about the member before.
func TestAGuessIsMarkedExactlyIfTheAnswerWasOpen(t *testing.T) {
	t.Parallel()
	marked, blind := 0, 0
	for seed := range uint64(10) {
		c := newClinic(t, open(t), 3)
		d, at := deps(t, c.engine), evening
		d.Clock = func() time.Time { at = at.Add(time.Second); return at }
		c.Practice = practice.New(d)
		must(t, c.CheckInstruments(t.Context()))
		random := rand.New(rand.NewPCG(seed, 5))
		saw := map[session.MemberID]bool{}
		look := func() *session.Session {
			s, err := c.Session(t.Context(), c.lead(), c.session, nil)
			must(t, err)
			for i := range s.Alliances {
				if x := &s.Alliances[i]; !x.ByTherapist(c.therapist) {
					saw[x.MemberID] = true
				}
			}
			return s
		}
		for step := range 30 {
			k := random.IntN(len(c.members))
			m := c.members[k]
			whole, err := c.Session(t.Context(), request(), c.session, nil)
			must(t, err)
			var own, answer *session.AllianceRating // that stand
			for i := range whole.Alliances {
				switch x := &whole.Alliances[i]; {
				case x.MemberID != m || !x.Live():
				case x.Rater.Kind == instrument.RaterTherapist:
					own = x
				default:
					answer = x
				}
			}
			had, did := saw[m], ""
			switch op := random.IntN(6); {
			case op == 0 && answer == nil:
				_, err = c.Submit(t.Context(), request(), c.session, []session.FormInput{c.form(k)})
			case op == 1 && own == nil:
				did = "guess"
				_, err = c.Submit(t.Context(), c.lead(), c.session, []session.FormInput{c.guess(k, float64(random.IntN(11)))})
			case op == 2 && own != nil:
				did = "change"
				now := own.Answers[0].Value
				_, err = c.Correct(t.Context(), c.lead(), c.session, session.Correction{
					Rating: own.ID, Version: own.Version, Answers: []session.AnswerInput{{Item: 1, Value: new(float64((int(now) + 3) % 11))}}, Why: session.CorrectTyping,
				})
			case op == 3 && own != nil:
				_, err = c.VoidForm(t.Context(), c.lead(), c.session, session.Voiding{Form: own.FormID, Version: own.Version, Why: session.VoidTrial})
			case op == 4 && random.IntN(3) == 0:
				_, err = c.GiveUpGuess(t.Context(), c.lead(), c.session, []session.MemberID{m})
			case op == 5 && answer != nil && random.IntN(3) == 0:
				_, err = c.VoidForm(t.Context(), request(), c.session, session.Voiding{Form: answer.FormID, Version: answer.Version, Why: session.VoidTrial})
			}
			must(t, err)
			s := look()
			if did == "" {
				continue
			}
			last := &session.AllianceRating{}
			for i := range s.Alliances {
				if x := &s.Alliances[i]; x.MemberID == m && x.ByTherapist(c.therapist) && x.Live() {
					last = x
				}
			}
			if had {
				marked++
			} else {
				blind++
			}
			already := did == "change" && own.AfterSeeing
			if last.AfterSeeing != (had || already) {
				t.Fatalf("seed %d, step %d, %s of %s: marked %v, had seen %v", seed, step, did, m, last.AfterSeeing, had)
			}
		}
	}
	if marked < 10 || blind < 10 {
		t.Errorf("%d guesses after seeing, %d before: too few to tell", marked, blind)
	}
}
