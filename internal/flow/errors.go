package flow

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// ConnectionRefusedError is Flow's refusal to connect to Azure DevOps.
type ConnectionRefusedError struct {
	// Denied is set if the token was refused; otherwise the e-mail or the base URL is wrong. Flow's sentence differs.
	Denied bool
	Err    error
}

func (e *ConnectionRefusedError) Error() string { return e.Err.Error() }

// Unwrap returns the error of the request.
func (e *ConnectionRefusedError) Unwrap() error { return e.Err }

// ConnectionDemandedError is Flow's refusal of a change without the whole connection. The vendor warns that changing the
// connection may remove the integration's data, so it is not added to a change by itself.
type ConnectionDemandedError struct{ Err error }

func (e *ConnectionDemandedError) Error() string { return e.Err.Error() }

// Unwrap returns the error of the request.
func (e *ConnectionDemandedError) Unwrap() error { return e.Err }

// VendorRefusedError is a creation that Flow refuses for its vendor, whatever slug is sent.
type VendorRefusedError struct {
	Tried []string
	Err   error
}

func (e *VendorRefusedError) Error() string { return e.Err.Error() }

// Unwrap returns the error of the request.
func (e *VendorRefusedError) Unwrap() error { return e.Err }

// OAuthRefusedError is a refusal to create an integration by OAuth: this workspace wants a person's consent first.
type OAuthRefusedError struct{ Err error }

func (e *OAuthRefusedError) Error() string { return e.Err.Error() }

// Unwrap returns the error of the request.
func (e *OAuthRefusedError) Unwrap() error { return e.Err }

// WriteRefusedError is a write that this workspace does not accept over the API, or not with this key.
type WriteRefusedError struct {
	// Status is 403, 404 or 405.
	Status int
	Err    error
}

func (e *WriteRefusedError) Error() string { return e.Err.Error() }

// Unwrap returns the error of the request.
func (e *WriteRefusedError) Unwrap() error { return e.Err }

// LostAnswerError is a create request with an unknown outcome.
type LostAnswerError struct {
	Name string
	Err  error
}

func (e *LostAnswerError) Error() string {
	return fmt.Sprintf("Flow may or may not have created integration %q: %v", e.Name, e.Err)
}

// Unwrap returns the error of the request.
func (e *LostAnswerError) Unwrap() error { return e.Err }

// NotFoundError reports that Flow has no such object. The 404 of a list is another error: it means that the address is wrong.
type NotFoundError struct{ Err error }

func (e *NotFoundError) Error() string { return e.Err.Error() }

// Unwrap returns the error of the request.
func (e *NotFoundError) Unwrap() error { return e.Err }

// IsNotFound reports whether Flow says that it has no such object.
func IsNotFound(err error) bool {
	var missing *NotFoundError
	return errors.As(err, &missing)
}

// refusal returns the refusal that the failure of a write means, if it is one.
func refusal(err error) error {
	var failed *httpclient.Error
	if !errors.As(err, &failed) || failed.Kind != httpclient.KindStatus {
		return err
	}
	switch failed.Status {
	case http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed:
		return &WriteRefusedError{Status: failed.Status, Err: err}
	case http.StatusBadRequest:
		if strings.Contains(failed.Message, sentenceAuthorizationDenied) {
			return &ConnectionRefusedError{Denied: true, Err: err}
		}
		if strings.Contains(failed.Message, sentenceErrorOccurred) {
			return &ConnectionRefusedError{Err: err}
		}
	}
	return err
}

// RefusedFields returns the names of the fields that a refusal is about, in Flow's words.
func RefusedFields(err error) []string {
	var failed *httpclient.Error
	if !errors.As(err, &failed) || failed.Status != http.StatusBadRequest {
		return nil
	}
	return failed.Fields
}

// acknowledged reports whether a write was answered with success and no body.
func acknowledged(err error) bool {
	var failed *httpclient.Error
	return errors.As(err, &failed) && failed.Kind == httpclient.KindEmpty
}
