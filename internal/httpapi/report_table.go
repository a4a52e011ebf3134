package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/reporting"
)

// tableWork turns a question that brings its own table into the work that
// answers it. It is a plan as the command line takes it, whose data stand in
// the request: which analyses there are, and which roles and options each
// takes, the plan's own reader knows.
func (s *Server) tableWork(in *ReportRequest) (reporting.Work, error) {
	if err := checkTableAlone(in); err != nil {
		return nil, err
	}
	text, err := json.Marshal(map[string]any{"analysis": in.Analysis, "data": tableName, "roles": orZero(in.Roles), "options": optionsOf(in)})
	if err != nil {
		return nil, err
	}
	plan, err := analysis.ParsePlan(text)
	if err != nil {
		return nil, atTable(in, err)
	}
	dir := tableDir(*in.Table)
	return func(ctx context.Context, progress analysis.Progress) ([]byte, error) {
		plan.Progress = progress
		reports, err := analysis.RunPlan(ctx, dir, plan)
		if err != nil {
			return nil, atTable(in, err)
		}
		if len(reports) == 1 {
			return s.fits(analysis.Encode(&reports[0]))
		}
		return s.fits(analysis.EncodeAll(reports))
	}, nil
}

// optionsOf are the options of a question; a plan takes none for null.
func optionsOf(in *ReportRequest) map[string]any {
	if in.Options == nil {
		return map[string]any{}
	}
	return *in.Options
}

// spokenOfRecords is what is told of a key that goes with what was recorded.
const spokenOfRecords = "This speaks of what was recorded. With a table of your own, leave it out."

// checkTableAlone refuses a question that brings a table and also says
// something of what was recorded, or whose table is too long.
func checkTableAlone(in *ReportRequest) error {
	var faults fault.List
	if len(*in.Table) > maxTableBytes {
		faults.Add("/table", "too_long", fmt.Sprintf("At most %d bytes. The command analyze takes longer tables.", maxTableBytes))
	}
	if in.Roles == nil {
		faults.Add("/roles", "required", "Say what the columns of the table hold.")
	}
	for _, x := range []struct {
		at    string
		given bool
	}{
		{"/measure", in.Measure != nil},
		{"/groups", in.Groups != nil},
		{"/kinds", in.Kinds != nil},
	} {
		if x.given {
			faults.Add(x.at, "not_with_table", spokenOfRecords)
		}
	}
	for _, x := range particulars(in) {
		switch {
		case x.given && x.options:
			faults.Add("/"+x.key, "not_with_table", "With a table of your own this stands in options.")
		case x.given:
			faults.Add("/"+x.key, "not_with_table", spokenOfRecords)
		}
	}
	return faults.Err()
}

// atTable puts what is wrong in a table where it is in the request: in the one
// text that holds it. Line and column stand in the words.
func atTable(in *ReportRequest, err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind() != fault.Invalid {
		return err
	}
	_, single := orZero(in.Roles)["outcome"]
	var faults fault.List
	for _, x := range f.Fields() {
		switch at := x.Pointer; {
		case single && at == "/roles/outcomes/0":
			faults.Add("/roles/outcome", x.Rule, x.Detail)
		case at == "/analysis", strings.HasPrefix(at, "/roles"), strings.HasPrefix(at, "/options"):
			faults.Add(at, x.Rule, x.Detail)
		default:
			faults.Add("/table", x.Rule, x.Detail)
		}
	}
	if faults.Len() == 0 {
		faults.Add("/table", f.Rule(), f.Detail())
	}
	return faults.Err()
}

// tableName is what the table of a request is called as a file.
const tableName = "table.csv"

// tableDir is a directory with one file, the table of a request.
type tableDir string

// Open opens the table.
func (d tableDir) Open(name string) (fs.File, error) {
	if name != tableName {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &tableFile{strings.NewReader(string(d))}, nil
}

// tableFile is the table of a request, opened to be read. It is its own
// description.
type tableFile struct{ *strings.Reader }

// Close does nothing: there is nothing to give back.
func (*tableFile) Close() error { return nil }

// Stat describes the file.
func (f *tableFile) Stat() (fs.FileInfo, error) { return tableInfo(f.Reader.Size()), nil }

// tableInfo describes the table as a file: its length is all there is to say.
type tableInfo int64

// Name is the file's name.
func (tableInfo) Name() string { return tableName }

// Size is the file's length in bytes.
func (i tableInfo) Size() int64 { return int64(i) }

// Mode says that the file can be read.
func (tableInfo) Mode() fs.FileMode { return 0o400 }

// ModTime is of no time: the table came with the request.
func (tableInfo) ModTime() time.Time { return time.Time{} }

// IsDir says that it is none.
func (tableInfo) IsDir() bool { return false }

// Sys is nothing.
func (tableInfo) Sys() any { return nil }
