package main

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"holon/internal/access"
	"holon/internal/practice"
	"holon/internal/session"
	"holon/internal/store"
)

// tokenCommand makes another operator's account, for one who lost the token, for
// a second operator, or for a therapist.
type tokenCommand struct {
	dataFlags

	Therapist string `placeholder:"ID" help:"The account is this therapist's own: to it, what others said of an alliance is shown only once the therapist's own guess is in."`
}

// Help gives the examples.
func (tokenCommand) Help() string {
	return `Makes one more operator's account in data that exist, records that in the audit, and prints the
account's token, once; only its hash is kept. Tokens made before go on working: this brings back
access, it does not take it away. The embedded store has one writer, so stop the service first; with
MongoDB it may go on.

With --therapist the account is that therapist's own. It may do what others may, but what members
and co-therapists said of an alliance is left out of all it reads until the therapist's own guess is
in, or was given up.

Examples:
  holon token
  holon token --data-dir /var/lib/holon
  holon token --therapist t-b31x`
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
	therapist := session.TherapistID(c.Therapist)
	if therapist != "" {
		if _, err := cases.Therapist(p.ctx, keyboard("token"), therapist); err != nil {
			return err
		}
	}
	token, account, err := newAccount(p.ctx, cases, store.NewAccounts(engine), therapist, p.clock())
	if err != nil {
		return err
	}
	return p.tell("Token of the account %s, shown this once; only its hash is kept:\n  %s", account, token)
}

// newAccount makes an operator's account that did not exist, a therapist's own if
// one is named, after the audit holds that the command line made it.
func newAccount(ctx context.Context, cases *practice.Practice, accounts *store.Accounts, therapist session.TherapistID, now time.Time) (token, account string, err error) {
	kind := "operator-"
	if therapist != "" {
		kind = "therapist-"
	}
	account = kind + strings.ToLower(rand.Text()[:12])
	token, hash, err := access.NewToken(rand.Reader)
	if err != nil {
		return "", "", err
	}
	if err := cases.Authorize(ctx, keyboard("token"), access.CreateAccount, access.Object{Kind: access.KindAccount, ID: account}); err != nil {
		return "", "", err
	}
	err = accounts.Insert(ctx, access.Account{
		ID: account, Role: access.RoleOperator, TokenHash: hash, CreatedAt: now.UTC().Truncate(time.Millisecond), Label: "command line", Therapist: therapist,
	})
	return token, account, err
}
