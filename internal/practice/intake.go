package practice

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/session"
)

// Intake is the way the content of a file comes into the practice: what the
// file is compared with, and the writes, one for each document. Make it with
// Practice.Intake. It is for one import and not for concurrent use.
type Intake struct {
	practice   *Practice
	rq         Request
	record     session.ImportRecord
	groups     map[session.Code]*session.Group
	members    map[session.Code]*session.Member
	therapists map[session.Code]*session.Therapist
	born       map[session.MemberID]int
	redacted   map[session.MemberID]bool
}

// Intake asks the policy whether a file may be taken in, which is about all of
// the practice's data, and loads its people and groups. What cannot be restored
// stops it: nobody knows whose code it has.
func (p *Practice) Intake(ctx context.Context, rq Request) (*Intake, error) {
	if err := p.Authorize(ctx, rq, access.ImportData, access.Object{Kind: access.KindPractice}); err != nil {
		return nil, err
	}
	in := &Intake{
		practice: p, rq: rq, groups: map[session.Code]*session.Group{}, members: map[session.Code]*session.Member{},
		therapists: map[session.Code]*session.Therapist{}, born: map[session.MemberID]int{}, redacted: map[session.MemberID]bool{},
	}
	for g, err := range p.deps.Groups.List(ctx, nil, "", 0) {
		if err != nil {
			return nil, err
		}
		in.groups[g.Code] = g
	}
	for m, err := range p.deps.Members.List(ctx, "", 0) {
		if err != nil {
			return nil, err
		}
		in.knowMember(m)
	}
	for t, err := range p.deps.Therapists.List(ctx, "", 0) {
		if err != nil {
			return nil, err
		}
		in.therapists[t.Code] = t
	}
	return in, nil
}

// knowMember keeps a member for looking up. Of one whose values were redacted
// there is nothing more to take in: no code is that member's.
func (in *Intake) knowMember(m *session.Member) {
	if m.Redacted != nil {
		in.redacted[m.ID] = true
		return
	}
	in.members[m.Code] = m
	if m.BirthYear != nil {
		in.born[m.ID] = *m.BirthYear
	}
}

// Group returns the group of a code.
func (in *Intake) Group(code string) (*session.Group, bool) {
	g, ok := in.groups[session.Code(code)]
	return g, ok
}

// Member returns the member of a code.
func (in *Intake) Member(code string) (*session.Member, bool) {
	m, ok := in.members[session.Code(code)]
	return m, ok
}

// Therapist returns the therapist of a code.
func (in *Intake) Therapist(code string) (*session.Therapist, bool) {
	t, ok := in.therapists[session.Code(code)]
	return t, ok
}

// takesBonds tells whether a group takes bonds for a day's session.
func (in *Intake) takesBonds(id session.GroupID, day session.Date) bool {
	for _, g := range in.groups {
		if g.ID == id {
			return g.TakesBonds(day)
		}
	}
	return false
}

// Redacted tells whether a member's values were taken out of the practice.
func (in *Intake) Redacted(id session.MemberID) bool { return in.redacted[id] }

