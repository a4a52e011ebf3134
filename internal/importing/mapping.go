package importing

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/strictjson"
)

// Mapping says what the columns of a flat REDCap export mean. Make it with
// ParseMapping.
type Mapping struct {
	Record     string             `json:"record"` // the column of the record's identifier
	Group      Source             `json:"group"`
	Session    SessionMapping     `json:"session"`
	Attendance *AttendanceMapping `json:"attendance"`
	Missing    map[string]string  `json:"missing"` // missing-data code: state
	Blank      string             `json:"blank"`   // the state of a blank item in a form that has others
	Events     map[string]Event   `json:"events"`  // by redcap_event_name
	Forms      []FormMapping      `json:"forms"`
	Ignore     []string           `json:"ignore"` // columns that are left out on purpose

	canonical []byte
}

// Source is where a value comes from: a column, or the mapping itself.
type Source struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

// SessionMapping says which session a row is of.
type SessionMapping struct {
	Number *Source `json:"number"`
	HeldOn *Source `json:"held_on"`
}

// AttendanceMapping says where a member's attendance stands.
type AttendanceMapping struct {
	Member Source            `json:"member"`
	Field  string            `json:"field"`
	Values map[string]string `json:"values"` // code in the file: attendance
}

// Event says what sort of session an event is.
type Event struct {
	Kind  string `json:"session_kind"`
	Stage string `json:"stage"`
}

// FormMapping says where one form stands in a row.
type FormMapping struct {
	Instrument       string            `json:"instrument"`
	Version          string            `json:"version"`
	RepeatInstrument string            `json:"repeat_instrument"` // of the rows that hold it; empty: rows that repeat nothing
	Events           []string          `json:"events"`            // of the rows that hold it; empty: all
	Occasion         string            `json:"occasion"`
	RaterKind        string            `json:"rater_kind"`
	Rater            Source            `json:"rater"`
	AboutTherapist   *Source           `json:"about_therapist"`
	AboutMember      *Source           `json:"about_member"`
	Items            string            `json:"items"`       // a pattern such as wai_{item}
	ItemFields       map[string]string `json:"item_fields"` // item: column, where there is no pattern
	ReportedTotal    string            `json:"reported_total"`
	AnsweredOn       string            `json:"answered_on"`
	Recode           map[string]string `json:"recode"` // code in the file: value
}

// itemMark stands for the item's number in a pattern.
const itemMark = "{item}"

// MaxMapping is the largest mapping file.
const MaxMapping = 1 << 20

