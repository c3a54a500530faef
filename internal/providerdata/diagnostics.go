package providerdata

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// FlowError turns the failure of a call of Flow into a diagnostic: what failed, as the client tells it, and what to do.
// The place in Flow's user interface where a person can do the same by hand goes into the advice on refused writes.
func FlowError(summary string, err error, placeInUI string) diag.Diagnostic {
	return diag.NewErrorDiagnostic(summary, Sentence(err)+"\n\n"+Advice(err, placeInUI))
}

// Sentence writes an error's text as a sentence of its own.
func Sentence(err error) string {
	text := strings.TrimSuffix(err.Error(), ".")
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// Advice is the next step after a failure, see FlowError.
func Advice(err error, placeInUI string) string {
	var (
		refused *flow.WriteRefusedError
		lost    *flow.LostAnswerError
		failed  *httpclient.Error
	)
	switch {
	case errors.As(err, &refused):
		return writeRefusedAdvice(refused.Status, placeInUI)
	case errors.As(err, &lost):
		return "Run terraform plan again: an integration that came to be after all is reported there, with the import block that adopts it."
	case errors.As(err, &failed):
		return requestAdvice(failed)
	}
	return "This answer is not one that the provider knows. Please report it, with the log of TF_LOG=DEBUG."
}

func writeRefusedAdvice(status int, placeInUI string) string {
	cause := "This workspace does not offer the call, or the object is gone."
	if status == http.StatusForbidden {
		cause = `The API key's user lacks the right: it takes the Flow permission "View and manage" integrations, and "View, manage and delete" to delete.`
	}
	return fmt.Sprintf("This workspace does not accept this write by API with this key. %s "+
		"Reading and the detection of drift still work. Give the API key's user the right, or do it by hand in Flow under %s; "+
		"the next plan then sees it, and what was created there has to be imported.", cause, placeInUI)
}

func requestAdvice(failed *httpclient.Error) string {
	switch failed.Kind {
	case httpclient.KindUnreachable:
		return "Check the provider's workspace or base_url, and the network, proxy and DNS of the machine that runs Terraform."
	case httpclient.KindTimeout:
		return "Flow can be slow: try again, or raise the provider's request_timeout or the resource's timeouts."
	case httpclient.KindCanceled:
		return "Terraform was interrupted. What was done is in the state; run it again to go on."
	case httpclient.KindRedirect, httpclient.KindNotJSON:
		return "This is not how Flow's API answers: check the provider's workspace or base_url, and whether a proxy or sign-in page is in between."
	case httpclient.KindEmpty, httpclient.KindTruncated, httpclient.KindMalformed:
		return "Try again. If it stays, check whether a proxy changes the answers, and report it with the log of TF_LOG=DEBUG."
	}
	switch failed.Status {
	case http.StatusUnauthorized:
		return "Flow does not accept the API key. Check the provider's api_key (or FLOW_API_KEY) and that it belongs to this workspace; " +
			"a user has one active key, so a newer one ends the older."
	case http.StatusForbidden:
		return "The API key's user may not see this. Give the user a role with the Flow permission to view integrations."
	case http.StatusNotFound:
		return "Check the provider's workspace or base_url: this address has no such object. A missing permission can look the same."
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return "Flow asks for patience: try again later, with a smaller max_concurrent_requests or terraform's -parallelism."
	}
	if failed.Status >= http.StatusInternalServerError {
		return "The fault is on Flow's side: try again later, and give Flow's support the request id if there is one."
	}
	return "Correct what Flow's sentence names, and run Terraform again."
}
