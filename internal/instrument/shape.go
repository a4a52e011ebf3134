package instrument

import (
	"errors"
	"reflect"
	"regexp"
	"strings"

	"github.com/go-playground/validator/v10"

	"holon/internal/fault"
)

// The forms of identifiers. None has "@" or "/", so that id@version and JSON
// pointers stay unambiguous.
var (
	idForm      = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	versionForm = regexp.MustCompile(`^[0-9A-Za-z]+(\.[0-9A-Za-z]+)*$`)
	scoreForm   = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
)

// newShapes returns the validator of files read here, which names places by
// their JSON keys.
func newShapes() (*validator.Validate, error) {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		return name
	})
	for tag, form := range map[string]*regexp.Regexp{
		"instrument_id": idForm, "instrument_version": versionForm, "score_id": scoreForm,
	} {
		err := v.RegisterValidation(tag, func(fl validator.FieldLevel) bool { return form.MatchString(fl.Field().String()) })
		if err != nil {
			return nil, fault.Wrap(fault.Internal, "shape_rules", "The rules of instrument files cannot be set up.", err)
		}
	}
	return v, nil
}

// checkShape answers every fault of the shape of a decoded file.
func checkShape(v *validator.Validate, f any) error {
	err := v.Struct(f)
	if err == nil {
		return nil
	}
	found, ok := errors.AsType[validator.ValidationErrors](err)
	if !ok {
		return fault.Wrap(fault.Internal, "shape_rules", "The file cannot be checked.", err)
	}
	var faults fault.List
	for _, e := range found {
		rule, detail := shapeFault(e)
		faults.Add(pointer(e.Namespace()), rule, detail)
	}
	return faults.Err()
}

// pointer turns the validator's "file.items[2].min" into "/items/2/min".
func pointer(namespace string) string {
	_, path, _ := strings.Cut(namespace, ".")
	return "/" + strings.NewReplacer(".", "/", "[", "/", "]", "").Replace(path)
}

// shapeFault names the broken rule and says what is wanted. Parameters come
// from our tags, never from the file.
func shapeFault(e validator.FieldError) (rule, detail string) {
	sized := e.Kind() == reflect.String || e.Kind() == reflect.Slice
	switch e.Tag() {
	case "required":
		return "required", "This is needed and must not be empty."
	case "oneof":
		return "not_one_of", "One of: " + strings.ReplaceAll(e.Param(), " ", ", ") + "."
	case "unique":
		return "repeated", "Nothing may stand in this list twice."
	case "eq":
		return "unknown_schema", "This version of Holon reads schema " + e.Param() + "."
	case "instrument_id":
		return "bad_id", "Small letters, digits and single hyphens, beginning with a letter."
	case "instrument_version":
		return "bad_version", "Letters, digits and single dots."
	case "score_id":
		return "bad_id", "Small letters, digits and single underscores, beginning with a letter."
	case "bcp47_language_tag":
		return "bad_language", `A language tag such as "en" or "de-AT"; "und" for structure without wording.`
	case "gt":
		return "out_of_range", "More than " + e.Param() + "."
	case "max":
		if sized {
			return "too_long", "At most " + e.Param() + " characters or entries."
		}
		return "out_of_range", "At most " + e.Param() + "."
	case "min":
		if sized {
			return "too_short", "At least " + e.Param() + " entries."
		}
		return "out_of_range", "At least " + e.Param() + "."
	default:
		return "wrong_shape", "Not in the expected form."
	}
}
