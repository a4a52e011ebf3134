package aggregate_test

import (
	"testing"

	"holon/internal/study"
	"holon/internal/study/aggregate"
	"holon/internal/study/studytest"
)

// TestSplitsThatNobodyLookedForAreNull releases drawn families whose therapists have no
// form and who report no purpose, in as many sessions as a new split takes and in fewer.
func TestSplitsThatNobodyLookedForAreNull(t *testing.T) {
	t.Parallel()
	for sessions, departing := range map[int]string{3: "too_few_sessions", 6: ""} {
		d := studytest.Draw(t, studytest.Design{Families: 12, Sessions: sessions, Residual: 1, Seed: 5})
		figures, _, err := aggregate.Tabulate(t.Context(), aggregate.InMemory(d), d.Study(t, studytest.Alliance()), aggregate.Request{Analyses: []string{"splits"}})
		if err != nil {
			t.Fatal(err)
		}
		found := map[string]string{}
		for _, r := range aggregate.Disclose(figures, study.Controlled, study.DefaultThreshold) {
			of := r.Statistic
			if r.Of != nil {
				of = *r.Of
			}
			if found[of] = ""; r.Estimate == nil {
				found[of] = *r.Reason
			}
		}
		for of, want := range map[string]string{"families_with_a_new_split": departing, "member_member": departing, "low_purpose": "no_purpose", "family_therapist": "key_not_attested"} {
			if got, there := found[of]; !there || got != want {
				t.Errorf("in %d sessions %s is null for %q, not %q", sessions, of, got, want)
			}
		}
	}
}
