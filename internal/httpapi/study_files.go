package httpapi

import (
	"io"

	"holon/internal/session"
	"holon/internal/strictjson"
	"holon/internal/study"
)

// ReadStudy reads a study as the body of POST /v1/studies is read.
func ReadStudy(body io.Reader) (study.Input, error) {
	in, err := readBody[NewStudy](body)
	if err != nil {
		return study.Input{}, err
	}
	return studyInput(in), nil
}

// ReadConsents reads what members said as the body of a study's consents is read.
func ReadConsents(body io.Reader) ([]study.ConsentInput, error) {
	in, err := readBody[NewConsents](body)
	if err != nil {
		return nil, err
	}
	return each(in.Consents, consentInput), nil
}

// ReadProtocol reads a protocol as the body of a study's protocol is read.
func ReadProtocol(body io.Reader) (study.ProtocolInput, error) {
	in, err := readBody[NewProtocol](body)
	if err != nil {
		return study.ProtocolInput{}, err
	}
	return protocolDomain(in)
}

// ReadSelection reads a selection as the body of a study's selections is read.
func ReadSelection(body io.Reader) (study.Selection, error) {
	in, err := readBody[NewSelection](body)
	if err != nil {
		return study.Selection{}, err
	}
	return selectionDomain(in), nil
}

// ReadAgreement reads an agreement as the body of a study's agreements is read.
func ReadAgreement(body io.Reader) (study.AgreementInput, error) {
	in, err := readBody[NewAgreement](body)
	if err != nil {
		return study.AgreementInput{}, err
	}
	return agreementInput(in), nil
}

// readBody reads a file as a body of the API, and checks its shape.
func readBody[T any](body io.Reader) (*T, error) {
	var in T
	if err := strictjson.Decode(body, maxBodyBytes, &in); err != nil {
		return nil, err
	}
	return &in, checkShape(newShapes(), &in)
}

// consentInput reads what one member said.
func consentInput(x NewConsent) study.ConsentInput {
	return study.ConsentInput{Member: session.MemberID(x.MemberID), Given: orZero(x.Given), On: x.On, Form: orZero(x.Form)}
}

// agreementInput reads an agreement about rows.
func agreementInput(in *NewAgreement) study.AgreementInput {
	return study.AgreementInput{Code: in.Code, Purpose: study.Purpose(in.Purpose), Persons: in.Persons, EndsOn: in.EndsOn}
}
