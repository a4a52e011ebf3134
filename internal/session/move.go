package session

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"holon/internal/fault"
	"holon/internal/instrument"
)

// MoveReason says in a code what was wrong about a form's place.
type MoveReason string

// The reasons.
const (
	MoveRater    MoveReason = "wrong_rater"
	MoveTarget   MoveReason = "wrong_target"
	MoveOccasion MoveReason = "wrong_occasion"
	MoveSession  MoveReason = "wrong_session"
	MoveOther    MoveReason = "other"
)

// Valid tells whether r is one of the reasons.
func (r MoveReason) Valid() bool {
	switch r {
	case MoveRater, MoveTarget, MoveOccasion, MoveSession, MoveOther:
		return true
	default:
		return false
	}
}

// Move brings a form to where it belongs: it was entered for the wrong rater,
// target, occasion or session. Answers and how they came in go along as they
// are. What is nil stays; who answers for whom else names both.
type Move struct {
	Form     FormID
	Version  int // that the form was read at
	To       SessionID
	Rater    *Rater
	About    *About
	Occasion *Occasion
	Why      MoveReason
	By       string
	At       time.Time
}

// Origin says where the form of a rating was entered first, or was before.
type Origin struct {
	FormPlace

	Version int    // the form's, when it was moved
	By      string // the principal
	At      time.Time
	Why     MoveReason
}

// Relocation is a form on its way, made by Relocate of the session it leaves.
// That session's Release and the other's Receive may be done twice: a repeated
// one answers "moved_already", a Conflict.
type Relocation struct {
	Form FormID // its identifier at the new place, the same however often the move is tried
	From Origin
	To   SessionID
	Done bool // the form left for this very place already

	form  form
	parts map[instrument.Level]Rating
}

// Relocate prepares the move of a form out of this session.
func (s *Session) Relocate(m Move, ref Reference) (*Relocation, error) {
	if s.FormVersion(m.Form) == 0 || s.formRedacted(m.Form) {
		return nil, s.checkForm(m.Form, m.Version)
	}
	f, err := s.formOf(m.Form, ref)
	if err != nil {
		return nil, err
	}
	r := &Relocation{
		From: Origin{FormPlace: FormPlace{Session: s.ID, Form: m.Form}, Version: m.Version, By: m.By, At: Millis(m.At), Why: m.Why},
		To:   m.To, parts: map[instrument.Level]Rating{},
	}
	for level, x := range s.All {
		if x.FormID == m.Form {
			r.parts[level] = *x
		}
	}
	was := f
	f.redirect(m)
	r.Form = relocated(r.From, m.To, &f)
	f.ID = r.Form
	r.form = f
	if r.Done = s.left(r); r.Done {
		return r, nil // its new place was judged when it was taken
	}
	if err := s.mayLeave(r); err != nil {
		return nil, err
	}
	if !m.Why.Valid() {
		return nil, badReason("Choose one of the listed reasons for moving the form.")
	}
	if m.To == s.ID && f.Rater == was.Rater && f.About == was.About && f.Occasion == was.Occasion {
		return nil, fault.At("/to", "nothing_to_move", "The form is there already. Say what of its place was wrong.")
	}
	return r, nil
}

// redirect gives the form its new rater, target and occasion.
func (f *form) redirect(m Move) {
	if m.Rater != nil {
		f.Rater = *m.Rater
	}
	if m.About != nil {
		f.About = *m.About
	}
	if m.Occasion != nil {
		f.Occasion = *m.Occasion
	}
}

// relocated derives the identifier that a form has at its new place, so that
// the same move tried again finds what an earlier attempt put there.
func relocated(from Origin, to SessionID, f *form) FormID {
	place, err := json.Marshal([]any{from.Session, from.Form, from.Version, to, f.Rater, f.About, f.Occasion})
	if err != nil {
		panic("session: texts and numbers are always JSON")
	}
	sum := sha256.Sum256(place)
	return FormID("f-" + hex.EncodeToString(sum[:12]))
}

// left tells whether the form left this session for the relocation's very place.
func (s *Session) left(r *Relocation) bool {
	for _, x := range s.OfForm(r.From.Form) {
		if x.Void == nil || x.Void.MovedTo == nil || *x.Void.MovedTo != (FormPlace{r.To, r.Form}) {
			return false
		}
	}
	return true
}

// mayLeave refuses a form that was changed since it was read, or does not count.
func (s *Session) mayLeave(r *Relocation) error {
	if s.left(r) {
		return movedAlready()
	}
	if !s.formLives(r.From.Form) {
		return formVoid()
	}
	return s.checkForm(r.From.Form, r.From.Version)
}

// Release makes the form void in the session that it leaves.
func (s *Session) Release(r *Relocation) error {
	if err := s.mayLeave(r); err != nil {
		return err
	}
	s.void(r.From.Form, Void{By: r.From.By, At: r.From.At, Why: VoidMoved, MovedTo: &FormPlace{r.To, r.Form}})
	return nil
}

