package flow

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// ConnectionRefusedError is Flow's refusal to connect to Azure DevOps with what it was given.
type ConnectionRefusedError struct {
	// Denied tells a refused token from a wrong e-mail or base URL, which the set-up page tells apart by its sentences.
	Denied bool
	Err    error
}

func (e *ConnectionRefusedError) Error() string { return e.Err.Error() }

// Unwrap gives the answer behind the refusal.
func (e *ConnectionRefusedError) Unwrap() error { return e.Err }

// WriteRefusedError is a write that this workspace does not accept over the API, or not with this key.
type WriteRefusedError struct {
	// Status is 403, 404 or 405.
	Status int
	Err    error
}

func (e *WriteRefusedError) Error() string { return e.Err.Error() }

// Unwrap gives the answer behind the refusal.
func (e *WriteRefusedError) Unwrap() error { return e.Err }

// LostAnswerError is a creation of which nobody knows whether it took effect.
type LostAnswerError struct {
	Name string
	Err  error
}

func (e *LostAnswerError) Error() string {
	return fmt.Sprintf("Flow may or may not have created integration %q: %v", e.Name, e.Err)
}

// Unwrap gives the failure of the creation.
func (e *LostAnswerError) Unwrap() error { return e.Err }

// NotFoundError is Flow's word that it has no such object. The 404 of a list is none: it says that the address is wrong.
type NotFoundError struct{ Err error }

func (e *NotFoundError) Error() string { return e.Err.Error() }

// Unwrap gives the answer behind it.
func (e *NotFoundError) Unwrap() error { return e.Err }

// IsNotFound tells an object that Flow says it does not have.
func IsNotFound(err error) bool {
	var missing *NotFoundError
	return errors.As(err, &missing)
}

// refusal turns the failure of a write into the refusal that it stands for, if it does.
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

// acknowledged tells a write that was answered with success and no body.
func acknowledged(err error) bool {
	var failed *httpclient.Error
	return errors.As(err, &failed) && failed.Kind == httpclient.KindEmpty
}
