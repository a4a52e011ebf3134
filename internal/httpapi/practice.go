package httpapi

import (
	"context"
	"iter"
	"time"

	"holon/internal/access"
	"holon/internal/analysis"
	"holon/internal/finding"
	"holon/internal/instrument"
	"holon/internal/objective"
	"holon/internal/practice"
	"holon/internal/redaction"
	"holon/internal/reporting"
	"holon/internal/session"
)

// Practice is what the API needs of the use cases.
type Practice interface {
	people
	groups
	sessions
	forms
	instruments
	redactions
	gate
	findings
	objectives
	studies
}

// people are the use cases about members and therapists.
type people interface {
	CreateMember(ctx context.Context, rq practice.Request, code string, birthYear *int) (*session.Member, error)
	CorrectMember(ctx context.Context, rq practice.Request, id session.MemberID, ifRev int64, c session.MemberCorrection) (*session.Member, error)
	Member(ctx context.Context, rq practice.Request, id session.MemberID) (*session.Member, error)
	Members(ctx context.Context, rq practice.Request, pg practice.Page) ([]*session.Member, string, error)
	CreateTherapist(ctx context.Context, rq practice.Request, code string) (*session.Therapist, error)
	Therapist(ctx context.Context, rq practice.Request, id session.TherapistID) (*session.Therapist, error)
	Therapists(ctx context.Context, rq practice.Request, pg practice.Page) ([]*session.Therapist, string, error)
}

// groups are the use cases about groups and the spells in them.
type groups interface {
	CreateGroup(ctx context.Context, rq practice.Request, in practice.GroupInput) (*session.Group, error)
	Group(ctx context.Context, rq practice.Request, id session.GroupID) (*session.Group, error)
	Groups(ctx context.Context, rq practice.Request, filter practice.GroupFilter, pg practice.Page) ([]*session.Group, string, error)
	EndGroup(ctx context.Context, rq practice.Request, id session.GroupID, ifRev int64, on string) (*session.Group, error)
	SwitchBonds(ctx context.Context, rq practice.Request, id session.GroupID, ifRev int64, in practice.BondsInput) (*session.Group, error)
	Join(ctx context.Context, rq practice.Request, id session.GroupID, in practice.SpellInput) (*session.Group, int, error)
	EndSpell(ctx context.Context, rq practice.Request, id session.GroupID, number int, ifRev int64, left string, why session.LeaveReason) (*session.Group, error)
	AmendSpell(ctx context.Context, rq practice.Request, id session.GroupID, number int, ifRev int64, a session.SpellAmendment) (*session.Group, error)
	Assign(ctx context.Context, rq practice.Request, id session.GroupID, in practice.TherapistSpellInput) (*session.Group, int, error)
	EndTherapistSpell(ctx context.Context, rq practice.Request, id session.GroupID, number int, ifRev int64, to string, why session.ReleaseReason) (*session.Group, error)
	AmendTherapistSpell(ctx context.Context, rq practice.Request, id session.GroupID, number int, ifRev int64, a session.TherapistSpellAmendment) (*session.Group, error)
}

// sessions are the use cases about sessions and their past.
type sessions interface {
	OpenSession(ctx context.Context, rq practice.Request, group session.GroupID, in practice.OpenInput) (*session.Session, error)
	Session(ctx context.Context, rq practice.Request, id session.SessionID, levels []instrument.Level) (*session.Session, error)
	BondsDue(ctx context.Context, s *session.Session) (bool, error)
	GiveUpGuess(ctx context.Context, rq practice.Request, id session.SessionID, members []session.MemberID) (*session.Session, error)
	EnterRupture(ctx context.Context, rq practice.Request, id session.SessionID, ifRev int64, in session.RuptureInput) (*session.Session, error)
	GuessesDue(rq practice.Request, s *session.Session) []session.MemberID
	SessionsOf(ctx context.Context, rq practice.Request, group session.GroupID, pg practice.Page, levels ...instrument.Level) ([]*session.Session, string, error)
	SetRoster(ctx context.Context, rq practice.Request, id session.SessionID, ifRev int64, members []session.MemberID) (*session.Session, error)
	Attend(ctx context.Context, rq practice.Request, id session.SessionID, ifRev int64, members []session.Mark, therapists []session.TherapistMark) (*session.Session, error)
	CloseSession(ctx context.Context, rq practice.Request, id session.SessionID, ifRev int64, actual *session.Span) (*session.Session, error)
	CancelSession(ctx context.Context, rq practice.Request, id session.SessionID, ifRev int64, why session.CancelReason) (*session.Session, error)
	History(ctx context.Context, rq practice.Request, id session.SessionID) ([]practice.Revision, error)
	SessionAt(ctx context.Context, rq practice.Request, id session.SessionID, rev int64) (*session.Session, error)
}

// forms are the use cases about what raters filled in.
type forms interface {
	Submit(ctx context.Context, rq practice.Request, id session.SessionID, forms []session.FormInput) (*practice.Receipt, error)
	Correct(ctx context.Context, rq practice.Request, id session.SessionID, c session.Correction) (*session.Session, error)
	RatingHistory(ctx context.Context, rq practice.Request, id session.SessionID, rating session.RatingID) ([]practice.RatingVersion, error)
	MoveForm(ctx context.Context, rq practice.Request, id session.SessionID, m session.Move) (*practice.MoveReceipt, error)
	VoidForm(ctx context.Context, rq practice.Request, id session.SessionID, v session.Voiding) (*session.Session, error)
	RestoreForm(ctx context.Context, rq practice.Request, id session.SessionID, x session.Restoring) (*session.Session, error)
}