// Sessions returns the sessions of a group by number, without their ratings.
func (in *Intake) Sessions(ctx context.Context, group session.GroupID) (list []*session.Session, err error) {
	for s, err := range in.practice.deps.Sessions.OfGroup(ctx, group, 0, 0, []instrument.Level{}) {
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// Session returns a session whole.
func (in *Intake) Session(ctx context.Context, id session.SessionID) (*session.Session, error) {
	return in.practice.deps.Sessions.Get(ctx, id, nil)
}

// Reference is what the rules about forms look up, the same for a trial as for
// the writes.
func (in *Intake) Reference() session.Reference {
	registry := in.practice.registry.Load()
	return session.Reference{
		Definition: func(ref instrument.Ref) (*instrument.Definition, bool) {
			d, ok := registry.Lookup(ref)
			return d, ok && !registry.Retired(ref)
		},
		BirthYear: func(m session.MemberID) (int, bool) { y, ok := in.born[m]; return y, ok },
		Redacted:  in.Redacted,
		Bonds:     in.takesBonds,
	}
}

// For says which import it is, before anything is made of it, and returns what
// is known of it: nothing when it was never begun.
func (in *Intake) For(ctx context.Context, id string) (there session.ImportRecord, err error) {
	there, err = in.practice.deps.Imports.Get(ctx, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return there, err
	}
	in.record = there
	in.record.ID = id
	in.rq.ID = id // the audit names the import from here on
	return in.record, nil
}

// At is the time at which the file's forms are entered: when the import was
// begun first, or now.
func (in *Intake) At() time.Time {
	if in.record.StartedAt.IsZero() {
		return in.practice.now()
	}
	return in.record.StartedAt
}

// Begin notes that the file is taken in from here on. An import that was begun
// before keeps its beginning, so that what is stored does not depend on how
// often it was cut off.
func (in *Intake) Begin(ctx context.Context, x session.ImportRecord) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	switch {
	case in.record.Rev == 0:
		x.ID, x.Rev = in.record.ID, 1
		x.By, x.StartedAt, x.State = in.rq.Principal.ID, in.practice.now(), session.ImportRunning
		in.record = x
		return in.practice.deps.Imports.Insert(ctx, x)
	case in.record.State == session.ImportRunning:
		return nil
	default:
		in.record.State, in.record.EndedAt = session.ImportRunning, nil
		return in.replaceRecord(ctx)
	}
}

// Finish notes that everything the file holds is stored, and how much it was.
func (in *Intake) Finish(ctx context.Context, forms, sessions int) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	in.record.State, in.record.EndedAt = session.ImportDone, new(in.practice.now())
	in.record.Forms, in.record.Sessions = forms, sessions
	return in.replaceRecord(ctx)
}

// replaceRecord writes the record's next revision.
func (in *Intake) replaceRecord(ctx context.Context) error {
	rev := in.record.Rev
	in.record.Rev++
	return in.practice.deps.Imports.Replace(ctx, in.record, rev)
}

// ID derives an identifier from the import and where the thing is in the file, or
// what it is called there, so that an import that goes on makes the same things.
func (in *Intake) ID(prefix string, parts ...string) string {
	return prefix + encode(digest(append([]string{"import", prefix, in.record.ID}, parts...)...))[:idChars]
}

// FormID returns the identifier of a form in a session: the file's n-th of it. As
// with members, no code is in it.
func (in *Intake) FormID(id session.SessionID, n int) session.FormID {
	return session.FormID(in.ID(formPrefix, string(id), strconv.Itoa(n)))
}

// SessionID returns the identifier of a session that the import makes.
func (in *Intake) SessionID(group session.GroupID, number int) session.SessionID {
	return session.SessionID(in.ID(sessionPrefix, string(group), strconv.Itoa(number)))
}

// request returns the request of one write, under a key that the import and
// the document make.
func (in *Intake) request(document, content string) Request {
	rq := in.rq
	rq.Key = in.record.ID + "/" + document + "/" + content
	rq.SHA = encode(digest("import", rq.Key))
	return rq
}

// Delivery is what a file holds of one session.
type Delivery struct {
	Session session.SessionID
	Group   session.GroupID
	New     bool // the session is made
	Plan    session.Plan
	Marks   []session.Mark
	Forms   []session.FormInput // with their identifiers
}

// ErrNothingNew ends a write that would change nothing.
var ErrNothingNew = errors.New("nothing new")

