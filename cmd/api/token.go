package main

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"holon/internal/access"
	"holon/internal/practice"
	"holon/internal/store"
)

// tokenCommand makes another operator's account, for one who lost the token or
// for a second operator.
type tokenCommand struct {
	dataFlags
}

// Help gives the examples.
func (tokenCommand) Help() string {
	return `Makes one more operator's account in data that exist, records that in the audit, and prints the
account's token, once; only its hash is kept. Tokens made before go on working: this brings back
access, it does not take it away. The embedded store has one writer, so stop the service first; with
MongoDB it may go on.

Examples:
  holon token
  holon token --data-dir /var/lib/holon`
}

// Run opens the data, makes the account and prints its token.
func (c tokenCommand) Run(p *program) (err error) {
	engine, err := c.openExisting(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	cases, err := plainPractice(engine, p)
	if err != nil {
		return err
	}
	token, account, err := newOperator(p.ctx, cases, store.NewAccounts(engine), p.clock())
	if err != nil {
		return err
	}
	return p.tell("Token of the account %s, shown this once; only its hash is kept:\n  %s", account, token)
}

// newOperator makes an operator's account that did not exist, after the audit
// holds that the command line made it.
func newOperator(ctx context.Context, cases *practice.Practice, accounts *store.Accounts, now time.Time) (token, account string, err error) {
	account = "operator-" + strings.ToLower(rand.Text()[:12])
	token, hash, err := access.NewToken(rand.Reader)
	if err != nil {
		return "", "", err
	}
	if err := cases.Authorize(ctx, keyboard("token"), access.CreateAccount, access.Object{Kind: access.KindAccount, ID: account}); err != nil {
		return "", "", err
	}
	err = accounts.Insert(ctx, access.Account{
		ID: account, Role: access.RoleOperator, TokenHash: hash, CreatedAt: now.UTC().Truncate(time.Millisecond), Label: "command line",
	})
	return token, account, err
}
