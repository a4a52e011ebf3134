package instrument

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"

	"github.com/go-playground/validator/v10"

	"holon/internal/fault"
)

// embedded are the definitions that come with Holon, one file each.
//
//go:embed data/*.json
var embedded embed.FS

// Registry holds every instrument version that may be asked for. It does not
// change after it is made and is safe for concurrent use.
type Registry struct {
	definitions map[Ref]*Definition
	origins     map[Ref]string // file each was read from, for messages
	retired     map[Ref]bool
	cutoffs     map[scoreRef][]Cutoff
	wordings    map[wordingRef]*LicensedWording
}

// Where definitions come from that no file of the practice's has.
const (
	originHolon   = "Holon itself"
	originService = "the practice, through the service,"
)

// scoreRef names one score of one version.
type scoreRef struct {
	ref   Ref
	score string
}

// Load reads the definitions that come with Holon and those of the operator's
// directory, site; nil means there is none (give os.Root's FS, which no link
// leads out of). The directory holds one definition per *.json file, and cut-offs
// risk answers and licensed wording of the practice's own under cutoffs/, risks/
// and wordings/. Every fault of every file is answered,
// with pointers that begin with the file's name. A file that gives another
// content to a version already known is refused: versions never change.
func Load(site fs.FS) (*Registry, error) {
	own, err := holons()
	if err != nil {
		return nil, err
	}
	r := own.copied()
	if site == nil {
		return r, nil
	}
	v, err := newShapes()
	if err != nil {
		return nil, err
	}
	var faults fault.List
	if err := r.loadSite(v, site, &faults); err != nil {
		return nil, err
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return r, nil
}

// holons reads what comes with Holon once for all registries of the process.
// Definitions are shared, for none is changed after it is read: whoever adds to
// one puts a clone into a registry of its own.
//
//nolint:gochecknoglobals // the same for every registry, and never changed
var holons = sync.OnceValues(func() (*Registry, error) {
	v, err := newShapes()
	if err != nil {
		return nil, err
	}
	r := &Registry{
		definitions: map[Ref]*Definition{}, origins: map[Ref]string{},
		retired: map[Ref]bool{}, cutoffs: map[scoreRef][]Cutoff{}, wordings: map[wordingRef]*LicensedWording{},
	}
	if err := r.loadEmbedded(v); err != nil {
		return nil, err
	}
	return r, nil
})

// copied returns a registry of the same definitions that can be added to.
func (r *Registry) copied() *Registry {
	return &Registry{
		definitions: maps.Clone(r.definitions), origins: maps.Clone(r.origins),
		retired: maps.Clone(r.retired), cutoffs: maps.Clone(r.cutoffs), wordings: maps.Clone(r.wordings),
	}
}

// loadEmbedded reads the definitions that come with Holon.
func (r *Registry) loadEmbedded(v *validator.Validate) error {
	names, err := fs.Glob(embedded, "data/*.json")
	if err != nil {
		return fault.Wrap(fault.Internal, "embedded_instruments", "The instruments that come with Holon cannot be read.", err)
	}
	for _, name := range names {
		data, err := embedded.ReadFile(name)
		if err != nil {
			return fault.Wrap(fault.Internal, "embedded_instruments", "The instruments that come with Holon cannot be read.", err)
		}
		d, err := parse(v, data)
		if err != nil {
			return fmt.Errorf("instrument: %s: %w", name, err)
		}
		r.definitions[d.Ref], r.origins[d.Ref] = d, originHolon
	}
	return r.addCodes(v, embeddedCodes)
}

// add takes a definition in, unless its version is known with another content.
func (r *Registry) add(d *Definition, origin string) error {
	known, ok := r.definitions[d.Ref]
	if !ok {
		r.definitions[d.Ref], r.origins[d.Ref] = d, origin
		return nil
	}
	if known.SHA256 == d.SHA256 {
		return nil
	}
	return fault.New(fault.Invalid, "instrument_redefined",
		fmt.Sprintf("%s is defined in another way by %s. A version never changes; give this one a version or an id of its own.",
			d.Ref, r.origins[d.Ref]))
}

// Lookup returns the definition of exactly this version. No version is ever
// guessed.
func (r *Registry) Lookup(ref Ref) (*Definition, bool) {
	d, ok := r.definitions[ref]
	return d, ok
}

// List returns all definitions that new forms may use, by id and version.
func (r *Registry) List() []*Definition {
	out := make([]*Definition, 0, len(r.definitions))
	for d := range maps.Values(r.definitions) {
		if !r.retired[d.Ref] {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b *Definition) int {
		return cmp.Or(cmp.Compare(a.Ref.ID, b.Ref.ID), cmp.Compare(a.Ref.Version, b.Ref.Version))
	})
	return out
}

// Retired tells whether a version is known only from the store: its file is
// gone, so that old ratings can be read and scored and no new ones be taken.
func (r *Registry) Retired(ref Ref) bool { return r.retired[ref] }

// Cutoffs returns the published and the practice's own cut-offs of a score. If
// there are none, reason says why, for the page that would show an alarm.
func (r *Registry) Cutoffs(ref Ref, scoreID string) (cutoffs []Cutoff, reason string) {
	d, ok := r.definitions[ref]
	if !ok {
		return nil, "The instrument version is not known."
	}
	s, ok := d.ScoreRule(scoreID)
	if !ok {
		return nil, "The instrument has no such score."
	}
	cutoffs = append(slices.Clone(s.Cutoffs), r.cutoffs[scoreRef{ref, scoreID}]...)
	switch {
	case len(cutoffs) > 0:
		return cutoffs, ""
	case d.Licence.Status == LicencePaperOnly || d.Licence.Status == LicenceCommercial:
		return nil, "No cut-off is preset: it comes with the practice's licence. Enter it, with its source, in the instruments directory."
	default:
		return nil, "No cut-off is preset: none is known here with its source. The practice may enter one, with its source, in the instruments directory."
	}
}

// WithStored compares the registry with the copies that the store took at first
// use. A file changed under the same version is refused, each by name and with
// both hashes ("instrument_changed"): answers already given must never get
// another meaning. Copies without a file join the result as retired, and those
// that the practice gave through the service as its own.
func (r *Registry) WithStored(stored ...*Definition) (*Registry, error) {
	out := *r
	out.definitions, out.origins, out.retired = maps.Clone(r.definitions), maps.Clone(r.origins), maps.Clone(r.retired)
	var faults fault.List
	for _, copied := range stored {
		d, ok := out.definitions[copied.Ref]
		switch {
		case !ok && copied.Own:
			out.definitions[copied.Ref], out.origins[copied.Ref] = copied, originService
		case !ok:
			out.definitions[copied.Ref], out.retired[copied.Ref] = copied, true
		case d.SHA256 == copied.SHA256:
		case copied.Own && out.origins[copied.Ref] == originHolon:
			// The practice had this version first. Were the start refused, there would
			// be no file that it could put right.
			out.definitions[copied.Ref], out.origins[copied.Ref] = copied, originService
			out.cutoffs = maps.Clone(r.cutoffs)
			maps.DeleteFunc(out.cutoffs, func(of scoreRef, _ []Cutoff) bool { return of.ref == copied.Ref })
		default:
			faults.Add("/"+copied.Ref.String(), "instrument_changed",
				fmt.Sprintf("%s was used with the content %s and %s now has %s. Put the old file back, or give the new content a new version.",
					copied.Ref, copied.SHA256, r.origins[copied.Ref], d.SHA256))
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return &out, nil
}
