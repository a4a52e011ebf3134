package store

import (
	"context"
	"iter"
	"slices"

	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/objective"
	"holon/internal/session"
)

// findingsCollection holds what somebody must answer, by when it was raised
// last, in all or of one state, group or session, or of one rule in one state.
func findingsCollection() Collection {
	return Collection{Name: "findings", Indexes: []Index{
		{Name: "raised", Fields: []string{"raised_at"}},
		{Name: "state", Fields: []string{"state", "raised_at"}},
		{Name: "group", Fields: []string{"group_id", "raised_at"}},
		{Name: "session", Fields: []string{"session_id", "raised_at"}},
		{Name: "rule", Fields: []string{"rule", "state", "raised_at"}},
	}}
}

// Findings keeps findings.
type Findings struct {
	versioned[finding.Finding, finding.ID]
}

// NewFindings returns the findings of an engine.
func NewFindings(e Engine) *Findings {
	return &Findings{versioned[finding.Finding, finding.ID]{engine: e, shape: findingShape()}}
}

// findingShape is the shape of findings' documents.
func findingShape() shape[finding.Finding, finding.ID] {
	return shape[finding.Finding, finding.ID]{
		collection: findingsCollection(),
		about:      func(f *finding.Finding) (finding.ID, *session.Head) { return f.ID, &f.Head },
		write:      writeFinding,
		read:       (*decoder).readFinding,
		keeps:      keepsEvents,
	}
}

// List streams the findings that a filter wants, those raised last first, from
// behind a place (nil: from the beginning) and at most limit of them (0: all).
// One that cannot be restored comes as a [DamagedError], and the stream goes on.
func (s *Findings) List(ctx context.Context, want finding.Filter, after *finding.Place, limit int) iter.Seq2[*finding.Finding, error] {
	q := Query{Index: "raised", Descending: true}
	switch {
	case want.SessionID != "":
		q.Index, q.Equal = "session", []any{string(want.SessionID)}
	case want.GroupID != "":
		q.Index, q.Equal = "group", []any{string(want.GroupID)}
	case want.Rule != "" && len(want.States) == 1:
		q.Index, q.Equal = "rule", []any{string(want.Rule), string(want.States[0])}
	case len(want.States) == 1:
		q.Index, q.Equal = "state", []any{string(want.States[0])}
	}
	if after != nil {
		q.After = append(slices.Clone(q.Equal), session.Millis(after.RaisedAt), string(after.ID))
	}
	return func(yield func(*finding.Finding, error) bool) {
		met := 0
		for f, err := range s.stream(ctx, q, everyLevel) {
			if err == nil && !want.Wants(f) {
				continue
			}
			if !yield(f, err) {
				return
			}
			if met++; met == limit {
				return
			}
		}
	}
}

// Deeds streams what was done about the findings of a group, those raised last
// first. A finding that cannot be restored comes as a [DamagedError], and the
// stream goes on.
func (s *Findings) Deeds(ctx context.Context, group session.GroupID) iter.Seq2[objective.Deed, error] {
	return func(yield func(objective.Deed, error) bool) {
		for f, err := range s.List(ctx, finding.Filter{GroupID: group}, nil, 0) {
			if err != nil {
				if !yield(objective.Deed{}, err) {
					return
				}
				continue
			}
			for i := range f.Events {
				a := f.Events[i].Action
				if a != nil && !yield(objective.Deed{Code: a.Code, Contact: a.Contact, Members: f.Members, Session: a.Session, On: a.On}, nil) {
					return
				}
			}
		}
	}
}

// keepsEvents refuses a next finding that does not have all events of the
// stored one as they were. A redaction may take out which ratings raised it.
func keepsEvents(stored []byte, next *finding.Finding) error {
	before, err := newDecoder(everyLevel).readFinding(stored)
	if err != nil {
		return err
	}
	kept := slices.Clone(next.Events[:min(len(next.Events), len(before.Events))])
	if next.Redacted != nil && before.Redacted == nil {
		for i := range kept {
			kept[i].Rating, before.Events[i].Rating = nil, nil
		}
	}
	if len(kept) < len(before.Events) || !slices.Equal(eventBytes(kept), eventBytes(before.Events)) {
		return fault.New(fault.Internal, "events_would_be_lost", "What was noted about a finding would be lost, so nothing was written.")
	}
	return nil
}

// eventBytes is the stored form of events, to compare them.
func eventBytes(events []finding.Event) []byte {
	w := newWriting(1024)
	list(w, "events", events, writeEvent)
	return w.bytes()
}

// settingsCollection holds the practice's settings, one document.
func settingsCollection() Collection { return Collection{Name: "settings"} }

// Settings keeps the practice's settings.
type Settings struct {
	all versioned[finding.Settings, settingsID]
}

// settingsID is the identifier of settings.
type settingsID string

// NewSettings returns the settings of an engine.
func NewSettings(e Engine) *Settings {
	return &Settings{versioned[finding.Settings, settingsID]{engine: e, shape: settingsShape()}}
}

// settingsShape is the shape of the settings' document.
func settingsShape() shape[finding.Settings, settingsID] {
	return shape[finding.Settings, settingsID]{
		collection: settingsCollection(),
		about:      func(s *finding.Settings) (settingsID, *session.Head) { return settingsID(s.ID), &s.Head },
		write:      writeSettings,
		read:       (*decoder).readSettings,
	}
}

// Insert stores the first settings.
func (s *Settings) Insert(ctx context.Context, x *finding.Settings) error {
	return s.all.Insert(ctx, x)
}

// Get reads the settings; NotFound if there are none yet.
func (s *Settings) Get(ctx context.Context) (*finding.Settings, error) {
	return s.all.Get(ctx, finding.SettingsID)
}

// Replace swaps revision rev of the settings.
func (s *Settings) Replace(ctx context.Context, next *finding.Settings, rev int64) error {
	return s.all.Replace(ctx, next, rev)
}

// KeyUse finds the revision whose change carries a key.
func (s *Settings) KeyUse(ctx context.Context, key string) (session.Head, bool, error) {
	return s.all.KeyUse(ctx, finding.SettingsID, key)
}
