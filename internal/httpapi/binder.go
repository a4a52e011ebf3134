package httpapi

import (
	"io"

	"github.com/go-playground/validator/v10"
	"github.com/labstack/echo/v4"

	"holon/internal/fault"
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
	if raw, ok := wire.(*InstrumentDefinition); ok {
		return bindWhole(raw, c)
	}
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

// bindWhole takes a body as it is: a definition is read, as strictly, by what
// reads the files of definitions, so that both have the same faults.
func bindWhole(raw *InstrumentDefinition, c echo.Context) error {
	body, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return fault.Wrap(fault.Malformed, "unreadable_body", "The body cannot be read to its end. Send it again.", err)
	}
	*raw = body
	return nil
}
