package tables

import (
	"holon/internal/instrument"
	"holon/internal/session"
	"holon/internal/study"
)

// ratingLevel is a level with its table and whom its ratings are about.
type ratingLevel struct {
	level instrument.Level
	name  Name
	title string
	about string
	aims  []Column
}

// ratingLevels lists the levels of ratings, in order.
func ratingLevels() []ratingLevel {
	therapist := Column{Name: "therapist", Type: Text, About: "The therapist of the pair.", Required: true}
	member := func(about string) Column { return Column{Name: "member", Type: Text, About: about, Required: true} }
	return []ratingLevel{
		{instrument.Alliance, Alliances, "Alliance between therapist and member", "one rater's view of one pair of therapist and member", []Column{therapist, member("The member of the pair.")}},
		{instrument.Bond, Bonds, "Bonds between members", "one member's rating of another", []Column{
			{Name: "from_member", Type: Text, About: "The member whose rating it is.", Required: true}, {Name: "to_member", Type: Text, About: "The member whom it is about.", Required: true},
		}},
		{instrument.MemberGroup, MemberGroup, "Members' own standing in the group or family", "about one member's own standing; it is not cohesion", []Column{member("The member whom it is about.")}},
		{instrument.Cohesion, Cohesion, "Cohesion of the group", "one informant's report about the group as a whole", nil},
		{instrument.System, System, "The family as a system", "one informant's report about the family as a whole", nil},
		{instrument.Encounter, Encounter, "Presence in the meeting", "about presence in the meeting; it is no alliance", []Column{
			{Name: "therapist", Type: Text, About: "The therapist whom it is about; null where it is about nobody in particular."},
		}},
		{instrument.Outcome, Outcomes, "Members' outcomes", "about one member's symptoms or functioning, whoever answered", []Column{member("The member whom it is about.")}},
	}
}

// ratingsTable holds one row for each rating of a level and measure of the study.
func ratingsTable(l ratingLevel) Table {
	columns := append(theSession(), required(
		Column{Name: "rating", Type: Text, About: "The rating, named within its session."},
		Column{Name: "form", Type: Text, About: "The form that the rating is part of, named within its session: forms with items of several levels have a part in several tables."},
		Column{Name: "occasion", Type: Text, About: "Whether it was answered before the meeting or after it.", Values: []string{"pre", "post"}},
		Column{Name: "rater_kind", Type: Text, About: "Who answered.", Values: []string{"member", "therapist", "observer"}},
		Column{Name: "rater", Type: Text, About: "The rater's pseudonym: of a member or therapist the one in the other tables."})...)
	columns = append(columns, l.aims...)
	columns = append(columns, required(
		Column{Name: "measure", Type: Text, About: "The measure of the study that the score belongs to, as in the table measures."},
		Column{Name: "instrument", Type: Text, About: "The instrument."},
		Column{Name: "version", Type: Text, About: "The version of the instrument."},
		Column{Name: "score", Type: Text, About: "The score."})...)
	columns = append(columns,
		Column{Name: "value", Type: Number, About: "The score's value, with every digit; null where there is none, and then reason says why."},
		Column{Name: "reason", Type: Text, About: "Why there is no value; null where there is one.", Values: scoreReasons()},
		Column{Name: "form_items", Type: Whole, About: "Items of the whole form for this kind of rater.", Required: true, Least: new(0)},
		Column{Name: "form_missing", Type: Whole, About: "Of these, items without an answer.", Required: true, Least: new(0)},
		Column{Name: "reported_total", Type: Number, About: "A total that was copied from paper; it is never taken for a score. Mostly null."},
		Column{Name: "mode", Type: Text, About: "How the answers came in.", Values: []string{"device", "paper", "import"}},
		Column{Name: "after_seeing", Type: Truth, About: "Whether a therapist answered after having seen the member's answer: such a guess is no view of its own, and analyses leave it out.", Required: true})
	return Table{
		Name: l.name, Title: l.title,
		About: "One row for each rating and each measure of the study that it has a score of; a rating is " + l.about +
			". A rating without a value has a row that says why. Forms that nobody handed in have no row: hold the table against attendance to count them.",
		Columns: columns, Key: []string{"group", "session", "rating", "measure"},
		Refers: []Reference{toSessions(), {Columns: []string{"measure"}, Table: Measures, In: []string{"measure"}}},
	}
}

// measured is a measure with what makes its scores.
type measured struct {
	session.Scorer

	name string
}

// ratings writes the scores of a session's ratings.
func (e *export) ratings(s *session.Session) error {
	for x := range study.RatingsOf(s) {
		if !e.complete(x) || (x.Level == instrument.Bond && !e.takesPart(from(s, x))) {
			continue
		}
		for k := range e.measures {
			m := &e.measures[k]
			if m.Level() != x.Level || m.Fit(x.Rating) != session.Fits {
				continue
			}
			if err := e.rating(s, x, m); err != nil {
				return err
			}
		}
	}
	return nil
}

// complete tells whether everybody a rating is by or about has consented. What was
// frozen has no other; one that came in all the same goes no further.
func (e *export) complete(x study.Rated) bool {
	for m := range x.People {
		if !e.takesPart(m) {
			return false
		}
	}
	return x.Void == nil && x.Redacted == nil && !x.Unfinished
}

// rating writes one score.
func (e *export) rating(s *session.Session, x study.Rated, m *measured) error {
	value, reason := m.Value(x.Rating)
	row := e.row[:0]
	row = append(row, text(s.GroupID), whole(s.Number), whole(study.Week(s.HeldOn)), text(x.ID), text(x.FormID), text(x.Occasion), text(x.Rater.Kind), text(x.Rater.ID))
	switch x.Level {
	case instrument.Alliance:
		row = append(row, text(x.Therapist), text(x.Member))
	case instrument.Bond:
		row = append(row, text(from(s, x)), text(x.Member))
	case instrument.MemberGroup, instrument.Outcome:
		row = append(row, text(x.Member))
	case instrument.Encounter:
		row = append(row, text(x.Therapist))
	default: // cohesion and system are about all
	}
	found := number(value)
	if found == null() && reason == "" {
		reason = reasonUndefined
	}
	row = append(row, text(m.name), text(x.Instrument.ID), text(x.Instrument.Version), text(m.Measure.Score), found, text(reason),
		whole(x.FormItems), whole(x.FormMissing), number(x.ReportedTotal), text(x.Entered.Mode), truth(x.AfterSeeing))
	e.row = row
	return e.write(e.level[x.Level], row...)
}

// from is the member whose rating of another it is.
func from(s *session.Session, x study.Rated) session.MemberID {
	for i := range s.Bonds {
		if &s.Bonds[i].Rating == x.Rating {
			return s.Bonds[i].From
		}
	}
	return ""
}
