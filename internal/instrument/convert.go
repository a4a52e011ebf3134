package instrument

// definition turns a file whose shape is checked into a Definition whose
// meaning is not.
func (f *file) definition() *Definition {
	d := &Definition{
		Ref: Ref{ID: f.ID, Version: f.Version}, Title: f.Title, Construct: f.Construct, Language: f.Language,
		MaxMissing: f.MaxMissing, Undivided: f.Undivided, Mixed: f.Mixed,
		Licence: Licence{
			Status: LicenceStatus(f.Licence.Status), Holder: f.Licence.Holder, Note: f.Licence.Note,
			WordingIncluded: value(f.Licence.WordingIncluded),
		},
	}
	if f.Ages != nil {
		d.Ages = AgeRange{From: f.Ages.From, To: f.Ages.To}
	}
	if f.WithoutKeys != nil {
		d.WithoutKeys = &WithoutKeys{Reason: f.WithoutKeys.Reason, Scores: f.WithoutKeys.Scores}
	}
	for _, x := range f.Facts {
		d.Facts = append(d.Facts, Fact{About: x.About, Source: x.Source, Verified: value(x.Verified)})
	}
	for i := range f.Items {
		d.Items = append(d.Items, f.Items[i].item())
	}
	for i := range f.Scores {
		s := f.Scores[i].score()
		if n := s.Items[0]; n >= 1 && n <= len(d.Items) {
			s.Referent = d.Items[n-1].Referent
		}
		d.Scores = append(d.Scores, s)
	}
	return d
}

// item turns a file's item into an Item. Raters are put into one order, so
// that order is no difference in content.
func (x *fileItem) item() Item {
	it := Item{
		Number: value(x.Number), Level: Level(x.Level), Referent: Referent(x.Referent),
		Min: value(x.Min), Max: value(x.Max), Step: value(x.Step), Reverse: x.Reverse,
	}
	for _, k := range []RaterKind{RaterMember, RaterTherapist, RaterObserver} {
		for _, r := range x.Raters {
			if RaterKind(r) == k {
				it.Raters = append(it.Raters, k)
			}
		}
		for _, w := range x.Wording {
			if RaterKind(w.Rater) == k {
				it.Wording = append(it.Wording, Wording{Rater: k, Text: w.Text, Low: w.Low, High: w.High})
			}
		}
	}
	if r := x.Risk; r != nil {
		it.Risk = &Risk{AtLeast: value(r.AtLeast), Source: r.Source, Verified: value(r.Verified)}
	}
	return it
}

// score turns a file's score into a Score.
func (x *fileScore) score() Score {
	s := Score{
		ID: x.ID, Title: x.Title, Level: Level(x.Level), Items: x.Items, Parts: x.Parts, Method: Method(x.Method),
		Factor: 1, MaxMissing: value(x.MaxMissing), Direction: Direction(x.Direction), Min: value(x.Min), Max: value(x.Max),
	}
	if x.Factor != nil {
		s.Factor = *x.Factor
	}
	for _, c := range x.Cutoffs {
		s.Cutoffs = append(s.Cutoffs, c.cutoff())
	}
	for _, c := range x.Changes {
		s.Changes = append(s.Changes, ReliableChange{
			Population: c.Population, Value: value(c.Value), Source: c.Source, Verified: value(c.Verified),
		})
	}
	if x.Key != nil {
		s.Key = Key{Status: KeyStatus(x.Key.Status), About: x.Key.About, Source: x.Key.Source}
	}
	for _, c := range x.Codes {
		s.Codes = append(s.Codes, c.code())
	}
	return s
}

// code turns a file's code into a Code.
func (x *fileCode) code() Code {
	return Code{System: x.System, Code: x.Code, Display: x.Display, Of: CodeOf(x.Of), Source: x.Source, Verified: value(x.Verified)}
}

