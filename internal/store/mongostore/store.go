// Package mongostore is the MongoDB engine. Documents are native nested BSON,
// moved as bytes both ways, so that mongosh can query what Holon stored.
//
// It is meant for MongoDB 4.4 or newer as a standalone with journal, a replica
// set or Atlas, and uses only single-document operations: no transaction, no
// upsert, no array operator, no partial index. Writes are acknowledged by a
// majority and the journal and reads come from the primary, whatever the
// connection string says.
package mongostore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"holon/internal/fault"
	"holon/internal/store"
)

const (
	defaultDatabase = "holon"
	openTimeout     = 15 * time.Second // to find the server and sign in
	closeTimeout    = 10 * time.Second // for what still runs, and to free cursors
)

// Config says which database to use and how.
type Config struct {
	URI         string             // the connection string; it is never shown or logged
	Database    string             // "" takes the one that URI names, else "holon"
	Collections []store.Collection // every collection that will be used
	Logger      *slog.Logger       // where slow commands are noted, without their contents; nil is nowhere
	SlowAfter   time.Duration      // what slow means; 0 is one second
	AsItIs      bool               // make no index: to look at a database, or to copy it before it is changed

	// BeforeChange is called before an index of a database that holds documents is
	// made or changed, with a store that can be read; its error stops that. Nil
	// changes.
	BeforeChange func(ctx context.Context, s *Store) error
}

// Store is a [store.Engine] over a MongoDB database.
type Store struct {
	database   *mongo.Database
	known      map[string]store.Collection
	order      []string // the names of known, as they were declared
	disconnect func() error
	closed     atomic.Bool
}

var _ store.Engine = (*Store)(nil)

// Open connects, waits for an answer of the server and makes the declared
// indexes, unless the database is to stay as it is. Its faults are "mongodb_uri_unreadable" (Invalid) and
// "mongodb_unreachable" (Unavailable); they tell neither the connection string
// nor what is in it.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	s := &Store{known: map[string]store.Collection{}}
	for _, c := range cfg.Collections {
		if err := c.Validate(); err != nil {
			return nil, err
		}
		s.known[c.Name] = c
		s.order = append(s.order, c.Name)
	}
	opts := options.Client().ApplyURI(cfg.URI)
	if opts.Validate() != nil { // the error may quote parts of a password
		return nil, unreadable()
	}
	insist(opts, cfg)
	client, err := mongo.Connect(opts)
	if err != nil {
		return nil, unreadable()
	}
	ending := context.WithoutCancel(ctx)
	s.disconnect = func() error {
		limited, cancel := context.WithTimeout(ending, closeTimeout)
		defer cancel()
		return client.Disconnect(limited)
	}
	s.database = client.Database(databaseName(cfg))
	waiting, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	if err := client.Ping(waiting, readpref.Primary()); err != nil {
		return nil, errors.Join(unreachable(err, cfg.URI), s.Close())
	}
	if cfg.AsItIs {
		return s, nil
	}
	if err := s.layOut(ctx, cfg); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// layOut makes the declared indexes. What is to be done before a change of a
