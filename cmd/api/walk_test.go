package main

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestTheWalkWithCurlInREADMEWorksAsPrinted(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"sh", "bash", "zsh"} {
		t.Run("in "+shell, func(t *testing.T) {
			t.Parallel()
			for _, tool := range []string{shell, "curl", "sed", "tr"} {
				if _, err := exec.LookPath(tool); err != nil {
					t.Skipf("README's walk skipped: this machine has no %s", tool)
				}
			}
			walkWith(t, shell)
		})
	}
}

// walkWith walks in one shell: people paste into the one they have.
func walkWith(t *testing.T, shell string) {
	t.Helper()
	lines := pasted(t, shell, walk(t))
	if len(lines) != 4 {
		t.Fatalf("%d lines, want a session, its history and two reports:\n%s", len(lines), lines)
	}
	for i, want := range []string{`"cohesion"`, `"why":"closed"`, `"answer":"supported"`, `"not_cohesion"`} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %d does not hold %s: %s", i+1, want, lines[i])
		}
	}
	if !strings.Contains(lines[2], `"groups":6`) || !strings.Contains(lines[2], `"ratings":24`) {
		t.Errorf("not six groups of four: %s", lines[2])
	}
}

// pasted runs a script against a service of its own and returns the lines it prints.
func pasted(t *testing.T, shell, script string) []string {
	t.Helper()
	s := start(t, "serve", "--addr", "127.0.0.1:0", "--data-dir", t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	sh := exec.CommandContext(ctx, shell, "-eu")
	sh.Stdin = strings.NewReader(script)
	sh.Env = append(os.Environ(), "URL="+s.base, "HOLON_TOKEN="+s.token, "no_proxy=127.0.0.1")
	var errs strings.Builder
	sh.Stderr = &errs
	out, err := sh.Output()
	if err != nil {
		t.Fatalf("%v: %s\n%s", err, errs.String(), out)
	}
	if errs.Len() > 0 {
		t.Errorf("something is said on standard error: %s", errs.String())
	}
	return slices.DeleteFunc(strings.Split(string(out), "\n"), func(l string) bool { return l == "" })
}

// walk returns the shell blocks of README's walk, in order.
func walk(t *testing.T) string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(readme), "\n## A walk with curl\n")
	if !found {
		t.Fatal("README has no walk")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	script := shellOf(t, section)
	if strings.Count(script, "\n") < 20 {
		t.Fatalf("the walk has shrunk:\n%s", script)
	}
	return script
}

// shellOf returns the shell blocks of a text, in order.
func shellOf(t *testing.T, text string) string {
	t.Helper()
	var script strings.Builder
	for _, block := range strings.Split(text, "\n```sh\n")[1:] {
		body, _, closed := strings.Cut(block, "\n```")
		if !closed {
			t.Fatal("a block of the walk has no end")
		}
		script.WriteString(body + "\n")
	}
	return script.String()
}
