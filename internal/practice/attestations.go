package practice

import (
	"context"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
)

// AttestationInput is what a practice says about keys from memory.
type AttestationInput struct {
	Scores    []string
	Statement string
}

// Attest keeps a practice's word about keys that are from memory, after which
// their scores are made, or with the statement withdrawn are not made any more.
// The request repeated under its key answers what it did the first time.
func (p *Practice) Attest(ctx context.Context, rq Request, ref instrument.Ref, in AttestationInput) (instrument.Attestation, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	if err := p.Authorize(ctx, rq, access.AttestInstrument, instrumentObject(ref)); err != nil {
		return instrument.Attestation{}, err
	}
	for attempt := 0; ; attempt++ {
		done, err := p.attest(ctx, rq, ref, in)
		if !fault.Is(err, fault.Stale) {
			return done, err
		}
		if err := pause(ctx, attempt); err != nil {
			return instrument.Attestation{}, err
		}
	}
}

// attest is one attempt of Attest; Stale says that another was faster.
func (p *Practice) attest(ctx context.Context, rq Request, ref instrument.Ref, in AttestationInput) (instrument.Attestation, error) {
	if err := p.CheckInstruments(ctx); err != nil { // another process may have attested
		return instrument.Attestation{}, err
	}
	d, ok := p.Definition(ref)
	if !ok {
		return instrument.Attestation{}, unknownVersion()
	}
	number := 1
	for was, err := range p.deps.Attestations.Of(ctx, ref) {
		if err != nil {
			return instrument.Attestation{}, err
		}
		if key := rq.key(); key != "" && was.Key == key {
			if was.RequestSHA != rq.SHA {
				return instrument.Attestation{}, keyReused()
			}
			return was, nil
		}
		number = was.Number + 1
	}
	a, err := d.Attest(in.Scores, in.Statement, rq.Principal.ID, p.now())
	if err != nil {
		return instrument.Attestation{}, err
	}
	a.Number, a.Key, a.RequestSHA = number, rq.key(), rq.SHA
	if err := p.deps.Attestations.Append(ctx, a); err != nil {
		return instrument.Attestation{}, err
	}
	return a, p.CheckInstruments(ctx)
}

// Attestations lists what the practice said about the keys of a version, from
// the first word to the last, with the definition as it is now.
func (p *Practice) Attestations(ctx context.Context, rq Request, ref instrument.Ref) ([]instrument.Attestation, *instrument.Definition, error) {
	d, err := p.Instrument(ctx, rq, ref)
	if err != nil {
		return nil, nil, err
	}
	var out []instrument.Attestation
	for a, err := range p.deps.Attestations.Of(ctx, ref) {
		if err != nil {
			return nil, nil, err
		}
		out = append(out, a)
	}
	return out, d, nil
}

// instrumentObject names a version of an instrument to the policy.
func instrumentObject(ref instrument.Ref) access.Object {
	return access.Object{Kind: access.KindInstrument, ID: ref.String()}
}
