package httpapi

import (
	"testing"

	"holon/internal/finding"
)

func TestNothingOfAFindingOrOfSettingsIsLostOnTheWire(t *testing.T) {
	t.Parallel()
	x := filled[finding.Finding](t)
	s := &Server{}
	// Nobody is addressed, and nothing is due, by an event that raises nothing.
	full(t, s.findingWire(t.Context(), &x), "Finding.AddressedTo", "Finding.AcknowledgeBy")
	settings := filled[finding.Settings](t)
	wire := settingsWire(&settings)
	full(t, wire)
	if got := riskTextDomain(wire.RiskTexts[0]); got != settings.RiskTexts[0] {
		t.Errorf("a text comes back as %+v", got)
	}
}
