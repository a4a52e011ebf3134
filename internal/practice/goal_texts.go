package practice

import (
	"context"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// SetGoalText keeps a goal's words, in the place of those before. ifNumber is the
// number of those; 0 where there are none yet. Earlier ones stay in the store.
func (p *Practice) SetGoalText(ctx context.Context, rq Request, group session.GroupID, goal session.GoalID, in session.GoalTextInput, ifNumber int64) (*session.GoalText, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	g, err := p.deps.Groups.Get(ctx, group)
	if err := p.wordsAllowed(ctx, rq, access.WriteGoalText, group, err != nil || access.MayGiveGoalText(rq.Principal, g, p.today())); err != nil {
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	if _, err := g.Goal(goal); err != nil {
		return nil, err
	}
	all, err := p.deps.GoalTexts.Of(ctx, group, goal)
	if err != nil {
		return nil, err
	}
	if done, err := repeated(rq, all); done != nil || err != nil {
		return done, err
	}
	last := lastOf(all)
	if last != nil || ifNumber > 0 {
		if err := atRevision(ifNumber).check(numberOf(last)); err != nil {
			return nil, err
		}
	}
	in.On = p.today()
	next, err := g.NewGoalText(goal, in, last)
	if err != nil {
		return nil, err
	}
	if err := p.refuseErased(ctx, next); err != nil {
		return nil, err
	}
	next.By, next.At = rq.Principal.ID, p.now()
	if next.Key = rq.key(); next.Key != "" {
		next.RequestSHA = rq.SHA
	}
	if err := p.deps.GoalTexts.Append(ctx, next); err != nil {
		return p.wordsMeanwhile(ctx, rq, group, goal, err)
	}
	return next, p.notErased(ctx, next)
}

// wordsMeanwhile answers words that could not be kept because others were kept at the
// same time: where it was this very request, sent twice, by what it led to.
func (p *Practice) wordsMeanwhile(ctx context.Context, rq Request, group session.GroupID, goal session.GoalID, refused error) (*session.GoalText, error) {
	if !fault.Is(refused, fault.Stale) {
		return nil, refused
	}
	all, err := p.deps.GoalTexts.Of(ctx, group, goal)
	if err != nil {
		return nil, err
	}
	if done, err := repeated(rq, all); done != nil || err != nil {
		return done, err
	}
	return nil, refused
}

// wordsAllowed is Authorize for a goal's words, about which the policy knows more
// than the action: may says what it decided, where there was something to decide.
func (p *Practice) wordsAllowed(ctx context.Context, rq Request, action access.Action, group session.GroupID, may bool) error {
	object := access.Object{Kind: access.KindGroup, ID: string(group), GroupID: group}
	denied := access.Decide(rq.Principal, action, object)
	if denied == nil && !may {
		denied = access.Refused()
	}
	outcome := access.Allowed
	if denied != nil {
		outcome = access.Denied
	}
	if err := p.record(ctx, rq, action, object, outcome); err != nil {
		return err
	}
	return denied
}

// repeated answers a request that was done already, by its key.
func repeated(rq Request, all []*session.GoalText) (*session.GoalText, error) {
	key := rq.key()
	for _, x := range all {
		switch {
		case key == "" || x.Key != key:
		case x.Redacted != nil:
			return nil, redactedSince()
		case x.RequestSHA != rq.SHA:
			return nil, keyReused()
		default:
			return x, nil
		}
	}
	return nil, nil
}

// lastOf returns the words that stand, nil where there are none.
func lastOf(all []*session.GoalText) *session.GoalText {
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// numberOf is the number that a change of words must name, 0 of none.
func numberOf(x *session.GoalText) int64 {
	if x == nil {
		return 0
	}
	return int64(x.Standing())
}

// refuseErased takes no new words of a member who was redacted, also where the group
// does not know it yet.
func (p *Practice) refuseErased(ctx context.Context, x *session.GoalText) error {
	mark, err := p.erasedAuthor(ctx, x)
	if err != nil || mark == nil {
		return err
	}
	return fault.At("/author/id", "member_redacted", "This member's answers were redacted. No words are taken any more.")
}

// notErased takes back what was stored while its author was redacted. A redaction
// marks the member first and looks for words last: words that it did not see were
// stored after the mark, which is seen here.
func (p *Practice) notErased(ctx context.Context, x *session.GoalText) error {
	mark, err := p.erasedAuthor(ctx, x)
	if err != nil || mark == nil {
		return err
	}
	if err := p.deps.GoalTexts.Redact(ctx, x.GroupID, x.GoalID, *mark); err != nil {
		return err
	}
	return redactedSince()
}

// erasedAuthor returns the redaction of the member whose words they are, nil if there
// was none.
func (p *Practice) erasedAuthor(ctx context.Context, x *session.GoalText) (*session.Redaction, error) {
	if x.Author.Kind != instrument.RaterMember {
		return nil, nil //nolint:nilnil // therapists are not redacted
	}
	m, err := p.deps.Members.Get(ctx, session.MemberID(x.Author.ID))
	if fault.Is(err, fault.NotFound) || isDamaged(err) || (err == nil && m.Redacted == nil) {
		return nil, nil //nolint:nilnil // none
	}
	if err != nil {
		return nil, err
	}
	return &session.Redaction{Member: m.ID, Decision: m.Redacted.Decision, At: m.Redacted.At}, nil
}

// GoalText reads the words of a goal that stand.
func (p *Practice) GoalText(ctx context.Context, rq Request, group session.GroupID, goal session.GoalID) (*session.GoalText, error) {
	g, err := p.deps.Groups.Get(ctx, group)
	var last *session.GoalText
	if err == nil {
		var all []*session.GoalText
		all, err = p.deps.GoalTexts.Of(ctx, group, goal)
		last = lastOf(all)
	}
	if err := p.wordsAllowed(ctx, rq, access.ReadGoalText, group, g == nil || access.MaySeeGoalText(rq.Principal, g, last, p.today())); err != nil {
		return nil, err
	}
	switch {
	case err != nil:
		return nil, err
	case last != nil:
		return last, nil
	}
	if _, err := g.Goal(goal); err != nil {
		return nil, err
	}
	return nil, fault.New(fault.NotFound, "no_goal_text", "The goal has no words yet.")
}
