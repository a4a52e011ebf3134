package instrument

import (
	"github.com/go-playground/validator/v10"

	"holon/internal/fault"
	"holon/internal/strictjson"
)

// siteRisk is a risk answer of the practice's own on disk: a licence or a
// manual may name critical items that Holon does not know.
type siteRisk struct {
	Schema     int      `json:"schema"     validate:"eq=1"`
	Instrument string   `json:"instrument" validate:"required,max=64,instrument_id"`
	Version    string   `json:"version"    validate:"required,max=32,instrument_version"`
	Item       int      `json:"item"       validate:"required"`
	AtLeast    *float64 `json:"at_least"   validate:"required"`
	Source     string   `json:"source"     validate:"required,max=1000"`
}

// addRisk takes in one risk answer of the practice's own. It may add to what
// alerts, and make an item alert from a lower answer. A higher one it may name
// only where the trigger that came with the item is not verified: an alarm from
// memory that rings at every other form teaches people to look away. No item is
// taken out altogether.
func (r *Registry) addRisk(v *validator.Validate, data []byte) error {
	var f siteRisk
	if err := strictjson.DecodeBytes(data, &f); err != nil {
		return err
	}
	if err := checkShape(v, &f); err != nil {
		return err
	}
	var faults fault.List
	d, ok := r.definitions[Ref{ID: f.Instrument, Version: f.Version}]
	if !ok {
		faults.Add("/instrument", "no_such_instrument", "No instrument of this id and version is known.")
		return faults.Err()
	}
	it, ok := d.Item(f.Item)
	if !ok {
		faults.Add("/item", "no_such_item", "The form has no item of this number.")
		return faults.Err()
	}
	_, wanted, fits := it.Check(*f.AtLeast)
	switch {
	case !fits:
		faults.Add("/at_least", "out_of_range", "An answer that the item has. "+wanted)
	case it.Risk != nil && it.Risk.Site:
		faults.Add("/item", "repeated", "Another file says from which answer this item alerts.")
	case it.Risk != nil && it.Risk.Verified && *f.AtLeast >= it.Risk.AtLeast:
		faults.Add("/at_least", "risk_not_lower", "The item alerts from such an answer already, and that is verified. A practice may only make it alert from a lower one.")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	view := d.clone()
	view.Items[f.Item-1].Risk = &Risk{AtLeast: *f.AtLeast, Source: f.Source, Site: true}
	r.definitions[d.Ref] = view
	return nil
}
