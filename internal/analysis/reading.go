package analysis

import (
	"iter"
	"strings"

	"holon/internal/cohesion"
	"holon/internal/dyad"
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/agreement"
	"holon/internal/session"
	"holon/internal/system"
)

// haul is what sessions hold of a measure: rows and, where an analysis asks for
// them, the forms or the observers' cells that the rows are made of.
type haul struct {
	ratings multilevel.Ratings
	items   agreement.Table
	cells   agreement.Cells
	told    []toldRow // ratings that therapists gave or that are about them
}

// merge takes over what other sessions hold.
func (h *haul) merge(other haul) {
	h.ratings.Merge(other.ratings)
	if h.items.Items == nil {
		h.items.Items, h.items.Scale = other.items.Items, other.items.Scale
	}
	h.items.Merge(other.items)
	h.cells.Merge(other.cells)
	h.told = append(h.told, other.told...)
}

// scores reads the measure's scores.
func scores(g *gathering) func(*session.Session) haul {
	return func(s *session.Session) haul { return haul{ratings: g.reader.Read(s)} }
}

// former is a reader whose rows are made of forms.
type former interface {
	Forms(s *session.Session) iter.Seq2[string, *session.Rating]
}

// wholeForms reads the complete forms of a measure; the rows are their means
// over items, and what is left out is left out of both.
func wholeForms(g *gathering) func(*session.Session) haul {
	if _, ok := g.reader.(former); !ok || g.reader.Objection() != nil {
		return scores(g) // nothing will be computed; the rows are counted
	}
	return func(s *session.Session) haul {
		return rowsOfForms(g.formsOf(s))
	}
}

// scoresAndForms reads the measure's scores and, beside them, its complete
// forms.
func scoresAndForms(g *gathering) func(*session.Session) haul {
	return func(s *session.Session) haul {
		h := haul{ratings: g.reader.Read(s)}
		if _, ok := g.reader.(former); ok && g.reader.Objection() == nil {
			h.items = g.formsOf(s)
			h.items.Rows, _ = averaged(h.items.Rows)
		}
		return h
	}
}

// formsOf returns one session's complete forms.
func (g *gathering) formsOf(s *session.Session) agreement.Table {
	reader, _ := g.reader.(former)
	var out agreement.Table
	out.Items = itemNames(&g.scorer)
	sheet := agreement.Forms{Table: &out, Group: string(s.GroupID), Session: string(s.ID)}
	g.scorer.GatherItems(reader.Forms(s), sheet)
	g.scorer.Silent(s, reader.Forms(s), sheet)
	return out
}

// rowsOfForms returns forms with the rows that they make: one for each member,
// the mean over items. What was left out of the forms is left out of the rows.
func rowsOfForms(forms agreement.Table) haul {
	h := haul{items: forms}
	h.ratings.Excluded, h.items.Excluded = forms.Excluded, multilevel.Exclusions{}
	h.items.Rows, h.ratings.Averaged = averaged(forms.Rows)
	for _, row := range h.items.Rows {
		total := 0.0
		for _, v := range row.Values {
			total += v
		}
		h.ratings.Rows = append(h.ratings.Rows, multilevel.Row{Group: row.Group, Member: row.Member, Session: row.Session, Value: total / float64(len(row.Values))})
	}
	return h
}

// averaged returns one session's forms with those of one member averaged item
// by item, as where a member rated two therapists, and how many members had
// several.
func averaged(rows []agreement.Row) (out []agreement.Row, several int) {
	place := map[string]int{}
	var forms []float64 // of each row of out
	for _, row := range rows {
		at, seen := place[row.Member]
		if !seen {
			place[row.Member] = len(out)
			out, forms = append(out, row), append(forms, 1)
			continue
		}
		if forms[at]++; forms[at] == 2 {
			several++
		}
		for k, v := range row.Values {
			out[at].Values[k] += v
		}
	}
	for i, n := range forms {
		for k := range out[i].Values {
			out[i].Values[k] /= n
		}
	}
	return out, several
}

// sharing is what a level does to see whether members say the same of it.
type sharing interface {
	Objection() *multilevel.Objection
	Meaning() string
	Read(s *session.Session) agreement.Table
}

// newSharing returns the level's reader of what members say of the whole.
func newSharing(scorer session.Scorer, home household) sharing {
	if level := scorer.Level(); level == instrument.System || (bool(home) && level != instrument.Cohesion) {
		return system.NewAgreement(scorer)
	}
	return cohesion.NewAgreement(scorer)
}

// sharedForms reads what every member answered to each item about the whole.
func sharedForms(g *gathering) func(*session.Session) haul {
	reader := newSharing(g.scorer, g.home)
	if reader.Objection() != nil {
		return scores(g)
	}
	return func(s *session.Session) haul { return rowsOfForms(reader.Read(s)) }
}

// observing is what a level does to see how well observers tell its targets
// apart.
type observing interface {
	Objection() *multilevel.Objection
	Read(s *session.Session) agreement.Cells
}

// newObserving returns the level's reader of observers' ratings.
func newObserving(scorer session.Scorer, home household) observing {
	switch level := scorer.Level(); {
	case level == instrument.Alliance:
		return dyad.NewObservers(scorer)
	case level == instrument.System, bool(home) && level == instrument.MemberGroup:
		return system.NewObservers(scorer)
	default:
		return cohesion.NewObservers(scorer)
	}
}

// observedCells reads what observers made of their targets; a row is one cell.
func observedCells(g *gathering) func(*session.Session) haul {
	reader := newObserving(g.scorer, g.home)
	if reader.Objection() != nil {
		return scores(g)
	}
	return func(s *session.Session) haul {
		h := haul{cells: reader.Read(s)}
		h.ratings.Excluded, h.cells.Excluded = h.cells.Excluded, multilevel.Exclusions{}
		whole := string(s.GroupID) + " " + string(s.ID)
		for _, c := range h.cells.List {
			member := c.Target[strings.LastIndex(c.Target, " ")+1:]
			if c.Target == whole {
				member = ""
			}
			h.ratings.Rows = append(h.ratings.Rows, multilevel.Row{Group: c.Cluster, Member: member, Session: string(s.ID), Value: c.Value})
		}
		return h
	}
}
