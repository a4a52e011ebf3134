package practice

import (
	"context"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// CheckInstruments compares the registry with the copies that the store took
// at first use. A definition that was changed under the same version stops the
// start ("instrument_changed"); one that was used and is in no file any more
// is served from its copy, for reading only. What the practice added and
// attested through the service is taken up.
func (p *Practice) CheckInstruments(ctx context.Context) error {
	p.refreshing.Lock()
	defer p.refreshing.Unlock()
	var stored []*instrument.Definition
	for d, err := range p.deps.Instruments.All(ctx) {
		if err != nil {
			return err
		}
		stored = append(stored, d)
	}
	checked, err := p.deps.Registry.WithStored(stored...)
	if err != nil {
		return err
	}
	var attested []instrument.Attestation
	for a, err := range p.deps.Attestations.All(ctx) {
		if err != nil {
			return err
		}
		attested = append(attested, a)
	}
	p.registry.Store(checked.WithAttestations(attested...))
	for _, d := range stored {
		p.copied.Store(d.Ref, true)
	}
	return nil
}

// copyInstruments puts the definitions that forms use into the store, before
// the first answer to them is.
func (p *Practice) copyInstruments(ctx context.Context, forms []session.FormInput) error {
	for _, f := range forms {
		if _, done := p.copied.Load(f.Instrument); done {
			continue
		}
		d, ok := p.Definition(f.Instrument)
		if !ok {
			return fault.New(fault.Internal, "definition_missing", "The instrument's definition is missing.")
		}
		if err := p.deps.Instruments.Copy(ctx, d); err != nil {
			return err
		}
		p.copied.Store(f.Instrument, true)
	}
	return nil
}

// Instruments lists the versions that new forms may use.
func (p *Practice) Instruments(ctx context.Context, rq Request) ([]*instrument.Definition, error) {
	if err := p.allowPublic(ctx, rq, access.ReadInstruments, access.Object{Kind: access.KindInstrument}); err != nil {
		return nil, err
	}
	return p.registry.Load().List(), nil
}

// Instrument reads one version, also one that only old forms use.
func (p *Practice) Instrument(ctx context.Context, rq Request, ref instrument.Ref) (*instrument.Definition, error) {
	if err := p.allowPublic(ctx, rq, access.ReadInstruments, access.Object{Kind: access.KindInstrument}); err != nil {
		return nil, err
	}
	d, ok := p.Definition(ref)
	if !ok {
		return nil, unknownVersion()
	}
	return d, nil
}

// unknownVersion answers a version that is not registered.
func unknownVersion() error {
	return fault.New(fault.NotFound, "unknown_instrument_version", "No such version of an instrument is registered. The list of instruments names them all.")
}

// Definition returns a version for scoring what was read. It says nothing
// about anybody, so nobody is asked.
func (p *Practice) Definition(ref instrument.Ref) (*instrument.Definition, bool) {
	return p.registry.Load().Lookup(ref)
}

// Cutoffs returns the published and the practice's own cut-offs of a score, or
// why there are none. They say nothing about anybody, so nobody is asked.
func (p *Practice) Cutoffs(ref instrument.Ref, scoreID string) (cutoffs []instrument.Cutoff, reason string) {
	return p.registry.Load().Cutoffs(ref, scoreID)
}
