package mixed_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"holon/internal/multilevel/mixed"
)

// therapists draws ratings of members by sessions in three groups of each of
// 200 therapists, without the missing part of the cells.
func therapists(missing float64) mixed.Data {
	rng := rand.New(rand.NewPCG(1, 1))
	var therapist, group, member, session []string
	var y []float64
	for t := range 200 {
		ofTherapist := 0.3 * rng.NormFloat64()
		for g := range 3 {
			ofGroup := ofTherapist + 0.3*rng.NormFloat64()
			var ofSession [10]float64
			for s := range ofSession {
				ofSession[s] = 0.4 * rng.NormFloat64()
			}
			for m := range 8 {
				ofMember := ofGroup + 0.8*rng.NormFloat64()
				for s := range 10 {
					v := 4 + ofMember + ofSession[s] + 0.7*rng.NormFloat64()
					if rng.Float64() < missing {
						continue
					}
					therapist = append(therapist, fmt.Sprintf("t%03d", t))
					group = append(group, fmt.Sprintf("t%03d g%d", t, g))
					member = append(member, fmt.Sprintf("t%03d g%d m%d", t, g, m))
					session = append(session, fmt.Sprintf("t%03d g%d s%d", t, g, s))
					y = append(y, v)
				}
			}
		}
	}
	return mixed.Data{
		Y: y, X: []mixed.Column{mixed.Intercept(len(y))},
		Terms: []mixed.Term{mixed.ByUnit("therapist", therapist), mixed.ByUnit("group", group), mixed.ByUnit("member", member), mixed.ByUnit("session", session)},
	}
}

// lectures draws ratings of 100 lecturers by 1,000 students in 14 departments,
// fully crossed and sparse: one connected block of 1,114 units.
func lectures() mixed.Data {
	rng := rand.New(rand.NewPCG(2, 2))
	const ratings = 10000
	var student, lecturer, department []string
	y := make([]float64, ratings)
	effect := make([]float64, 1114)
	for i := range effect {
		effect[i] = 0.5 * rng.NormFloat64()
	}
	for i := range y {
		s, l := rng.IntN(1000), rng.IntN(100)
		d := (l + 3*rng.IntN(3)) % 14
		student, lecturer, department = append(student, fmt.Sprint(s)), append(lecturer, fmt.Sprint(l)), append(department, fmt.Sprint(d))
		y[i] = 3 + effect[s] + effect[1000+l] + effect[1100+d] + rng.NormFloat64()
	}
	return mixed.Data{
		Y: y, X: []mixed.Column{mixed.Intercept(ratings)},
		Terms: []mixed.Term{mixed.ByUnit("student", student), mixed.ByUnit("lecturer", lecturer), mixed.ByUnit("department", department)},
	}
}

// BenchmarkFit fits both designs from data in memory, preparation included.
func BenchmarkFit(b *testing.B) {
	for _, c := range []struct {
		name string
		data mixed.Data
	}{
		{"200 therapists of 3 groups of 8 by 10, complete", therapists(0)},
		{"200 therapists of 3 groups of 8 by 10, a fifth missing", therapists(0.2)},
		{"1000 students by 100 lecturers by 14 departments", lectures()},
	} {
		for _, quick := range []bool{true, false} {
			b.Run(fmt.Sprintf("%s/quick=%v", c.name, quick), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					m, err := mixed.New(c.data)
					if err != nil {
						b.Fatal(err)
					}
					f, err := m.Fit(b.Context(), mixed.Options{Quick: quick})
					if err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(float64(f.Evaluations), "evaluations")
					b.ReportMetric(f.Deviance, "deviance")
				}
			})
		}
	}
}
