package main

import (
	"crypto/rand"
	"time"

	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/store"
)

// newPractice puts the use cases over an engine.
func newPractice(engine store.Engine, registry *instrument.Registry, clock func() time.Time) *practice.Practice {
	return practice.New(practice.Deps{
		Groups:      store.NewGroups(engine),
		Members:     store.NewMembers(engine),
		Therapists:  store.NewTherapists(engine),
		Sessions:    store.NewSessions(engine),
		Instruments: store.NewInstruments(engine),
		Audit:       store.NewAudit(engine),
		Accounts:    store.NewAccounts(engine),
		Imports:     store.NewImports(engine),
		Registry:    registry,
		Clock:       clock,
		Random:      rand.Reader,
	})
}
