package httpapi

import (
	"strings"

	"github.com/labstack/echo/v4"

	"holon/internal/fault"
)

// maxToken bounds what is hashed to look a token up.
const maxToken = 256

// authenticate finds out who asks. Deny by default: whatever the contract does
// not call public needs a token, unknown addresses included.
func (s *Server) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if op := s.operation(c); op != nil && op.public {
			return next(c)
		}
		token, err := bearer(c.Request().Header.Values(echo.HeaderAuthorization))
		if err != nil {
			return err
		}
		ctx := c.Request().Context()
		principal, err := s.practice.Authenticate(ctx, token)
		if err != nil {
			return err
		}
		callerOf(ctx).principal = principal
		return next(c)
	}
}

// bearer returns the one bearer token of a request.
func bearer(headers []string) (string, error) {
	if len(headers) != 1 {
		return "", fault.New(fault.Unauthenticated, "token_needed", "Send the bearer token that the operator was given: Authorization: Bearer followed by it.")
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" || len(token) > maxToken {
		return "", fault.New(fault.Unauthenticated, "token_needed", "Send the bearer token that the operator was given: Authorization: Bearer followed by it.")
	}
	return token, nil
}
