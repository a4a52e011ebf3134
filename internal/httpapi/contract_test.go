package httpapi_test

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"

	"holon/api"
	"holon/internal/analysis"
	"holon/internal/fault"
	"holon/internal/finding"
	"holon/internal/httpapi"
	"holon/internal/instrument"
	"holon/internal/objective"
	"holon/internal/reporting"
	"holon/internal/session"
)

// update accepts the contract as it is under its version.
var update = flag.Bool("update", false, "accept the contract as it is under its version")

func TestAChangedContractHasAChangedVersion(t *testing.T) {
	t.Parallel()
	const file = "testdata/contract.sum"
	sum := sha256.Sum256(api.OpenAPI)
	now := readContract().Info.Version + " " + hex.EncodeToString(sum[:]) + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(now), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(was) != now {
		t.Errorf("the contract is not the one of %s: raise info.version, then run this test with -update", strings.Fields(string(was))[0])
	}
}

func TestRoutesAndContractAreTheSame(t *testing.T) {
	t.Parallel()
	var routes, operations, gets, heads []string
	for _, r := range newClinic(t).server.Routes() {
		if r.Method == http.MethodHead {
			heads = append(heads, r.Path)
			continue
		}
		routes = append(routes, r.Method+" "+r.Path)
		if r.Method == http.MethodGet {
			gets = append(gets, r.Path)
		}
	}
	for template, item := range readContract().Paths.Map() {
		for method := range item.Operations() {
			operations = append(operations, method+" "+httpapi.RouterPath(template))
		}
	}
	slices.Sort(routes)
	slices.Sort(operations)
	if !slices.Equal(routes, operations) || len(routes) < 36 {
		t.Errorf("routes:\n%s\noperations:\n%s", strings.Join(routes, "\n"), strings.Join(operations, "\n"))
	}
	slices.Sort(gets)
	slices.Sort(heads)
	if !slices.Equal(gets, heads) {
		t.Errorf("HEAD is not taken where GET is: %v and %v", heads, gets)
	}
}

func TestOnlyHealthVersionContractItsCodesAndReferenceArePublic(t *testing.T) {
	t.Parallel()
	var public []string
	for template, item := range readContract().Paths.Map() {
		for _, o := range item.Operations() {
			if o.Security != nil {
				public = append(public, template)
			}
		}
	}
	slices.Sort(public)
	if want := []string{"/livez", "/openapi.json", "/openapi.yaml", "/readyz", "/reference", "/schemas/release-codes.json", "/schemas/release-record.json", "/version"}; !slices.Equal(public, want) {
		t.Errorf("public: %v", public)
	}
}

func TestLimitsOfTheContractAreThoseOfTheCode(t *testing.T) {
	t.Parallel()
	doc := readContract()
	limits, ok := doc.Extensions["x-limits"].(map[string]any)
	if !ok {
		t.Fatalf("no x-limits: %v", doc.Extensions)
	}
	want := map[string]int{
		"body_bytes": httpapi.MaxBodyBytes, "header_bytes": httpapi.MaxHeaderBytes, "page_size": httpapi.MaxPage,
		"page_size_default": httpapi.DefaultPage, "roster": session.MaxRoster, "batch_forms": session.MaxForms,
		"form_items": 200, "report_groups": httpapi.MaxGroupsAsked, "report_bytes": httpapi.MaxReportBytes, "idempotency_key_characters": 128,
		"request_seconds": int(httpapi.RequestTime.Seconds()), "table_bytes": httpapi.MaxTableBytes, "report_body_bytes": httpapi.MaxReportBody,
		"report_hours": int(reporting.Longest.Hours()), "report_wait_seconds": int(reporting.Wait.Seconds()),
		"reports_at_once": reporting.AtOnce, "reports_waiting": reporting.Waiting,
		"batch_goal_ratings": session.MaxGoalRatings, "goal_text_characters": session.MaxGoalText, "goals": session.MaxGoals, "objective_conditions": objective.MaxConditions,
		"risk_texts": finding.MaxRiskTexts, "risk_text_characters": finding.MaxRiskText,
	}
	for name, value := range want {
		if limits[name] != float64(value) {
			t.Errorf("%s: the contract says %v, the code %d", name, limits[name], value)
		}
	}
	if len(limits) != len(want) {
		t.Errorf("limits that no code knows: %v", slices.Sorted(maps.Keys(limits)))
	}
	schemas, parameters := doc.Components.Schemas, doc.Components.Parameters
	for name, at := range map[string]*uint64{
		"roster":                     schemas["RosterChange"].Value.Properties["members"].Value.MaxItems,
		"batch_forms":                schemas["FormBatch"].Value.Properties["forms"].Value.MaxItems,
		"batch_goal_ratings":         schemas["GoalRatingBatch"].Value.Properties["ratings"].Value.MaxItems,
		"goal_text_characters":       schemas["NewGoalText"].Value.Properties["text"].Value.MaxLength,
		"goals":                      schemas["Group"].Value.Properties["goals"].Value.MaxItems,
		"objective_conditions":       schemas["ObjectiveRule"].Value.Properties["conditions"].Value.MaxItems,
		"risk_texts":                 schemas["NewSettings"].Value.Properties["risk_texts"].Value.MaxItems,
		"risk_text_characters":       schemas["RiskText"].Value.Properties["text"].Value.MaxLength,
		"form_items":                 schemas["NewForm"].Value.Properties["items"].Value.MaxItems,
		"report_groups":              schemas["ReportRequest"].Value.Properties["groups"].Value.MaxItems,
		"table_bytes":                schemas["ReportRequest"].Value.Properties["table"].Value.MaxLength,
		"idempotency_key_characters": parameters["IdempotencyKey"].Value.Schema.Value.MaxLength,
	} {
		if at == nil || *at != uint64(want[name]) {
			t.Errorf("%s stands in the contract as %v where it is used", name, at)
		}
	}
	if got := doc.Paths.Value("/v1/reports").Post.Extensions["x-body-bytes"]; got != float64(httpapi.MaxReportBody) {
		t.Errorf("the body of a question may have %v bytes where it is used", got)
	}
	page := parameters["Limit"].Value.Schema.Value
	if *page.Max != httpapi.MaxPage || fmt.Sprint(page.Default) != strconv.Itoa(httpapi.DefaultPage) {
		t.Errorf("pages: %v, default %v", *page.Max, page.Default)
	}
}

