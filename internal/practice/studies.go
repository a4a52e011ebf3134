package practice

import (
	"context"
	"iter"

	"holon/internal/access"
	"holon/internal/fault"
	"holon/internal/session"
	"holon/internal/study"
)

// CreateStudy makes a study, with the key that its pseudonyms are made with.
func (p *Practice) CreateStudy(ctx context.Context, rq Request, in study.Input) (*study.Study, error) {
	text, err := p.newID(rq, studyPrefix)
	if err != nil {
		return nil, err
	}
	id := study.ID(text)
	made, err := create(ctx, p, rq, seed[study.Study]{
		object: studyObject(id), action: access.WriteStudy,
		insert: p.deps.Studies.Insert,
		load:   func(ctx context.Context) (*study.Study, error) { return p.deps.Studies.Get(ctx, id) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return p.deps.Studies.KeyUse(ctx, id, key)
		},
		head:  func(s *study.Study) *session.Head { return &s.Head },
		taken: fault.New(fault.Conflict, "code_taken", "Another study has this code."),
	}, func(ctx context.Context) (*study.Study, error) {
		exists, err := p.groupsThere(ctx, in.Groups)
		if err != nil {
			return nil, err
		}
		return study.New(id, in, exists, p.Definition)
	})
	if err != nil {
		return nil, err
	}
	_, err = p.pseudonyms(ctx, made.ID)
	return made, err
}

// pseudonyms returns the names that a study's key gives; the key is made where the
// study has none yet.
func (p *Practice) pseudonyms(ctx context.Context, id study.ID) (study.Pseudonyms, error) {
	key, err := p.deps.StudyKeys.Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		p.random.Lock()
		key, err = study.NewKey(p.deps.Random)
		p.random.Unlock()
		if err == nil {
			err = p.deps.StudyKeys.Insert(ctx, id, key)
		}
		if fault.RuleOf(err) == "id_taken" { // another request was faster
			key, err = p.deps.StudyKeys.Get(ctx, id)
		}
	}
	if err != nil {
		return study.Pseudonyms{}, err
	}
	return study.NewPseudonyms(key), nil
}

// groupsThere tells of groups whether they are stored.
func (p *Practice) groupsThere(ctx context.Context, ids []session.GroupID) (func(session.GroupID) bool, error) {
	there := map[session.GroupID]bool{}
	for _, id := range ids[:min(len(ids), study.MostGroups)] {
		if there[id] || !session.ValidID(string(id)) {
			continue
		}
		_, err := p.deps.Groups.Get(ctx, id)
		switch {
		case err == nil || isDamaged(err):
			there[id] = true
		case !fault.Is(err, fault.NotFound):
			return nil, err
		}
	}
	return func(id session.GroupID) bool { return there[id] }, nil
}

// Studies lists studies by code. A researcher sees the own one.
func (p *Practice) Studies(ctx context.Context, rq Request, pg Page) (list []*study.Study, next string, err error) {
	if rq.Principal.Study != "" {
		s, err := p.Study(ctx, rq, study.ID(rq.Principal.Study))
		if err != nil {
			return nil, "", err
		}
		return []*study.Study{s}, "", nil
	}
	if err := p.Authorize(ctx, rq, access.ReadStudy, studyObject("")); err != nil {
		return nil, "", err
	}
	stream := func(limit int) iter.Seq2[*study.Study, error] { return p.deps.Studies.List(ctx, pg.After, limit) }
	return page(pg.limit(), stream, func(s *study.Study) string { return string(s.Code) })
}

// Study reads a study. To a researcher it does not say which groups it is made of.
func (p *Practice) Study(ctx context.Context, rq Request, id study.ID) (*study.Study, error) {
	if err := p.Authorize(ctx, rq, access.ReadStudy, studyObject(id)); err != nil {
		return nil, err
	}
	s, err := p.deps.Studies.Get(ctx, id)
	if err == nil && rq.Principal.Study != "" {
		s.Groups, s.Models = nil, nil
	}
	return s, err
}

// SetStudy changes what a study is about.
func (p *Practice) SetStudy(ctx context.Context, rq Request, id study.ID, ifRev int64, in study.Input) (*study.Study, error) {
	return p.reviseStudy(ctx, rq, id, access.WriteStudy, atRevision(ifRev), "study_changed", func(ctx context.Context, s *study.Study) error {
		exists, err := p.groupsThere(ctx, in.Groups)
		if err != nil {
			return err
		}
		before := s.Threshold
		if err := s.Set(in, exists, p.Definition); err != nil || s.Threshold == before {
			return err
		}
		looks, err := p.looks(ctx, id)
		if err == nil && (looks > 0 || s.LookedAt != nil) {
			err = study.ThresholdStays()
		}
		return err
	})
}

