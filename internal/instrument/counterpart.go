package instrument

import "strings"

// TherapistForms are the versions that may be the therapists' form of what members answer,
// the likeliest first: the form itself, which may be for both; the one whose identifier says
// so, -t or -therapist in place of -c or -client or behind it, of the same version; and
// those that are called otherwise. Whether there is one, and makes the same score on the
// same scale, is to be seen.
func TherapistForms(of Ref) []Ref {
	out := []Ref{of}
	bare := strings.TrimSuffix(strings.TrimSuffix(of.ID, "-client"), "-c")
	for _, end := range []string{"-t", "-therapist"} {
		out = append(out, Ref{ID: bare + end, Version: of.Version})
	}
	if of.ID == "wai-sr" {
		out = append(out, Ref{ID: "wai-srt", Version: "12"}) // that of 10 items has no known keys
	}
	return out
}
