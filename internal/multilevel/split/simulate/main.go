// Command simulate prints the tables of docs/splits.md.
//
//	go run ./internal/multilevel/split/simulate
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"holon/internal/multilevel/split"
)

func main() {
	practices := flag.Int("practices", 300, "practices of thirty families that each row is counted in")
	flag.Parse()
	if err := write(os.Stdout, *practices); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write writes the table.
func write(out io.Writer, practices int) error {
	if _, err := io.WriteString(out, split.Header()); err != nil {
		return err
	}
	for _, w := range split.Worlds() {
		if _, err := fmt.Fprintln(out, w.Row(practices, split.Seed)); err != nil {
			return err
		}
	}
	return nil
}
