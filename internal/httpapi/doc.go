// Package httpapi answers HTTP requests as the contract in package api says:
// it reads strictly, hands what it read to the practice, and writes every
// refusal as a problem document by one function.
package httpapi

//go:generate go tool -modfile=../../tools/go.mod oapi-codegen -config oapi-codegen.yaml ../../api/openapi.yaml
