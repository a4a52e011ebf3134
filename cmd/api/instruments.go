package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// siteFlags says where the operator's own instruments are.
type siteFlags struct {
	Instruments string `help:"Directory of instrument files of your own, beside those that come with Holon." placeholder:"DIR" variable:"HOLON_INSTRUMENTS"`
}

// load reads the instruments that come with Holon and the operator's own.
func (f siteFlags) load() (*instrument.Registry, error) {
	if f.Instruments == "" {
		return instrument.Load(nil)
	}
	return loadSite(f.Instruments)
}

// loadSite reads the instruments with those of a directory, which no link leads
// out of.
func loadSite(dir string) (*instrument.Registry, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, "instruments_unreadable", "The directory of instruments cannot be opened: "+dir, err)
	}
	defer func() { _ = root.Close() }() // it was only read
	return instrument.Load(root.FS())
}

// instrumentCommands look at instruments without any stored data.
type instrumentCommands struct {
	List  listInstruments  `cmd:"" help:"List every instrument version."`
	Show  showInstrument   `cmd:"" help:"Print one version's definition as JSON: items, levels, scores, licence and sources."`
	Check checkInstruments `cmd:"" help:"Check instrument files of your own before a service uses them."`
}

// Help gives the examples.
func (instrumentCommands) Help() string {
	return `Examples:
  holon instruments list
  holon instruments show wai-sr 1
  holon instruments check ./our-instruments`
}

// listInstruments prints a table.
type listInstruments struct {
	siteFlags
}

// Run prints one line for each version.
func (c listInstruments) Run(p *program) error {
	registry, err := c.load()
	if err != nil {
		return err
	}
	return writeList(p.stdout, registry.List())
}

// writeList prints definitions as a table.
func writeList(w io.Writer, definitions []*instrument.Definition) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if _, err := fmt.Fprintln(t, "ID\tVERSION\tITEMS\tLEVELS\tSCORED\tREFUSED\tLICENCE\tTITLE"); err != nil {
		return err
	}
	for _, d := range definitions {
		var levels []string
		for _, l := range d.Levels() {
			levels = append(levels, strings.ReplaceAll(string(l), "_", " "))
		}
		_, err := fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%d\t%s\t%s\t%s\n", d.Ref.ID, d.Ref.Version, len(d.Items),
			strings.Join(levels, ", "), d.KeyCounts().Verified, refusedScores(d), strings.ReplaceAll(string(d.Licence.Status), "_", " "), d.Title)
		if err != nil {
			return err
		}
	}
	return t.Flush()
}

// refusedScores says how many scores of a version are not made, and why.
func refusedScores(d *instrument.Definition) string {
	n := d.KeyCounts()
	var out []string
	if n.Unattested > 0 {
		out = append(out, strconv.Itoa(n.Unattested)+" to attest")
	}
	if n.Missing > 0 {
		out = append(out, strconv.Itoa(n.Missing)+" without key")
	}
	if len(out) == 0 {
		return "-"
	}
	return strings.Join(out, ", ")
}

// showInstrument prints one definition.
type showInstrument struct {
	siteFlags

	ID      string `arg:"" help:"The instrument's id, such as wai-sr."`
	Version string `arg:"" help:"The version, such as 1. No version is ever guessed."`
}

// Run prints the canonical definition, indented.
func (c showInstrument) Run(p *program) error {
	registry, err := c.load()
	if err != nil {
		return err
	}
	d, ok := registry.Lookup(instrument.Ref{ID: c.ID, Version: c.Version})
	if !ok {
		return unknownVersion(registry, c.ID)
	}
	out := json.NewEncoder(p.stdout)
	out.SetIndent("", "  ")
	if err := out.Encode(json.RawMessage(d.Canonical())); err != nil {
		return err
	}
	return sayKeys(p, d)
}

// sayKeys says which scores of a version are refused, and what can be done.
// Whether the practice attested a key is in its data, which is not read here.
func sayKeys(p *program, d *instrument.Definition) error {
	for i := range d.Scores {
		key := d.KeyOf(d.Scores[i].ID)
		if key.Status != instrument.KeyUnattested {
			continue
		}
		if err := p.say("Score %s is refused until your practice attests its key. From memory: %s.", d.Scores[i].ID, strings.TrimSuffix(key.About, ".")); err != nil {
			return err
		}
	}
	if d.WithoutKeys == nil {
		return nil
	}
	scores := "its scores"
	if len(d.WithoutKeys.Scores) > 0 {
		scores = strings.Join(d.WithoutKeys.Scores, ", ")
	}
	return p.say("Never made here, for want of a key: %s. %s", scores, d.WithoutKeys.Reason)
}

// unknownVersion names the versions that an instrument has.
func unknownVersion(registry *instrument.Registry, id string) error {
	var versions []string
	for _, d := range registry.List() {
		if d.Ref.ID == id {
			versions = append(versions, d.Ref.Version)
		}
	}
	detail := "There is no such instrument. `holon instruments list` names them all."
	if len(versions) > 0 {
		detail = "There is no such version of this instrument. It has: " + strings.Join(versions, ", ") + "."
	}
	return fault.New(fault.Invalid, "unknown_instrument_version", detail)
}

// checkInstruments checks a directory.
type checkInstruments struct {
	Dir string `arg:"" help:"The directory with one definition per file that ends in .json, and cutoffs, risks and wordings of your own below it."`
}

// Run loads the directory and says how many definitions it holds.
func (c checkInstruments) Run(p *program) error {
	registry, err := loadSite(c.Dir)
	if err != nil {
		return err
	}
	files, err := instrument.SiteFiles(os.DirFS(c.Dir))
	if err != nil {
		return err
	}
	all := len(registry.List())
	switch len(files) {
	case 0:
		return fault.New(fault.Invalid, "no_instrument_files", "The directory has no file that ends in .json.")
	case 1:
		return p.tell("1 file is in order; %d versions would be available.", all)
	default:
		return p.tell("%d files are in order; %d versions would be available.", len(files), all)
	}
}
