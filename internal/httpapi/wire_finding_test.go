package httpapi

import (
	"testing"
	"time"

	"holon/internal/finding"
)

func TestNothingOfAFindingOrOfSettingsIsLostOnTheWire(t *testing.T) {
	t.Parallel()
	x := filled[finding.Finding](t)
	// Nobody is addressed, and nothing is due, by an event that raises nothing; and
	// a tombstone stands on nothing.
	full(t, findingWire(&x, time.Hour), "Finding.AddressedTo", "Finding.AcknowledgeBy", "Finding.Stands")
	settings := filled[finding.Settings](t)
	wire := settingsWire(&settings)
	full(t, wire)
	if got := riskTextDomain(wire.RiskTexts[0]); got != settings.RiskTexts[0] {
		t.Errorf("a text comes back as %+v", got)
	}
}
