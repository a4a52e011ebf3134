package httpapi

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"holon/internal/study"
)

// ndjson is the media type of lines of JSON.
const ndjson = "application/x-ndjson"

// GetReleaseRecords answers the records of a release, the very bytes that were kept.
func (s *Server) GetReleaseRecords(ctx context.Context, r GetReleaseRecordsRequestObject) (GetReleaseRecordsResponseObject, error) {
	x, err := s.practice.RecordsOf(ctx, request(ctx), study.ID(r.StudyID), study.ReleaseID(r.ReleaseID))
	if err != nil {
		return nil, err
	}
	c := callerOf(ctx)
	out := recordsAnswer{release: x, lines: prefersLines(c.accept), compress: acceptsGzip(c.acceptEncoding)}
	out.known = strings.Contains(orZero(r.Params.IfNoneMatch), out.tag())
	return out, nil
}

// recordsAnswer answers the records of a release.
type recordsAnswer struct {
	release         *study.Release
	lines, compress bool
	known           bool // who asks has them
}

// tag is the entity tag of this form of the records.
func (a recordsAnswer) tag() string {
	form := "-json"
	if a.lines {
		form = "-ndjson"
	}
	if a.compress { // other bytes
		form += "-gzip"
	}
	return `"` + a.release.SHA256 + form + `"`
}

// VisitGetReleaseRecordsResponse writes them.
func (a recordsAnswer) VisitGetReleaseRecordsResponse(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("ETag", a.tag())
	h.Set(echo.HeaderVary, "Accept, Accept-Encoding")
	if a.known {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	body, err := a.body()
	if err != nil {
		return err
	}
	h.Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	if a.lines {
		h.Set(echo.HeaderContentType, ndjson)
	}
	if !a.compress {
		w.WriteHeader(http.StatusOK)
		_, err = w.Write(body)
		return err
	}
	h.Set(echo.HeaderContentEncoding, "gzip")
	w.WriteHeader(http.StatusOK)
	z := gzip.NewWriter(w)
	if _, err := z.Write(body); err != nil {
		return err
	}
	return z.Close()
}

// body is what is answered before it is compressed: the lines and their trailer, or
// one value of the same.
func (a recordsAnswer) body() ([]byte, error) {
	trailer := fmt.Sprintf(`{"records":%d,"sha256":%q}`, a.release.Records, a.release.SHA256)
	var out bytes.Buffer
	if a.lines {
		out.Write(a.release.Body)
		out.WriteString(`{"trailer":` + trailer + "}\n")
		return out.Bytes(), nil
	}
	head, err := json.Marshal(releaseWire(a.release))
	if err != nil {
		return nil, err
	}
	out.WriteString(`{"release":`)
	out.Write(head)
	out.WriteString(`,"records":[`)
	out.Write(bytes.ReplaceAll(bytes.TrimSuffix(a.release.Body, []byte("\n")), []byte("\n"), []byte(",")))
	out.WriteString(`],"trailer":` + trailer + "}\n")
	return out.Bytes(), nil
}

// prefersLines tells whether a client asks for lines and not for one value.
func prefersLines(accept string) bool {
	at := strings.Index(accept, ndjson)
	whole := strings.Index(accept, echo.MIMEApplicationJSON)
	return at >= 0 && (whole < 0 || at < whole)
}

// acceptsGzip tells whether a client reads gzip.
func acceptsGzip(accepted string) bool {
	for part := range strings.SplitSeq(accepted, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") && strings.ReplaceAll(params, " ", "") != "q=0" {
			return true
		}
	}
	return false
}
