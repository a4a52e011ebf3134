package instrument

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-playground/validator/v10"

	"holon/internal/fault"
	"holon/internal/strictjson"
)

// LicensedWording is the text of one version's form in one language, for which
// the practice holds a licence. It is no part of the definition: neither its
// hash nor any export has it.
type LicensedWording struct {
	Ref        Ref
	Language   string
	Use        WordingUse
	Holder     string // who gave the licence
	Reference  string // what the licence is known by
	ValidUntil string // its last day, as 2006-01-02; empty: no end is known
	Items      []ItemWording

	// Of one that was given through the service; none of them for a file's.
	Number          int // 1, 2, … for every change
	By              string
	At              time.Time
	Key, RequestSHA string // of the request, so that the same one is done once
}

// Lapsed tells whether the licence's last day is over.
func (w *LicensedWording) Lapsed(now time.Time) bool {
	return w.ValidUntil != "" && now.Format(time.DateOnly) > w.ValidUntil
}

// ItemWording is what the raters of one item read.
type ItemWording struct {
	Number  int
	Wording []Wording
}

// WordingUse says what the licence lets the practice do with the wording.
type WordingUse string

// The uses.
const (
	UsePrint  WordingUse = "print"  // on paper only
	UseScreen WordingUse = "screen" // shown on a device, and on paper
)

// wordingRef names the wording of one version in one language.
type wordingRef struct {
	ref      Ref
	language string
}

// fileLicensed is LicensedWording on disk and in the store.
type fileLicensed struct {
	Schema     int               `json:"schema"     validate:"eq=1"`
	Instrument string            `json:"instrument" validate:"required,max=64,instrument_id"`
	Version    string            `json:"version"    validate:"required,max=32,instrument_version"`
	Language   string            `json:"language"   validate:"required,max=35,bcp47_language_tag"`
	Use        string            `json:"use"        validate:"required,oneof=print screen"`
	Licence    fileGrant         `json:"licence"`
	Items      []fileItemWording `json:"items"      validate:"required,min=1,max=200,dive"`
}

// fileGrant is the licence that a practice holds, on disk.
type fileGrant struct {
	Holder     string `json:"holder"                validate:"required,max=200"`
	Reference  string `json:"reference"             validate:"required,max=200"`
	ValidUntil string `json:"valid_until,omitempty" validate:"max=10"`
}

// fileItemWording is ItemWording on disk.
type fileItemWording struct {
	Number  int           `json:"number"  validate:"required"`
	Wording []fileWording `json:"wording" validate:"required,min=1,max=3,dive"`
}

// licensed turns a file whose shape is checked into a LicensedWording whose
// meaning is not.
func (f *fileLicensed) licensed() *LicensedWording {
	w := &LicensedWording{
		Ref: Ref{ID: f.Instrument, Version: f.Version}, Language: f.Language, Use: WordingUse(f.Use),
		Holder: f.Licence.Holder, Reference: f.Licence.Reference, ValidUntil: f.Licence.ValidUntil,
	}
	for _, x := range f.Items {
		it := ItemWording{Number: x.Number}
		for _, say := range x.Wording {
			it.Wording = append(it.Wording, Wording{Rater: RaterKind(say.Rater), Text: say.Text, Low: say.Low, High: say.High})
		}
		w.Items = append(w.Items, it)
	}
	return w
}

