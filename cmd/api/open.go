package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"holon/internal/archive"
	"holon/internal/fault"
	"holon/internal/store"
	"holon/internal/store/mongostore"
	"holon/internal/store/sqlitestore"
)

// placeFlags say where the practice's data are.
type placeFlags struct {
	DataDir    string `help:"Directory of the embedded store." default:"./holon-data" placeholder:"DIR" variable:"HOLON_DATA_DIR"`
	MongodbURI string `name:"mongodb-uri" help:"Keep the data in this MongoDB instead. Prefer the variable: command lines can be seen by others." placeholder:"URI" variable:"HOLON_MONGODB_URI"`
}

// dataFlags are placeFlags for who writes there too.
type dataFlags struct {
	placeFlags
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

// embedded are the flags of a directory.
func embedded(dir string, change changeFlags) dataFlags {
	return dataFlags{placeFlags: placeFlags{DataDir: dir}, changeFlags: change}
}

// openDirectory opens the embedded engine in a directory that was filled to the
// end.
func openDirectory(p *program, dir string, readOnly bool) (store.Engine, error) {
	engine, err := embedded(dir, changeFlags{}).openEmbedded(p, readOnly)
	if err != nil {
		return nil, err
	}
	if err := store.CheckFinished(p.ctx, engine); err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	return engine, nil
}

// openExisting opens data for writing that are there already: a mistyped
// directory is not made.
func (f dataFlags) openExisting(p *program) (store.Engine, error) {
	if f.MongodbURI == "" {
		there, err := openDirectory(p, f.DataDir, true)
		if err != nil {
			return nil, err
		}
		if err := there.Close(); err != nil {
			return nil, err
		}
	}
	engine, err := f.open(p, slog.New(slog.DiscardHandler), false)
	if err != nil {
		return nil, err
	}
	started, err := store.NewAccounts(engine).Any(p.ctx)
	if err == nil && !started { // the demonstration that only showed its table has no account, and is one
		for _, err = range store.NewGroups(engine).List(p.ctx, nil, "", 1) {
			started = true
		}
	}
	if err == nil && !started {
		err = fault.New(fault.NotFound, "no_practice", "No service was ever started on these data. The first start of `holon serve` prints a token.")
	}
	if err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	return engine, nil
}

// openToFill opens the place that a restore or a move fills: a directory, or a
// database if a connection string is given. Where there are data already its
// layout stays as it is.
func openToFill(p *program, dir, uri string) (store.Engine, error) {
	if uri != "" {
		engine, err := mongostore.Open(p.ctx, mongostore.Config{
			URI: uri, Collections: store.Collections(), Logger: slog.New(slog.DiscardHandler),
			BeforeChange: func(ctx context.Context, s *mongostore.Store) error { return archive.CheckTarget(ctx, s) },
		})
		if err != nil {
			return nil, err
		}
		return engine, nil
	}
	engine, err := sqlitestore.Open(p.ctx, sqlitestore.Config{
		Dir: dir, Collections: store.Collections(),
		BeforeChange: func(context.Context, *sqlitestore.Store) error { return archive.NotEmpty() },
	})
	if err != nil {
		return nil, err
	}
	return engine, nil
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
