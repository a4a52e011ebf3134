package access

import "slices"

// Action says in a code what a principal wants to do.
type Action string

// The actions. Every use case asks for exactly one.
const (
	ReadGroup       Action = "read_group"
	WriteGroup      Action = "write_group"
	ReadMember      Action = "read_member"
	WriteMember     Action = "write_member"
	ReadTherapist   Action = "read_therapist"
	WriteTherapist  Action = "write_therapist"
	ReadSession     Action = "read_session"
	WriteSession    Action = "write_session"
	ReadHistory     Action = "read_history"
	SubmitForms     Action = "submit_forms"
	CorrectRating   Action = "correct_rating"
	ReadInstruments Action = "read_instruments"
	RunReport       Action = "run_report"
	CancelReport    Action = "cancel_report"
	ReadReport      Action = "read_report"
	ReadAudit       Action = "read_audit"
	CreateAccount   Action = "create_account"
)

// Actions lists all actions.
func Actions() []Action {
	return []Action{
		ReadGroup, WriteGroup, ReadMember, WriteMember, ReadTherapist, WriteTherapist, ReadSession, WriteSession,
		ReadHistory, SubmitForms, CorrectRating, ReadInstruments, RunReport, CancelReport, ReadReport, ReadAudit, CreateAccount,
	}
}

// Valid tells whether a is one of the actions.
func (a Action) Valid() bool { return slices.Contains(Actions(), a) }
