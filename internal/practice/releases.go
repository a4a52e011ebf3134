package practice

import (
	"context"
	"errors"
	"slices"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/session"
	"holon/internal/study"
)

// Releasing is a release that may be made: who asks was allowed to, and what was
// released before leaves room for it.
type Releasing struct {
	ID       study.ReleaseID
	Records  *FrozenRecords
	Level    study.Level
	Analyses []string       // that are asked for; none: all
	Asked    map[string]int // how often each question was asked before

	request Request
	behind  *study.Standing // nil at the level controlled
	missing study.Missing
	last    int // the number of the last release that it was compared with; 0: of none
}

// SaysMissing tells whether the release may say how much is missing of a measure for a
// reason.
func (x *Releasing) SaysMissing(measure, reason string, families bool) bool {
	return x.missing.Enough(x.Records.Study.Threshold, measure, reason, families) && x.behind.SaysMissing(measure)
}

// SaysModels tells whether the release may compare therapy models.
func (x *Releasing) SaysModels() bool { return x.Level == study.Controlled || x.behind.SaysModels() }

// Release asks the policy whether numbers of a selection may leave, and looks
// whether they may beside those that left before. The same request under one key
// is one release, which is then returned as it is.
func (p *Practice) Release(ctx context.Context, rq Request, id study.ID, snapshot study.SnapshotID, selection session.Code, level study.Level, analyses []string) (*Releasing, *study.Release, error) {
	text, err := p.newID(rq, releasePrefix)
	if err != nil {
		return nil, nil, err
	}
	r, err := p.frozenRecords(ctx, rq, access.ReleaseNumbers, id, snapshot, selection)
	if err != nil {
		return nil, nil, err
	}
	if err := p.mayHave(rq, r.Study, level); err != nil {
		return nil, nil, err
	}
	r.Snapshot.Members = nil // who stands behind the numbers is counted below
	out := &Releasing{ID: study.ReleaseID(text), Records: r, Level: level, Analyses: analyses, request: rq}
	there, err := p.deps.Releases.Get(ctx, out.ID)
	if err == nil {
		if there.Study != id || there.Snapshot != snapshot || there.Selection != selection || there.Level != level || !slices.Equal(there.Analyses, analyses) {
			return nil, nil, keyReused()
		}
		return nil, there, nil
	}
	if !fault.Is(err, fault.NotFound) {
		return nil, nil, err
	}
	if level == study.Aggregate { // who has the rows needs no difference
		if err := r.keepStanding(ctx, out); err != nil {
			return nil, nil, err
		}
	}
	before, err := p.fits(ctx, out, true)
	if err != nil {
		return nil, nil, err
	}
	out.Asked = study.TimesAsked(before)
	return out, nil, nil
}

// keepStanding counts who stands behind the numbers of a release, and keeps it.
func (r *FrozenRecords) keepStanding(ctx context.Context, x *Releasing) (err error) {
	spool := study.NewSpool()
	defer func() { err = errors.Join(err, spool.Close()) }()
	counted, err := r.counted(ctx, spool)
	if err != nil {
		return err
	}
	x.missing = counted.Missing()
	lists, err := spool.Standing(ctx)
	if err != nil {
		return err
	}
	x.behind, err = r.practice.deps.Contributions.Keep(ctx, r.Study.ID, lists)
	return err
}

// mayHave refuses rows, and numbers as exact as rows, to who has no agreement on
// record that is still in force.
func (p *Practice) mayHave(rq Request, s *study.Study, level study.Level) error {
	switch {
	case level != study.Controlled:
		return nil
	case s.Release != study.Controlled:
		return fault.New(fault.Conflict, "aggregate_only", "This study releases aggregate numbers only.")
	case rq.Principal.Study == "":
		return nil // the practice's own data
	case !s.Agreed(rq.Principal.ID, session.Date(p.now().Format("2006-01-02"))):
		return fault.New(fault.Forbidden, "no_agreement", "No agreement on record lets this account have rows today. Ask the practice.")
	default:
		return nil
	}
}

// fits refuses a release that would tell about too few together with those of
// before, and returns these. At first, while nothing is computed yet, it takes out
// instead what may stay unsaid.
func (p *Practice) fits(ctx context.Context, x *Releasing, first bool) ([]*study.Release, error) {
	before, earlier, err := p.leftBefore(ctx, x)
	if err != nil {
		return nil, err
	}
	if first && len(before) >= study.MostReleases {
		return nil, fault.New(fault.Conflict, "too_many_releases", "A study has at most 1000 releases, for each is compared with all before it. What else is to leave is another study.")
	}
	if x.Level == study.Controlled {
		return before, nil
	}
	if first {
		if err := study.RoomFor(ctx, x.behind, earlier); err != nil {
			return nil, err
		}
	}
	said, err := study.WithoutTelling(ctx, x.behind, earlier, x.Records.Study.Threshold)
	if err != nil {
		return nil, err
	}
	if first {
		x.behind = said
	} else if x.behind.SaysModels() && !said.SaysModels() { // another release compared them meanwhile
		return nil, fault.New(fault.Conflict, "differs_by_few", "Another release compared therapy models in other rows meanwhile. Ask again: the comparisons will be suppressed in this one.")
	}
	return before, study.CheckRelease(ctx, x.behind, earlier, x.Records.Study.Threshold)
}

