package analysis

import (
	"holon/internal/instrument"
	"holon/internal/multilevel"
	"holon/internal/multilevel/agreement"
	"holon/internal/session"
)

// behindFamilies counts those behind splits, and behind what the answers of families are
// like.
func (w *splitsWalk) behindFamilies() map[Part]Behind {
	out := bearers{}
	for _, f := range w.families {
		f.bear(out)
	}
	return out.counts()
}

// bear adds the members of a family to the parts that they are in.
func (f *splitFamily) bear(out bearers) {
	type sitting struct {
		number    int
		therapist string
	}
	answers, there := map[string]int{}, map[sitting]int{}
	each := func(visit func(member, therapist string, at sitting)) {
		for i := range f.lines {
			u := f.lines[i].Unit
			for k := range f.lines[i].Points {
				if p := &f.lines[i].Points[k]; p.Gap == session.GapNone {
					visit(string(u.MemberID), string(u.TherapistID), sitting{p.Number, string(u.TherapistID)})
				}
			}
		}
	}
	each(func(member, _ string, at sitting) {
		answers[member]++
		there[at]++
	})
	again, beside, purposed := f.pairsAgain(), f.any(func(p *FamilyTherapistPoint) bool { return p.Smallest != nil }), f.any(func(p *FamilyTherapistPoint) bool { return !unknownTo(LowPurpose, p) })
	each(func(member, therapist string, at sitting) {
		var told []string
		if therapist != "" {
			told = []string{therapist}
		}
		for part, is := range map[Part]bool{
			Everybody: true, Repeated: answers[member] > 1, Met: there[at] > 1, SplitRepeatedly: again[member],
			BesideTherapists: beside, OfFamiliesWithSharedPurpose: purposed,
		} {
			if is {
				out.add(part, f.out.Group, member, told...)
			}
		}
	})
}

// pairsAgain are the members of pairs with several differences.
func (f *splitFamily) pairsAgain() map[string]bool {
	out := map[string]bool{}
	for i := range f.out.Pairs {
		p := &f.out.Pairs[i]
		if d, _ := p.differences(); len(d) > 1 {
			out[p.First], out[p.Second] = true, true
		}
	}
	return out
}

// any tells whether something holds of a session of the family beside a therapist.
func (f *splitFamily) any(holds func(*FamilyTherapistPoint) bool) bool {
	for i := range f.out.Lines {
		for k := range f.out.Lines[i].Points {
			if holds(&f.out.Lines[i].Points[k]) {
				return true
			}
		}
	}
	return false
}

// behindLines counts those behind series: whom they are about, with the therapists of
// pairs and those who report.
func (l *lines) behindLines() map[Part]Behind {
	out := bearers{}
	for i := range l.lines {
		u := l.lines[i].Unit
		var told []string
		switch {
		case u.TherapistID != "":
			told = []string{string(u.TherapistID)}
		case u.Informant.Kind == instrument.RaterTherapist:
			told = []string{u.Informant.ID}
		}
		out.add(Everybody, string(l.lines[i].GroupID), string(u.MemberID), told...)
		if len(l.lines[i].Values()) > 1 {
			out.add(Repeated, string(l.lines[i].GroupID), string(u.MemberID), told...)
		}
	}
	return out.counts()
}

// behindForms counts those behind the forms of groups.
func behindForms(forms []agreement.Row) map[Part]Behind {
	rows := make([]multilevel.Row, len(forms))
	for i, f := range forms {
		rows[i] = multilevel.Row{Group: f.Group, Member: f.Member, Session: f.Session}
	}
	layout := multilevel.LayoutOf(rows, multilevel.OfPerson)
	return behindLayout(&layout, 0)
}