func TestEverySchemaOfTheContractSaysWhatItIs(t *testing.T) {
	t.Parallel()
	for name, s := range readContract().Components.Schemas {
		if s.Value.Description == "" {
			t.Errorf("%s has no description", name)
		}
	}
}

// tagOf returns the validator's rules of a property.
func tagOf(s *openapi3.Schema) string {
	tags, ok := s.Extensions["x-oapi-codegen-extra-tags"].(map[string]any)
	if !ok {
		return ""
	}
	return fmt.Sprint(tags["validate"])
}

func TestShapesThatAreCheckedAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	checked := 0
	for name, ref := range readContract().Components.Schemas {
		if ref.Value.AdditionalProperties.Has == nil {
			continue // not of a request
		}
		for key, p := range ref.Value.Properties {
			at := name + "." + key
			if p.Ref != "" {
				if p.Value.Type.Is(openapi3.TypeString) {
					t.Errorf("%s: an enumeration of a request needs its rule beside it", at)
				}
				continue
			}
			checked++
			for _, rule := range wantedRules(p.Value, slices.Contains(ref.Value.Required, key)) {
				head, _, _ := strings.Cut(tagOf(p.Value), ",dive")
				if !slices.Contains(strings.Split(head, ","), rule) && (at != "FormBatch.forms" || rule != "max=1000") {
					t.Errorf("%s: the contract says %s, the code checks %q", at, rule, tagOf(p.Value))
				}
			}
		}
	}
	if checked < 50 {
		t.Errorf("only %d properties were looked at", checked)
	}
}

// wantedRules lists the validator's rules that a property's schema asks for.
func wantedRules(s *openapi3.Schema, required bool) []string {
	out := []string{"omitnil"}
	if required {
		out = []string{"required"}
	}
	values := s.Enum
	for _, part := range s.AllOf {
		values = append(values, part.Value.Enum...)
	}
	if len(values) > 0 {
		var names []string
		for _, v := range values {
			if v != nil {
				names = append(names, fmt.Sprint(v))
			}
		}
		out = append(out, "oneof="+strings.Join(names, " "))
	}
	if s.MaxLength != nil {
		out = append(out, fmt.Sprintf("max=%d", *s.MaxLength))
	}
	if s.MaxItems != nil {
		out = append(out, fmt.Sprintf("max=%d", *s.MaxItems))
	}
	if s.Min != nil {
		out = append(out, map[bool]string{true: "gt", false: "min"}[s.ExclusiveMin.IsTrue()]+"="+strconv.FormatFloat(*s.Min, 'f', -1, 64))
	}
	if s.Max != nil {
		out = append(out, map[bool]string{true: "lt", false: "max"}[s.ExclusiveMax.IsTrue()]+"="+strconv.FormatFloat(*s.Max, 'f', -1, 64))
	}
	return out
}

func TestEveryNumberSaysItsFormatAndIsAlwaysThere(t *testing.T) {
	t.Parallel()
	numbers := 0
	for name, ref := range readContract().Components.Schemas {
		for key, p := range ref.Value.Properties {
			s := p.Value
			if s.Type.Is(openapi3.TypeArray) {
				s = s.Items.Value
			}
			if !s.Type.Is(openapi3.TypeNumber) && !s.Type.Is(openapi3.TypeInteger) {
				continue
			}
			numbers++
			if s.Format != "double" && s.Format != "int64" {
				t.Errorf("%s.%s: format %q would become a narrow type", name, key, s.Format)
			}
			if ref.Value.AdditionalProperties.Has == nil && !slices.Contains(ref.Value.Required, key) {
				t.Errorf("%s.%s: a number of an answer may be null, never left out", name, key)
			}
		}
	}
	if numbers < 80 {
		t.Errorf("only %d numbers", numbers)
	}
}

