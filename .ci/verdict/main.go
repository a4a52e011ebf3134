// Command verdict reads the output of `go test -json`, prints what failed,
// which tests were skipped and why, and a closing line. It fails when
// something failed, when nothing ran, or when a test was skipped that must run
// here.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// event is one line of `go test -json`.
type event struct {
	Action, Package, Test, Output string
}

// maySkip are parts of reasons for which a test may be skipped: data that a
// licence keeps out of the repository, kinds of value that the
// MongoDB-compatible server of the tests lacks and Holon does not store, the
// half of a comparison that a later stage runs with R, and data frames of pandas,
// which the python3 of a machine mostly has not.
var maySkip = []string{
	"case icc-large-bh1996 is not on this machine",
	"case levels-waba-bh1996 is not on this machine",
	"case levels-alpha-lq2002 is not on this machine",
	"case agreement-lq2002 is not on this machine",
	"case growth-sleepstudy is not on this machine",
	"the server under test cannot keep this kind of value",
	"run by testdata/compare_lme4.sh",
	"this machine has no python3 that does import pandas",
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: verdict FILE")
		os.Exit(2)
	}
	f, err := os.Open(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	defer f.Close()
	output := map[string][]string{}
	count := map[string]int{}
	var bad []string
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text()) // a build's own words
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			output[key] = append(output[key], e.Output)
		case "build-fail", "fail":
			fmt.Printf("FAIL %s\n%s", key, strings.Join(output[key], ""))
			bad = append(bad, key)
			count["failed"]++
		case "pass":
			if e.Test != "" {
				count["passed"]++
			}
		case "skip":
			if e.Test == "" {
				continue // a package without tests
			}
			count["skipped"]++
			why := strings.Join(output[key], "")
			fmt.Printf("skipped %s\n%s", key, why)
			if !slices.ContainsFunc(maySkip, func(s string) bool { return strings.Contains(why, s) }) {
				bad = append(bad, key+" was skipped, and must run here")
			}
		}
	}
	for _, b := range bad {
		fmt.Println("not accepted:", b)
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", count["passed"], count["failed"], count["skipped"])
	if len(bad) > 0 || count["passed"] == 0 || lines.Err() != nil {
		os.Exit(1)
	}
}
