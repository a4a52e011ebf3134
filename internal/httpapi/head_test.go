package httpapi_test

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"holon/internal/httpapi"
)

// exchange sends a request over a connection of its own and returns the status,
// the headers, and every byte that came after them.
func exchange(t *testing.T, address, method, path, token string) (int, http.Header, []byte) {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if token != "" {
		token = "Authorization: Bearer " + token + "\r\n"
	}
	if _, err := io.WriteString(conn, method+" "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"+token+"\r\n"); err != nil {
		t.Fatal(err)
	}
	whole, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	head, body, complete := bytes.Cut(whole, []byte("\r\n\r\n"))
	lines := strings.Split(string(head), "\r\n")
	if !complete || !strings.HasPrefix(lines[0], "HTTP/1.1 ") || len(lines[0]) < 12 {
		t.Fatalf("%s %s: no answer: %q", method, path, whole)
	}
	status := 0
	for _, digit := range lines[0][9:12] {
		status = status*10 + int(digit-'0')
	}
	header := http.Header{}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		header.Add(name, value)
	}
	return status, header, body
}

func TestHEADIsGETWithoutABody(t *testing.T) {
	t.Parallel()
	c := newClinic(t)
	server := httptest.NewServer(c.server)
	t.Cleanup(server.Close)
	address := server.Listener.Addr().String()
	member := c.made(t, "/v1/members", `{"code":"HEAD-1"}`).id(t)
	for path, status := range map[string]int{
		"/livez": http.StatusOK, "/readyz": http.StatusOK, "/version": http.StatusOK, "/openapi.json": http.StatusOK,
		"/openapi.yaml": http.StatusOK, "/reference": http.StatusOK, "/livez?x=1": http.StatusBadRequest,
		"/v1/members/" + member: http.StatusUnauthorized, "/v1/members": http.StatusUnauthorized,
	} {
		same(t, address, path, "", status)
	}
	for path, status := range map[string]int{
		"/v1/members/" + member: http.StatusOK, "/v1/members": http.StatusOK,
		"/v1/members/nobody": http.StatusNotFound, "/v1/members?limit=0": http.StatusBadRequest,
	} {
		same(t, address, path, c.token, status)
	}
}

// same asks for a path with GET and with HEAD and compares the answers.
func same(t *testing.T, address, path, token string, want int) {
	t.Helper()
	status, header, body := exchange(t, address, http.MethodGet, path, token)
	headStatus, headHeader, headBody := exchange(t, address, http.MethodHead, path, token)
	if status != want || headStatus != want {
		t.Errorf("%s: GET %d, HEAD %d, want %d", path, status, headStatus, want)
	}
	if len(body) == 0 || len(headBody) != 0 {
		t.Errorf("%s: %d bytes after GET, %d after HEAD", path, len(body), len(headBody))
	}
	for _, name := range []string{"Content-Type", "Etag", "Cache-Control", "Content-Security-Policy", "X-Content-Type-Options", "Www-Authenticate"} {
		if header.Get(name) != headHeader.Get(name) {
			t.Errorf("%s: %s is %q with GET and %q with HEAD", path, name, header.Get(name), headHeader.Get(name))
		}
	}
	if headHeader.Get("X-Request-Id") == "" {
		t.Errorf("%s: HEAD has no X-Request-Id", path)
	}
}

func TestAServerThatIsNotReadySaysSoToHEAD(t *testing.T) {
	t.Parallel()
	c := newClinic(t, func(cfg *httpapi.Config) { cfg.Ready = notReady })
	server := httptest.NewServer(c.server)
	t.Cleanup(server.Close)
	same(t, server.Listener.Addr().String(), "/readyz", "", http.StatusServiceUnavailable)
}
