package mongostore

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.uber.org/goleak"

	"holon/internal/fault"
)

// TestMain finds goroutines that outlive their store.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheConnectionStringCannotWeakenDurability(t *testing.T) {
	t.Parallel()
	opts := options.Client().ApplyURI("mongodb://127.0.0.1/?w=0&journal=false&readPreference=secondary&readConcernLevel=available&retryWrites=false")
	insist(opts, Config{})
	if wc := opts.WriteConcern; wc.W != "majority" || wc.Journal == nil || !*wc.Journal {
		t.Errorf("write concern %+v", wc)
	}
	if opts.ReadPreference.Mode() != readpref.PrimaryMode || opts.ReadConcern.Level != "local" || !*opts.RetryWrites {
		t.Errorf("reads from %v at level %q, writes retried: %t", opts.ReadPreference, opts.ReadConcern.Level, *opts.RetryWrites)
	}
	if _, ok := opts.LoggerOptions.Sink.(nowhere); !ok {
		t.Error("the driver may log what the environment tells it to")
	}
	if err := opts.Validate(); err != nil {
		t.Error(err)
	}
}

func TestDatabaseName(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]string{
		"mongodb://u:p@a:1,b:2/clinic?replicaSet=rs": "clinic",
		"mongodb+srv://u:p@cluster.example/clinic":   "clinic",
		"mongodb://a/?x=/y":                          "holon",
		"mongodb://a":                                "holon",
	} {
		if got := databaseName(Config{URI: uri}); got != want {
			t.Errorf("%s: %q, want %q", uri, got, want)
		}
	}
	if got := databaseName(Config{URI: "mongodb://a/b", Database: "c"}); got != "c" {
		t.Errorf("the configured name comes first: %q", got)
	}
}

func TestFailingToOpenTellsNoSecret(t *testing.T) {
	t.Parallel()
	for name, uri := range map[string]string{
		"no scheme":                   "clinician:hunter2@host",
		"no URI at all":               "hunter2",
		"an unescaped slash":          "mongodb://clinician:hunter2/x@host:port",
		"an unescaped question mark":  "mongodb://clinician:hunter2?x@host/",
		"a secret in the wrong place": "mongodb://clinician:hunter2@127.0.0.1:1/?authMechanism=hunter2",
		"nobody listens":              "mongodb://clinician:hunter2@127.0.0.1:1/",
		"a broken escape":             "mongodb://clinician:hunter2%zz@127.0.0.1:1/",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			s, err := Open(ctx, Config{URI: uri})
			if err == nil {
				t.Fatalf("opened (close: %v)", s.Close())
			}
			e, ok := errors.AsType[*fault.Error](err)
			if !ok || e.Kind() == fault.Internal {
				t.Fatal(err)
			}
			for _, secret := range []string{uri, "hunter2", "clinician", "%zz"} {
				if strings.Contains(err.Error()+e.Detail(), secret) {
					t.Errorf("%q tells %q", err.Error()+e.Detail(), secret)
				}
			}
		})
	}
}

func TestACauseThatRepeatsASecretIsLeftOut(t *testing.T) {
	t.Parallel()
	const uri = "mongodb://anna%40clinic:p%2Fw@db.example/clinic"
	for text, told := range map[string]bool{
		"dial db.example: refused":  true,
		"user anna@clinic unknown":  false,
		"user anna%40clinic absent": false,
		"bad word p/w":              false,
		"bad word p%2Fw":            false,
	} {
		got := unreachable(errors.New(text), uri).Error()
		if strings.Contains(got, text) != told {
			t.Errorf("%q: %s", text, got)
		}
	}
}

func TestAServersAnswerIsLoggedWithoutItsText(t *testing.T) {
	t.Parallel()
	for name, err := range map[string]error{
		"command": mongo.CommandError{Code: 9, Name: "FailedToParse", Message: "at ann's answer"},
		"write":   mongo.WriteException{WriteErrors: mongo.WriteErrors{{Code: 121, Message: "ann's answer", Details: bson.Raw{5, 0, 0, 0, 0}}}},
	} {
		if text := (&Store{}).refuse(t.Context(), err).Error(); strings.Contains(text, "ann") || !strings.Contains(text, "mongodb") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func TestAFailureOfTheServerIsSortedByWhatItMeans(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		err  error
		want fault.Kind
	}{
		"too few members confirmed": {mongo.WriteException{WriteConcernError: &mongo.WriteConcernError{Code: 64}}, fault.Unavailable},
		"a new primary":             {mongo.CommandError{Code: 189, Labels: []string{"RetryableWriteError"}}, fault.Unavailable},
		"connection lost":           {mongo.CommandError{Labels: []string{"NetworkError"}}, fault.Unavailable},
		"duplicate, ill confirmed": {mongo.WriteException{
			WriteErrors:       mongo.WriteErrors{{Code: 11000}},
			WriteConcernError: &mongo.WriteConcernError{Code: 64},
		}, fault.Conflict},
		"disconnected": {mongo.ErrClientDisconnected, fault.Unavailable},
		"nothing":      {mongo.ErrNoDocuments, fault.NotFound},
		"not allowed":  {mongo.CommandError{Code: 13}, fault.Internal},
	} {
		if got := (&Store{}).refuse(t.Context(), row.err); !fault.Is(got, row.want) {
			t.Errorf("%s: %v, want %s", name, got, row.want)
		}
	}
}
