package httpapi

import (
	"io"

	"holon/internal/session"
	"holon/internal/strictjson"
	"holon/internal/study"
)

// ReadStudy reads a study as the body of POST /v1/studies is read.
func ReadStudy(body io.Reader) (study.Input, error) {
	var in NewStudy
	if err := strictjson.Decode(body, maxBodyBytes, &in); err != nil {
		return study.Input{}, err
	}
	if err := checkShape(newShapes(), &in); err != nil {
		return study.Input{}, err
	}
	return studyInput(&in), nil
}

// ReadConsents reads what members said as the body of a study's consents is read.
func ReadConsents(body io.Reader) ([]study.ConsentInput, error) {
	var in NewConsents
	if err := strictjson.Decode(body, maxBodyBytes, &in); err != nil {
		return nil, err
	}
	if err := checkShape(newShapes(), &in); err != nil {
		return nil, err
	}
	return each(in.Consents, consentInput), nil
}

// consentInput reads what one member said.
func consentInput(x NewConsent) study.ConsentInput {
	return study.ConsentInput{Member: session.MemberID(x.MemberID), Given: orZero(x.Given), On: x.On, Form: orZero(x.Form)}
}
