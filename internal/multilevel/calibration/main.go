// Calibration draws data of which the truth is known, runs Holon's tests and
// intervals on them and prints, as Markdown, how often the tests find what is
// not there and how often the intervals hold the truth.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
)

// settings say how much is drawn.
type settings struct {
	tables int    // data sets of every scenario
	inner  int    // draws of every simulation on one data set
	seed   uint64 // of the data
}

// section is one part of the page: a heading, what was drawn, and tables.
type section struct {
	name  string
	print func(ctx context.Context, out *strings.Builder, o settings) error
}

// sections are the parts of the page in their order.
func sections() []section {
	return []section{
		{"errors", printErrors},
		{"coverage", printCoverage},
		{"weekly_errors", printWeeklyErrors},
		{"weekly_coverage", printWeeklyCoverage},
		{"latent_coverage", printLatentCoverage},
		{"beyond", printBeyond},
		{"emergence", printEmergence},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt) //nolint:forbidigo // the root of this program
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "calibration:", err)
		os.Exit(1)
	}
}

// run prints the page, or the sections named by -only.
func run(ctx context.Context, args []string, w io.Writer) error {
	var o settings
	flags := flag.NewFlagSet("calibration", flag.ContinueOnError)
	flags.IntVar(&o.tables, "draws", 4_000, "data sets of every scenario")
	flags.IntVar(&o.inner, "inner", 999, "draws of every simulation on one data set")
	flags.Uint64Var(&o.seed, "seed", 1, "seed of the data")
	only := flags.String("only", "", "sections to print, separated by commas; empty means all")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.tables < 1 || o.inner < 1 {
		return fmt.Errorf("%d data sets and %d draws: each must be one at least", o.tables, o.inner)
	}
	var out strings.Builder
	for _, s := range sections() {
		if *only != "" && !strings.Contains(","+*only+",", ","+s.name+",") {
			continue
		}
		if err := s.print(ctx, &out, o); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}
