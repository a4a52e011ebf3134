// Package mongotest gives tests a server of the MongoDB wire protocol and
// databases on it.
//
// With HOLON_TEST_MONGODB_URI set it is that server. Otherwise it is FerretDB
// over SQLite, built from the nested module beside this package and started
// once for each test process. FerretDB does not make updates atomic across
// connections, so there a client has one connection. It needs nothing but Go;
// where its modules cannot be had, tests are skipped with a message that says
// "MongoDB engine suite skipped".
package mongotest

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"holon/internal/store"
	"holon/internal/store/mongostore"
)

// realURI is the environment variable that names a real server.
const realURI = "HOLON_TEST_MONGODB_URI"

// server is the one FerretDB of this test process.
//
//nolint:gochecknoglobals // a process is shared by all tests of a test process
var server struct {
	once  sync.Once
	uri   string
	err   error
	stdin io.Closer // held, since collecting it would close it and end the server
}

// IsReal tells whether tests run against a real server, with its full pool of
// connections.
func IsReal() bool { return os.Getenv(realURI) != "" }

// URI returns the connection string of the server, which is started if it must
// be. The test is skipped, by name, if there can be none.
func URI(tb testing.TB) string {
	tb.Helper()
	if IsReal() {
		return os.Getenv(realURI)
	}
	server.once.Do(func() { server.uri, server.stdin, server.err = start(context.WithoutCancel(tb.Context())) })
	if server.err != nil {
		tb.Skipf("MongoDB engine suite skipped: %v", server.err)
	}
	return server.uri + "?maxPoolSize=1"
}

// Database returns a name that no other test uses, and drops the database of
// that name from a real server when the test ends.
func Database(tb testing.TB) string {
	tb.Helper()
	name := "holon_test_" + strings.ToLower(rand.Text())
	if !IsReal() {
		return name // goes with the server
	}
	uri := URI(tb)
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), time.Minute)
		defer cancel()
		client, err := mongo.Connect(options.Client().ApplyURI(uri))
		if err != nil {
			tb.Error("the test database cannot be dropped: no client")
			return
		}
		if err := errors.Join(client.Database(name).Drop(ctx), client.Disconnect(ctx)); err != nil {
			tb.Errorf("drop the test database: %v", err)
		}
	})
	return name
}

// Open opens a store on an empty database of its own, closed when the test
// ends.
func Open(tb testing.TB, collections []store.Collection) *mongostore.Store {
	tb.Helper()
	return Reopen(tb, Database(tb), collections)
}

// Reopen opens a store on a database by name, closed when the test ends.
func Reopen(tb testing.TB, database string, collections []store.Collection) *mongostore.Store {
	tb.Helper()
	s, err := mongostore.Open(tb.Context(), mongostore.Config{URI: URI(tb), Database: database, Collections: collections})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// start builds the server if it is not built yet, starts it and returns its
// URI. It ends when its standard input is closed, at the latest with this
// process.
func start(ctx context.Context) (uri string, stdin io.Closer, err error) {
	program, err := build(ctx)
	if err != nil {
		return "", nil, err
	}
	cmd := exec.CommandContext(ctx, program) //nolint:gosec // the program that was just built
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if stdin, err = cmd.StdinPipe(); err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return "", nil, fmt.Errorf("FerretDB did not start: %w", err)
	}
	return strings.TrimSpace(line), stdin, nil
}

// build returns the path of the program, which the user's cache directory keeps
// under the hash of its sources.
func build(ctx context.Context) (string, error) {
	source, err := sourceDir()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	sum.Write([]byte(runtime.Version() + runtime.GOOS + runtime.GOARCH))
	for _, name := range []string{"go.mod", "go.sum", "main.go"} {
		text, err := os.ReadFile(filepath.Join(source, name)) //nolint:gosec // our own sources
		if err != nil {
			return "", err
		}
		sum.Write(text)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "holon-test")
	program := filepath.Join(dir, "ferret-"+hex.EncodeToString(sum.Sum(nil))[:16])
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	// Several test processes may build at once; each puts a whole file in place.
	fresh := program + "." + rand.Text()
	cmd := exec.CommandContext(ctx, "go", "build", "-C", source, "-buildvcs=false", "-o", fresh, ".") //nolint:gosec // fixed words and our own paths
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("FerretDB cannot be built: %w\n%s", err, output)
	}
	return program, os.Rename(fresh, program)
}

// sourceDir finds the nested module from wherever the test runs.
func sourceDir() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		source := filepath.Join(dir, "internal", "store", "mongostore", "ferret")
		if _, err := os.Stat(filepath.Join(source, "go.mod")); err == nil {
			return source, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("the source of the test server is not here")
		}
		dir = filepath.Dir(dir)
	}
}
