// Command simulate prints the tables of docs/alarms.md.
//
//	go run ./internal/multilevel/vigilance/simulate
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"holon/internal/multilevel/vigilance"
)

func main() {
	practices := flag.Int("practices", 300, "practices of eight groups that each row is counted in")
	flag.Parse()
	if err := write(os.Stdout, *practices); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write writes the table.
func write(out io.Writer, practices int) error {
	if _, err := io.WriteString(out, vigilance.Header()); err != nil {
		return err
	}
	for _, w := range vigilance.Worlds() {
		c := w.Count(practices, vigilance.Seed)
		if _, err := fmt.Fprintln(out, w.Row(&c)); err != nil {
			return err
		}
	}
	return nil
}
