package practice

import (
	"context"
	"fmt"
	"strings"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
)

// reservedPrefix begins the identifiers of Holon's own instruments.
const reservedPrefix = "holon-"

// AddInstrument takes in an instrument of the practice's own: a definition as a
// file has it. It may be used at once. To add the same again changes nothing;
// another content under a version that is known is a Conflict, since a version
// never changes.
func (p *Practice) AddInstrument(ctx context.Context, rq Request, definition []byte) (*instrument.Definition, error) {
	ctx, cancel := bounded(ctx)
	defer cancel()
	d, faulty := instrument.Parse(definition)
	object := access.Object{Kind: access.KindInstrument}
	if faulty == nil {
		object = instrumentObject(d.Ref)
	}
	if err := p.Authorize(ctx, rq, access.WriteInstrument, object); err != nil {
		return nil, err
	}
	if faulty != nil {
		return nil, faulty
	}
	if strings.HasPrefix(d.Ref.ID, reservedPrefix) {
		return nil, fault.At("/id", "id_reserved", "Identifiers that begin with holon- are kept for instruments that come with Holon. Choose another.")
	}
	if known, ok := p.Definition(d.Ref); ok && known.SHA256 != d.SHA256 {
		return nil, fault.New(fault.Conflict, "instrument_redefined",
			fmt.Sprintf("%s is known with another content. A version never changes: give this one a version or an id of its own.", d.Ref))
	}
	if err := p.deps.Instruments.Add(ctx, d); err != nil {
		return nil, err
	}
	if err := p.CheckInstruments(ctx); err != nil {
		return nil, err
	}
	return p.known(d.Ref)
}

// known returns a version, NotFound if it is not registered.
func (p *Practice) known(ref instrument.Ref) (*instrument.Definition, error) {
	d, ok := p.Definition(ref)
	if !ok {
		return nil, unknownVersion()
	}
	return d, nil
}
