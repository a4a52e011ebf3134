package httpapi

import (
	"net/http"

	"holon/internal/fault"
	"holon/internal/study"
	"holon/internal/study/aggregate"
)

// What tests compare with the contract.
const (
	MaxBodyBytes   = maxBodyBytes
	MaxHeaderBytes = maxHeaderBytes
	MaxPage        = maxPage
	DefaultPage    = defaultPage
	MaxGroupsAsked = maxGroupsAsked
	MaxReportBytes = maxReportBytes
	RequestTime    = requestTime
	MaxTableBytes  = maxTableBytes
	MaxReportBody  = maxReportBodyBytes
)

// Route is one registered route.
type Route struct{ Method, Path string }

// Routes lists what the router answers.
func (s *Server) Routes() []Route {
	var out []Route
	for _, r := range s.echo.Routes() {
		out = append(out, Route{r.Method, r.Path})
	}
	return out
}

// TablesWire says what each level of release yields.
func TablesWire(s *study.Study, c *aggregate.Counts) []ReleaseTable { return tablesWire(s, c) }

// RouterPath writes a path template the way the router does.
func RouterPath(template string) string { return routerPath(template) }

// LimitReports makes the server refuse reports of more than n bytes.
func (s *Server) LimitReports(n int) { s.reportLimit = n }

// HTTP returns the net/http server, for its settings.
func (s *Server) HTTP() *http.Server { return s.http }

// ProblemOf returns type, title and status of a kind's problem document.
func ProblemOf(k fault.Kind) (kind, title string, status int) {
	p := problemOf(fault.New(k, "rule", "Detail."), "id")
	return p.Type, p.Title, p.Status
}
