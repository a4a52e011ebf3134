package httpapi

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"
)

// referenceHTML is the page's template.
//
//go:embed reference.html
var referenceHTML string

// page is the rendered reference. The contract does not change while the
// service runs, so it is rendered once.
type page struct {
	html   []byte
	policy string // Content-Security-Policy: nothing but the page's own style
}

// VisitGetReferenceResponse writes the page.
func (p page) VisitGetReferenceResponse(w http.ResponseWriter) error {
	w.Header().Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
	w.Header().Set(echo.HeaderContentSecurityPolicy, p.policy)
	w.WriteHeader(http.StatusOK)
	_, err := bytes.NewReader(p.html).WriteTo(w)
	return err
}

// newReference renders the contract as a page.
func newReference(doc *openapi3.T) (page, error) {
	t, err := template.New("reference").Parse(referenceHTML)
	if err != nil {
		return page{}, err
	}
	view, err := referenceOf(doc)
	if err != nil {
		return page{}, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, view); err != nil {
		return page{}, err
	}
	_, rest, opened := strings.Cut(out.String(), "<style>")
	style, _, closed := strings.Cut(rest, "</style>")
	if !opened || !closed {
		return page{}, errors.New("httpapi: the reference's template has no style")
	}
	sum := sha256.Sum256([]byte(style))
	return page{html: out.Bytes(), policy: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
		"style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"}, nil
}
