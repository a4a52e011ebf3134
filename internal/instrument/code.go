package instrument

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/go-playground/validator/v10"

	"holon/internal/fault"
	"holon/internal/strictjson"
)

// embeddedCodes are public codes of scores whose definitions do not hold any: a
// definition never changes, and terminologies grow.
//
//go:embed codes.json
var embeddedCodes []byte

// codesFile is the shape of codes.json.
type codesFile struct {
	Schema int         `json:"schema" validate:"eq=1"`
	Codes  []scoreCode `json:"codes"  validate:"max=500,dive"`
}

// scoreCode is a code with the score it is of.
type scoreCode struct {
	Instrument string `json:"instrument" validate:"required,max=64,instrument_id"`
	Version    string `json:"version"    validate:"required,max=32,instrument_version"`
	Score      string `json:"score"      validate:"required,max=64,score_id"`
	fileCode
}

// addCodes gives scores the codes that stand beside their definitions. The
// definitions' content and hashes stay as they are.
func (r *Registry) addCodes(v *validator.Validate, data []byte) error {
	var f codesFile
	if err := strictjson.DecodeBytes(data, &f); err != nil {
		return fmt.Errorf("instrument: codes: %w", err)
	}
	if err := checkShape(v, &f); err != nil {
		return fmt.Errorf("instrument: codes: %w", err)
	}
	for i := range f.Codes {
		if err := r.addCode(&f.Codes[i]); err != nil {
			return fmt.Errorf("instrument: code %d: %w", i, err)
		}
	}
	return nil
}

// addCode gives one score one code.
func (r *Registry) addCode(x *scoreCode) error {
	ref := Ref{ID: x.Instrument, Version: x.Version}
	d, ok := r.definitions[ref]
	if !ok {
		return fault.New(fault.Internal, "no_such_instrument", "No instrument of this id and version comes with Holon.")
	}
	view := d.clone()
	for k := range view.Scores {
		s := &view.Scores[k]
		if s.ID != x.Score {
			continue
		}
		s.Codes = append(slices.Clip(s.Codes), x.code())
		var faults fault.List
		checkCodes(&faults, *s, "")
		r.definitions[ref] = view
		return faults.Err()
	}
	return fault.New(fault.Internal, "no_such_score", "The instrument has no score of this id.")
}
