package grouplevel_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"testing"

	"gonum.org/v1/gonum/floats/scalar"

	"holon/internal/multilevel"
	"holon/internal/multilevel/grouplevel"
)
