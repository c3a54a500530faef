// Package flowerror turns the failures of Flow's client into diagnostics: what failed, in the client's words, and what to do.
package flowerror

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// Diagnostic describes a failed call. The place in Flow's user interface is where a person can do by hand what the
// workspace does not accept by API.
func Diagnostic(summary string, err error, placeInUI string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(summary, wording.Sentence(err.Error())+"\n\n"+Advice(err, placeInUI))
}

// Advice returns the next step after a failure, see Diagnostic.
func Advice(err error, placeInUI string) string {
	if refused, ok := errors.AsType[*flow.WriteRefusedError](err); ok {
		return writeRefusedAdvice(refused.Status, placeInUI)
	}
	switch {
	case errors.Is(err, flow.ErrFilterIgnored):
		return fmt.Sprintf("Import what is missing in Flow under %s, and report this with the data source flow_api_report: "+
			"in this workspace the provider cannot tell what belongs to which integration, and leaves everything as it is.", placeInUI)
	case errors.Is(err, flow.ErrIncompleteList):
		return "Try again. If it happens again, report it with the data source flow_api_report: Flow does not hand out its whole list, and nothing is decided from a part of it."
	}
	if failed, ok := errors.AsType[*httpclient.Error](err); ok {
		return requestAdvice(failed)
	}
	return "Run Terraform again with TF_LOG=DEBUG, and report this with the log if it happens again."
}

func writeRefusedAdvice(status int, placeInUI string) string {
	cause := "The workspace does not offer this call, or the object is gone."
	if status == http.StatusForbidden {
		cause = `The API key's user lacks the right: the Flow permission "View and manage" integrations, and "View, manage and delete" to delete.`
	}
	return fmt.Sprintf("This workspace does not accept this write by API with this key. %s Reads and drift detection still work.\n\n"+
		"Give the API key's user the right, or do it by hand in Flow under %s: the next plan sees it.",
		cause, placeInUI)
}

func requestAdvice(failed *httpclient.Error) string {
	switch failed.Kind {
	case httpclient.KindUnreachable, httpclient.KindForeign:
		return networkAdvice(failed)
	case httpclient.KindTimeout:
		return "Try again, or raise the provider's request_timeout or the resource's timeouts: Flow can be slow."
	case httpclient.KindCanceled:
		return "Run Terraform again to continue. It was interrupted; what was done is in the state."
	case httpclient.KindRedirect, httpclient.KindNotJSON:
		return "Check the provider's workspace or base_url, and whether a proxy or sign-in page is in between: Flow's API does not answer like this."
	case httpclient.KindEmpty, httpclient.KindTruncated, httpclient.KindMalformed:
		return "Try again. If it happens again, check whether a proxy changes the answers, and report it with the log of TF_LOG=DEBUG."
	}
	switch failed.Status {
	case http.StatusUnauthorized:
		return "Check the provider's api_key (or FLOW_API_KEY), and that it belongs to this workspace: Flow does not accept it. " +
			"Each user has one active key, so a newer key revokes the older one."
	case http.StatusForbidden:
		return "Give the API key's user a role with the Flow permission to view integrations."
	case http.StatusNotFound:
		return "Check the provider's workspace or base_url: this address has no such object. A missing permission can look the same."
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return "Try again later, with a smaller max_concurrent_requests or -parallelism: Flow is rate limiting requests."
	}
	if failed.Status >= http.StatusInternalServerError {
		return "Try again later. If it happens again, give Flow's support the request id: the fault is on Flow's side."
	}
	return "Correct what Flow's message names, and run Terraform again."
}

// networkAdvice is for what did not reach Flow, as far as that shows.
func networkAdvice(failed *httpclient.Error) string {
	if !failed.MayBeWrongAddress() {
		return failed.Advice()
	}
	return "Check the provider's workspace or base_url, spelling included. " + failed.Advice()
}
