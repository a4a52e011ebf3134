package multilevel_test

import (
	"fmt"
	"math"
	"reflect"
)

// notFinite walks a value and returns the path of the first float64 that is
// NaN or infinite, or "".
func notFinite(v any) string { return walkFinite(reflect.ValueOf(v), "result") }

// walkFinite is notFinite below path.
func walkFinite(v reflect.Value, path string) string {
	switch v.Kind() {
	case reflect.Float64:
		if f := v.Float(); math.IsNaN(f) || math.IsInf(f, 0) {
			return fmt.Sprintf("%s (%v)", path, f)
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return walkFinite(v.Elem(), path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if bad := walkFinite(v.Field(i), path+"."+v.Type().Field(i).Name); bad != "" {
				return bad
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if bad := walkFinite(v.Index(i), fmt.Sprintf("%s[%d]", path, i)); bad != "" {
				return bad
			}
		}
	default:
	}
	return ""
}
