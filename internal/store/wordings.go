package store

import (
	"context"
	"errors"
	"strings"

	"holon/internal/instrument"
)

// wordingsCollection holds wording that the practice holds a licence for, by
// version, language and number (`<id>@<version>@<language>@<number>`).
func wordingsCollection() Collection {
	return Collection{Name: "wordings"}
}

// Wordings keeps wording that the practice holds a licence for. A change is
// another record, and the last one stands.
type Wordings struct {
	engine Engine
}

// NewWordings returns the wordings of an engine.
func NewWordings(e Engine) *Wordings { return &Wordings{engine: e} }

// wordingSequence names the wordings of one version in one language.
func wordingSequence(ref instrument.Ref, language string) string {
	return ref.String() + "@" + strings.ToLower(language)
}

// Append keeps wording, durably. If there is one of this number, the answer is
// Stale.
func (a *Wordings) Append(ctx context.Context, x *instrument.LicensedWording) error {
	text, err := x.Encode()
	if err != nil {
		return err
	}
	id := numbered(wordingSequence(x.Ref, x.Language), x.Number)
	w := record(id, len(text)+512)
	w.whole("number", x.Number)
	w.text("by", x.By)
	w.instant("at", x.At)
	w.textIfAny("key", x.Key)
	w.textIfAny("request_sha", x.RequestSHA)
	w.text("wording", string(text))
	return appendRecord(ctx, a.engine, wordingsCollection(), id, w)
}

// Last reads the wording that stands, NotFound if there is none.
func (a *Wordings) Last(ctx context.Context, ref instrument.Ref, language string) (*instrument.LicensedWording, error) {
	var last *Document
	for d, err := range sequence(ctx, a.engine, wordingsCollection(), wordingSequence(ref, language)) {
		if err != nil {
			return nil, err
		}
		last = &d
	}
	if last == nil {
		return nil, DocumentNotFound()
	}
	return readWording(*last)
}

// readWording reads the document of a wording.
func readWording(d Document) (*instrument.LicensedWording, error) {
	var (
		x    instrument.LicensedWording // its number and who gave it
		text string
	)
	err := readRecord(wordingsCollection(), d, func(r *reading) bool {
		switch string(r.key) {
		case "number":
			x.Number = r.small()
		case "by":
			x.By = r.text()
		case "at":
			x.At = r.instant()
		case "key":
			x.Key = r.text()
		case "request_sha":
			x.RequestSHA = r.text()
		case "wording":
			text = r.text()
		default:
			return false
		}
		return true
	}, func() bool { return x.Number > 0 && x.By != "" && !x.At.IsZero() && text != "" })
	if err != nil {
		return nil, err
	}
	w, err := instrument.RestoreWording([]byte(text))
	if err == nil && d.ID != numbered(wordingSequence(w.Ref, w.Language), x.Number) {
		err = errors.New("the wording is of another version or language than its key's")
	}
	if err != nil {
		return nil, damaged(wordingsCollection().Name, d.ID, err)
	}
	w.Number, w.By, w.At, w.Key, w.RequestSHA = x.Number, x.By, x.At, x.Key, x.RequestSHA
	return w, nil
}
