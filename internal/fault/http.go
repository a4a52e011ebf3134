package fault

import "net/http"

// table maps every kind to its code and HTTP status: the only such table.
//
//nolint:gochecknoglobals // a constant table; Go has no constant arrays
var table = [...]struct {
	code   string
	status int
}{
	Internal:             {"internal", http.StatusInternalServerError},
	Malformed:            {"malformed", http.StatusBadRequest},
	Unauthenticated:      {"unauthenticated", http.StatusUnauthorized},
	Forbidden:            {"forbidden", http.StatusForbidden},
	NotFound:             {"not_found", http.StatusNotFound},
	Conflict:             {"conflict", http.StatusConflict},
	Stale:                {"stale", http.StatusPreconditionFailed},
	PreconditionRequired: {"precondition_required", http.StatusPreconditionRequired},
	TooLarge:             {"too_large", http.StatusRequestEntityTooLarge},
	UnsupportedMedia:     {"unsupported_media", http.StatusUnsupportedMediaType},
	Invalid:              {"invalid", http.StatusUnprocessableEntity},
	Unavailable:          {"unavailable", http.StatusServiceUnavailable},
	MethodNotAllowed:     {"method_not_allowed", http.StatusMethodNotAllowed},
}
