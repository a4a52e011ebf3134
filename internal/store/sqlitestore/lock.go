package sqlitestore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gofrs/flock"

	"holon/internal/fault"
)

// The lock is an advisory lock on one file, which the system drops when its
// holder dies; the other file only says who that is.
const (
	lockName = "holon.lock"
	pidName  = "holon.pid"
)

// writerLock is the right to write to one data directory.
type writerLock struct {
	lock    *flock.Flock
	pidPath string
}

// lockWriter takes the lock or says which process has it.
func lockWriter(dir string) (*writerLock, error) {
	l := &writerLock{
		lock:    flock.New(filepath.Join(dir, lockName), flock.SetPermissions(0o600)),
		pidPath: filepath.Join(dir, pidName),
	}
	taken, err := false, makePrivateFile(dir, lockName)
	if err == nil {
		taken, err = l.lock.TryLock()
	}
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, "data_dir_unusable", "The data directory "+dir+" cannot be locked; it must be a local directory that this user may write to.", err)
	}
	if !taken {
		return nil, fault.New(fault.Conflict, "data_dir_in_use", fmt.Sprintf(
			"Another Holon process (%s) is writing to %s; stop it, or use another directory with --data-dir. Commands that only read work beside it.", l.holder(), dir))
	}
	if err := writePID(dir); err != nil {
		unusable := fault.Wrap(fault.Unavailable, "data_dir_unusable", "The file "+l.pidPath+" cannot be written; check who may write to it.", err)
		return nil, errors.Join(unusable, l.lock.Unlock())
	}
	return l, nil
}

// writePID says in the data directory which process has the lock.
func writePID(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	return errors.Join(root.WriteFile(pidName, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600), root.Close())
}

// holder names the process that has the lock, as far as it can be known.
func (l *writerLock) holder() string {
	text, err := os.ReadFile(l.pidPath)
	if err != nil {
		return "pid unknown"
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return "pid unknown"
	}
	return "pid " + strconv.Itoa(pid)
}

// release gives the lock back. The lock file itself stays: removing it would
// let two processes lock two different files of the same name.
func (l *writerLock) release() error {
	err := os.Remove(l.pidPath)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, l.lock.Unlock())
}
