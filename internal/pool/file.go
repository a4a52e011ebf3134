package pool

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/totals"
	"holon/internal/session"
)

// Version is the version of the file's form.
const Version = 1

// File is a practice's totals as they are exchanged.
type File struct {
	Version       int                  `json:"totals_version"`
	ID            string               `json:"id"` // random: of this file, and of nothing else
	MethodVersion string               `json:"method_version"`
	Outcome       string               `json:"outcome"`     // the column, or instrument, version and score
	Measure       *Measure             `json:"measure"`     // null where the data were a table
	Kinds         []session.GroupKind  `json:"group_kinds"` // ascending
	Sessions      string               `json:"sessions"`    // all, first, last, number:N or stage:NAME
	Structure     multilevel.Structure `json:"structure"`
	Estimand      multilevel.Estimand  `json:"estimand"`
	Rule          Rule                 `json:"cell_rule"`
	LeftOut       LeftOut              `json:"left_out"`
	Groups        int                  `json:"groups"`
	Ratings       int                  `json:"ratings"`
	Origin        float64              `json:"origin"` // what all means are counted from
	Shapes        []Shape              `json:"shapes"` // by members, then sessions
	SHA256        string               `json:"sha256"` // of this file with an empty text here, without line breaks
}

// Measure is what the ratings are, where they come from recorded sessions.
type Measure struct {
	Instrument  Instrument             `json:"instrument"`
	Score       string                 `json:"score"`
	Title       string                 `json:"title"`
	Rater       instrument.RaterKind   `json:"rater"`
	Occasion    *session.Occasion      `json:"occasion"`
	Level       instrument.Level       `json:"level"`
	Referent    instrument.Referent    `json:"referent"`
	Composition multilevel.Composition `json:"composition"`
	RuleSet     string                 `json:"rule_set"`
}

// Instrument names a version of an instrument.
type Instrument struct {
	ID      string `json:"id"`
	Version string `json:"version"`
}

// Shape is the totals of the groups of one shape.
type Shape struct {
	Members  int      `json:"members"`
	Sessions int      `json:"sessions"`
	Groups   int      `json:"groups"`
	Mean     float64  `json:"mean"` // of the groups' means, from the origin
	Group    float64  `json:"ss_group"`
	Member   *float64 `json:"ss_member"`  // null where each member has one rating
	Session  *float64 `json:"ss_session"` // likewise
	Residual float64  `json:"ss_residual"`
}

// LeftOut counts the groups that are in no shape.
type LeftOut struct {
	Incomplete Count `json:"incomplete"` // a member was not rated in some session
	CellRule   Count `json:"cell_rule"`  // withheld, see Rule
}

// Count is a number of groups, null where it is below the least number of people
// of the cell rule, none included.
type Count struct {
	Groups *int    `json:"groups"`
	Reason *string `json:"reason"` // why it is null
}

// fewerThanRule is the reason of a number that is not told.
const fewerThanRule = "fewer_than_the_rule_allows"

// counted returns a number of groups as it may be written.
func (r Rule) counted(groups int) Count {
	if groups < r.People {
		return Count{Reason: new(fewerThanRule)}
	}
	return Count{Groups: &groups}
}

// crossed tells whether members are crossed with sessions.
func (f *File) crossed() bool { return f.Structure == multilevel.MembersBySessions }

// table returns the totals as numbers.
func (f *File) table() totals.Table {
	t := totals.Table{Crossed: f.crossed(), Origin: f.Origin}
	for _, s := range f.Shapes {
		sh := totals.Shape{Members: s.Members, Sessions: s.Sessions, Groups: s.Groups, Mean: s.Mean, Group: s.Group, Residual: s.Residual}
		if s.Member != nil && s.Session != nil {
			sh.Member, sh.Session = *s.Member, *s.Session
		}
		t.Shapes = append(t.Shapes, sh)
	}
	return t
}

// set takes totals over.
func (f *File) set(t totals.Table) {
	f.Origin, f.Groups, f.Ratings = t.Origin, t.Groups(), t.Ratings()
	for _, s := range t.Shapes {
		out := Shape{Members: s.Members, Sessions: s.Sessions, Groups: s.Groups, Mean: s.Mean, Group: s.Group, Residual: s.Residual}
		if t.Crossed {
			out.Member, out.Session = &s.Member, &s.Session
		}
		f.Shapes = append(f.Shapes, out)
	}
}

// seal returns the hash that the file has to carry.
func (f *File) seal() (string, error) {
	bare := *f
	bare.SHA256 = ""
	return hashOf(&bare)
}

// contents hashes what the file says, whatever it is called and however strict
// its rule was.
func (f *File) contents() (string, error) {
	bare := *f
	bare.SHA256, bare.ID, bare.Rule, bare.LeftOut = "", "", Rule{}, LeftOut{}
	return hashOf(&bare)
}

// hashOf hashes a file as it stands.
func hashOf(f *File) (string, error) {
	text, err := encoded(f, "")
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// Encode writes a file, a line for every key.
func (f *File) Encode() ([]byte, error) {
	text, err := encoded(f, "  ")
	return append(text, '\n'), err
}

// encoded writes a file; the keys stand in one order and numbers in the shortest
// form that reads back as the same.
func encoded(f *File, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(f); err != nil {
		return nil, fault.Wrap(fault.Internal, "unwritable_totals", "The totals cannot be written.", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// measureOf returns what the ratings are, nil for a table.
func measureOf(s *analysis.Subject) *Measure {
	if s == nil {
		return nil
	}
	m := &Measure{
		Instrument: Instrument(s.Measure.Instrument), Score: s.Measure.Score, Title: s.Title, Rater: s.Measure.Rater,
		Level: s.Level, Referent: s.Referent, Composition: s.Composition, RuleSet: s.RuleSet,
	}
	if s.Measure.Occasion != "" {
		m.Occasion = &s.Measure.Occasion
	}
	return m
}

// subject returns what a report says of the ratings, nil for tables.
func (f *File) subject() *analysis.Subject {
	m := f.Measure
	if m == nil {
		return nil
	}
	s := &analysis.Subject{
		Measure: analysis.Measure{Instrument: m.Instrument.ref(), Score: m.Score, Rater: m.Rater},
		Title:   m.Title, Level: m.Level, Referent: m.Referent, Composition: m.Composition, RuleSet: m.RuleSet, Kinds: f.Kinds,
	}
	if m.Occasion != nil {
		s.Measure.Occasion = *m.Occasion
	}
	return s
}
