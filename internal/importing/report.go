package importing

// tally counts what an import stores, or would.
type tally struct {
	forms, totals, held, attendance int
	out                             []LeftOut
}

// LeftOut is a form, or a row of a roster, that is not stored while others are.
type LeftOut struct {
	Group   string `json:"group,omitempty"`
	Session int    `json:"session_number,omitempty"`
	Form    string `json:"form"`
	Lines   []int  `json:"lines"`
	Why     string `json:"why"`
}

// Counts says how many things of a kind there are.
type Counts struct {
	Groups          int `json:"groups"`
	Members         int `json:"members"`
	Therapists      int `json:"therapists"`
	Spells          int `json:"spells"`
	TherapistSpells int `json:"therapist_spells"`
	Sessions        int `json:"sessions"`
	Attendance      int `json:"attendance"`
	Forms           int `json:"forms"`
	TotalsOnly      int `json:"forms_with_total_only"`
}

// State says how an import ended.
type State string

// The states.
const (
	Stored  State = "stored"  // everything, or with Partial all but what is listed
	Refused State = "refused" // nothing is stored
	Tried   State = "dry_run" // nothing was to be stored
)

// GroupCounts says what of one group's sessions is stored.
type GroupCounts struct {
	Group    string `json:"group"`
	Made     int    `json:"sessions_made"`
	Extended int    `json:"sessions_extended"`
	Forms    int    `json:"forms"`
}

// Report says what was found in a file and what became of it.
type Report struct {
	ID          string        `json:"import_id"`
	Kind        Kind          `json:"kind"`
	State       State         `json:"state"`
	DryRun      bool          `json:"dry_run"`
	Partial     bool          `json:"partial"`
	Resumed     bool          `json:"resumed"` // it goes on with one that was cut off
	FileSHA     string        `json:"file_sha256"`
	Rows        int           `json:"rows"`
	New         Counts        `json:"new"`     // what is stored by this run, or would be
	Already     Counts        `json:"already"` // what the practice has with the same content
	Extended    int           `json:"sessions_extended"`
	Groups      []GroupCounts `json:"groups"`
	Faults      []Fault       `json:"faults"`
	MoreFaults  int           `json:"faults_not_listed"` // beyond the first hundred thousand
	Notices     []Fault       `json:"notices"`           // to be seen; they refuse nothing
	MoreNotices int           `json:"notices_not_listed"`
	LeftOut     []LeftOut     `json:"left_out"`
	MoreLeftOut int           `json:"left_out_not_listed"`
	Unmapped    []string      `json:"unmapped_columns"`  // that the mapping does not name
	Formless    int           `json:"rows_without_form"` // of a REDCap file: nothing in them is mapped, or all of it is blank
}

// FaultCount returns how many faults were found.
func (r *Report) FaultCount() int { return len(r.Faults) + r.MoreFaults }

// leave lists a form that is left out.
func (r *Report) leave(out []LeftOut) {
	room := max(0, min(len(out), maxNamed-len(r.LeftOut)))
	r.LeftOut = append(r.LeftOut, out[:room]...)
	r.MoreLeftOut += len(out) - room
}

// list makes every list of the report one, if an empty one.
func (r *Report) list(faults, notices *ledger) {
	r.Faults, r.MoreFaults = append([]Fault{}, faults.sorted()...), faults.more
	r.Notices, r.MoreNotices = append([]Fault{}, notices.sorted()...), notices.more
	r.Groups = append([]GroupCounts{}, r.Groups...)
	r.LeftOut = append([]LeftOut{}, r.LeftOut...)
	r.Unmapped = append([]string{}, r.Unmapped...)
}
