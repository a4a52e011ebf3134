package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// program is what every command runs with; nothing else of the process is
// read.
type program struct {
	ctx            context.Context //nolint:containedctx // one run is one call: this is its argument list
	getenv         func(string) string
	stdout, stderr io.Writer
	clock          func() time.Time
}

// commands is the command line.
type commands struct {
	Serve       serveCommand       `cmd:"" help:"Serve the API."`
	Demo        demoCommand        `cmd:"" help:"Make a synthetic practice, show the group-level test of every measure, then serve it."`
	Analyze     analyzeCommands    `cmd:"" help:"Run an analysis of a CSV file."`
	Pool        poolCommands       `cmd:"" help:"Answer a question with other practices without giving them a rating."`
	Study       studyCommands      `cmd:"" help:"What leaves the practice for research: snapshots, numbers, rows."`
	Instruments instrumentCommands `cmd:"" help:"List, show or check instruments."`
	Objectives  objectiveCommands  `cmd:"" help:"Check a rule over sessions before the practice takes it in."`
	Import      importCommands     `cmd:"" help:"Take rosters and answers in from files."`
	Doctor      doctorCommand      `cmd:"" help:"Look through the stored data for anything damaged, missing or contradictory."`
	Findings    findingCommands    `cmd:"" help:"Recompute what somebody must answer."`
	Backup      backupCommand      `cmd:"" help:"Write all data into one file, beside a running service; encrypted on request."`
	Restore     restoreCommand     `cmd:"" help:"Put a backup into an empty store, or check one."`
	Move        moveCommand        `cmd:"" help:"Copy all data between the embedded store and MongoDB, and compare every document."`
	Token       tokenCommand       `cmd:"" help:"Make another operator's token, when the first is lost."`
	Redactions  redactionCommands  `cmd:"" help:"List, export or replay what was decided about requests for erasure."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
}

// about stands above the list of commands.
const about = `Holon records what members, therapists and observers rate in group and family therapy, ` +
	`keeps the levels apart, and tests whether the group level is real.`

// run is the program: it returns the exit code. No command reads standard input
// yet; it has its place here so that none will read the process's own.
func run(ctx context.Context, args []string, getenv func(string) string, _ io.Reader, stdout, stderr io.Writer) int {
	p := &program{ctx: ctx, getenv: getenv, stdout: stdout, stderr: stderr, clock: time.Now}
	helped := false
	parser, err := newParser(p, func(int) { helped = true })
	if err != nil {
		return explain(stderr, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	switch {
	case helped:
		return exitDone
	case err != nil:
		return misused(stderr, err)
	}
	err = parsed.Run(p)
	if err != nil && ctx.Err() != nil {
		_ = p.say("holon: stopped before the end.") // nobody is left to tell
		return exitStopped
	}
	return explain(stderr, err)
}

// newParser builds the parser of the command line; ended is called when the
// help has been printed.
func newParser(p *program, ended func(int)) (*kong.Kong, error) {
	return kong.New(&commands{},
		kong.Name("holon"),
		kong.Description(about+"\n\n"+exitCodes),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(ended),
		kong.Resolvers(environment(p.getenv)),
		kong.ValueFormatter(withVariable),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 98}),
	)
}

// misused explains a wrong command line.
func misused(w io.Writer, err error) int {
	_, _ = fmt.Fprintf(w, "holon: %v\nTry the same command with --help.\n", err) // nobody is left to tell
	return exitUsage
}

// environment answers flags that were not given from the variable that their
// tag "variable" names, so that flags stand above the environment and the
// environment above defaults.
func environment(getenv func(string) string) kong.Resolver {
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		name := flag.Tag.Get("variable")
		if name == "" {
			return nil, nil //nolint:nilnil // the resolver's way to say that it has no answer
		}
		if value := getenv(name); value != "" {
			return value, nil
		}
		return nil, nil //nolint:nilnil // as above
	})
}

// withVariable puts a flag's default and variable behind its help.
func withVariable(v *kong.Value) string {
	var more []string
	if v.HasDefault && v.Default != "" && !v.IsBool() {
		more = append(more, "default "+v.Default)
	}
	if name := v.Tag.Get("variable"); name != "" {
		more = append(more, "$"+name)
	}
	if len(more) == 0 {
		return v.Help
	}
	return strings.TrimSuffix(v.Help, ".") + " (" + strings.Join(more, ", ") + ")."
}