// Receive takes the form in at its new place, under the rules for new forms and
// with every fault. A copy that an unfinished move of the same form left here
// is made void.
func (s *Session) Receive(r *Relocation, ref Reference) error {
	if s.hasForm(r.Form) {
		if err := s.HasReceived(r); err != nil {
			return err
		}
		return movedAlready()
	}
	next := *s
	if err := next.giveUp(r); err != nil {
		return err
	}
	var own fault.List
	r.form.checkNames(&own)
	parts := next.place(&own, &r.form, ref)
	if err := faultsAt(&own, "/to", "/rater", "/about", "/occasion"); err != nil {
		return err
	}
	if next.slotTaken(parts) {
		var faults fault.List
		faults.Add("/to", "slot_taken", "This rater's form of this instrument, about the same person and occasion, is in that session already. Void the wrong one of both first.")
		return faults.ErrAs(fault.Conflict)
	}
	for i := range parts {
		parts[i].rating = r.carry(parts[i].level, parts[i].rating)
	}
	next.Ratings = next.Ratings.clone()
	next.add(parts)
	*s = next
	return nil
}

// HasReceived refuses to go on with a move whose form is not here, or was voided
// since an earlier attempt put it here: then it would count nowhere.
func (s *Session) HasReceived(r *Relocation) error {
	if !s.hasForm(r.Form) {
		return fault.New(fault.Invalid, "key_reused", "This Idempotency-Key was used for the move of another version of the form. Use a new key.")
	}
	for _, x := range s.OfForm(r.Form) {
		switch {
		case x.Void == nil || x.Void.MovedTo != nil:
		case x.Void.Why == VoidMoveEnded:
			return fault.New(fault.Conflict, "move_given_up", "An earlier attempt of this move was given up for another one. Finish that, and move the form from where it is then.")
		default:
			return fault.New(fault.Conflict, "copy_void", "An earlier attempt put the form there, and it was voided since. Restore it there, then repeat the move.")
		}
	}
	return nil
}

// Move moves a form within the session.
func (s *Session) Move(r *Relocation, ref Reference) error {
	next := *s
	if err := next.Release(r); err != nil {
		return err
	}
	if err := next.Receive(r, ref); err != nil {
		return err
	}
	*s = next
	return nil
}

// giveUp makes void what unfinished moves of the same form left here. A copy
// that was corrected since is somebody's work and stops the move.
func (s *Session) giveUp(r *Relocation) error {
	left := map[FormID]bool{}
	for _, x := range s.All {
		if x.Live() && x.MovedFrom != nil && x.MovedFrom.FormPlace == r.From.FormPlace {
			if x.Version > 1 {
				return fault.New(fault.Conflict, "move_unfinished", "An earlier move of this form was not finished, and its copy was corrected since. Void the copy, or the form, whichever is wrong.")
			}
			left[x.FormID] = true
		}
	}
	for id := range left {
		s.void(id, Void{By: r.From.By, At: r.From.At, Why: VoidMoveEnded})
	}
	return nil
}

// GiveUp makes the form void where a move put it that cannot be finished,
// because the form was changed meanwhile where it was. What was corrected since
// it came stays.
func (s *Session) GiveUp(r *Relocation) error {
	if !s.formLives(r.Form) || s.FormVersion(r.Form) > 1 {
		return formVoid()
	}
	s.void(r.Form, Void{By: r.From.By, At: r.From.At, Why: VoidMoveEnded})
	return nil
}

// carry returns the rating of this level as it was, at the place of a new one.
func (r *Relocation) carry(level instrument.Level, at Rating) Rating {
	x := r.parts[level]
	x.ID, x.FormID, x.Version = at.ID, at.FormID, at.Version
	x.Rater, x.Occasion = at.Rater, at.Occasion
	x.FormItems, x.FormMissing = at.FormItems, at.FormMissing
	x.Void, x.MovedFrom = nil, new(r.From)
	return x
}

// faultsAt returns the faults of a form that is stored already. Those of the
// places that a request names stand there, below prefix; the others are about
// the form itself, so prefix is all that can be pointed at.
func faultsAt(found *fault.List, prefix string, named ...string) error {
	e, ok := errors.AsType[*fault.Error](found.Err())
	if !ok {
		return nil
	}
	var faults fault.List
	for _, f := range e.Fields() {
		at := prefix
		if slices.ContainsFunc(named, func(n string) bool { return strings.HasPrefix(f.Pointer, n) }) {
			at += f.Pointer
		}
		faults.Add(at, f.Rule, f.Detail)
	}
	return faults.Err()
}

// movedAlready answers a step of a move that was made before.
func movedAlready() error {
	return fault.New(fault.Conflict, "moved_already", "This form was moved there already.")
}
