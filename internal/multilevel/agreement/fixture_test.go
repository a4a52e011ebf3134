package agreement_test

import (
	"math"
	"reflect"
	"strconv"
	"testing"

	"holon/internal/multilevel/agreement"
)

// analyse analyses a table that nothing interrupts.
func analyse(tb testing.TB, table *agreement.Table, o agreement.Options) agreement.Result {
	tb.Helper()
	r, err := agreement.Analyse(tb.Context(), table, o)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// notFinite returns where a value holds NaN or an infinity, "" if nowhere.
func notFinite(v any) string { return search(reflect.ValueOf(v), "") }

// search walks a value.
func search(v reflect.Value, path string) string {
	switch v.Kind() {
	case reflect.Float64:
		if x := v.Float(); math.IsNaN(x) || math.IsInf(x, 0) {
			return path + " = " + strconv.FormatFloat(x, 'g', -1, 64)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			return search(v.Elem(), path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if found := search(v.Field(i), path+"."+v.Type().Field(i).Name); found != "" {
				return found
			}
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if found := search(v.Index(i), path+"["+strconv.Itoa(i)+"]"); found != "" {
				return found
			}
		}
	default:
	}
	return ""
}
