package practice

import (
	"context"
	"strconv"
	"time"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/session"
)

// Settings reads how the practice answers findings. Until somebody sets it, it
// is the default, as revision 1.
func (p *Practice) Settings(ctx context.Context, rq Request) (*finding.Settings, error) {
	if err := p.Authorize(ctx, rq, access.ReadSettings, settingsObject()); err != nil {
		return nil, err
	}
	s, err := p.deps.Settings.Get(ctx)
	if fault.Is(err, fault.NotFound) {
		return finding.DefaultSettings(), nil
	}
	return s, err
}

// Set changes how the practice answers findings.
func (p *Practice) Set(ctx context.Context, rq Request, ifRev int64, next finding.Settings) (*finding.Settings, error) {
	planted := false
	sub := subject[finding.Settings]{
		load: func(ctx context.Context) (*finding.Settings, error) {
			s, err := p.deps.Settings.Get(ctx)
			if fault.Is(err, fault.NotFound) {
				return finding.DefaultSettings(), nil
			}
			planted = err == nil
			return s, err
		},
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			if !planted {
				return session.Head{}, false, nil
			}
			return p.deps.Settings.KeyUse(ctx, key)
		},
		replace: func(ctx context.Context, next *finding.Settings, rev int64) error {
			if err := p.plantDefaults(ctx, next.Change, planted); err != nil {
				return err
			}
			return p.deps.Settings.Replace(ctx, next, rev)
		},
		head:   func(s *finding.Settings) *session.Head { return &s.Head },
		object: func(*finding.Settings) access.Object { return settingsObject() },
		action: access.WriteSettings,
	}
	s, _, err := revise(ctx, p, rq, sub, atRevision(ifRev), "settings_changed", func(ctx context.Context, s *finding.Settings) error {
		var faults fault.List
		if err := faults.Under("", s.Set(next, p.itemOf)); err != nil {
			return err
		}
		if err := p.checkNamed(ctx, &faults, "/substitutes", next.Substitutes); err != nil {
			return err
		}
		if err := p.checkNamed(ctx, &faults, "/supervisors", next.Supervisors); err != nil {
			return err
		}
		return faults.Err()
	})
	if err == nil {
		p.watching.again()
	}
	return s, err
}

// plantDefaults stores the defaults as revision 1, so that what was set first
// has something to supersede. Its change carries no key: the request made
// revision 2.
func (p *Practice) plantDefaults(ctx context.Context, by session.Change, planted bool) error {
	if planted {
		return nil
	}
	first := finding.DefaultSettings()
	first.Change = session.Change{By: by.By, At: by.At, Why: "defaults"}
	err := p.deps.Settings.Insert(ctx, first)
	if fault.RuleOf(err) == "id_taken" {
		return nil // then the replacement tells whether it is still revision 1
	}
	return err
}

// checkNamed notes which of the therapists are not stored.
func (p *Practice) checkNamed(ctx context.Context, faults *fault.List, at string, named []session.TherapistID) error {
	for i, id := range named {
		if !session.ValidID(string(id)) {
			continue // the domain says so
		}
		if err := faults.Under("", p.checkTherapist(ctx, id, at+"/"+strconv.Itoa(i))); err != nil {
			return err
		}
	}
	return nil
}

// itemOf tells whether any version of an instrument has an item, and whether
// one watches it; 0 asks for any item.
func (p *Practice) itemOf(instrumentID string, item int) (has, watched bool) {
	for _, d := range p.registry.Load().List() {
		if d.Ref.ID != instrumentID {
			continue
		}
		for _, x := range d.Items {
			if item == 0 || x.Number == item {
				has, watched = true, watched || x.Risk != nil
			}
		}
	}
	return has, watched
}

// AcknowledgeWithin is the time until an urgent finding goes to the next
// person. It says nothing about anybody, so nobody is asked.
func (p *Practice) AcknowledgeWithin(ctx context.Context) time.Duration {
	return p.settingsNow(ctx).Within()
}

// settingsNow returns the settings for what cannot wait for them: those that
// were read last if they cannot be read, the defaults if they never were.
func (p *Practice) settingsNow(ctx context.Context) *finding.Settings {
	s, err := p.deps.Settings.Get(ctx)
	switch {
	case err == nil:
		p.settings.Store(s)
	case !fault.Is(err, fault.NotFound):
		if last := p.settings.Load(); last != nil {
			return last
		}
		fallthrough
	default:
		s = finding.DefaultSettings()
	}
	return s
}

// settingsObject names the settings to the policy.
func settingsObject() access.Object {
	return access.Object{Kind: access.KindSettings, ID: finding.SettingsID}
}
