// Command ferret serves the MongoDB wire protocol on a port of its own, from
// SQLite files in a directory of its own, for as long as its standard input
// stays open. It is a test aid: correct on small data for one connection to
// a database, and slow. It stands in a module of its own, so that its
// dependencies stay out of Holon's.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/FerretDB/FerretDB/ferretdb"
)

// main reports why serving failed, if it did.
func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "ferret:", err)
		os.Exit(1)
	}
}

// serve prints the URI and serves until standard input ends. The data are
// removed with the process, so nothing needs to reach the disk.
func serve() (err error) {
	dir, err := os.MkdirTemp("", "holon-ferret-")
	if err != nil {
		return err
	}
	defer func() {
		if removed := os.RemoveAll(dir); err == nil {
			err = removed
		}
	}()
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:    slog.New(slog.DiscardHandler),
		Handler:   "sqlite",
		SQLiteURL: "file:" + filepath.ToSlash(dir) + "/?_pragma=synchronous(off)",
	})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // ends with whoever started us, however it ended
		stop()
	}()
	go func() { fmt.Println(server.MongoDBURI()) }() // known once it listens
	return server.Run(ctx)
}