func TestEveryKindOfProblemStandsInTheContract(t *testing.T) {
	t.Parallel()
	examples := map[string]map[string]any{}
	for _, ref := range readContract().Components.Responses {
		x := as[map[string]any](t, ref.Value.Content.Get("application/problem+json").Example)
		examples[textAt(t, x, "type")] = x
	}
	for k := fault.Internal; k <= fault.MethodNotAllowed; k++ {
		if k == fault.MethodNotAllowed {
			continue // no operation answers it: the method is then of none
		}
		kind, title, status := httpapi.ProblemOf(k)
		x, ok := examples[kind]
		if !ok || x["title"] != title || fmt.Sprint(x["status"]) != strconv.Itoa(status) {
			t.Errorf("%s %q %d: the contract has %v", kind, title, status, x)
		}
		delete(examples, kind)
	}
	if len(examples) > 0 {
		t.Errorf("kinds that do not exist: %v", examples)
	}
}

func TestPatternsOfTheContractAreThoseOfTheDomain(t *testing.T) {
	t.Parallel()
	schemas := readContract().Components.Schemas
	id := regexp.MustCompile(schemas["Rater"].Value.Properties["id"].Value.Pattern)
	code := regexp.MustCompile(schemas["NewMember"].Value.Properties["code"].Value.Pattern)
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(
			rapid.StringMatching(`[a-z0-9._-]{0,66}`), rapid.StringMatching(`[A-Za-z0-9._-]{0,34}`), rapid.String(),
			rapid.StringMatching(id.String()), rapid.StringMatching(code.String()),
		).Draw(t, "text")
		if got := session.ValidID(s); got != id.MatchString(s) {
			t.Fatalf("identifier %q: domain %v", s, got)
		}
		if _, err := session.ParseCode(s); (err == nil) != code.MatchString(s) {
			t.Fatalf("code %q: domain %v", s, err)
		}
	})
}

func TestEnumerationsOfTheContractAreThoseOfTheDomain(t *testing.T) {
	t.Parallel()
	schemas := readContract().Components.Schemas
	valid := map[string]func(string) bool{
		"GroupKind":        func(s string) bool { return session.GroupKind(s).Valid() },
		"LeaveReason":      func(s string) bool { return session.LeaveReason(s).Valid() },
		"TherapistRole":    func(s string) bool { return session.TherapistRole(s).Valid() },
		"ReleaseReason":    func(s string) bool { return session.ReleaseReason(s).Valid() },
		"SessionKind":      func(s string) bool { return session.Kind(s).Valid() },
		"Stage":            func(s string) bool { return session.Stage(s).Valid() },
		"CancelReason":     func(s string) bool { return session.CancelReason(s).Valid() },
		"Attendance":       func(s string) bool { return session.Attendance(s).Valid() },
		"Modality":         func(s string) bool { return session.Modality(s).Valid() },
		"EntryMode":        func(s string) bool { return session.Mode(s).Valid() },
		"CorrectionReason": func(s string) bool { return session.CorrectionReason(s).Valid() },
		"Level":            func(s string) bool { return instrument.Level(s).Valid() },
		"Referent":         func(s string) bool { return instrument.Referent(s).Valid() },
		"RaterKind":        func(s string) bool { return instrument.RaterKind(s).Valid() },
		"ReportStateName":  func(s string) bool { return analysis.State(s).Valid() },
		"FindingRule":      func(s string) bool { return finding.Rule(s).Valid() },
		"FindingState":     func(s string) bool { return finding.State(s).Valid() },
		"FindingTopic":     func(s string) bool { return finding.Topic(s).Valid() },
		"ActionCode":       func(s string) bool { return finding.ActionCode(s).Valid() },
		"ContactOutcome":   func(s string) bool { return finding.Contact(s).Valid() },
		"ActionReason":     func(s string) bool { return finding.ActionReason(s).Valid() },
		"ItemState":        func(s string) bool { _, ok := session.ParseState(s); return ok },
	}
	for name, ok := range valid {
		if len(schemas[name].Value.Enum) < 2 {
			t.Errorf("%s has no values", name)
		}
		for _, v := range schemas[name].Value.Enum {
			if !ok(as[string](t, v)) {
				t.Errorf("%s: the domain does not know %v", name, v)
			}
		}
	}
	if got := len(schemas["Level"].Value.Enum); got != len(instrument.Levels()) {
		t.Errorf("%d levels in the contract, %d in the domain", got, len(instrument.Levels()))
	}
}
