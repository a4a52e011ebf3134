package analysis

import (
	"fmt"

	"holon/internal/multilevel"
)

// nothing says that nothing was computed and why.
func (r *Report) nothing() string {
	v := r.Result.Verdict()
	why := r.detail(string(v.Reason))
	if r.Instead != "" {
		why += " Instead: " + lowerFirst(r.Instead)
	}
	if v.Answer == multilevel.Refused {
		return "We did not compute this because it would mislead. " + why
	}
	return "This kind of data can never show it. " + why
}

// heading names what the table is of.
func (r *Report) heading() string {
	if s := r.Subject; s != nil {
		return fmt.Sprintf("%s (%s, %s)", s.Title, s.value(), s.by())
	}
	return r.Outcome
}

// number writes a number for reading, "" when undefined.
func number(v *float64) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf("%.2f", *v)
}

// chance writes a probability for reading.
func chance(p float64) string {
	if p < 0.001 {
		return "less than one in a thousand"
	}
	return share(p)
}

// sentences says how much members agree, never without strangers and groups.
func (a *AgreementResult) sentences(r *Report) []string {
	out := []string{fmt.Sprintf("%s: answers of %d %s in %d %s.", r.heading(), r.Counts.Members, plural(r.Counts.Members, "member"), r.Counts.Groups, r.units(r.Counts.Groups))}
	if a.Reason != "" {
		return append(out, r.nothing())
	}
	if len(a.Summary.ByNull) == 0 || a.Summary.ByNull[0].Mean == nil {
		return append(out, "No group has two members with answers, so there is nobody to agree with.")
	}
	out = append(out, a.average())
	if a.Summary.Above != nil && a.Summary.AboveByChance != nil {
		out = append(out, fmt.Sprintf("Of %d groups, %d agree more than strangers nearly ever do; chance alone would give at most about %.1f.",
			a.Summary.Groups, *a.Summary.Above, *a.Summary.AboveByChance))
	}
	if a.Ends.Compressed {
		out = append(out, "Many answers stand at one end of the scale, where everybody agrees with everybody: a scale with more room there would tell more.")
	}
	if a.Line != nil {
		out = append(out, a.Line.sentence())
	}
	if meaning := r.detail("meaning_of_agreement"); meaning != "" {
		out = append(out, meaning)
	}
	return append(out, "Agreement tells how alike members answer. Whether groups differ is another question: see the group-level test.")
}

// sentence says whether members come nearer to each other from meeting to
// meeting.
func (l *AgreementLine) sentence() string {
	meetings := fmt.Sprintf("Over %d %s ", len(l.Points), plural(len(l.Points), "meeting"))
	t := l.Trend
	switch {
	case t.Estimate == nil || t.Lower == nil || t.Upper == nil:
		return meetings + "it cannot be told whether members come nearer to each other; three with answers are the least."
	case *t.Upper < 0:
		return meetings + fmt.Sprintf("members come nearer to each other: their distance from what they say together falls by about %s points from one to the next (between %s and %s).",
			number(new(-*t.Estimate)), number(new(-*t.Upper)), number(new(-*t.Lower)))
	case *t.Lower > 0:
		return meetings + fmt.Sprintf("members move away from each other: their distance from what they say together rises by about %s points from one to the next (between %s and %s).",
			number(t.Estimate), number(t.Lower), number(t.Upper))
	default:
		return meetings + fmt.Sprintf("it cannot be told whether members come nearer to each other: their distance changes by between %s and %s points from one to the next.",
			number(t.Lower), number(t.Upper))
	}
}

// average says the mean agreement with the strangers and the share between
// groups in one sentence.
func (a *AgreementResult) average() string {
	text := fmt.Sprintf("Members of one group agree at %s on average (0 is chance answers, 1 is all the same)", number(a.Summary.ByNull[0].Mean))
	if a.Summary.StrangersMean != nil {
		text += "; strangers put together at random agree at " + number(a.Summary.StrangersMean)
		if p := a.Summary.MeanChance.P; p != nil {
			text += fmt.Sprintf(", and in %s of such draws as much as these groups", chance(*p))
		}
	} else {
		text += "; there are no strangers to compare with"
	}
	icc := a.Summary.ICC.ICC1
	if icc.Estimate == nil {
		return text + "; the share of differences between groups cannot be told."
	}
	text += fmt.Sprintf("; of all differences between members about %s lie between groups", share(*icc.Estimate))
	if n := len(icc.CI); n > 0 && icc.CI[n-1].Lower != nil && icc.CI[n-1].Upper != nil {
		text += fmt.Sprintf(" (between %s and %s)", share(*icc.CI[n-1].Lower), share(*icc.CI[n-1].Upper))
	}
	return text + "."
}

// sentences says from where on agreement is more than chance.
func (n *NullCutoffsResult) sentences(r *Report) []string {
	if len(n.Rows) == 0 {
		return []string{r.nothing()}
	}
	var out []string
	for _, row := range n.Rows {
		if row.RWG == nil {
			out = append(out, fmt.Sprintf("%d members, %d options: so few that even the same answer from all is not rare by chance.", row.GroupSize, row.Options))
			continue
		}
		out = append(out, fmt.Sprintf("%d members, %d options: agreement on one item is more than chance answers give from %s on.", row.GroupSize, row.Options, number(row.RWG)))
	}
	return append(out, "This compares with people who answer at random. Strangers who answer with care agree far more; compare with them as well.")
}

// sentences says how well observers tell targets apart.
func (r *RaterReliabilityResult) sentences(report *Report) []string {
	out := []string{fmt.Sprintf("%s: %d %s and %d %s.", report.heading(), r.Raters, plural(r.Raters, "observer"), r.Targets, plural(r.Targets, "target"))}
	if r.Reason != "" {
		return append(out, report.nothing())
	}
	say := func(name, what string) {
		for _, f := range r.Forms {
			if f.Name != name || f.Estimate == nil {
				continue
			}
			text := fmt.Sprintf("%s: %s", what, number(f.Estimate))
			if f.CI.Lower != nil && f.CI.Upper != nil {
				text += fmt.Sprintf(" (between %s and %s)", number(f.CI.Lower), number(f.CI.Upper))
			}
			out = append(out, text+".")
		}
	}
	say("icc_2_1", "One observer's rating, where any observer may come and strict and mild ones count as they are")
	say("icc_2_k", "The mean of all these observers, likewise")
	say("icc_3_1", "One of just these observers, where only their order of people counts")
	return append(out, "1 means that observers tell people apart without error, 0 that they do not. Choose the line that fits how ratings will be used, before looking.")
}

// sentences says what designs can show.
func (d *DesignResult) sentences(r *Report) []string {
	if len(d.Rows) == 0 {
		return []string{r.nothing()}
	}
	var out []string
	for _, x := range d.Rows {
		text := fmt.Sprintf("%d groups of %g members and a true share of %s: ", x.Groups, x.MeanSize, share(x.ICC))
		if x.Power == nil {
			out = append(out, text+"no test is possible.")
			continue
		}
		text += fmt.Sprintf("found in %s of studies", share(*x.Power))
		if x.GroupsNeeded != nil {
			text += fmt.Sprintf("; %d groups would find it in %s", *x.GroupsNeeded, share(x.Wanted))
		} else {
			text += "; no number of groups within reach would find it in " + share(x.Wanted)
		}
		out = append(out, text+".")
	}
	return out
}
