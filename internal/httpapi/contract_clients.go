package httpapi

import (
	"encoding/json"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// ClientContract returns the contract as JSON, as it is served: without what it says to
// the generator of this server, so that any generator makes a client of it.
func ClientContract() ([]byte, error) {
	c, err := embeddedContract()
	if err != nil {
		return nil, err
	}
	return c.json, nil
}

// forClients writes the contract without the types and checks of this server.
func forClients(doc *openapi3.T) ([]byte, error) {
	text, err := doc.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		return nil, err
	}
	withoutOurs(tree)
	return json.Marshal(tree)
}

// withoutOurs takes out the extensions that name types and checks of this server.
func withoutOurs(node any) {
	switch x := node.(type) {
	case map[string]any:
		for key, value := range x {
			if strings.HasPrefix(key, "x-go-") || strings.HasPrefix(key, "x-oapi-codegen-") {
				delete(x, key)
				continue
			}
			withoutOurs(value)
		}
	case []any:
		for _, value := range x {
			withoutOurs(value)
		}
	}
}
