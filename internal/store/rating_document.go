package store

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"holon/internal/session"
)

// writeRating writes what the ratings of all levels have in common; about
// writes whom it is about.
func writeRating(w *writing, r *session.Rating, about func()) {
	w.text("rating_id", string(r.ID))
	w.text("form_id", string(r.FormID))
	w.whole("version", r.Version)
	writeInstrumentRef(w, r.Instrument)
	writeRater(w, r.Rater)
	about()
	w.text("occasion", string(r.Occasion))
	writeAnswers(w, r.Answers)
	w.document("form")
	w.whole("items", r.FormItems)
	w.whole("missing", r.FormMissing)
	w.end()
	if r.ReportedTotal != nil {
		w.number("reported_total", *r.ReportedTotal)
	}
	writeEntry(w, &r.Entered)
	w.truthIfSo("after_seeing", r.AfterSeeing)
	writeVoid(w, r.Void)
	writeOrigin(w, r.MovedFrom)
	w.truthIfSo("unfinished", r.Unfinished)
	if len(r.ByHand) > 0 {
		w.array("by_hand")
		for i, item := range r.ByHand {
			w.whole(place(i), item)
		}
		w.end()
	}
	writeRedacted(w, r.Redacted)
}

// writeAnswers writes values, in form order with null where there is none;
// states, by item number, of those nulls that are not just unanswered; and
// items, the numbers, unless they are counted from 1 without a gap.
func writeAnswers(w *writing, answers []session.Answer) {
	w.array("values")
	plain, states := true, false
	for i, a := range answers {
		if a.State == session.Answered {
			w.number(place(i), a.Value)
		} else {
			w.null(place(i))
		}
		plain = plain && a.Item == i+1
		states = states || hasState(a)
	}
	w.end()
	if states {
		w.document("states")
		for _, a := range answers {
			if hasState(a) {
				w.text(strconv.Itoa(a.Item), a.State.String())
			}
		}
		w.end()
	}
	if !plain {
		w.array("items")
		for i, a := range answers {
			w.whole(place(i), a.Item)
		}
		w.end()
	}
}

// hasState tells whether the answer's state is more than its value says.
func hasState(a session.Answer) bool {
	return a.State != session.Answered && a.State != session.NotAnswered
}

// target is where the fields go that say whom a rating is about; the level has
// those that are not nil.
type target struct {
	therapist    *session.TherapistID
	member       *session.MemberID
	from, to     *session.MemberID
	mayBeMissing bool
}

// readRating reads one rating of a level.
func (d *decoder) readRating(r *reading, x *session.Rating, about target) error {
	var a storedAnswers
	for r.next() {
		switch string(r.key) {
		case "rating_id":
			x.ID = session.RatingID(r.text())
		case "form_id":
			x.FormID = formID(r, x.ID)
		case "version":
			x.Version = r.small()
		case "instrument":
			in := r.document()
			r.fail(d.readInstrument(&in, &x.Instrument))
		case "rater":
			in := r.document()
			r.fail(d.readRater(&in, &x.Rater))
		case "occasion":
			x.Occasion = session.Occasion(d.word(r))
		case "values":
			a.values = r.arrayData()
		case "states":
			a.states = r.documentData()
		case "items":
			a.items = r.arrayData()
		case "form":
			in := r.document()
			r.fail(readForm(&in, x))
		case "reported_total":
			x.ReportedTotal = new(r.number())
		case "entered":
			in := r.document()
			r.fail(d.readEntry(&in, &x.Entered))
		case "after_seeing":
			x.AfterSeeing = r.truth()
		case "void":
			in := r.document()
			x.Void = new(session.Void)
			r.fail(d.readVoid(&in, x.Void))
		case "moved_from":
			in := r.document()
			x.MovedFrom = new(session.Origin)
			r.fail(d.readOrigin(&in, x.MovedFrom))
		case "unfinished":
			x.Unfinished = r.truth()
		case "by_hand":
			x.ByHand = readByHand(r)
		case "redacted":
			x.Redacted = d.readRedacted(r)
		default:
			d.readTarget(r, about)
		}
	}
	if r.err != nil {
		return r.err
	}
	return d.complete(x, &a, about)
}