// cutoff turns a file's cut-off into a Cutoff.
func (x *fileCutoff) cutoff() Cutoff {
	return Cutoff{
		Population: x.Population, Label: x.Label, Value: value(x.Value), AtOrAbove: x.Applies == appliesAtOrAbove,
		Source: x.Source, Verified: value(x.Verified),
	}
}

// The words for the side of a cut-off on which its label holds.
const (
	appliesAtOrAbove = "at_or_above"
	appliesBelow     = "below"
)

// file turns a Definition back into its shape on disk.
func (d *Definition) file() *file {
	f := &file{
		Schema: 1, ID: d.Ref.ID, Version: d.Ref.Version, Title: d.Title, Construct: d.Construct, Language: d.Language,
		MaxMissing: d.MaxMissing, Undivided: d.Undivided, Mixed: d.Mixed,
		Scores: make([]fileScore, 0, len(d.Scores)), // a list of none, never null
		Licence: fileLicence{
			Status: string(d.Licence.Status), Holder: d.Licence.Holder, Note: d.Licence.Note,
			WordingIncluded: &d.Licence.WordingIncluded,
		},
	}
	if d.Ages.From != nil || d.Ages.To != nil {
		f.Ages = &fileAges{From: d.Ages.From, To: d.Ages.To}
	}
	if d.WithoutKeys != nil {
		f.WithoutKeys = &fileWithoutKeys{Reason: d.WithoutKeys.Reason, Scores: d.WithoutKeys.Scores}
	}
	for _, x := range d.Facts {
		f.Facts = append(f.Facts, fileFact{About: x.About, Source: x.Source, Verified: &x.Verified})
	}
	for i := range d.Items {
		f.Items = append(f.Items, d.Items[i].file())
	}
	for i := range d.Scores {
		f.Scores = append(f.Scores, d.Scores[i].file())
	}
	return f
}

// file turns an Item back into its shape on disk.
func (i Item) file() fileItem {
	x := fileItem{
		Number: &i.Number, Level: string(i.Level), Referent: string(i.Referent),
		Min: &i.Min, Max: &i.Max, Step: &i.Step, Reverse: i.Reverse,
	}
	for _, r := range i.Raters {
		x.Raters = append(x.Raters, string(r))
	}
	for _, w := range i.Wording {
		x.Wording = append(x.Wording, fileWording{Rater: string(w.Rater), Text: w.Text, Low: w.Low, High: w.High})
	}
	if i.Risk != nil {
		x.Risk = &fileRisk{AtLeast: &i.Risk.AtLeast, Source: i.Risk.Source, Verified: &i.Risk.Verified}
	}
	return x
}

// file turns a Score back into its shape on disk.
func (s *Score) file() fileScore {
	x := fileScore{
		ID: s.ID, Title: s.Title, Level: string(s.Level), Items: s.Items, Parts: s.Parts, Method: string(s.Method),
		MaxMissing: &s.MaxMissing, Direction: string(s.Direction), Min: &s.Min, Max: &s.Max,
	}
	if s.Factor != 1 {
		x.Factor = &s.Factor
	}
	for _, c := range s.Cutoffs {
		applies := appliesBelow
		if c.AtOrAbove {
			applies = appliesAtOrAbove
		}
		x.Cutoffs = append(x.Cutoffs, fileCutoff{
			Population: c.Population, Label: c.Label, Value: &c.Value, Applies: applies, Source: c.Source, Verified: &c.Verified,
		})
	}
	for _, c := range s.Changes {
		x.Changes = append(x.Changes, fileChange{Population: c.Population, Value: &c.Value, Source: c.Source, Verified: &c.Verified})
	}
	if s.Key.Status != "" {
		x.Key = &fileKey{Status: string(s.Key.Status), About: s.Key.About, Source: s.Key.Source}
	}
	for _, c := range s.Codes {
		x.Codes = append(x.Codes, fileCode{
			System: c.System, Code: c.Code, Display: c.Display, Of: string(c.Of), Source: c.Source, Verified: &c.Verified,
		})
	}
	return x
}

// value follows a pointer, nil being the zero value.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