// leftBefore returns what left before, and of it what a release is compared with, each
// once.
func (p *Practice) leftBefore(ctx context.Context, x *Releasing) (before []*study.Release, earlier []*study.Standing, err error) {
	for r, err := range p.deps.Releases.Of(ctx, x.Records.Study.ID, x.Level == study.Aggregate) {
		if err != nil {
			return nil, nil, err
		}
		before = append(before, r)
		x.last = max(x.last, r.Number)
		if r.Level == study.Aggregate && x.Level == study.Aggregate && len(r.Standing.Measures) == 0 {
			return nil, nil, fault.New(fault.Conflict, "earlier_release_unknown", "A release of this study was made by a version of Holon that kept too little of it to compare others with. Rows and exact numbers can still be had under an agreement, at the level controlled.")
		}
		if r.Level == study.Aggregate {
			if earlier, err = withoutRepeating(ctx, earlier, &r.Standing); err != nil {
				return nil, nil, err
			}
		}
	}
	return before, earlier, nil
}

// withoutRepeating adds what stands behind an earlier release, unless the very same is
// there.
func withoutRepeating(ctx context.Context, earlier []*study.Standing, next *study.Standing) ([]*study.Standing, error) {
	for _, e := range earlier {
		if same, err := e.Equal(ctx, next); same || err != nil {
			return earlier, err
		}
	}
	return append(earlier, next), nil
}

// KeepRelease keeps what was computed, under the next number after those that it was
// compared with. Where that is taken others released at the same time: it looks once
// more whether it may leave beside them, for as long as the caller has time.
func (p *Practice) KeepRelease(ctx context.Context, x *Releasing, questions []string, records int, body []byte, sum string) (*study.Release, error) {
	r := &study.Release{
		ID: x.ID, Study: x.Records.Study.ID, StudyRev: x.Records.Study.Rev, Analyses: x.Analyses, Snapshot: x.Records.Snapshot.ID, Selection: x.Records.Selection.Name, SelectedBy: x.Records.Selection.SHA256,
		Level: x.Level, By: x.request.Principal.ID, At: p.now(), Questions: questions, Records: records, SHA256: sum, Body: body,
		Content: x.Records.Snapshot.SHA256,
	}
	if x.behind != nil {
		r.Standing = *x.behind
	}
	for attempt := 0; ; attempt++ {
		r.Number = x.last + 1
		err := p.keep(ctx, x, r)
		if err == nil {
			return r, nil
		}
		if fault.RuleOf(err) != "unique_taken" { // of that number
			return nil, err
		}
		if err := pause(ctx, attempt); err != nil {
			return nil, err
		}
		if _, err := p.fits(ctx, x, false); err != nil {
			return nil, err
		}
	}
}

// keep stores a release, in the time that a write has.
func (p *Practice) keep(ctx context.Context, x *Releasing, r *study.Release) error {
	ctx, cancel := bounded(ctx)
	defer cancel()
	if err := p.firstLook(ctx, x); err != nil {
		return err
	}
	if err := p.deps.Releases.Insert(ctx, r); err != nil {
		return err
	}
	return p.stillFrozen(ctx, r)
}

// stillFrozen withdraws a release whose snapshot ended while it was computed.
func (p *Practice) stillFrozen(ctx context.Context, r *study.Release) error {
	s, err := p.deps.Snapshots.Get(ctx, r.Snapshot)
	if err != nil {
		return err
	}
	ended := s.Open()
	if ended == nil {
		return nil
	}
	rev := r.Rev
	if r.Withdraw(s.EndedBy) {
		if err := p.deps.Releases.Replace(ctx, r, rev); err != nil {
			return err
		}
	}
	return ended
}

// Releases lists what left for a study, first made first, without the bytes.
func (p *Practice) Releases(ctx context.Context, rq Request, id study.ID) ([]*study.Release, error) {
	if err := p.Authorize(ctx, rq, access.ReadRelease, studyObject(id)); err != nil {
		return nil, err
	}
	if _, err := p.deps.Studies.Get(ctx, id); err != nil {
		return nil, err
	}
	out := []*study.Release{}
	for r, err := range p.deps.Releases.Of(ctx, id, false) {
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// ReleaseOf reads a release of a study with its bytes. Those of one that was
// withdrawn are gone; of one as exact as rows they are for who has an agreement.
func (p *Practice) ReleaseOf(ctx context.Context, rq Request, id study.ID, release study.ReleaseID) (*study.Release, error) {
	if err := p.Authorize(ctx, rq, access.ReadRelease, studyObject(id)); err != nil {
		return nil, err
	}
	r, err := p.deps.Releases.Get(ctx, release)
	if fault.Is(err, fault.NotFound) || (err == nil && r.Study != id) {
		return nil, fault.New(fault.NotFound, "no_such_release", "The study has no such release. One that is being made is there when it is done.")
	}
	return r, err
}

// RecordsOf returns the bytes of a release.
func (p *Practice) RecordsOf(ctx context.Context, rq Request, id study.ID, release study.ReleaseID) (*study.Release, error) {
	r, err := p.ReleaseOf(ctx, rq, id, release)
	if err != nil {
		return nil, err
	}
	if r.WithdrawnBy != "" {
		return nil, fault.New(fault.Conflict, "release_withdrawn", "Somebody behind these numbers asked for erasure, so they are gone. Take a new snapshot. "+
			"Aggregate numbers of everybody in it may leave once at least as many people as the threshold differ, for the earlier ones are with the researchers: the page about what leaves a study says what else can be done.")
	}
	snapshot, err := p.deps.Snapshots.Get(ctx, r.Snapshot)
	if err != nil {
		return nil, err
	}
	if err := snapshot.Open(); err != nil { // ended while the release was made, and nobody withdrew it
		return nil, err
	}
	s, err := p.deps.Studies.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	return r, p.mayHave(rq, s, r.Level)
}