// firstLook writes on a study that numbers of it leave, the first time before they do: who
// then sets a protocol or another threshold has read a revision that is none any more.
// It refuses numbers under a threshold that is another now.
func (p *Practice) firstLook(ctx context.Context, x *Releasing) error {
	id := x.Records.Study.ID
	s, err := p.deps.Studies.Get(ctx, id)
	if err != nil {
		return err
	}
	write := func(_ context.Context, s *study.Study) error {
		if s.Threshold != x.Records.Study.Threshold {
			return fault.New(fault.Conflict, "study_changed", "The study's threshold was changed while these numbers were computed. Ask for them again.")
		}
		if s.LookedAt == nil {
			s.LookedAt = new(p.now())
		}
		return nil
	}
	if s.LookedAt != nil {
		return write(ctx, s)
	}
	rq := x.request
	rq.Key = "" // it is that of the release
	_, _, err = rewrite(ctx, p, rq, p.studySubject(id, access.ReleaseNumbers), s, atAny(), "numbers_released", write)
	return err
}

// looks counts a study's releases: numbers of one of before looks were written on it
// may have left.
func (p *Practice) looks(ctx context.Context, id study.ID) (int, error) {
	n := 0
	for _, err := range p.deps.Releases.Of(ctx, id, false) {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// FreezeProtocol binds a study to its protocol, before the first release.
func (p *Practice) FreezeProtocol(ctx context.Context, rq Request, id study.ID, ifRev int64, in study.ProtocolInput) (*study.Study, error) {
	return p.reviseStudy(ctx, rq, id, access.FreezeProtocol, atRevision(ifRev), "protocol_frozen", func(ctx context.Context, s *study.Study) error {
		looks, err := p.looks(ctx, id)
		if err != nil {
			return err
		}
		return s.Freeze(in, looks, rq.Principal.ID, p.now())
	})
}

// SaveSelection keeps a selection of a study.
func (p *Practice) SaveSelection(ctx context.Context, rq Request, id study.ID, in study.Selection) (study.Selection, error) {
	var saved study.Selection
	s, err := p.reviseStudy(ctx, rq, id, access.SaveSelection, atAny(), "selection_saved", func(_ context.Context, s *study.Study) (err error) {
		saved, err = s.Save(in)
		return err
	})
	if err != nil {
		return study.Selection{}, err
	}
	if found, ok := s.Selection(in.Name); ok {
		saved = found
	}
	return saved, nil
}

// RecordAgreement records an agreement about rows.
func (p *Practice) RecordAgreement(ctx context.Context, rq Request, id study.ID, in study.AgreementInput) (study.Agreement, error) {
	s, err := p.reviseStudy(ctx, rq, id, access.WriteStudy, atAny(), "agreement_recorded", func(ctx context.Context, s *study.Study) error {
		researcher, err := p.researchersThere(ctx, id, in.Persons)
		if err == nil {
			_, err = s.Agree(in, researcher, rq.Principal.ID, p.now())
		}
		return err
	})
	if err != nil {
		return study.Agreement{}, err
	}
	return s.Agreements[len(s.Agreements)-1], nil
}

// reviseStudy changes a study.
func (p *Practice) reviseStudy(ctx context.Context, rq Request, id study.ID, action access.Action, at precondition, why string, apply func(context.Context, *study.Study) error) (*study.Study, error) {
	s, _, err := revise(ctx, p, rq, p.studySubject(id, action), at, why, apply)
	return s, err
}

// studySubject is a study that a request is about to change.
func (p *Practice) studySubject(id study.ID, action access.Action) subject[study.Study] {
	return subject[study.Study]{
		load: func(ctx context.Context) (*study.Study, error) { return p.deps.Studies.Get(ctx, id) },
		keyUse: func(ctx context.Context, key string) (session.Head, bool, error) {
			return p.deps.Studies.KeyUse(ctx, id, key)
		},
		replace: p.deps.Studies.Replace,
		head:    func(s *study.Study) *session.Head { return &s.Head },
		object:  func(*study.Study) access.Object { return studyObject(id) },
		action:  action,
	}
}

// studyObject names a study to the policy.
func studyObject(id study.ID) access.Object {
	return access.Object{Kind: access.KindStudy, ID: string(id)}
}
