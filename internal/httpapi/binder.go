package httpapi

import (
	"github.com/go-playground/validator/v10"
	"github.com/labstack/echo/v4"

	"holon/internal/session"
	"holon/internal/strictjson"
)

// binder decodes bodies strictly and checks their shape. It is installed as
// Echo's binder, which the generated handlers call for bodies alone: path,
// query and headers never reach a body, nor a body them.
type binder struct {
	shapes *validator.Validate
}

// Bind decodes the request's body into a wire type.
func (b binder) Bind(wire any, c echo.Context) error {
	// No body is longer than the longest: takeBody has cut it at its operation's.
	if err := strictjson.Decode(c.Request().Body, maxReportBodyBytes, wire); err != nil {
		return err
	}
	if batch, ok := wire.(*FormBatch); ok {
		// Before the shapes: faults of ten thousand forms help nobody.
		if err := session.CheckBatch(len(batch.Forms)); err != nil {
			return err
		}
	}
	return checkShape(b.shapes, wire)
}
