// Command contract prints the contract as it is served to clients.
package main

import (
	"fmt"
	"os"

	"holon/internal/httpapi"
)

func main() {
	text, err := httpapi.ClientContract()
	if err == nil {
		_, err = os.Stdout.Write(text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
