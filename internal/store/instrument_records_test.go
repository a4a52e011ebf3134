package store_test

import (
	"strings"
	"testing"

	"holon/internal/fault"
	"holon/internal/instrument"
	"holon/internal/store"
)

// said is an attestation of a version that is not published, every field filled.
func said(ref instrument.Ref, number int) instrument.Attestation {
	return instrument.Attestation{
		Ref: ref, Number: number, SHA256: strings.Repeat("ab", 32), Scores: []string{"task", "goal"}, Statement: instrument.StatementCompared,
		By: "p-1", At: at(number), Key: "k", RequestSHA: "s",
	}
}

func TestAttestationsComeBackInTheirOrder(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		attestations := store.NewAttestations(e)
		ref, other := instrument.Ref{ID: "wai-36", Version: "1"}, instrument.Ref{ID: "wai-36", Version: "1a"} // which sorts after it
		var want []instrument.Attestation
		for n := 1; n <= 11; n++ { // ten sorts before two where numbers are text
			must(t, attestations.Append(t.Context(), said(ref, n)))
			want = append(want, said(ref, n))
		}
		must(t, attestations.Append(t.Context(), said(other, 1)))
		got, errs := collect(attestations.Of(t.Context(), ref))
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		wantSame(t, "of one version", want, got)
		all, errs := collect(attestations.All(t.Context()))
		if len(errs) > 0 || len(all) != 12 {
			t.Errorf("%d in all, %v", len(all), errs)
		}
		must(t, attestations.Append(t.Context(), said(ref, 11))) // the very same: an answer that was lost
		another := said(ref, 11)
		another.By = "p-2"
		wantFault(t, "a number twice", attestations.Append(t.Context(), another), fault.Stale, fault.RuleOf(store.WrittenSince()))
		wantSound(t, e)
	})
}

func TestADamagedAttestationIsNamed(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(t *testing.T, e store.Engine){
		"a statement unheard of": func(t *testing.T, e store.Engine) {
			t.Helper()
			tamper(t, e, "attestations", "srs@3.0@000001", set("statement", "seems_fine"))
		},
		"a number of another's": func(t *testing.T, e store.Engine) {
			t.Helper()
			tamper(t, e, "attestations", "srs@3.0@000001", set("number", int32(2)))
		},
		"no scores": func(t *testing.T, e store.Engine) {
			t.Helper()
			tamper(t, e, "attestations", "srs@3.0@000001", drop("scores"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := openSQLite(t)
			must(t, store.NewAttestations(e).Append(t.Context(), said(instrument.Ref{ID: "srs", Version: "3.0"}, 1)))
			damage(t, e)
			wantSame(t, "found", []string{"document_damaged attestations/srs@3.0@000001"}, inspected(t, e))
		})
	}
}

// licensed is wording of a version, every field filled.
func licensed(ref instrument.Ref, number int) *instrument.LicensedWording {
	return &instrument.LicensedWording{
		Ref: ref, Language: "de-AT", Use: instrument.UsePrint, Holder: "h", Reference: "r", ValidUntil: "2027-12-31",
		Items:  []instrument.ItemWording{{Number: 1, Wording: []instrument.Wording{{Rater: instrument.RaterMember, Text: "Wie geht's <heute>?", Low: "l", High: "h"}}}},
		Number: number, By: "p-1", At: at(number), Key: "k", RequestSHA: "s",
	}
}

func TestTheLastWordingStands(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		wordings := store.NewWordings(e)
		ref := instrument.Ref{ID: "wai-sr", Version: "1"}
		_, err := wordings.Last(t.Context(), ref, "de")
		wantFault(t, "none yet", err, fault.NotFound, "not_found")
		var last instrument.LicensedWording
		for n := 1; n <= 10; n++ {
			last = *licensed(ref, n)
			must(t, wordings.Append(t.Context(), &last))
		}
		got, err := wordings.Last(t.Context(), ref, "DE-at")
		must(t, err)
		wantSame(t, "the last", &last, got)
		_, err = wordings.Last(t.Context(), ref, "de")
		wantFault(t, "another language", err, fault.NotFound, "not_found")
		last.Holder = "another"
		wantFault(t, "a number twice", wordings.Append(t.Context(), &last), fault.Stale, fault.RuleOf(store.WrittenSince()))
		wantSound(t, e)
	})
}

func TestAnInstrumentOfThePracticesOwnIsToldFromACopy(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, func(t *testing.T, e store.Engine) {
		t.Helper()
		registry, err := instrument.Load(nil)
		must(t, err)
		instruments := store.NewInstruments(e)
		used, _ := registry.Lookup(instrument.Ref{ID: "gad-7", Version: "1"})
		must(t, instruments.Copy(t.Context(), used))
		own := func() bool {
			t.Helper()
			d, err := instruments.Get(t.Context(), used.Ref)
			must(t, err)
			if !d.Equal(used) {
				t.Error("the content is another")
			}
			return d.Own
		}
		if own() {
			t.Error("a copy is taken for the practice's own")
		}
		must(t, instruments.Add(t.Context(), used))
		if !own() {
			t.Error("a copy that was added is not the practice's own")
		}
		must(t, instruments.Add(t.Context(), used))
		must(t, instruments.Copy(t.Context(), used))
		if !own() {
			t.Error("at its next use it was taken away")
		}
		changed, err := instrument.Parse([]byte(strings.Replace(string(used.Canonical()), `"title":"`, `"title":"Our `, 1)))
		must(t, err)
		wantFault(t, "another content", instruments.Add(t.Context(), changed), fault.Conflict, "instrument_redefined")
		wantSound(t, e)
	})
}
