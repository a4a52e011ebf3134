package httpapi_test

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"sync"
	"testing"

	"holon/internal/fault"
	"holon/internal/httpapi"
	"holon/internal/practice"
	"holon/internal/store"
	"holon/internal/study"
)

// between is a store of releases: when they were looked through once, something else
// happens.
type between struct {
	*store.Releases

	once sync.Once
	then func()
}

func (b *between) Of(ctx context.Context, id study.ID, standing bool) iter.Seq2[*study.Release, error] {
	return func(yield func(*study.Release, error) bool) {
		for r, err := range b.Releases.Of(ctx, id, standing) {
			if !yield(r, err) {
				return
			}
		}
		b.once.Do(b.then)
	}
}

// meanwhile is a store of studies: when one was read, something else happens, once.
type meanwhile struct {
	*store.Studies

	once sync.Once
	then func()
}

func (m *meanwhile) Get(ctx context.Context, id study.ID) (*study.Study, error) {
	s, err := m.Studies.Get(ctx, id)
	m.once.Do(m.then)
	return s, err
}

// over is the same practice over other stores.
func (c *clinic) over(change func(*practice.Deps)) *practice.Practice {
	d := c.deps
	change(&d)
	return practice.New(d)
}

// stored reads the study.
func (r *research) stored(t *testing.T) *study.Study {
	t.Helper()
	s, err := store.NewStudies(r.engine).Get(t.Context(), study.ID(r.study))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// releasing asks for the numbers of everything, and computes nothing yet.
func (r *research) releasing(t *testing.T, what, snapshot string) *practice.Releasing {
	t.Helper()
	x, _, err := r.cases.Release(t.Context(), theOperator(what), study.ID(r.study), study.SnapshotID(snapshot), "everything", study.Aggregate, nil)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// fiveAsThreshold is the study with another threshold.
func fiveAsThreshold(s *study.Study) study.Input {
	five := 5
	return study.Input{Code: string(s.Code), Groups: s.Groups, Measures: s.Measures, Threshold: &five, Release: s.Release}
}

// TestWhatIsSetBeforeTheFirstLookIsNotSetWhileNumbersLeave lets numbers leave after the
// releases were counted and before the study is changed.
func TestWhatIsSetBeforeTheFirstLookIsNotSetWhileNumbersLeave(t *testing.T) {
	t.Parallel()
	for what, change := range map[string]func(p *practice.Practice, s *study.Study) error{
		"the protocol": func(p *practice.Practice, s *study.Study) error {
			in, err := httpapi.ReadProtocol(strings.NewReader(researchProtocol))
			if err != nil {
				return err
			}
			_, err = p.FreezeProtocol(t.Context(), theOperator("protocol"), s.ID, s.Rev, in)
			return err
		},
		"the threshold": func(p *practice.Practice, s *study.Study) error {
			_, err := p.SetStudy(t.Context(), theOperator("threshold"), s.ID, s.Rev, fiveAsThreshold(s))
			return err
		},
	} {
		r := newResearch(t, "aggregate")
		r.everybody(t)
		x := r.releasing(t, "release", r.snapshot(t))
		before := r.stored(t)
		late := &between{Releases: store.NewReleases(r.engine), then: func() {
			if err := httpapi.ReleaseNumbers(t.Context(), r.cases, x, nil); err != nil {
				t.Error(err)
			}
		}}
		p := r.over(func(d *practice.Deps) { d.Releases = late })
		if err := change(p, before); !fault.Is(err, fault.Stale) {
			t.Errorf("%s was set after numbers left: %v", what, err)
		}
		now := r.stored(t)
		if now.LookedAt == nil || now.Protocol != nil || now.Threshold != before.Threshold {
			t.Errorf("%s: looked at %v, protocol %v, threshold %d", what, now.LookedAt, now.Protocol, now.Threshold)
		}
		if rule := fault.RuleOf(change(p, now)); rule != "looked_already" && rule != "threshold_after_release" {
			t.Errorf("%s, asked again: %q", what, rule)
		}
	}
}

// TestNumbersDoNotLeaveUnderAThresholdThatChangesMeanwhile changes it after the study was
// read to write the first look on it, as the last that happens before it would be kept.
func TestNumbersDoNotLeaveUnderAThresholdThatChangesMeanwhile(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	r.everybody(t)
	x := r.releasing(t, "release", r.snapshot(t))
	changing := &meanwhile{Studies: store.NewStudies(r.engine), then: func() {
		s := r.stored(t)
		if _, err := r.cases.SetStudy(t.Context(), theOperator("threshold"), s.ID, s.Rev, fiveAsThreshold(s)); err != nil {
			t.Error(err)
		}
	}}
	p := r.over(func(d *practice.Deps) { d.Studies = changing })
	if err := httpapi.ReleaseNumbers(t.Context(), p, x, nil); fault.RuleOf(err) != "study_changed" {
		t.Errorf("numbers under a threshold that is another now: %v", err)
	}
	if s := r.stored(t); s.LookedAt != nil {
		t.Errorf("of numbers that did not leave it is said that they did, at %v", s.LookedAt)
	}
}

// TestTheFirstLookIsWrittenOnTheStudyOnce keeps when it was, for any level, and lets a
// study of before it was written down be looked at by its releases.
func TestTheFirstLookIsWrittenOnTheStudyOnce(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "controlled")
	r.everybody(t)
	frozen := r.snapshot(t)
	if s := r.stored(t); s.LookedAt != nil {
		t.Fatalf("looked at %v before any number left", s.LookedAt)
	}
	r.must(t, http.StatusCreated, r.release(frozen, "everything", "controlled", r.token))
	first := r.stored(t)
	if first.LookedAt == nil {
		t.Fatal("the first look is not written down")
	}
	r.must(t, http.StatusCreated, r.release(frozen, "everything", "aggregate", r.token))
	if s := r.stored(t); s.Rev != first.Rev || !s.LookedAt.Equal(*first.LookedAt) {
		t.Errorf("at the second look: revision %d, %v; at the first: %d, %v", s.Rev, s.LookedAt, first.Rev, first.LookedAt)
	}

	old := *first
	old.LookedAt = nil
	old.Change.Why = "as one of before"
	if err := store.NewStudies(r.engine).Replace(t.Context(), &old, first.Rev); err != nil {
		t.Fatal(err)
	}
	p := r.must(t, http.StatusConflict, call{method: "POST", path: r.path("/protocol"), body: researchProtocol, header: ifMatch(int(first.Rev) + 1)}).problem(t)
	if p.Rule != "looked_already" {
		t.Errorf("of a study with releases and no first look: %+v", p)
	}
}

// counting is a store of releases that notes every look through them, and whether it was
// given a deadline.
type counting struct {
	*store.Releases

	looks, hurried int
}

func (c *counting) Of(ctx context.Context, id study.ID, standing bool) iter.Seq2[*study.Release, error] {
	c.looks++
	if _, has := ctx.Deadline(); has {
		c.hurried++
	}
	return c.Releases.Of(ctx, id, standing)
}

// TestAReleaseIsComparedOnceMoreOnlyWhereAnotherLeftMeanwhile in the time that the caller
// has, which may be more than that of a write.
func TestAReleaseIsComparedOnceMoreOnlyWhereAnotherLeftMeanwhile(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "aggregate")
	r.everybody(t)
	frozen := r.snapshot(t)
	looked := &counting{Releases: store.NewReleases(r.engine)}
	p := r.over(func(d *practice.Deps) { d.Releases = looked })
	for number, others := range []int{0, 0, 2} {
		x := r.releasing(t, "release "+strings.Repeat("i", number), frozen)
		for k := range others {
			other := r.releasing(t, "other "+strings.Repeat("i", k), frozen)
			if err := httpapi.ReleaseNumbers(t.Context(), r.cases, other, nil); err != nil {
				t.Fatal(err)
			}
		}
		looked.looks, looked.hurried = 0, 0
		if err := httpapi.ReleaseNumbers(context.WithoutCancel(t.Context()), p, x, nil); err != nil {
			t.Fatal(err)
		}
		kept, err := store.NewReleases(r.engine).Get(t.Context(), x.ID)
		if err != nil {
			t.Fatal(err)
		}
		if looked.looks != min(others, 1) || looked.hurried != 0 || kept.Number != number+others+1 {
			t.Errorf("beside %d others: %d looks, %d of them with a deadline, kept as number %d", others, looked.looks, looked.hurried, kept.Number)
		}
	}
}