// Deliver stores what a file holds of one session in a single write: the
// session with attendance and forms, or what a stored session lacks of them. It
// tells whether anything was to be stored. Nothing that is stored already is
// changed: what contradicts it is refused as a Conflict.
func (in *Intake) Deliver(ctx context.Context, d Delivery, content string) (stored bool, err error) {
	for i := range d.Forms {
		d.Forms[i].Entered.By, d.Forms[i].Entered.At = in.rq.Principal.ID, in.record.StartedAt
	}
	p := in.practice
	rq := in.request(string(d.Session), content)
	if !d.New {
		_, replayed, err := revise(ctx, p, rq, p.sessionSubject(d.Session, access.SubmitForms), atAny(), "imported", func(ctx context.Context, s *session.Session) error {
			if err := in.add(s, d); err != nil {
				return err
			}
			return p.copyInstruments(ctx, d.Forms)
		})
		if errors.Is(err, ErrNothingNew) {
			return false, nil
		}
		return err == nil && replayed == nil, err
	}
	g, err := p.deps.Groups.Get(ctx, d.Group)
	if err != nil {
		return false, err
	}
	_, err = create(ctx, p, rq, in.seedOf(d), func(ctx context.Context) (*session.Session, error) {
		s, err := session.NewSession(d.Session, g, d.Plan)
		if err != nil {
			return nil, err
		}
		if err := fill(s, d.Marks, d.Forms, in.Reference()); err != nil {
			return nil, err
		}
		return s, p.copyInstruments(ctx, d.Forms)
	})
	return err == nil, err
}

// seedOf is the session that a delivery makes.
func (in *Intake) seedOf(d Delivery) seed[session.Session] {
	sessions := in.practice.deps.Sessions
	return seed[session.Session]{
		object: sessionObject(d.Session, d.Group), action: access.WriteSession,
		insert: sessions.Insert,
		load:   func(ctx context.Context) (*session.Session, error) { return sessions.Get(ctx, d.Session, nil) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return sessions.KeyUse(ctx, d.Session, key)
		},
		head:  func(s *session.Session) *session.Head { return &s.Head },
		taken: fault.New(fault.Conflict, "number_taken", "Somebody made a session of this number meanwhile. Run the import again: it compares anew and goes on."),
	}
}

// fill puts attendance and forms into a new session, and closes it when
// everybody's attendance is known: nothing more is expected of it.
func fill(s *session.Session, marks []session.Mark, forms []session.FormInput, ref session.Reference) error {
	if len(marks) > 0 {
		if err := s.Attend(marks, nil); err != nil {
			return err
		}
	}
	for batch := range slices.Chunk(forms, session.MaxForms) {
		if err := s.Submit(batch, ref); err != nil {
			return err
		}
	}
	if s.Complete() {
		return s.Close(nil)
	}
	return nil
}

// add puts into a stored session what it lacks of a delivery.
func (in *Intake) add(s *session.Session, d Delivery) error {
	var marks []session.Mark
	for _, m := range d.Marks {
		switch seat, ok := s.SeatOf(m.MemberID); {
		case !ok || seat.Attendance == "":
			marks = append(marks, m)
		case seat.Attendance != m.Attendance || (m.Modality != "" && m.Modality != seat.Modality):
			return fault.New(fault.Conflict, "attendance_differs", "Somebody noted another attendance than the file's meanwhile. Run the import again: it names it.")
		}
	}
	var forms []session.FormInput
	for _, f := range d.Forms {
		holding, err := s.Holds(f, in.Reference())
		switch {
		case err != nil:
			return err
		case holding == session.Differs:
			return fault.New(fault.Conflict, "form_differs", "Somebody stored another form in the place of one of the file's meanwhile. Run the import again: it names it.")
		case holding == session.NotHeld:
			forms = append(forms, f)
		}
	}
	if len(marks)+len(forms) == 0 {
		return ErrNothingNew
	}
	if len(marks) > 0 {
		if err := s.Attend(marks, nil); err != nil {
			return err
		}
	}
	for batch := range slices.Chunk(forms, session.MaxForms) {
		if err := s.Submit(batch, in.Reference()); err != nil {
			return err
		}
	}
	return nil
}
