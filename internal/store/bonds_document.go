package store

import "holon/internal/session"

// writeBonds writes a group's setting of bonds; a group whose bonds nobody ever
// switched has no such field.
func writeBonds(w *writing, b *session.BondSetting) {
	if b == nil {
		return
	}
	w.document("bonds")
	w.truth("on", b.On)
	w.whole("every", b.Every)
	textOf(w, "since", b.Since)
	w.end()
}

// readBonds reads a group's setting of bonds.
func (d *decoder) readBonds(r *reading) (*session.BondSetting, error) {
	b := &session.BondSetting{}
	for r.next() {
		switch string(r.key) {
		case "on":
			b.On = r.truth()
		case "every":
			b.Every = r.small()
		case "since":
			b.Since = pointerTo[session.Date](d.word(r))
		default:
			r.unknown()
		}
	}
	return b, r.err
}
