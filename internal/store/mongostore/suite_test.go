package mongostore_test

import (
	"testing"

	"holon/internal/store"
	"holon/internal/store/enginetest"
	"holon/internal/store/mongostore/mongotest"
)

func TestEngine(t *testing.T) {
	t.Parallel()
	h := enginetest.Harness{
		Many: 700,
		Place: func(t *testing.T, collections []store.Collection) func(t *testing.T) store.Engine {
			t.Helper()
			database := mongotest.Database(t)
			return func(t *testing.T) store.Engine {
				t.Helper()
				return mongotest.Reopen(t, database, collections)
			}
		},
	}
	mongotest.URI(t)
	if !mongotest.IsReal() {
		h.Many = 150
		h.Lacks = []string{
			"array in array", "decimal128", "infinity", "javascript", "maxkey", "minkey", "negative zero", "not a number",
			enginetest.UniqueReplace,
		}
	}
	enginetest.Run(t, h)
}
