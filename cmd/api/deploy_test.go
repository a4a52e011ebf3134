package main

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// A deployment that is copied as it is must not start with a known password.
func TestTheDeploymentHasNoSecretOfItsOwn(t *testing.T) {
	t.Parallel()
	compose, err := os.ReadFile("../../deploy/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	example, err := os.ReadFile("../../deploy/env.example")
	if err != nil {
		t.Fatal(err)
	}
	var used, named []string
	for _, m := range regexp.MustCompile(`[^$]\$\{([A-Z_]+)(:\?)?`).FindAllSubmatch(compose, -1) {
		used = append(used, string(m[1]))
		if len(m[2]) == 0 {
			t.Errorf("compose.yaml goes on without %s, or has a default for it", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^([A-Z_]+)=(.*)$`).FindAllSubmatch(example, -1) {
		named = append(named, string(m[1]))
		if len(m[2]) != 0 {
			t.Errorf("env.example has a value for %s", m[1])
		}
	}
	slices.Sort(used)
	slices.Sort(named)
	if used = slices.Compact(used); len(used) == 0 || !slices.Equal(used, named) {
		t.Errorf("compose.yaml uses %v, env.example names %v", used, named)
	}
}
