package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"

	"holon/internal/fault"
	"holon/internal/practice"
)

// sealBytes is how much of a cursor says that it is whole and of this list.
const sealBytes = 8

// cursorOf writes the place where a list goes on; nil after the last. A cursor
// is opaque to clients. It holds nothing that the list did not show.
func cursorOf(list, after string) *string {
	if after == "" {
		return nil
	}
	return new(base64.RawURLEncoding.EncodeToString(append(seal(list, after), after...)))
}

// pageOf reads limit and cursor of a list.
func pageOf(list string, limit *int64, cursor *string) (practice.Page, error) {
	pg := practice.Page{Limit: defaultPage}
	if limit != nil {
		pg.Limit = int(min(max(*limit, 1), maxPage))
	}
	if cursor == nil {
		return pg, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(*cursor)
	if err != nil || len(raw) <= sealBytes || !bytes.Equal(raw[:sealBytes], seal(list, string(raw[sealBytes:]))) {
		return practice.Page{}, fault.New(fault.Malformed, "bad_cursor",
			"This is not the next_cursor of a page of this very list. Take it over unchanged, or begin without one.")
	}
	pg.After = string(raw[sealBytes:])
	return pg, nil
}

// leftOut splits the error beside a list: documents that belong to it and cannot
// be read are named in the answer; any other error stays.
func (s *Server) leftOut(ctx context.Context, err error) ([]string, error) {
	partial, ok := errors.AsType[*practice.LeftOutError](err)
	if !ok {
		return []string{}, err
	}
	s.notWhole(ctx, partial.IDs)
	return partial.IDs, nil
}

// notWhole tells the operator how many documents a list lacks, if any.
func (s *Server) notWhole(ctx context.Context, left []string) {
	if len(left) > 0 {
		s.logger.LogAttrs(ctx, slog.LevelError, "list without damaged documents",
			slog.String("request_id", callerOf(ctx).requestID), slog.Int("left_out", len(left)))
	}
}

// seal binds a place to its list. It tells a cut, altered or foreign cursor; it
// is no secret, because a cursor opens nothing that its list does not.
func seal(list, after string) []byte {
	sum := sha256.Sum256([]byte(list + "\x00" + after))
	return sum[:sealBytes]
}
