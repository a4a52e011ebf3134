package main

import (
	"fmt"
	"log/slog"

	"holon/internal/store"
	"holon/internal/store/mongostore"
	"holon/internal/store/sqlitestore"
)

// dataFlags say where the practice's data are.
type dataFlags struct {
	DataDir    string `help:"Directory of the embedded store." default:"./holon-data" placeholder:"DIR" variable:"HOLON_DATA_DIR"`
	MongodbURI string `name:"mongodb-uri" help:"Keep the data in this MongoDB instead. Prefer the variable: command lines can be seen by others." placeholder:"URI" variable:"HOLON_MONGODB_URI"`
}

// open opens the engine that the flags ask for and says in one line which it
// is. A connection string is never printed.
func (f dataFlags) open(p *program, logger *slog.Logger, readOnly bool) (store.Engine, error) {
	if f.MongodbURI != "" {
		engine, err := mongostore.Open(p.ctx, mongostore.Config{URI: f.MongodbURI, Collections: store.Collections(), Logger: logger})
		if err != nil {
			return nil, err
		}
		return engine, p.say("Data: MongoDB (HOLON_MONGODB_URI or --mongodb-uri).")
	}
	engine, err := openDirectory(p, f.DataDir, readOnly)
	if err != nil {
		return nil, err
	}
	return engine, p.say("Data: the embedded store in %s. Set HOLON_MONGODB_URI to use MongoDB.", f.DataDir)
}

// openDirectory opens the embedded engine.
func openDirectory(p *program, dir string, readOnly bool) (store.Engine, error) {
	return sqlitestore.Open(p.ctx, sqlitestore.Config{Dir: dir, Collections: store.Collections(), ReadOnly: readOnly})
}

// tell prints a line of the result on standard output.
func (p *program) tell(format string, args ...any) error {
	_, err := fmt.Fprintf(p.stdout, format+"\n", args...)
	return err
}

// say prints a line for the person at the keyboard on standard error, where
// it does not mix with results.
func (p *program) say(format string, args ...any) error {
	_, err := fmt.Fprintf(p.stderr, format+"\n", args...)
	return err
}
