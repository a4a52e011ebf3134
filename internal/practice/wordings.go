package practice

import (
	"context"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
)

// SetWording keeps the text of a version's form in a language, which the
// practice holds a licence for. ifNumber is the number of the wording that it
// replaces; 0 where there is none yet. Earlier ones stay in the store.
func (p *Practice) SetWording(ctx context.Context, rq Request, w instrument.LicensedWording, ifNumber int64) (*instrument.LicensedWording, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	if err := p.Authorize(ctx, rq, access.WriteInstrument, instrumentObject(w.Ref)); err != nil {
		return nil, err
	}
	d, err := p.known(w.Ref)
	if err != nil {
		return nil, err
	}
	if _, fromFile := p.registry.Load().Wording(w.Ref, w.Language); fromFile {
		return nil, fault.New(fault.Conflict, "wording_in_file", "A file in the instruments directory has this wording. Change it there, or take the file away.")
	}
	last, err := p.lastWording(ctx, w.Ref, w.Language)
	if err != nil {
		return nil, err
	}
	if key := rq.key(); key != "" && last.Key == key {
		if last.RequestSHA != rq.SHA {
			return nil, keyReused()
		}
		return last, nil
	}
	if last.Number > 0 || ifNumber > 0 {
		if err := atRevision(ifNumber).check(int64(last.Number)); err != nil {
			return nil, err
		}
	}
	if err := d.CheckWording(&w); err != nil {
		return nil, err
	}
	w.Number, w.By, w.At, w.Key, w.RequestSHA = last.Number+1, rq.Principal.ID, p.now(), rq.key(), rq.SHA
	if err := p.deps.Wordings.Append(ctx, &w); err != nil {
		return nil, err
	}
	return &w, nil
}

// lastWording reads the wording that stands; one of number 0 where there is
// none.
func (p *Practice) lastWording(ctx context.Context, ref instrument.Ref, language string) (*instrument.LicensedWording, error) {
	last, err := p.deps.Wordings.Last(ctx, ref, language)
	if fault.Is(err, fault.NotFound) {
		return &instrument.LicensedWording{}, nil
	}
	return last, err
}

// Wording reads the text of a version's form in a language: a file's, or the
// last one that was given through the service.
func (p *Practice) Wording(ctx context.Context, rq Request, ref instrument.Ref, language string) (*instrument.LicensedWording, error) {
	if err := p.allowPublic(ctx, rq, access.ReadInstruments, instrumentObject(ref)); err != nil {
		return nil, err
	}
	if _, err := p.known(ref); err != nil {
		return nil, err
	}
	if w, ok := p.registry.Load().Wording(ref, language); ok {
		return w, nil
	}
	w, err := p.deps.Wordings.Last(ctx, ref, language)
	if fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.NotFound, "no_wording", "The practice has no wording of this version in this language. Add it by the licence you hold.")
	}
	return w, err
}