// ParseMapping reads a mapping, or says everything that is wrong with it.
func ParseMapping(text []byte) (*Mapping, error) {
	m := &Mapping{}
	if err := strictjson.DecodeBytes(text, m); err != nil {
		return nil, err
	}
	m.canonical = slices.Clone(text)
	if m.Record == "" {
		m.Record = "record_id"
	}
	var faults fault.List
	m.Group.check(&faults, "/group")
	if m.Session.Number == nil && m.Session.HeldOn == nil {
		faults.Add("/session", "session_missing", "Say where the session stands: number, held_on, or both.")
	}
	checkSource(&faults, "/session/number", m.Session.Number)
	checkSource(&faults, "/session/held_on", m.Session.HeldOn)
	for _, code := range slices.Sorted(maps.Keys(m.Missing)) {
		checkMissing(&faults, "/missing/"+escape(code), m.Missing[code])
	}
	if m.Blank != "" {
		checkMissing(&faults, "/blank", m.Blank)
	}
	m.checkAttendance(&faults)
	for _, name := range slices.Sorted(maps.Keys(m.Events)) {
		e := m.Events[name]
		at := "/events/" + escape(name)
		if e.Kind != "" && !session.Kind(e.Kind).Valid() {
			faults.Add(at+"/session_kind", "unknown_kind", "A session's kind is meeting, individual, subsystem or assessment.")
		}
		if e.Stage != "" && !session.Stage(e.Stage).Valid() {
			faults.Add(at+"/stage", "unknown_stage", "A stage is intake, interim, end or follow_up.")
		}
	}
	if len(m.Forms) == 0 && m.Attendance == nil {
		faults.Add("/forms", "forms_missing", "Say of at least one form where it stands.")
	}
	for i := range m.Forms {
		m.Forms[i].check(&faults, "/forms/"+strconv.Itoa(i))
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return m, nil
}

// escape writes a key into a JSON pointer.
func escape(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }

// checkSource notes what is wrong with a source that need not be there.
func checkSource(faults *fault.List, at string, s *Source) {
	if s != nil {
		s.check(faults, at)
	}
}

// check notes what is wrong with a source.
func (s *Source) check(faults *fault.List, at string) {
	if (s.Field == "") == (s.Value == "") {
		faults.Add(at, "field_or_value", "Give either the field, a column of the file, or the value.")
	}
}

// checkMissing notes when a state is none that a missing answer has.
func checkMissing(faults *fault.List, at, state string) {
	if s, ok := session.ParseState(state); !ok || s == session.Answered {
		faults.Add(at, "unknown_state", "A missing answer is declined, cannot_say, not_answered or not_shown.")
	}
}

// checkAttendance notes what is wrong with where attendance stands.
func (m *Mapping) checkAttendance(faults *fault.List) {
	a := m.Attendance
	if a == nil {
		return
	}
	a.Member.check(faults, "/attendance/member")
	if a.Field == "" {
		faults.Add("/attendance/field", "field_missing", "Name the column that holds the attendance.")
	}
	for _, code := range slices.Sorted(maps.Keys(a.Values)) {
		if !session.Attendance(a.Values[code]).Valid() {
			faults.Add("/attendance/values/"+escape(code), "unknown_attendance", "Attendance is present, late, left_early, excused or no_show.")
		}
	}
}

// check notes what is wrong with where a form stands.
func (f *FormMapping) check(faults *fault.List, at string) {
	if f.Instrument == "" || f.Version == "" {
		faults.Add(at+"/instrument", "instrument_missing", "Name the instrument and its version, as `holon instruments list` does.")
	}
	if f.Occasion != string(session.Pre) && f.Occasion != string(session.Post) {
		faults.Add(at+"/occasion", "unknown_occasion", "An occasion is pre or post: before the meeting or after it.")
	}
	if !instrument.RaterKind(f.RaterKind).Valid() {
		faults.Add(at+"/rater_kind", "unknown_rater", "A rater is a member, a therapist or an observer.")
	}
	f.Rater.check(faults, at+"/rater")
	checkSource(faults, at+"/about_therapist", f.AboutTherapist)
	checkSource(faults, at+"/about_member", f.AboutMember)
	switch {
	case f.Items != "" && len(f.ItemFields) > 0:
		faults.Add(at+"/items", "items_twice", "Give either items, a pattern, or item_fields.")
	case f.Items == "" && len(f.ItemFields) == 0 && f.ReportedTotal == "":
		faults.Add(at+"/items", "items_missing", "Say where the answers stand: items, item_fields or reported_total.")
	case f.Items != "" && strings.Count(f.Items, itemMark) != 1:
		faults.Add(at+"/items", "bad_pattern", "A pattern holds {item} once, where the item's number stands, such as wai_{item}.")
	}
	items, columns := map[int]bool{}, map[string]bool{}
	for _, item := range slices.Sorted(maps.Keys(f.ItemFields)) {
		n, ok := whole(item)
		name := f.ItemFields[item]
		switch {
		case item == "" || !ok:
			faults.Add(at+"/item_fields/"+escape(item), "bad_item", "An item is given by its number: 1, 2, …")
		case items[n]:
			faults.Add(at+"/item_fields/"+escape(item), "item_twice", "Another key names the same item. Leave one.")
		case columns[name]:
			faults.Add(at+"/item_fields/"+escape(item), "column_twice", "Another item of the form has the same column. Each has its own.")
		}
		items[n], columns[name] = true, true
	}
	for _, code := range slices.Sorted(maps.Keys(f.Recode)) {
		if _, rule, detail := number(f.Recode[code]); rule != "" {
			faults.Add(at+"/recode/"+escape(code), rule, detail)
		}
	}
}

// itemColumns finds the columns of a form's items in the header: item number and
// column, counted from 1, by number; the columns of items that have another one,
// such as p1 and p01; and what is not there.
func (f *FormMapping) itemColumns(header []string) (items, columns, twice []int, missing []string) {
	byItem := map[int]int{}
	if f.Items != "" {
		before, after, _ := strings.Cut(f.Items, itemMark)
		for i, name := range header {
			middle, ok := strings.CutPrefix(name, before)
			if !ok {
				continue
			}
			middle, ok = strings.CutSuffix(middle, after)
			if n, good := whole(cut0(middle)); ok && middle != "" && good {
				if byItem[n] > 0 {
					twice = append(twice, i+1)
				}
				byItem[n] = i + 1
			}
		}
		if len(byItem) == 0 {
			missing = append(missing, fmt.Sprintf("(%s)", f.Items))
		}
	}
	for item, name := range f.ItemFields {
		n, _ := whole(item)
		i := slices.Index(header, name)
		if i < 0 {
			missing = append(missing, name)
			continue
		}
		byItem[n] = i + 1
	}
	items = slices.Sorted(maps.Keys(byItem))
	for _, n := range items {
		columns = append(columns, byItem[n])
	}
	slices.Sort(missing)
	return items, columns, twice, missing
}

// cut0 takes leading zeros off, as in wai_01; what is no number stays none.
func cut0(s string) string {
	if t := strings.TrimLeft(s, "0"); t != "" {
		return t
	}
	return "x"
}
