package practice

import (
	"context"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/study"
)

// operatorID is the first account's identifier. It is fixed, so that two first
// starts at the same time do not make two operators.
const operatorID = "operator"

// firstStart stands in the audit for the request that nobody made.
const firstStart = "first-start"

// Authenticate returns the principal whose token this is.
func (p *Practice) Authenticate(ctx context.Context, token string) (access.Principal, error) {
	if !access.LooksLikeToken(token) {
		return access.Principal{}, unauthenticated()
	}
	a, err := p.deps.Accounts.ByTokenHash(ctx, access.HashToken(token))
	if fault.Is(err, fault.NotFound) {
		return access.Principal{}, unauthenticated()
	}
	if err != nil {
		return access.Principal{}, err
	}
	if a.Expired(p.now()) {
		return access.Principal{}, fault.New(fault.Unauthenticated, "token_expired", "The token has ended. Ask whoever runs this service for a new one.")
	}
	if a.Study == "" {
		return a.Principal(), nil
	}
	of, err := p.deps.Studies.Get(ctx, study.ID(a.Study))
	if fault.Is(err, fault.NotFound) {
		return access.Principal{}, unauthenticated()
	}
	if err != nil {
		return access.Principal{}, err
	}
	if _, ended := of.EndOf(a.ID); ended {
		return access.Principal{}, fault.New(fault.Unauthenticated, "token_ended", "The practice ended this token. Ask it for a new one.")
	}
	return a.Principal(), nil
}

// unauthenticated answers a token that is nobody's.
func unauthenticated() error {
	return fault.New(fault.Unauthenticated, "token_unknown", "The token is not known. Send the one that was printed at the first start, as a bearer token.")
}

// EnsureOperator makes the operator's account at the first start and returns
// its token, which is kept nowhere and can be shown only now. Nobody is signed
// in then: the audit entry names no principal.
func (p *Practice) EnsureOperator(ctx context.Context) (token string, created bool, err error) {
	if there, err := p.deps.Accounts.Any(ctx); err != nil || there {
		return "", false, err
	}
	token, hash, err := p.newToken()
	if err != nil {
		return "", false, err
	}
	first := Request{ID: firstStart}
	if err := p.record(ctx, first, access.CreateAccount, access.Object{Kind: access.KindAccount, ID: operatorID}, access.Allowed); err != nil {
		return "", false, err
	}
	err = p.deps.Accounts.Insert(ctx, access.Account{
		ID: operatorID, Role: access.RoleOperator, TokenHash: hash, CreatedAt: p.now(), Label: "first start",
	})
	if fault.RuleOf(err) == "id_taken" {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	return token, true, nil
}

// newToken draws a token.
func (p *Practice) newToken() (token, hash string, err error) {
	p.random.Lock()
	defer p.random.Unlock()
	return access.NewToken(p.deps.Random)
}