// findings are the use cases about what somebody must answer, and how.
type findings interface {
	AnswerForm(ctx context.Context, rq practice.Request, id session.SessionID, a session.FormAnswers) (*session.Session, error)
	RiskTexts(ctx context.Context, s *session.Session, form session.FormID) []finding.RiskText
	Findings(ctx context.Context, rq practice.Request, want finding.Filter, pg practice.Page) ([]*finding.Finding, string, error)
	Finding(ctx context.Context, rq practice.Request, id finding.ID) (*finding.Finding, error)
	Note(ctx context.Context, rq practice.Request, group session.GroupID, n finding.Note) (*finding.Finding, error)
	SeeFinding(ctx context.Context, rq practice.Request, id finding.ID) (*finding.Finding, error)
	ActOnFinding(ctx context.Context, rq practice.Request, id finding.ID, a finding.ActionInput) (*finding.Finding, error)
	CloseFinding(ctx context.Context, rq practice.Request, id finding.ID) (*finding.Finding, error)
	ReopenFinding(ctx context.Context, rq practice.Request, id finding.ID) (*finding.Finding, error)
	AcknowledgeWithin(ctx context.Context) time.Duration
	Settings(ctx context.Context, rq practice.Request) (*finding.Settings, error)
	Set(ctx context.Context, rq practice.Request, ifRev int64, next finding.Settings) (*finding.Settings, error)
}

// instruments are the use cases about instrument versions.
type instruments interface {
	Instruments(ctx context.Context, rq practice.Request) ([]*instrument.Definition, error)
	Instrument(ctx context.Context, rq practice.Request, ref instrument.Ref) (*instrument.Definition, error)
	Definition(ref instrument.Ref) (*instrument.Definition, bool)
	Cutoffs(ref instrument.Ref, scoreID string) ([]instrument.Cutoff, string)
	AddInstrument(ctx context.Context, rq practice.Request, definition []byte) (*instrument.Definition, error)
	Attest(ctx context.Context, rq practice.Request, ref instrument.Ref, in practice.AttestationInput) (instrument.Attestation, error)
	Attestations(ctx context.Context, rq practice.Request, ref instrument.Ref) ([]instrument.Attestation, *instrument.Definition, error)
	SetWording(ctx context.Context, rq practice.Request, w instrument.LicensedWording, ifNumber int64) (*instrument.LicensedWording, error)
	Wording(ctx context.Context, rq practice.Request, ref instrument.Ref, language string) (*instrument.LicensedWording, error)
}

// redactions are the use cases about requests for erasure.
type redactions interface {
	RequestRedaction(ctx context.Context, rq practice.Request, member session.MemberID, in redaction.Request) (*redaction.Decision, error)
	PreviewRedaction(ctx context.Context, rq practice.Request, id redaction.ID, v redaction.Verdict) (*practice.Preview, error)
	DecideRedaction(ctx context.Context, rq practice.Request, id redaction.ID, ifRev int64, v redaction.Verdict, basis redaction.Basis) (*redaction.Decision, error)
	Redaction(ctx context.Context, rq practice.Request, id redaction.ID) (*redaction.Decision, error)
	Redactions(ctx context.Context, rq practice.Request, pg practice.Page) ([]*redaction.Decision, string, error)
}

// objectives are the use cases about goals and the rules over sessions.
type objectives interface {
	SetGoal(ctx context.Context, rq practice.Request, id session.GroupID, in practice.GoalInput) (*session.Group, session.GoalID, error)
	EndGoal(ctx context.Context, rq practice.Request, id session.GroupID, goal session.GoalID, ifRev int64, until string) (*session.Group, error)
	ContainGoals(ctx context.Context, rq practice.Request, id session.GroupID, goal session.GoalID, ifRev int64, contains []session.GoalID) (*session.Group, error)
	SetGoalText(ctx context.Context, rq practice.Request, group session.GroupID, goal session.GoalID, in session.GoalTextInput, ifNumber int64) (*session.GoalText, error)
	GoalText(ctx context.Context, rq practice.Request, group session.GroupID, goal session.GoalID) (*session.GoalText, error)
	RateGoals(ctx context.Context, rq practice.Request, id session.SessionID, ratings []session.GoalRatingInput) (*session.Session, error)
	CreateObjective(ctx context.Context, rq practice.Request, rule []byte) (*objective.Objective, error)
	Objective(ctx context.Context, rq practice.Request, id objective.ID) (*objective.Objective, error)
	Objectives(ctx context.Context, rq practice.Request, pg practice.Page) ([]*objective.Objective, string, error)
	RetireObjective(ctx context.Context, rq practice.Request, id objective.ID, ifRev int64) (*objective.Objective, error)
	ObjectiveResults(ctx context.Context, rq practice.Request, id objective.ID, group session.GroupID, on *string) (*practice.ObjectiveResults, error)
}

// gate says who asks and lets analyses at the records.
type gate interface {
	Authenticate(ctx context.Context, token string) (access.Principal, error)
	Authorize(ctx context.Context, rq practice.Request, action access.Action, object access.Object) error
	Records(ctx context.Context, rq practice.Request, sel practice.Selection) (*practice.Records, error)
}

// Reports has questions worked at and knows what became of them. What is not
// of the principal is NotFound.
type Reports interface {
	Kept(ctx context.Context, q reporting.Question) (analysis.Record, bool, error)
	Ask(ctx context.Context, q reporting.Question, work reporting.Work) (analysis.Record, error)
	Cancel(ctx context.Context, principal, id string) (analysis.Record, error)
	Get(ctx context.Context, principal, id string) (analysis.Record, error)
	Of(ctx context.Context, principal, after string, limit int) iter.Seq2[analysis.Record, error]
}
