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
	GiveUpGuess     Action = "give_up_guess" // has what others said of a member's alliance opened without a guess
	CorrectRating   Action = "correct_rating"
	ReadInstruments Action = "read_instruments"
	RunReport       Action = "run_report"
	CancelReport    Action = "cancel_report"
	ReadReport      Action = "read_report"
	ReadAudit       Action = "read_audit"
	CreateAccount   Action = "create_account"

	WriteInstrument  Action = "write_instrument"  // takes in a practice's own instrument, wording, cut-off or trigger
	AttestInstrument Action = "attest_instrument" // says that a key was compared with the practice's own form
	MoveForm         Action = "move_form"
	VoidForm         Action = "void_form"
	ReadFinding      Action = "read_finding"
	WriteFinding     Action = "write_finding" // notes that one was seen, what was done, or that it is closed
	ReadSettings     Action = "read_settings"
	WriteSettings    Action = "write_settings"
	RedactMember     Action = "redact_member"
	ReadRedaction    Action = "read_redaction"
	WriteGoal        Action = "write_goal"
	RateGoals        Action = "rate_goals"
	ReadGoalText     Action = "read_goal_text" // see MaySeeGoalText
	WriteGoalText    Action = "write_goal_text"
	ReadObjective    Action = "read_objective"
	WriteObjective   Action = "write_objective"
	ImportData       Action = "import_data"
	BackUpData       Action = "back_up_data"
	RestoreData      Action = "restore_data"
	MoveData         Action = "move_data"
	ReadBonds        Action = "read_bonds" // what members say of each other, and what is computed from it; never a member's

	ReadStudy      Action = "read_study"
	WriteStudy     Action = "write_study"
	FreezeProtocol Action = "freeze_protocol"
	WriteConsent   Action = "write_consent"
	TakeSnapshot   Action = "take_snapshot"
	ReadSnapshot   Action = "read_snapshot" // what is in it, in counts
	ReleaseNumbers Action = "release_numbers"
	ReadRelease    Action = "read_release"
	ReadRows       Action = "read_rows" // of single people, under a recorded agreement
	MakeResearcher Action = "make_researcher"
	ReadResearcher Action = "read_researcher" // to whom the practice gave tokens
	SaveSelection  Action = "save_selection"
)

// Actions lists all actions.
func Actions() []Action {
	return []Action{
		ReadGroup, WriteGroup, ReadMember, WriteMember, ReadTherapist, WriteTherapist, ReadSession, WriteSession,
		ReadHistory, SubmitForms, CorrectRating, ReadInstruments, RunReport, CancelReport, ReadReport, ReadAudit, CreateAccount,
		WriteInstrument, AttestInstrument, MoveForm, VoidForm, ReadFinding, WriteFinding, ReadSettings, WriteSettings,
		RedactMember, ReadRedaction, WriteGoal, RateGoals, GiveUpGuess, ReadObjective, WriteObjective,
		ImportData, BackUpData, RestoreData, MoveData, ReadBonds, ReadGoalText, WriteGoalText,
		ReadStudy, WriteStudy, FreezeProtocol, WriteConsent, TakeSnapshot, ReadSnapshot, ReleaseNumbers, ReadRelease, ReadRows, MakeResearcher, ReadResearcher, SaveSelection,
	}
}

// Valid tells whether a is one of the actions.
func (a Action) Valid() bool { return slices.Contains(Actions(), a) }
