package httpapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"holon/internal/access"
	"holon/internal/httpapi"
	"holon/internal/practice"
	"holon/internal/store"
	"holon/internal/study"
)

// theOperator asks at the keyboard.
func theOperator(what string) practice.Request {
	return practice.Request{Principal: access.Principal{ID: "operator", Role: access.RoleOperator}, ID: what}
}

// checked computes a release once more.
func (r *research) checked(t *testing.T, release string, change func(*study.Release)) (differs, moved []string) {
	t.Helper()
	kept, again, err := r.cases.Recompute(t.Context(), theOperator("checking"), study.ID(r.study), study.ReleaseID(release))
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(kept)
	}
	found, err := httpapi.CheckRelease(t.Context(), kept, again)
	if err != nil {
		t.Fatal(err)
	}
	if found.Records < 20 || found.Records != kept.Records {
		t.Errorf("%d records were compared of %d", found.Records, kept.Records)
	}
	return found.Differs, found.Moved
}

// TestReleasesAreComputedAgainFromTheirSnapshot corrects ratings and changes what the
// study asks: the numbers computed from the frozen rows are those that were kept.
func TestReleasesAreComputedAgainFromTheirSnapshot(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "controlled")
	r.everybody(t)
	first := r.snapshot(t)
	var releases []string
	for _, level := range []string{"aggregate", "controlled"} {
		releases = append(releases, textAt(t, r.must(t, http.StatusCreated, r.release(first, "everything", level, r.token)).object(t), "id"))
	}

	r.correct(t, 40) // each of them, some again
	at := r.must(t, http.StatusOK, call{method: "GET", path: r.path("")}).header.Get("ETag")
	oneGroup := `{"code":"COH-27","groups":["` + r.evenings[0].group + `"],"measures":` + strings.Split(researchMeasures, `,{"instrument"`)[0] + `],"release":"controlled"}`
	r.must(t, http.StatusOK, call{method: "PUT", path: r.path(""), body: oneGroup, header: map[string]string{"If-Match": at}})
	for _, release := range releases {
		if differs, moved := r.checked(t, release, nil); len(differs)+len(moved) > 0 {
			t.Errorf("%s differs in %q, moved %q", release, differs, moved)
		}
	}
}

// TestWhatWasNotComputedFromTheRowsIsFound changes what was kept, by a number, a record
// and the version of a method, and takes the rows away.
func TestWhatWasNotComputedFromTheRowsIsFound(t *testing.T) {
	t.Parallel()
	r := newResearch(t, "controlled")
	r.everybody(t)
	frozen := r.snapshot(t)
	release := textAt(t, r.must(t, http.StatusCreated, r.release(frozen, "everything", "controlled", r.token)).object(t), "id")
	const hash = "the kept bytes, which have another hash than when they were released"
	number := "group_level mean of group holon-cohesion-1@1/rating/member"
	for name, x := range map[string]struct {
		change         func(line string) string
		differs, moved []string
	}{
		"a millionth more": {func(line string) string {
			return strings.Replace(line, `"estimate":6.0625,`, `"estimate":6.062506,`, 1)
		}, []string{number, hash}, nil},
		"another kind": {func(line string) string { return strings.Replace(line, `"kind":"group"`, `"kind":"family"`, 1) }, []string{strings.Replace(number, "of group", "of family", 1), number, hash}, nil},
		"another version": {func(line string) string {
			return strings.Replace(line, `"method_version":"`, `"method_version":"0.`, 1)
		}, []string{hash}, []string{"group_level"}},
	} {
		differs, moved := r.checked(t, release, func(kept *study.Release) {
			lines := strings.SplitAfter(string(kept.Body), "\n")
			i := slices.IndexFunc(lines, func(l string) bool {
				return strings.Contains(l, `"measure":"holon-cohesion-1@1/rating/member","against":null,"analysis":"group_level"`) && strings.Contains(l, `"statistic":"mean"`)
			})
			lines[i] = x.change(lines[i])
			kept.Body = []byte(strings.Join(lines, ""))
		})
		if fmt.Sprint(differs) != fmt.Sprint(x.differs) || fmt.Sprint(moved) != fmt.Sprint(x.moved) {
			t.Errorf("%s: differs in %q, moved %q", name, differs, moved)
		}
	}
	if err := store.NewFrozen(r.engine).Drop(t.Context(), study.SnapshotID(frozen)); err != nil {
		t.Fatal(err)
	}
	if same, err := r.cases.CheckSnapshot(t.Context(), theOperator("checking"), study.ID(r.study), study.SnapshotID(frozen)); err != nil || same {
		t.Errorf("rows that are gone are those that were frozen: %t, %v", same, err)
	}
}
