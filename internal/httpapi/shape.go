package httpapi

import (
	"errors"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"

	"holon/internal/fault"
)

// newShapes returns the validator of wire types, which names places by their
// JSON keys. Its rules stand in the contract, as tags.
func newShapes() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	})
	return v
}

// checkShape answers every fault of the shape of a decoded body.
func checkShape(v *validator.Validate, wire any) error {
	err := v.Struct(wire)
	if err == nil {
		return nil
	}
	found, ok := errors.AsType[validator.ValidationErrors](err)
	if !ok {
		return fault.Wrap(fault.Internal, "shape_rules", "The request cannot be checked.", err)
	}
	var faults fault.List
	for _, e := range found {
		rule, detail := shapeFault(e)
		if ends := endsOf(wire, e); ends != "" {
			detail = ends
		}
		faults.Add(pointerOf(e.Namespace()), rule, detail)
	}
	return faults.Err()
}

// pointerOf turns the validator's "NewForm.items[2].value" into
// "/items/2/value".
func pointerOf(namespace string) string {
	_, path, _ := strings.Cut(namespace, ".")
	return "/" + strings.NewReplacer(".", "/", "[", "/", "]", "").Replace(path)
}

// shapeFault names the broken rule and says what is wanted. Parameters come
// from the contract's tags, never from the request.
func shapeFault(e validator.FieldError) (rule, detail string) {
	kind := e.Kind()
	switch e.Tag() {
	case "required":
		return "required", needed(kind)
	case "required_with":
		return "required", "Needed here, because its other half was given. Give both or neither."
	case "unique":
		return "repeated", "Nothing may stand here twice."
	case "oneof":
		return "not_one_of", "One of: " + strings.ReplaceAll(e.Param(), " ", ", ") + "."
	case "gt":
		return "out_of_range", "More than " + e.Param() + "."
	case "lt":
		return "out_of_range", "Less than " + e.Param() + "."
	case "max":
		switch kind {
		case reflect.String:
			return "too_long", "At most " + e.Param() + " characters."
		case reflect.Slice:
			return "too_many", "At most " + e.Param() + " entries."
		default:
			return "out_of_range", "At most " + e.Param() + "."
		}
	case "min":
		switch kind {
		case reflect.String:
			return "empty", "Leave it out, or give at least " + e.Param() + " character."
		case reflect.Slice:
			return "too_few", "Leave it out, or give at least " + e.Param() + " entry."
		default:
			return "out_of_range", "At least " + e.Param() + "."
		}
	default:
		return "wrong_shape", "Not in the form that the reference shows."
	}
}

// endsOf says of a number that is out of range where the range begins and
// where it ends: the broken rule itself knows one end only. Of anything else,
// and of a range with one end, it says nothing.
func endsOf(wire any, e validator.FieldError) string {
	if k := e.Kind(); k != reflect.Int64 && k != reflect.Float64 {
		return ""
	}
	rules := map[string]string{}
	for rule := range strings.SplitSeq(tagOf(reflect.TypeOf(wire), e.StructNamespace()), ",") {
		name, limit, _ := strings.Cut(rule, "=")
		rules[name] = limit
	}
	if _, broken := rules[e.Tag()]; !broken || e.Param() == "" {
		return ""
	}
	switch {
	case rules["gt"] == "0" && rules["lt"] == "1":
		return "A share above 0 and below 1."
	case rules["gt"] != "" && rules["lt"] != "":
		return "A number above " + rules["gt"] + " and below " + rules["lt"] + "."
	case rules["min"] != "" && rules["max"] != "":
		return "A number from " + rules["min"] + " to " + rules["max"] + "."
	default:
		return ""
	}
}

// tagOf returns the rules of the field that a namespace of the validator such
// as "FormBatch.Forms[0].Items[2].Item" leads to; none if there is no such.
func tagOf(t reflect.Type, namespace string) string {
	_, path, _ := strings.Cut(namespace, ".")
	var rules string
	for step := range strings.SplitSeq(path, ".") {
		name, _, _ := strings.Cut(step, "[")
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return ""
		}
		f, found := t.FieldByName(name)
		if !found {
			return ""
		}
		t, rules = f.Type, f.Tag.Get("validate")
	}
	return rules
}

// needed asks for a value that is missing, or is what a missing one reads as.
func needed(kind reflect.Kind) string {
	switch kind {
	case reflect.Slice, reflect.Pointer:
		return "This is needed."
	case reflect.Int, reflect.Int64, reflect.Float64:
		return "This is needed, and is not 0."
	default:
		return "This is needed and must not be empty."
	}
}