// database that holds documents is done first.
func (s *Store) layOut(ctx context.Context, cfg Config) error {
	if cfg.BeforeChange != nil {
		changing, err := s.willChange(ctx)
		if err == nil && changing {
			err = cfg.BeforeChange(ctx, s)
		}
		if err != nil {
			return err
		}
	}
	for _, c := range cfg.Collections {
		if err := s.makeIndexes(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// insist sets what must hold whatever the connection string says.
func insist(opts *options.ClientOptions, cfg Config) {
	journaled := writeconcern.Majority()
	journaled.Journal = new(true)
	opts.SetWriteConcern(journaled).
		SetReadPreference(readpref.Primary()).
		SetReadConcern(readconcern.Local()).
		SetRetryWrites(true).
		SetRetryReads(true).
		SetAppName("holon").
		SetMonitor(slowCommands(cfg)).
		// The environment can make the driver log whole commands: not ours.
		SetLoggerOptions(options.Logger().SetSink(nowhere{}))
}

// databaseName is the configured name, the one in the connection string's path,
// or the default.
func databaseName(cfg Config) string {
	if cfg.Database != "" {
		return cfg.Database
	}
	_, rest, _ := strings.Cut(cfg.URI, "://")
	rest, _, _ = strings.Cut(rest, "?")
	_, path, _ := strings.Cut(rest, "/")
	if name, err := url.PathUnescape(path); err == nil && name != "" {
		return name
	}
	return defaultDatabase
}

// unreadable is the answer to a connection string that is none.
func unreadable() error {
	return fault.New(fault.Invalid, "mongodb_uri_unreadable",
		"HOLON_MONGODB_URI is not a MongoDB connection string; it begins with mongodb:// or mongodb+srv://, and special characters in user and password are percent-encoded.")
}

// unreachable is the answer to a server that does not answer or does not let us
// in. Its cause is left out if it repeats any secret of the connection string.
func unreachable(err error, uri string) error {
	const detail = "MongoDB does not answer, or refuses the user or password; check that it runs, and HOLON_MONGODB_URI."
	text := withoutContents(err).Error()
	_, rest, _ := strings.Cut(uri, "://")
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		user, password, _ := strings.Cut(rest[:at], ":")
		for _, secret := range []string{user, password} {
			plain, err := url.PathUnescape(secret)
			if secret == "" {
				continue
			}
			if err != nil || strings.Contains(text, secret) || strings.Contains(text, plain) {
				return fault.New(fault.Unavailable, "mongodb_unreachable", detail)
			}
		}
	}
	return fault.Wrap(fault.Unavailable, "mongodb_unreachable", detail, errors.New(text))
}

// makeIndexes makes the declared indexes of a collection; one of the same name
// that is declared otherwise now is made anew.
func (s *Store) makeIndexes(ctx context.Context, c store.Collection) error {
	indexes := s.database.Collection(c.Name).Indexes()
	for _, x := range c.Indexes {
		keys := bson.D{}
		for _, k := range x.Keys() {
			keys = append(keys, bson.E{Key: k, Value: 1})
		}
		model := mongo.IndexModel{Keys: keys, Options: options.Index().SetName(x.Name).SetUnique(x.Unique)}
		_, err := indexes.CreateOne(ctx, model)
		if isChanged(err) {
			if err = indexes.DropOne(ctx, x.Name); err == nil {
				_, err = indexes.CreateOne(ctx, model)
			}
		}
		switch {
		case mongo.IsDuplicateKeyError(err):
			return fault.New(fault.Conflict, "index_impossible", "An index of "+c.Name+" cannot be made: two documents share a value that must be unique.")
		case err != nil:
			return s.refuse(ctx, err)
		}
	}
	return nil
}

// isChanged tells whether an index of this name exists with other keys or
// options.
func isChanged(err error) bool {
	const optionsConflict, keysConflict = 85, 86
	failed, ok := errors.AsType[mongo.ServerError](err)
	return ok && (failed.HasErrorCode(optionsConflict) || failed.HasErrorCode(keysConflict))
}

// Ping tells whether the primary can answer now.
func (s *Store) Ping(ctx context.Context) error {
	if s.closed.Load() {
		return store.Closed()
	}
	return s.refuse(ctx, s.database.Client().Ping(ctx, readpref.Primary()))
}

// Close waits for what runs, for a while, and disconnects. Closing again does
// nothing.
func (s *Store) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	if err := s.disconnect(); err != nil {
		return store.Broken(withoutContents(err))
	}
	return nil
}

// collection finds a declared collection.
func (s *Store) collection(c store.Collection) (*mongo.Collection, store.Collection, error) {
	if s.closed.Load() {
		return nil, c, store.Closed()
	}
	declared, ok := s.known[c.Name]
	if !ok {
		return nil, c, store.Broken(fmt.Errorf("collection %s was not declared to Open", c.Name))
	}
	return s.database.Collection(c.Name), declared, nil
}