// Encode writes the wording as it is kept, in the shape of a file.
func (w *LicensedWording) Encode() ([]byte, error) {
	f := fileLicensed{
		Schema: 1, Instrument: w.Ref.ID, Version: w.Ref.Version, Language: w.Language, Use: string(w.Use),
		Licence: fileGrant{Holder: w.Holder, Reference: w.Reference, ValidUntil: w.ValidUntil},
	}
	for _, x := range w.Items {
		it := fileItemWording{Number: x.Number}
		for _, say := range x.Wording {
			it.Wording = append(it.Wording, fileWording{Rater: string(say.Rater), Text: say.Text, Low: say.Low, High: say.High})
		}
		f.Items = append(f.Items, it)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(&f); err != nil {
		return nil, fault.Wrap(fault.Internal, "canonical_form", "The wording cannot be written.", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// RestoreWording reads wording back from the store. It checks structure only.
func RestoreWording(data []byte) (*LicensedWording, error) {
	var f fileLicensed
	if err := json.Unmarshal(data, &f); err != nil || f.Instrument == "" || f.Version == "" || f.Language == "" || len(f.Items) == 0 {
		return nil, fault.New(fault.Internal, "wording_unreadable", "A stored wording cannot be read: it is none, or names no version, language or item.")
	}
	return f.licensed(), nil
}

// CheckWording answers every fault of wording for this version, its shape being
// checked.
func (d *Definition) CheckWording(w *LicensedWording) error {
	var faults fault.List
	if d.Licence.Status == LicencePaperOnly && w.Use != UsePrint {
		faults.Add("/use", "paper_only", "The holder of this instrument allows paper only. Wording for it can be kept for print, not for a screen.")
	}
	if w.Language == "und" || (d.Licence.WordingIncluded && strings.EqualFold(w.Language, d.Language)) {
		faults.Add("/language", "bad_language", "The language of the text, and one that the definition has no wording in itself.")
	}
	if w.ValidUntil != "" {
		if _, err := time.Parse(time.DateOnly, w.ValidUntil); err != nil {
			faults.Add("/licence/valid_until", "bad_date", "A day such as 2027-12-31.")
		}
	}
	said := map[int]bool{}
	for i, x := range w.Items {
		d.checkItemWording(&faults, x, "/items/"+strconv.Itoa(i), said[x.Number])
		said[x.Number] = true
	}
	var silent []string
	for _, it := range d.Items {
		if !said[it.Number] {
			silent = append(silent, strconv.Itoa(it.Number))
		}
	}
	if len(silent) > 0 {
		faults.Add("/items", "item_without_wording", "Every item of the form needs wording. Missing: "+strings.Join(silent, ", ")+".")
	}
	return faults.Err()
}

// checkItemWording checks the wording of one item.
func (d *Definition) checkItemWording(faults *fault.List, x ItemWording, at string, again bool) {
	it, ok := d.Item(x.Number)
	switch {
	case !ok:
		faults.Add(at+"/number", "no_such_item", "The form has no item of this number.")
		return
	case again:
		faults.Add(at+"/number", "repeated", "The wording of this item stands here twice.")
		return
	}
	said := make([]RaterKind, 0, len(x.Wording))
	for i, say := range x.Wording {
		if !slices.Contains(it.Raters, say.Rater) || slices.Contains(said, say.Rater) {
			faults.Add(at+"/wording/"+strconv.Itoa(i)+"/rater", "wording_by_rater", "One wording for each kind of rater of the item, no other.")
		}
		said = append(said, say.Rater)
	}
	for _, r := range it.Raters {
		if !slices.Contains(said, r) {
			faults.Add(at+"/wording", "wording_by_rater", fmt.Sprintf("The %s answers this item too, and needs its wording.", r))
		}
	}
}

// addWording takes in one file of licensed wording.
func (r *Registry) addWording(v *validator.Validate, data []byte) error {
	var f fileLicensed
	if err := strictjson.DecodeBytes(data, &f); err != nil {
		return err
	}
	if err := checkShape(v, &f); err != nil {
		return err
	}
	w := f.licensed()
	d, ok := r.definitions[w.Ref]
	if !ok {
		return fault.At("/instrument", "no_such_instrument", "No instrument of this id and version is known.")
	}
	if err := d.CheckWording(w); err != nil {
		return err
	}
	key := wordingRef{w.Ref, strings.ToLower(w.Language)}
	if _, again := r.wordings[key]; again {
		return fault.At("/language", "repeated", "Another file has the wording of this version in this language.")
	}
	r.wordings[key] = w
	return nil
}

// Wording returns the wording that a file of the practice's has for a version in
// a language.
func (r *Registry) Wording(ref Ref, language string) (*LicensedWording, bool) {
	w, ok := r.wordings[wordingRef{ref, strings.ToLower(language)}]
	return w, ok
}
