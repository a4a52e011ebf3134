package instrument

import (
	"errors"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/go-playground/validator/v10"

	"holon/internal/fault"
	"holon/internal/strictjson"
)

// siteDirectory is the practice's instruments directory itself; beside the
// definitions it holds cut-offs, risks and wording of the practice's own.
const (
	siteDirectory    = "."
	cutoffDirectory  = "cutoffs"
	riskDirectory    = "risks"
	wordingDirectory = "wordings"
)

// siteCutoff is a cut-off of the practice's own on disk: the licence of a form,
// or the practice's own norms, may give one that Holon does not preset.
type siteCutoff struct {
	Schema     int      `json:"schema"     validate:"eq=1"`
	Instrument string   `json:"instrument" validate:"required,max=64,instrument_id"`
	Version    string   `json:"version"    validate:"required,max=32,instrument_version"`
	Score      string   `json:"score"      validate:"required,max=64,score_id"`
	Population string   `json:"population" validate:"required,max=200"`
	Label      string   `json:"label"      validate:"required,max=200"`
	Value      *float64 `json:"value"      validate:"required"`
	Applies    string   `json:"applies"    validate:"required,oneof=at_or_above below"`
	Source     string   `json:"source"     validate:"required,max=1000"`
}

// loadSite reads the operator's directory, noting every fault of every file.
func (r *Registry) loadSite(v *validator.Validate, site fs.FS, faults *fault.List) error {
	err := eachFile(site, siteDirectory, faults, func(name string, data []byte) error {
		d, err := parse(v, data)
		if err != nil {
			return err
		}
		return r.add(d, name)
	})
	if err != nil {
		return err
	}
	err = eachFile(site, cutoffDirectory, faults, func(_ string, data []byte) error { return r.addCutoff(v, data) })
	if err != nil {
		return err
	}
	err = eachFile(site, riskDirectory, faults, func(_ string, data []byte) error { return r.addRisk(v, data) })
	if err != nil {
		return err
	}
	return eachFile(site, wordingDirectory, faults, func(_ string, data []byte) error { return r.addWording(v, data) })
}

// addCutoff takes in one cut-off of the practice's own.
func (r *Registry) addCutoff(v *validator.Validate, data []byte) error {
	var f siteCutoff
	if err := strictjson.DecodeBytes(data, &f); err != nil {
		return err
	}
	if err := checkShape(v, &f); err != nil {
		return err
	}
	var faults fault.List
	ref := Ref{ID: f.Instrument, Version: f.Version}
	d, ok := r.definitions[ref]
	if !ok {
		faults.Add("/instrument", "no_such_instrument", "No instrument of this id and version is known.")
		return faults.Err()
	}
	s, ok := d.ScoreRule(f.Score)
	switch {
	case !ok:
		faults.Add("/score", "no_such_score", "The instrument has no score of this id.")
	case *f.Value < s.Min || *f.Value > s.Max:
		faults.Add("/value", "out_of_range", inRange(s))
	}
	if err := faults.Err(); err != nil {
		return err
	}
	key := scoreRef{ref, f.Score}
	r.cutoffs[key] = append(r.cutoffs[key], Cutoff{
		Population: f.Population, Label: f.Label, Value: *f.Value, AtOrAbove: f.Applies == appliesAtOrAbove,
		Source: f.Source, Site: true,
	})
	return nil
}

// SiteFiles names the files of an instruments directory that are read.
func SiteFiles(site fs.FS) ([]string, error) {
	var names []string
	for _, dir := range []string{siteDirectory, cutoffDirectory, riskDirectory, wordingDirectory} {
		entries, err := listed(site, dir)
		if err != nil {
			return nil, err
		}
		names = append(names, entries...)
	}
	return names, nil
}

// listed names the *.json files of one directory. A missing directory inside the
// site's has none.
func listed(site fs.FS, dir string) ([]string, error) {
	entries, err := fs.ReadDir(site, dir)
	if err != nil {
		if dir != siteDirectory && errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, fault.Wrap(fault.Unavailable, "instruments_directory", "The directory of instruments cannot be read.", err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && strings.EqualFold(path.Ext(e.Name()), ".json") {
			names = append(names, path.Join(dir, e.Name()))
		}
	}
	return names, nil
}

// eachFile hands every *.json file of a directory to read, by name, and notes
// what read refuses below the file's name.
func eachFile(site fs.FS, dir string, faults *fault.List, read func(name string, data []byte) error) error {
	names, err := listed(site, dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := readFile(site, name)
		if err == nil {
			err = read(name, data)
		}
		note(faults, "/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(name), err)
	}
	return nil
}

// readFile reads a plain file of bounded size.
func readFile(site fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(site, name)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "unreadable_file", "The file cannot be opened. Check the rights on it and where a link leads.", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fault.New(fault.Invalid, "not_a_file", "Only plain files are read.")
	}
	if info.Size() > maxFile {
		return nil, fault.New(fault.TooLarge, "too_large", "The file has more than "+strconv.Itoa(maxFile)+" bytes.")
	}
	data, err := fs.ReadFile(site, name)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "unreadable_file", "The file cannot be read. Check the rights on it.", err)
	}
	return data, nil
}

// note takes over the faults of one file. A file that cannot be read as JSON
// is one fault of the file itself.
func note(faults *fault.List, prefix string, err error) {
	rest := faults.Under(prefix, err)
	if rest == nil {
		return
	}
	rule, detail := "unreadable_file", "The file cannot be used."
	if f, ok := errors.AsType[*fault.Error](rest); ok {
		rule, detail = f.Rule(), f.Detail()
	}
	faults.Add(prefix, rule, detail)
}
