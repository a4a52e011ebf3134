package httpapi

import (
	"bytes"
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"holon/api"
	"holon/internal/fault"
	"holon/internal/study/tables"
)

// GetLiveness says that the process runs.
func (s *Server) GetLiveness(context.Context, GetLivenessRequestObject) (GetLivenessResponseObject, error) {
	return GetLiveness200JSONResponse{Status: HealthStatusOk}, nil
}

// GetReadiness says whether requests can be answered.
func (s *Server) GetReadiness(ctx context.Context, _ GetReadinessRequestObject) (GetReadinessResponseObject, error) {
	if s.draining.Load() {
		return nil, fault.New(fault.Unavailable, "stopping", "The service is stopping.")
	}
	if err := s.ready(ctx); err != nil {
		return nil, fault.Wrap(fault.Unavailable, "not_ready", "Not now. Try again in a moment.", err)
	}
	return GetReadiness200JSONResponse{Status: HealthStatusOk}, nil
}

// GetVersion names the service and the contract.
func (s *Server) GetVersion(context.Context, GetVersionRequestObject) (GetVersionResponseObject, error) {
	return GetVersion200JSONResponse{Version: s.version, Contract: s.contract.version}, nil
}

// GetContract answers the contract as it was written.
func (s *Server) GetContract(context.Context, GetContractRequestObject) (GetContractResponseObject, error) {
	return GetContract200ApplicationYamlResponse{Body: bytes.NewReader(api.OpenAPI), ContentLength: int64(len(api.OpenAPI))}, nil
}

// GetContractJSON answers the contract as JSON.
func (s *Server) GetContractJSON(context.Context, GetContractJSONRequestObject) (GetContractJSONResponseObject, error) {
	return s.contract.json, nil
}

// contractJSON is JSON that is written already.
type contractJSON []byte

// VisitGetContractJSONResponse writes it.
func (j contractJSON) VisitGetContractJSONResponse(w http.ResponseWriter) error {
	w.Header().Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(j)
	return err
}

// GetReleaseRecordSchema answers the schema of a released number.
func (s *Server) GetReleaseRecordSchema(context.Context, GetReleaseRecordSchemaRequestObject) (GetReleaseRecordSchemaResponseObject, error) {
	return schemaJSON(api.ReleaseRecordSchema), nil
}

// schemaJSON is a schema that is written already.
type schemaJSON []byte

// VisitGetReleaseRecordSchemaResponse writes it.
func (j schemaJSON) VisitGetReleaseRecordSchemaResponse(w http.ResponseWriter) error {
	w.Header().Set(echo.HeaderContentType, "application/schema+json")
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(j)
	return err
}

// GetReleaseCodes answers what the codes of released numbers mean.
func (s *Server) GetReleaseCodes(context.Context, GetReleaseCodesRequestObject) (GetReleaseCodesResponseObject, error) {
	return GetReleaseCodes200JSONResponse(releaseCodesWire(tables.ReleaseCodes())), nil
}

// releaseCodesWire writes the lists of codes.
func releaseCodesWire(x tables.Codes) ReleaseCodes {
	code := func(c tables.Code) ReleaseCode { return ReleaseCode{Code: c.Code, Words: c.Words} }
	return ReleaseCodes{
		Analyses: each(x.Analyses, code), Answers: each(x.Answers, code), Methods: each(x.Methods, code), Caveats: each(x.Caveats, code),
		Reasons: each(x.Reasons, code), ReasonParts: each(x.ReasonParts, code), ItemStates: each(x.ItemStates, code),
		Statistics: each(x.Statistics, func(c tables.Code) ReleaseStatistic {
			return ReleaseStatistic{Analysis: c.Analysis, Code: c.Code, Words: c.Words, Unit: c.Unit}
		}),
		Of: each(x.Ofs, func(c tables.Code) ReleaseCodeOf {
			return ReleaseCodeOf{Analysis: c.Analysis, Code: c.Code, Words: c.Words}
		}),
	}
}

// GetReference answers the contract as a page.
func (s *Server) GetReference(context.Context, GetReferenceRequestObject) (GetReferenceResponseObject, error) {
	return s.contract.reference, nil
}
