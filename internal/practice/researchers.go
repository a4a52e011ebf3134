package practice

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/session"
	"holon/internal/study"
)

// Researcher is an account that opens one study, with its token, which is shown
// once.
type Researcher struct {
	Account, Token string
	ExpiresAt      time.Time
}

// Admitted is a researcher's account as the practice sees it.
type Admitted struct {
	Account           string
	MadeAt, ExpiresAt time.Time
	Ended             *study.EndedResearcher // nil: the practice did not end it
}

// Researchers lists to whom the practice gave a token of a study, first made first, also
// those whose tokens have ended.
func (p *Practice) Researchers(ctx context.Context, rq Request, id study.ID) ([]Admitted, error) {
	if err := p.Authorize(ctx, rq, access.ReadResearcher, studyObject(id)); err != nil {
		return nil, err
	}
	s, err := p.deps.Studies.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	out := []Admitted{}
	for a, err := range p.deps.Accounts.OfStudy(ctx, id) {
		if err != nil {
			return nil, err
		}
		x := Admitted{Account: a.ID, MadeAt: a.CreatedAt, ExpiresAt: *a.ExpiresAt}
		if ended, is := s.EndOf(a.ID); is {
			x.Ended = &ended
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b Admitted) int { return cmp.Or(a.MadeAt.Compare(b.MadeAt), cmp.Compare(a.Account, b.Account)) })
	return out, nil
}

// MakeResearcher makes an account that opens one study until the end of a day.
func (p *Practice) MakeResearcher(ctx context.Context, rq Request, id study.ID, expiresOn string) (*Researcher, error) {
	if err := p.Authorize(ctx, rq, access.MakeResearcher, studyObject(id)); err != nil {
		return nil, err
	}
	if _, err := p.deps.Studies.Get(ctx, id); err != nil {
		return nil, err
	}
	day, err := session.ParseDate(expiresOn)
	if err != nil {
		return nil, fault.At("/expires_on", "bad_date", "A date is a calendar day like 2026-03-05.")
	}
	last, err := time.Parse(time.DateOnly, string(day))
	if err != nil {
		return nil, err
	}
	until := last.AddDate(0, 0, 1)
	switch now := p.now(); {
	case !until.After(now):
		return nil, fault.At("/expires_on", "expired_already", "The token's last day is over already.")
	case until.After(now.AddDate(longestToken, 0, 1)):
		return nil, fault.At("/expires_on", "too_long", "A researcher's token is good for at most two years. Make another one then.")
	}
	name, err := p.randomID("researcher-")
	if err != nil {
		return nil, err
	}
	token, hash, err := p.newToken()
	if err != nil {
		return nil, err
	}
	account := access.Account{
		ID: strings.ToLower(name), Role: access.RoleResearcher, TokenHash: hash, CreatedAt: p.now(), Label: "researcher", Study: string(id), ExpiresAt: &until,
	}
	if err := p.Authorize(ctx, rq, access.CreateAccount, access.Object{Kind: access.KindAccount, ID: account.ID}); err != nil {
		return nil, err
	}
	if err := p.deps.Accounts.Insert(ctx, account); err != nil {
		return nil, err
	}
	return &Researcher{Account: account.ID, Token: token, ExpiresAt: until}, nil
}

// researchersThere tells of accounts whether they are researchers of a study.
func (p *Practice) researchersThere(ctx context.Context, id study.ID, accounts []string) (func(account string) bool, error) {
	there := map[string]bool{}
	for _, account := range accounts[:min(len(accounts), study.MostPersons)] {
		if there[account] || !session.ValidID(account) {
			continue
		}
		a, err := p.deps.Accounts.Get(ctx, account)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		there[account] = err == nil && a.Study == string(id)
	}
	return func(account string) bool { return there[account] }, nil
}

// EndResearcher ends a researcher's account: its token opens nothing any more. It may be
// asked for again.
func (p *Practice) EndResearcher(ctx context.Context, rq Request, id study.ID, account string) (study.EndedResearcher, error) {
	s, err := p.reviseStudy(ctx, rq, id, access.MakeResearcher, atAny(), "researcher_ended", func(ctx context.Context, s *study.Study) error {
		a, err := p.deps.Accounts.Get(ctx, account)
		if fault.Is(err, fault.NotFound) || (err == nil && a.Study != string(id)) {
			return fault.New(fault.NotFound, "no_such_researcher", "The study has no researcher of this account.")
		}
		if err == nil {
			s.End(account, rq.Principal.ID, p.now())
		}
		return err
	})
	if err != nil {
		return study.EndedResearcher{}, err
	}
	ended, _ := s.EndOf(account)
	return ended, nil
}

// longestToken is for how many years a researcher's token is good at most.
const longestToken = 2
