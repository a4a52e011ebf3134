package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// statements keeps every statement prepared that was once asked for. Their
// number is bounded: texts come from the declared collections alone.
type statements struct {
	db     *sql.DB
	mu     sync.RWMutex
	byText map[string]*sql.Stmt
}

// get returns the prepared statement of a text.
func (s *statements) get(ctx context.Context, text string) (*sql.Stmt, error) {
	s.mu.RLock()
	stmt, ok := s.byText[text]
	s.mu.RUnlock()
	if ok {
		return stmt, nil
	}
	stmt, err := s.db.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if other, ok := s.byText[text]; ok { // somebody else was quicker
		return other, stmt.Close()
	}
	s.byText[text] = stmt
	return stmt, nil
}

// close closes all of them.
func (s *statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, stmt := range s.byText {
		errs = append(errs, stmt.Close())
	}
	clear(s.byText)
	return errors.Join(errs...)
}
