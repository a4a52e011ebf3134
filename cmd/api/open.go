package main

import (
	"errors"
	"fmt"
	"log/slog"

	"holon/internal/store"
	"holon/internal/store/mongostore"
)

// dataFlags say where the practice's data are.
type dataFlags struct {
	DataDir    string `help:"Directory of the embedded store." default:"./holon-data" placeholder:"DIR" variable:"HOLON_DATA_DIR"`
	MongodbURI string `name:"mongodb-uri" help:"Keep the data in this MongoDB instead. Prefer the variable: command lines can be seen by others." placeholder:"URI" variable:"HOLON_MONGODB_URI"`

	changeFlags
}

// open opens the engine that the flags ask for and says in one line which it
// is. A connection string is never printed. A store that was not filled to the
// end is refused.
func (f dataFlags) open(p *program, logger *slog.Logger, readOnly bool) (store.Engine, error) {
	engine, err := f.connect(p, logger, readOnly)
	if err != nil {
		return nil, err
	}
	err = store.CheckFinished(p.ctx, engine)
	if err == nil && !readOnly && f.MongodbURI == "" {
		err = takeUpBackups(p, engine, f.DataDir)
	}
	if err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	return engine, nil
}

// connect is open for who looks after the store itself.
func (f dataFlags) connect(p *program, logger *slog.Logger, readOnly bool) (store.Engine, error) {
	if f.MongodbURI != "" {
		engine, err := mongostore.Open(p.ctx, mongostore.Config{
			URI: f.MongodbURI, Collections: store.Collections(), Logger: logger,
			AsItIs: readOnly, BeforeChange: f.beforeDatabase(p),
		})
		if err != nil {
			return nil, err
		}
		return engine, p.say("Data: MongoDB (HOLON_MONGODB_URI or --mongodb-uri).")
	}
	engine, err := f.openEmbedded(p, readOnly)
	if err != nil {
		return nil, err
	}
	return engine, p.say("Data: the embedded store in %s. Set HOLON_MONGODB_URI to use MongoDB.", f.DataDir)
}

// openDirectory opens the embedded engine.
func openDirectory(p *program, dir string, readOnly bool) (store.Engine, error) {
	return dataFlags{DataDir: dir}.openEmbedded(p, readOnly)
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
