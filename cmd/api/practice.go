package main

import (
	"crypto/rand"
	"errors"
	"time"

	"holon/internal/access"
	"holon/internal/analysis"
	"holon/internal/instrument"
	"holon/internal/practice"
	"holon/internal/store"
	"holon/internal/store/sqlitestore"
)

// newPractice puts the use cases over an engine.
func newPractice(engine store.Engine, registry *instrument.Registry, clock func() time.Time) *practice.Practice {
	findings := store.NewFindings(engine)
	deps := practice.Deps{
		Groups:        store.NewGroups(engine),
		Members:       store.NewMembers(engine),
		Therapists:    store.NewTherapists(engine),
		Sessions:      store.NewSessions(engine),
		Instruments:   store.NewInstruments(engine),
		Attestations:  store.NewAttestations(engine),
		Wordings:      store.NewWordings(engine),
		GoalTexts:     store.NewGoalTexts(engine),
		Findings:      findings,
		Settings:      store.NewSettings(engine),
		Objectives:    store.NewObjectives(engine),
		Deeds:         findings,
		Imports:       store.NewImports(engine),
		Redactions:    store.NewRedactions(engine),
		Redactor:      store.NewRedactor(engine),
		Accounts:      store.NewAccounts(engine),
		Audit:         store.NewAudit(engine),
		Studies:       store.NewStudies(engine),
		StudyKeys:     store.NewStudyKeys(engine),
		Consents:      store.NewConsents(engine),
		Snapshots:     store.NewSnapshots(engine),
		Frozen:        store.NewFrozen(engine),
		Releases:      store.NewReleases(engine),
		Contributions: store.NewContributions(engine),
		Watch:         analysis.Watch{},
		Registry:      registry,
		Clock:         clock,
		Random:        rand.Reader,
	}
	if files, ok := engine.(*sqlitestore.Store); ok {
		deps.Journal = &fileJournal{dir: files.Dir()}
	}
	return practice.New(deps)
}

// keyboard is the request of who sits at the command line.
func keyboard(command string) practice.Request {
	return practice.Request{Principal: access.Principal{ID: "command-line", Role: access.RoleOperator}, ID: command}
}

// plainPractice puts the use cases over an engine for a command that needs no
// instruments but those that come with Holon.
func plainPractice(engine store.Engine, p *program) (*practice.Practice, error) {
	registry, err := instrument.Load(nil)
	if err != nil {
		return nil, err
	}
	return newPractice(engine, registry, p.clock), nil
}

// openPractice opens data that are there already, for writing, and puts the use
// cases over them with all of the practice's instruments.
func openPractice(p *program, data dataFlags, site siteFlags) (*practice.Practice, store.Engine, error) {
	registry, err := site.load()
	if err != nil {
		return nil, nil, err
	}
	engine, err := data.openExisting(p)
	if err != nil {
		return nil, nil, err
	}
	cases := newPractice(engine, registry, p.clock)
	if err := cases.CheckInstruments(p.ctx); err != nil {
		return nil, nil, errors.Join(err, engine.Close())
	}
	return cases, engine, nil
}
