package session_test

import (
	"strings"
	"testing"
	"time"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

func TestAGoalsWordsAreItsAuthors(t *testing.T) {
	t.Parallel()
	g, _ := goalEvening(t) // a-1 is shared; a-2 is of m-1, a-3 of m-2
	first, err := g.NewGoalText("a-2", session.GoalTextInput{On: "2026-06-01", Text: "  to sleep at night – ohne Angst \n"}, nil)
	must(t, err)
	owner := session.Rater{Kind: instrument.RaterMember, ID: "m-1"}
	if first.Text != "to sleep at night – ohne Angst" || first.Author != owner || first.VisibleTo != session.AuthorAndTherapists || first.Number != 1 || first.Why != session.TextFirst {
		t.Errorf("%+v", first)
	}
	first.By, first.At = "p", time.Unix(1, 0)
	must(t, session.RestoreGoalText(first))
	next, err := g.NewGoalText("a-2", session.GoalTextInput{On: "2026-06-01", Text: first.Text, VisibleTo: session.WholeGroup, Why: session.TextVisibleTo}, first)
	must(t, err)
	if next.Number != 2 || next.VisibleTo != session.WholeGroup || next.Why != session.TextVisibleTo {
		t.Errorf("%+v", next)
	}
	therapist := session.Rater{Kind: instrument.RaterTherapist, ID: "t-1"}
	shared, err := g.NewGoalText("a-1", session.GoalTextInput{On: "2026-06-01", Text: strings.Repeat("ü", session.MaxGoalText), Author: &therapist}, nil)
	must(t, err)
	if shared.Author != therapist {
		t.Errorf("%+v", shared)
	}
	shared, err = g.NewGoalText("a-1", session.GoalTextInput{On: "2026-06-01", Text: "x", Author: &owner, Why: session.TextNextAuthor}, shared)
	must(t, err)
	if shared.Author != owner {
		t.Errorf("%+v", shared)
	}
}

func TestEveryFaultOfAGoalsWordsIsNamedAndNoneRepeatsThem(t *testing.T) {
	t.Parallel()
	g, _ := goalEvening(t)
	_, err := g.NewGoalText("a-9", session.GoalTextInput{On: "2026-06-01", Text: "x"}, nil)
	wantFault(t, err, fault.NotFound, "no_such_goal")
	last := &session.GoalText{GroupID: "g-1", GoalID: "a-2", Number: 3, Author: session.Rater{Kind: instrument.RaterMember, ID: "m-1"}, VisibleTo: session.AuthorAndTherapists, Text: "same"}
	by := func(kind instrument.RaterKind, id string) *session.Rater { return &session.Rater{Kind: kind, ID: id} }
	for name, c := range map[string]struct {
		goal session.GoalID
		in   session.GoalTextInput
		last *session.GoalText
		want []string
	}{
		"no words":                  {"a-2", session.GoalTextInput{On: "2026-06-01", Text: " \n "}, nil, []string{"/text required"}},
		"too many":                  {"a-2", session.GoalTextInput{On: "2026-06-01", Text: strings.Repeat("SECRET", 100)}, nil, []string{"/text too_long"}},
		"two lines":                 {"a-2", session.GoalTextInput{On: "2026-06-01", Text: "SECRET\nSECRET"}, nil, []string{"/text control_character"}},
		"a null byte":               {"a-2", session.GoalTextInput{On: "2026-06-01", Text: "SECRET\x00"}, nil, []string{"/text control_character"}},
		"a next line":               {"a-2", session.GoalTextInput{On: "2026-06-01", Text: "SECRET\u0085SECRET"}, nil, []string{"/text control_character"}},
		"a line separator":          {"a-2", session.GoalTextInput{Text: "SECRET\u2028SECRET"}, nil, []string{"/text control_character"}},
		"a paragraph separator":     {"a-2", session.GoalTextInput{Text: "SECRET\u2029SECRET"}, nil, []string{"/text control_character"}},
		"turned around":             {"a-2", session.GoalTextInput{Text: "\u202eSECRET\u202c"}, nil, []string{"/text control_character"}},
		"isolated":                  {"a-2", session.GoalTextInput{Text: "SEC\u2067RET\u2069"}, nil, []string{"/text control_character"}},
		"half a letter":             {"a-2", session.GoalTextInput{On: "2026-06-01", Text: "SECRET\xc3"}, nil, []string{"/text invalid_utf8"}},
		"another's words":           {"a-2", session.GoalTextInput{On: "2026-06-01", Text: "SECRET", Author: by(instrument.RaterTherapist, "t-1")}, nil, []string{"/author author_is_owner"}},
		"nobody's words":            {"a-1", session.GoalTextInput{On: "2026-06-01", Text: "SECRET", VisibleTo: "everybody"}, nil, []string{"/author required", "/visible_to unknown_visibility"}},
		"a stranger's words":        {"a-1", session.GoalTextInput{On: "2026-06-01", Text: "SECRET", Author: by(instrument.RaterMember, "m-9")}, nil, []string{"/author/id author_not_in_group"}},
		"a stranger to the group":   {"a-1", session.GoalTextInput{On: "2026-06-01", Text: "SECRET", Author: by(instrument.RaterTherapist, "t-9")}, nil, []string{"/author/id author_not_in_group"}},
		"a later therapist's words": {"a-1", session.GoalTextInput{On: "1999-01-01", Text: "SECRET", Author: by(instrument.RaterTherapist, "t-1")}, nil, []string{"/author/id author_not_in_group"}},
		"an observer's words":       {"a-1", session.GoalTextInput{On: "2026-06-01", Text: "SECRET", Author: by(instrument.RaterObserver, "o-1")}, nil, []string{"/author/kind unknown_rater"}},
		"a reason of the first":     {"a-2", session.GoalTextInput{On: "2026-06-01", Text: "SECRET", Why: session.TextReworded}, nil, []string{"/why nothing_to_correct"}},
		"no reason of a change":     {"a-2", session.GoalTextInput{On: "2026-06-01", Text: "SECRET"}, last, []string{"/why unknown_reason"}},
		"first again":               {"a-2", session.GoalTextInput{On: "2026-06-01", Text: "SECRET", Why: session.TextFirst}, last, []string{"/why unknown_reason"}},
		"no change":                 {"a-2", session.GoalTextInput{On: "2026-06-01", Text: "same ", Why: session.TextTyping}, last, []string{" nothing_to_correct"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x, err := g.NewGoalText(c.goal, c.in, c.last)
			if x != nil {
				t.Errorf("taken: %+v", x)
			}
			wantFault(t, err, fault.Invalid, c.want...)
			if strings.Contains(err.Error(), "SECRET") {
				t.Errorf("the fault repeats the words: %v", err)
			}
		})
	}
}

func TestNoWordsAreTakenOfWhoWasErased(t *testing.T) {
	t.Parallel()
	g, _ := goalEvening(t)
	g.Redact(session.Redaction{Member: "m-1"})
	_, err := g.NewGoalText("a-2", session.GoalTextInput{On: "2026-06-01", Text: "x"}, nil)
	wantFault(t, err, fault.Invalid, " member_redacted")
	_, err = g.NewGoalText("a-1", session.GoalTextInput{On: "2026-06-01", Text: "x", Author: &session.Rater{Kind: instrument.RaterMember, ID: "m-1"}}, nil)
	wantFault(t, err, fault.Invalid, "/author/id member_redacted")
	x := &session.GoalText{Author: session.Rater{Kind: instrument.RaterMember, ID: "m-1"}, Text: "x", Key: "k", RequestSHA: "s"}
	if x.Redact(session.Redaction{Member: "m-2"}) || x.Text == "" {
		t.Error("another's redaction took the words")
	}
	if !x.Redact(session.Redaction{Member: "m-1", Decision: "rd"}) || x.Text != "" || x.RequestSHA != "" || x.Redacted.Decision != "rd" || x.Redact(session.Redaction{Member: "m-1"}) {
		t.Errorf("%+v", x)
	}
}