// complete puts the answers together and finds what is missing in a rating.
func (d *decoder) complete(x *session.Rating, a *storedAnswers, about target) error {
	missing := x.Occasion == "" || x.FormItems == 0 || x.Entered.At.IsZero() || x.Entered.Mode == "" || a.values == nil
	if !about.mayBeMissing {
		missing = missing || about.therapist != nil && *about.therapist == "" || about.member != nil && *about.member == "" ||
			about.from != nil && *about.from == "" || about.to != nil && *about.to == ""
	}
	if missing {
		return errors.New("a field of the rating is missing")
	}
	answers, err := d.readAnswers(a)
	x.Answers = answers
	return err
}

// readTarget reads the element at hand as part of whom a rating is about.
func (d *decoder) readTarget(r *reading, about target) {
	switch key := string(r.key); {
	case key == "therapist_id" && about.therapist != nil:
		*about.therapist = session.TherapistID(d.word(r))
	case key == "member_id" && about.member != nil:
		*about.member = session.MemberID(d.word(r))
	case key == "from" && about.from != nil:
		*about.from = session.MemberID(d.word(r))
	case key == "to" && about.to != nil:
		*about.to = session.MemberID(d.word(r))
	default:
		r.unknown()
	}
}

// formID reads the form's identifier; a rating's begins with it, mostly, and
// then lends it its bytes.
func formID(r *reading, rating session.RatingID) session.FormID {
	b := r.textBytes()
	if n := len(b); len(rating) > n && strings.HasPrefix(string(rating), string(b)) {
		return session.FormID(rating[:n])
	}
	return session.FormID(b)
}

// readForm reads the counts of the whole form.
func readForm(r *reading, x *session.Rating) error {
	for r.next() {
		switch string(r.key) {
		case "items":
			x.FormItems = r.small()
		case "missing":
			x.FormMissing = r.small()
		default:
			r.unknown()
		}
	}
	return r.err
}

// storedAnswers are the three fields that answers are made of, as they are
// stored; nil where a field is not there.
type storedAnswers struct {
	values, items, states []byte
}

// readAnswers puts values, item numbers and states together.
func (d *decoder) readAnswers(a *storedAnswers) ([]session.Answer, error) {
	out := d.room()
	r := readArray(a.values)
	for i := 1; r.next(); i++ {
		answer := session.Answer{Item: i}
		if r.value.Type != bsoncore.TypeNull {
			answer.State, answer.Value = session.Answered, r.number()
		}
		out = append(out, answer)
	}
	if r.err != nil {
		return nil, fmt.Errorf("values: %w", r.err)
	}
	out = d.taken(out)
	if a.items != nil {
		if err := readItems(a.items, out); err != nil {
			return nil, fmt.Errorf("items: %w", err)
		}
	}
	if a.states != nil {
		if err := readStates(a.states, out); err != nil {
			return nil, fmt.Errorf("states: %w", err)
		}
	}
	return out, nil
}

// readItems reads the item numbers of a level that has not all of the form.
func readItems(data []byte, answers []session.Answer) error {
	r := readArray(data)
	i := 0
	for ; r.next(); i++ {
		if i == len(answers) {
			return errors.New("there are more items than values")
		}
		answers[i].Item = r.small()
	}
	if r.err == nil && i < len(answers) {
		return errors.New("there are fewer items than values")
	}
	return r.err
}

// readByHand reads which items of an imported rating a person corrected.
func readByHand(r *reading) []int {
	var out []int
	in := r.array()
	for in.next() {
		out = append(out, in.small())
	}
	r.fail(in.err)
	return out
}

// readStates reads why values are missing.
func readStates(data []byte, answers []session.Answer) error {
	r := readDocument(data)
	for r.next() {
		item, err := strconv.Atoi(string(r.key))
		if err != nil {
			return errors.New("a key is no item number")
		}
		state, known := session.ParseState(string(r.textBytes()))
		if r.err != nil {
			return r.err
		}
		k := at(answers, item)
		if !known || k < 0 || answers[k].State == session.Answered || !hasState(session.Answer{State: state}) {
			return errors.New("a state is unknown, or its item has a value or is not there")
		}
		answers[k].State = state
	}
	return r.err
}

// at finds the answer to an item, -1 if there is none.
func at(answers []session.Answer, item int) int {
	if k := item - 1; k >= 0 && k < len(answers) && answers[k].Item == item {
		return k
	}
	for k := range answers {
		if answers[k].Item == item {
			return k
		}
	}
	return -1
}
