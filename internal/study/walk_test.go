package study_test

import (
	"reflect"
	"strconv"
	"time"
)

// walk visits every string, number, truth and time of a value, however deep, with
// the way to it. Lists are told apart by [] alone.
func walk(v reflect.Value, at string, visit func(at string, v reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walk(v.Elem(), at, visit)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			visit(at, v)
			return
		}
		for i := range v.NumField() {
			walk(v.Field(i), at+"."+v.Type().Field(i).Name, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walk(v.Index(i), at+"[]", visit)
		}
	default:
		visit(at, v)
	}
}

// paths lists the fields of a type, however deep, as walk names them.
func paths(t reflect.Type, at string, out map[string]bool) {
	switch {
	case t.Kind() == reflect.Pointer:
		paths(t.Elem(), at, out)
	case t.Kind() == reflect.Slice:
		paths(t.Elem(), at+"[]", out)
	case t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]():
		for f := range t.Fields() {
			paths(f.Type, at+"."+f.Name, out)
		}
	default:
		out[at] = true
	}
}

// alter changes a value to another one and returns the way back.
func alter(v reflect.Value) (back func()) {
	old := reflect.ValueOf(v.Interface())
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Uint8:
		v.SetUint(v.Uint() + 1)
	case reflect.Float64:
		v.SetFloat(v.Float() + 0.25)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	default:
		panic("a kind of value that was not thought of: " + v.Kind().String() + " " + strconv.Quote(v.Type().String()))
	}
	return func() { v.Set(old) }
}
