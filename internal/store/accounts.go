package store

import (
	"context"
	"iter"

	"holon/internal/access"
	"holon/internal/session"
	"holon/internal/study"
)

// Accounts keeps those who may sign in.
type Accounts struct {
	engine Engine
}

// NewAccounts returns the accounts of an engine.
func NewAccounts(e Engine) *Accounts { return &Accounts{engine: e} }

// Insert keeps an account; a taken identifier or token is a Conflict.
func (a *Accounts) Insert(ctx context.Context, x access.Account) error {
	w := record(x.ID, 512)
	w.text("role", string(x.Role))
	w.text("token_hash", x.TokenHash)
	w.instant("created_at", x.CreatedAt)
	w.text("label", x.Label)
	w.textIfAny("therapist_id", string(x.Therapist))
	w.textIfAny("study_id", x.Study)
	instantOf(w, "expires_at", x.ExpiresAt)
	return insertRecord(ctx, a.engine, accountsCollection(), x.ID, w)
}

// ByTokenHash finds the account of a token, NotFound if there is none.
func (a *Accounts) ByTokenHash(ctx context.Context, hash string) (access.Account, error) {
	q := Query{Collection: accountsCollection(), Index: "token_hash", Equal: []any{hash}, Limit: 1}
	for d, err := range a.engine.Query(ctx, q) {
		if err != nil {
			return access.Account{}, err
		}
		return readAccount(d)
	}
	return access.Account{}, DocumentNotFound()
}

// Get reads an account.
func (a *Accounts) Get(ctx context.Context, id string) (access.Account, error) {
	d, err := a.engine.Get(ctx, accountsCollection(), id, nil)
	if err != nil {
		return access.Account{}, err
	}
	return readAccount(d)
}

// OfStudy streams the accounts of a study's researchers. A practice has few accounts, so
// that all are looked at.
func (a *Accounts) OfStudy(ctx context.Context, id study.ID) iter.Seq2[access.Account, error] {
	return func(yield func(access.Account, error) bool) {
		for x, err := range records(ctx, a.engine, Query{Collection: accountsCollection()}, readAccount) {
			if err == nil && x.Study != string(id) {
				continue
			}
			if !yield(x, err) {
				return
			}
		}
	}
}

// Any tells whether there is any account.
func (a *Accounts) Any(ctx context.Context) (bool, error) {
	for _, err := range a.engine.Query(ctx, Query{Collection: accountsCollection(), Limit: 1, Fields: []string{}}) {
		return err == nil, err
	}
	return false, nil
}

// readAccount reads the document of an account.
func readAccount(d Document) (access.Account, error) {
	x := access.Account{ID: d.ID}
	err := readRecord(accountsCollection(), d, func(r *reading) bool {
		switch string(r.key) {
		case "role":
			x.Role = access.Role(r.text())
		case "token_hash":
			x.TokenHash = r.text()
		case "created_at":
			x.CreatedAt = r.instant()
		case "therapist_id":
			x.Therapist = session.TherapistID(r.text())
		case "study_id":
			x.Study = r.text()
		case "expires_at":
			x.ExpiresAt = new(r.instant())
		case "label":
			x.Label = r.text()
		default:
			return false
		}
		return true
	}, func() bool {
		return x.Role != "" && x.TokenHash != "" && !x.CreatedAt.IsZero() && (x.Study != "") == (x.Role == access.RoleResearcher) && (x.Study == "" || x.ExpiresAt != nil)
	})
	return x, err
}
