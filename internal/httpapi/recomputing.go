package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"holon/internal/fault"
	"holon/internal/practice"
	"holon/internal/study"
	"holon/internal/study/aggregate"
)

// CheckRelease computes the numbers of a kept release once more from its snapshot and
// holds them against the bytes that were kept.
func CheckRelease(ctx context.Context, kept *study.Release, x *practice.Releasing) (aggregate.Agreement, error) {
	before, err := keptRecords(kept)
	if err != nil {
		return aggregate.Agreement{}, err
	}
	var analyses []string
	for _, key := range kept.Questions {
		name, _, _ := strings.Cut(key, " ")
		if !slices.Contains(analyses, name) {
			analyses = append(analyses, name)
		}
	}
	if analyses == nil { // nothing was asked, and nil would ask everything
		analyses = []string{}
	}
	now, _, err := recordsToLeave(ctx, x, aggregate.Request{Analyses: analyses})
	if err != nil {
		return aggregate.Agreement{}, err
	}
	out := aggregate.Compare(before, now)
	if sum := sha256.Sum256(kept.Body); hex.EncodeToString(sum[:]) != kept.SHA256 {
		out.Differs = append(out.Differs, "the kept bytes, which have another hash than when they were released")
	}
	return out, nil
}

// keptRecords reads the kept bytes of a release.
func keptRecords(kept *study.Release) ([]aggregate.Record, error) {
	var out []aggregate.Record
	for line := range bytes.Lines(kept.Body) {
		var r aggregate.Record
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fault.Wrap(fault.Internal, "release_unreadable", "The numbers of this release cannot be read.", err)
		}
		out = append(out, r)
	}
	return out, nil
}
