package main

import (
	"crypto/rand"
	"time"

	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// newPractice puts the use cases over an engine.
func newPractice(engine store.Engine, registry *instrument.Registry, clock func() time.Time) *practice.Practice {
	deps := practice.Deps{
		Groups:      store.NewGroups(engine),
		Members:     store.NewMembers(engine),
		Therapists:  store.NewTherapists(engine),
		Sessions:    store.NewSessions(engine),
		Instruments: store.NewInstruments(engine),
		Audit:       store.NewAudit(engine),
		Accounts:    store.NewAccounts(engine),
		Findings:    store.NewFindings(engine),
		Settings:    store.NewSettings(engine),
		Redactions:  store.NewRedactions(engine),
		Redactor:    store.NewRedactor(engine),
		Objectives:  store.NewObjectives(engine),
		Deeds:       store.NewFindings(engine),
		Imports:     store.NewImports(engine),
		Registry:    registry,
		Clock:       clock,
		Random:      rand.Reader,

		Attestations: store.NewAttestations(engine),
		Wordings:     store.NewWordings(engine),
	}
	if files, ok := engine.(*sqlitestore.Store); ok {
		deps.Journal = &fileJournal{dir: files.Dir()}
	}
	return practice.New(deps)
}
