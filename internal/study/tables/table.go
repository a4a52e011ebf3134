package tables

import "slices"

// Name names a table.
type Name string

// The tables, in the order in which a package has them.
const (
	Groups      Name = "groups"
	Members     Name = "members"
	Sessions    Name = "sessions"
	Attendance  Name = "attendance"
	Therapists  Name = "therapists"
	Measures    Name = "measures"
	Alliances   Name = "alliances"
	Bonds       Name = "bonds"
	MemberGroup Name = "member_group"
	Cohesion    Name = "cohesion"
	System      Name = "system"
	Encounter   Name = "encounter"
	Outcomes    Name = "outcomes"
	Goals       Name = "goals"
	Ruptures    Name = "ruptures"
	Analyses    Name = "analyses"
)

// Type is what a column holds, in the words of Table Schema.
type Type string

// The types.
const (
	Text   Type = "string"
	Whole  Type = "integer"
	Number Type = "number"
	Truth  Type = "boolean"
)

// Column is one column of a table.
type Column struct {
	Name     string
	Type     Type
	About    string   // in one sentence
	Values   []string // all it can hold; nil of any other
	Required bool     // it is never null
	Least    *int     // of a whole number
}

// Table says what one table holds.
type Table struct {
	Name    Name
	Title   string
	About   string // what one row is, and what there is no row for
	Columns []Column
	Key     []string // columns that together name a row
	Refers  []Reference
}

// Reference says that the values of columns stand in another table.
type Reference struct {
	Columns []string
	Table   Name
	In      []string
	checked bool // it is named in a package only where every row was seen to keep it
}

// All lists the tables, in order.
func All() []Table {
	out := []Table{groupsTable(), membersTable(), sessionsTable(), attendanceTable(), therapistsTable(), measuresTable()}
	for _, level := range ratingLevels() {
		out = append(out, ratingsTable(level))
	}
	return append(out, goalsTable(), rupturesTable(), analysesTable())
}

// Lookup returns the table of a name.
func Lookup(name Name) (Table, bool) {
	all := All()
	if k := slices.IndexFunc(all, func(t Table) bool { return t.Name == name }); k >= 0 {
		return all[k], true
	}
	return Table{}, false
}

// required returns columns that are never null.
func required(list ...Column) []Column {
	for i := range list {
		list[i].Required = true
	}
	return list
}

// theGroup is the column that names a group.
func theGroup() Column {
	return Column{Name: "group", Type: Text, About: "The group's pseudonym: the same in every snapshot of the study, and in no other study."}
}

// theSession are the columns that name a session and say when it was.
func theSession() []Column {
	return required(theGroup(),
		Column{Name: "session", Type: Whole, About: "The session's number within its group.", Least: new(1)},
		Column{Name: "week", Type: Whole, About: "Whole weeks since the group's first session in the snapshot, which is in week 0."})
}

// toSessions says that a row's session stands in the table of sessions.
func toSessions() Reference {
	return Reference{Columns: []string{"group", "session"}, Table: Sessions, In: []string{"group", "session"}}
}

// toGroups says that a row's group stands in the table of groups.
func toGroups() Reference {
	return Reference{Columns: []string{"group"}, Table: Groups, In: []string{"group"}}
}
