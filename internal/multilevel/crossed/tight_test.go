package crossed_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"holon/internal/multilevel/crossed"
)

// paths is a table of groups whose members come one after the other, each to two
// sessions of which it shares one with the next: as many ratings as members and
// sessions less one, so that members and sessions, free, reproduce them all.
func paths(groups, members int, y func(g, m, s int) float64) crossed.Table {
	var t crossed.Table
	for g := range groups {
		for m := range members {
			for s := m; s <= m+1; s++ {
				t.Group = append(t.Group, int32(g))
				t.Member = append(t.Member, int32(m))
				t.Session = append(t.Session, int32(s))
				t.Y = append(t.Y, y(g, m, s))
			}
		}
	}
	return t
}

// TestRatingsAsManyAsMembersAndSessions: such tables have an answer like others,
// since the variances are identified by what members and sessions share. It is
// compared with the likelihood written out, whose gradient is zero there.
func TestRatingsAsManyAsMembersAndSessions(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(4, 1))
	var group float64
	var own, shared [12]float64
	table := paths(20, 4, func(_, m, s int) float64 {
		if m == 0 && s == 0 {
			group = rng.NormFloat64()
			for i := range own {
				own[i], shared[i] = rng.NormFloat64(), rng.NormFloat64()
			}
		}
		return group + own[m] + shared[s] + rng.NormFloat64()
	})
	full := crossed.Model{Group: true, Member: true, Session: true}
	for _, method := range []crossed.Method{crossed.REML, crossed.ML} {
		s := summarise(t, table)
		fit := fitted(t, s, full, method)
		if len(fit.Singular) > 0 {
			t.Fatalf("%v at zero", fit.Singular)
		}
		want := bruteForce(table, method, fit.Variance)
		same(t, "deviance", fit.Deviance, want.deviance, 0, 1e-8)
		for c, g := range want.gradient {
			same(t, "gradient of the "+crossed.Component(c).String(), g, 0, 0, 1e-5)
		}
		again, err := s.Refit(full, method, fit.Variance)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "deviance again", again.Deviance, fit.Deviance, 0, 1e-9)
		if lower, upper, err := s.ShareInterval(t.Context(), fit, crossed.OfTotal(crossed.Member), 3.84); err != nil || !(lower < upper && upper < 1) {
			t.Errorf("interval %v to %v, error %v", lower, upper, err)
		}
	}
}

// TestTheWayToNoResidualIsSeenWhateverTheOrigin: from here the search stops for want of
// digits just before the residual variance is gone, and from other origins it does not.
func TestTheWayToNoResidualIsSeenWhateverTheOrigin(t *testing.T) {
	t.Parallel()
	for _, shift := range []float64{0, 1, 2, 1.5, 100} {
		table := crossed.Table{
			Group: make([]int32, 6), Member: []int32{0, 0, 0, 0, 1, 1}, Session: []int32{0, 1, 3, 4, 0, 2},
			Y: []float64{4.172629400545539, 4.811557005640995, 3.8063051024837145, 3.544615952145397, 2.8028601723602944, 2.8874275122619077},
		}
		for i := range table.Y {
			table.Y[i] += shift
		}
		s := summarise(t, table)
		if _, err := s.Fit(crossed.Model{Member: true, Session: true}, crossed.REML); !errors.Is(err, crossed.NoResidual) {
			t.Errorf("from %g: %v", shift, err)
		}
	}
}

// TestProfileWithoutResidual: with a share held where the likelihood is largest
// without a residual variance, the profile has that limit.
func TestProfileWithoutResidual(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(4, 12))
	var own, shared [9]float64
	s := summarise(t, paths(8, 3, func(_, m, s int) float64 {
		if m == 0 && s == 0 {
			for i := range own {
				own[i], shared[i] = rng.NormFloat64(), rng.NormFloat64()
			}
		}
		return own[m] + shared[s]
	}))
	fit := fitted(t, s, crossed.Model{Group: true, Member: true, Session: true}, crossed.REML)
	least := 1.0
	for i := range 20 {
		at, err := s.Profile(fit, crossed.OfTotal(crossed.Member), float64(i)/20)
		if err != nil {
			t.Fatal(i, err)
		}
		if at.Deviance < fit.Deviance-1e-6 {
			t.Errorf("deviance %v below the fit's %v", at.Deviance, fit.Deviance)
		}
		least = min(least, at.Variance[crossed.Residual]/at.Variance.Total())
	}
	if least > 1e-6 {
		t.Errorf("no profile ended without a residual: least share %v", least)
	}
}

// TestNothingLeftForTheResidual: tables as full of members and sessions whose
// likelihood is largest without a residual variance, or rises without limit because
// members alone reproduce them: the only one with two ratings rated alike.
func TestNothingLeftForTheResidual(t *testing.T) {
	t.Parallel()
	for name, table := range map[string]crossed.Table{
		"largest at zero": {
			Group:   []int32{0, 0, 0, 0, 0, 0, 0, 0, 1},
			Member:  []int32{0, 1, 2, 2, 4, 5, 5, 6, 0},
			Session: []int32{5, 5, 1, 4, 2, 2, 3, 3, 2},
			Y:       []float64{-7.4, -1.5, -3, 4.9, 1.6, 5.7, 9.2, 8.3, -2.9},
		},
		"no limit, beside an optimum": {
			Group:   []int32{0, 0, 0, 0, 0, 0, 0, 1},
			Member:  []int32{0, 1, 2, 3, 4, 4, 6, 0},
			Session: []int32{2, 1, 1, 3, 2, 3, 2, 0},
			Y:       []float64{2, 5, 4, 1, 1, 1, 2, 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := summarise(t, table)
			if fit, err := s.Fit(crossed.Model{Group: true, Member: true, Session: true}, crossed.REML); !errors.Is(err, crossed.NoResidual) {
				t.Errorf("fit %v, error %v", fit.Variance, err)
			}
		})
	}
}
