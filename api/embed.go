// Package api holds the contract of the HTTP API, which is written first and
// from which the server's interface is generated.
package api

import _ "embed"

// OpenAPI is the contract, OpenAPI 3.0.3 as YAML.
//
//go:embed openapi.yaml
var OpenAPI []byte

// ReleaseRecordSchema is the contract's schema of a released number as JSON Schema,
// draft 2020-12.
//
//go:embed release-record.schema.json
var ReleaseRecordSchema []byte
