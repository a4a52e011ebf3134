package study

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"maps"
	"slices"
	"strconv"

	"holon/internal/session"
)

// Content is the hash of what a snapshot holds, by which anybody with the rows can
// tell that they are those that were frozen. The hash of a group is SHA-256 over
// one line for each session, and in it each therapist, seat, rating, goal and rupture,
// in order, and then for the group's frame, its spells and its goals; that of the content over the lines "pseudonym hash" of its
// groups by pseudonym; of one with a therapy model "pseudonym hash model". What was frozen
// when does not enter: two snapshots with the same rows have the same hash.
type Content struct{ groups map[session.GroupID]string }

// add takes a group's hash, with its therapy model where one is named.
func (c *Content) add(id session.GroupID, sum string, model session.Code) {
	if c.groups == nil {
		c.groups = map[session.GroupID]string{}
	}
	if c.groups[id] = sum; model != "" {
		c.groups[id] += " " + string(model)
	}
}

// Sum is the hash of the content.
func (c *Content) Sum() string {
	all := sha256.New()
	for _, id := range slices.Sorted(maps.Keys(c.groups)) {
		_, _ = io.WriteString(all, string(id)+" "+c.groups[id]+"\n") // a hash never fails to take bytes
	}
	return hex.EncodeToString(all.Sum(nil))
}

// Check adds a group that was read back, with its therapy model and its sessions in order.
func (c *Content) Check(g *session.Group, model session.Code, sessions []*session.Session) {
	var in groupContent
	for _, s := range sessions {
		in.add(s)
	}
	c.add(g.ID, in.sum(g), model)
}

// groupContent is the hash of one group while its sessions pass by.
type groupContent struct {
	hash hash.Hash
	text []byte // of lines that the hash has not taken yet
}

// line takes the fields of one line.
func (c *groupContent) line(fields ...string) {
	for i, field := range fields {
		if i > 0 {
			c.text = append(c.text, '\t')
		}
		c.text = append(c.text, field...)
	}
	c.end()
}

// end ends a line.
func (c *groupContent) end() {
	if c.text = append(c.text, '\n'); len(c.text) > 1<<12 {
		c.flush()
	}
}

// flush gives the hash what it has not taken yet.
func (c *groupContent) flush() {
	if c.hash == nil {
		c.hash = sha256.New()
	}
	_, _ = c.hash.Write(c.text) // a hash never fails to take bytes
	c.text = c.text[:0]
}

// rating takes the line of a rating, of which there are so many that its fields are
// written where they go.
func (c *groupContent) rating(x *Rated) {
	b := append(c.text, "rating"...)
	for _, field := range [...]string{
		string(x.Level), string(x.Therapist), string(x.Member), x.Instrument.String(), string(x.Rater.Kind), x.Rater.ID, string(x.Occasion), string(x.FormID), number(x.ReportedTotal),
	} {
		b = append(append(b, '\t'), field...)
	}
	b = strconv.AppendInt(append(b, '\t'), int64(x.FormItems), 10)
	b = strconv.AppendInt(append(b, '\t'), int64(x.FormMissing), 10)
	b = append(append(b, '\t'), x.Entered.Mode...)
	b = strconv.AppendBool(append(b, '\t'), x.AfterSeeing)
	for _, a := range x.Answers {
		b = appendAnswer(append(b, '\t'), a)
	}
	c.text = b
	c.end()
}

// appendAnswer writes what an item received.
func appendAnswer(b []byte, a session.Answer) []byte {
	b = append(strconv.AppendInt(b, int64(a.Item), 10), '=')
	if a.State != session.Answered {
		return append(b, a.State.String()...)
	}
	return strconv.AppendFloat(b, a.Value, 'g', -1, 64)
}

// add takes a session.
func (c *groupContent) add(s *session.Session) {
	c.line(sessionFields(s)...)
	for _, t := range s.Therapists {
		c.line(presenceFields(t)...)
	}
	for _, x := range s.Roster {
		c.line("seat", string(x.MemberID), strconv.Itoa(x.Spell), string(x.Attendance), string(x.Modality), strconv.FormatBool(x.Redacted))
	}
	for x := range RatingsOf(s) {
		c.rating(&x)
	}
	for _, x := range s.Goals {
		c.line("goal", string(x.Rater.Kind), x.Rater.ID, string(x.GoalID), number(x.Value), truth(x.Endorsed), string(x.Entered.Mode))
	}
	for _, x := range s.Ruptures {
		c.line(ruptureFields(&x)...)
	}
}

// sum is the group's hash.
func (c *groupContent) sum(g *session.Group) string {
	c.line("group", string(g.Kind), string(g.Format), string(g.StartsOn), dayText(g.EndedOn))
	for _, x := range g.Spells {
		c.line(spellFields(&x)...)
	}
	for _, x := range g.TherapistSpells {
		c.line(therapistSpellFields(&x)...)
	}
	for _, x := range g.Goals {
		fields := []string{"goal", string(x.ID), string(x.Code), string(x.Owner), string(x.From), dayText(x.Until)}
		for _, own := range x.Contains {
			fields = append(fields, string(own))
		}
		c.line(fields...)
	}
	c.flush()
	return hex.EncodeToString(c.hash.Sum(nil))
}

// sessionFields are those of a session's own.
func sessionFields(s *session.Session) []string {
	stage := ""
	if s.Stage != nil {
		stage = string(*s.Stage)
	}
	return []string{"session", strconv.Itoa(s.Number), string(s.Kind), stage, string(s.HeldOn)}
}

// presenceFields are those of a therapist in a session.
func presenceFields(t session.Presence) []string {
	return []string{"therapist", string(t.TherapistID), string(t.Role), strconv.FormatBool(t.Present)}
}

// ruptureFields are those of a rupture that a therapist entered.
func ruptureFields(x *session.Rupture) []string {
	fields := []string{"rupture", string(x.TherapistID), string(x.MemberID), string(x.Kind)}
	for _, step := range x.Steps {
		fields = append(fields, string(step.Kind), strconv.Itoa(step.Number))
	}
	return fields
}

// spellFields are those of a member's belonging to the group.
func spellFields(x *session.Spell) []string {
	why := ""
	if x.LeftWhy != nil {
		why = string(*x.LeftWhy)
	}
	return []string{"spell", strconv.Itoa(x.Number), string(x.MemberID), string(x.Role), string(x.Joined), dayText(x.Left), why, strconv.FormatBool(x.Redacted)}
}

// therapistSpellFields are those of a therapist's leading the group.
func therapistSpellFields(x *session.TherapistSpell) []string {
	why := ""
	if x.Why != nil {
		why = string(*x.Why)
	}
	return []string{"therapist_spell", strconv.Itoa(x.Number), string(x.TherapistID), string(x.Role), string(x.From), dayText(x.To), why}
}

// number writes a number so that it is read back exactly.
func number(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

// truth writes a truth that may be unknown.
func truth(v *bool) string {
	if v == nil {
		return ""
	}
	return strconv.FormatBool(*v)
}

// dayText writes a day that may be unknown.
func dayText(d *session.Date) string {
	if d == nil {
		return ""
	}
	return string(*d)
}
