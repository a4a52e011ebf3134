package access

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"strings"
	"time"

	"holon/internal/fault"
	"holon/internal/session"
)

// tokenPrefix lets scanners for leaked secrets recognise a token.
const tokenPrefix = "holon_"

// tokenBytes is how much chance a token holds: 256 bits cannot be guessed, so
// that a plain hash is enough to keep one.
const tokenBytes = 32

// Account is one who may sign in. The token itself is kept nowhere.
type Account struct {
	ID        string
	Role      Role
	TokenHash string // as HashToken gives it
	CreatedAt time.Time
	Therapist session.TherapistID // whose account it is; empty of one that is no therapist's own
	Label     string              // what the account is for; never a person's name
	Study     string              // the study that a researcher's token is bound to; empty of all others
	ExpiresAt *time.Time          // when the token ends; nil: never
}

// Principal returns who the account's holder is.
func (a Account) Principal() Principal {
	return Principal{ID: a.ID, Role: a.Role, Therapist: a.Therapist, Study: a.Study}
}

// Expired tells whether the account's token has ended by a time.
func (a Account) Expired(now time.Time) bool { return a.ExpiresAt != nil && !now.Before(*a.ExpiresAt) }

// NewToken draws a token from random, to be shown once, and its hash, to be
// kept.
func NewToken(random io.Reader) (token, hash string, err error) {
	secret := make([]byte, tokenBytes)
	if _, err := io.ReadFull(random, secret); err != nil {
		return "", "", fault.Wrap(fault.Internal, "no_randomness", "No token could be made.", err)
	}
	token = tokenPrefix + base64.RawURLEncoding.EncodeToString(secret)
	return token, HashToken(token), nil
}

// HashToken returns the SHA-256 of a token in hexadecimal. An account is looked
// up by this hash and never by the token: how long the look-up takes depends
// on the hash alone, from which the token cannot be had.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// LooksLikeToken tells whether s has the form of a token, so that what cannot
// be one is refused without a look-up.
func LooksLikeToken(s string) bool {
	secret, ok := strings.CutPrefix(s, tokenPrefix)
	if !ok || len(secret) != base64.RawURLEncoding.EncodedLen(tokenBytes) {
		return false
	}
	_, err := base64.RawURLEncoding.DecodeString(secret)
	return err == nil
}
