package flowerror_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

func TestEachFailureComesWithItsNextStep(t *testing.T) {
	const (
		spelling    = "Check the provider's workspace or base_url, spelling included. "
		unreachable = spelling + "Check the network and DNS of the machine that runs Terraform, and set HTTPS_PROXY if it needs a proxy."
		otherServer = "Check the provider's workspace or base_url, and whether a proxy or sign-in page is in between: Flow's API does not answer like this."
		broken      = "Try again. If it happens again, check whether a proxy changes the answers, and report it with the log of TF_LOG=DEBUG."
		patience    = "Try again later, with a smaller max_concurrent_requests or -parallelism: Flow is rate limiting requests."
		fault       = "Try again later. If it happens again, give Flow's support the request id: the fault is on Flow's side."
		unknown     = "Run Terraform again with TF_LOG=DEBUG, and report this with the log if it happens again."
	)
	kind := func(kind httpclient.Kind) error { return &httpclient.Error{Kind: kind} }
	status := func(status int) error { return &httpclient.Error{Kind: httpclient.KindStatus, Status: status} }
	refused := func(cause string) string {
		return "This workspace does not accept this write by API with this key. " + cause + " Reads and drift detection still work.\n\n" +
			"Give the API key's user the right, or do it by hand in Flow under Settings > Integrations: the next plan sees it."
	}
	const noCall = "The workspace does not offer this call, or the object is gone."
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"unreachable": {kind(httpclient.KindUnreachable), unreachable},
		"timeout": {
			kind(httpclient.KindTimeout),
			"Try again, or raise the provider's request_timeout or the resource's timeouts: Flow can be slow.",
		},
		"not from Flow": {
			&httpclient.Error{Kind: httpclient.KindForeign, Status: 404, URL: "https://acme.appfireflow.com/v3/"},
			spelling + "Set HTTPS_PROXY if acme.appfireflow.com is reached through a proxy, or ask whoever runs the network to allow it, if something on the way answered in its place.",
		},
		"canceled":  {kind(httpclient.KindCanceled), "Run Terraform again to continue. It was interrupted; what was done is in the state."},
		"redirect":  {kind(httpclient.KindRedirect), otherServer},
		"not JSON":  {kind(httpclient.KindNotJSON), otherServer},
		"empty":     {kind(httpclient.KindEmpty), broken},
		"truncated": {kind(httpclient.KindTruncated), broken},
		"malformed": {kind(httpclient.KindMalformed), broken},
		"400":       {status(400), "Correct what Flow's message names, and run Terraform again."},
		"401": {
			status(401), "Check the provider's api_key (or FLOW_API_KEY), and that it belongs to this workspace: Flow does not accept it. " +
				"Each user has one active key, so a newer key revokes the older one.",
		},
		"403": {status(403), "Give the API key's user a role with the Flow permission to view integrations."},
		"404": {status(404), "Check the provider's workspace or base_url: this address has no such object. A missing permission can look the same."},
		"422": {status(422), "Correct what Flow's message names, and run Terraform again."},
		"429": {status(429), patience},
		"500": {status(500), fault},
		"502": {status(502), fault},
		"503": {status(503), patience},
		"504": {status(504), fault},
		"write, 403": {
			&flow.WriteRefusedError{Status: 403, Err: status(403)},
			refused(`The API key's user lacks the right: the Flow permission "View and manage" integrations, and "View, manage and delete" to delete.`),
		},
		"write, 404":         {&flow.WriteRefusedError{Status: 404, Err: status(404)}, refused(noCall)},
		"write, 405":         {&flow.WriteRefusedError{Status: 405, Err: status(405)}, refused(noCall)},
		"connection refused": {&flow.ConnectionRefusedError{Err: status(400)}, "Correct what Flow's message names, and run Terraform again."},
		"another error":      {errors.New("what is this"), unknown},
	} {
		t.Run(name, func(t *testing.T) {
			for _, err := range []error{test.err, fmt.Errorf("wrapped: %w", test.err)} {
				got := flowerror.Diagnostic("Could not do it", err, "Settings > Integrations")
				if got.Severity() != diag.SeverityError || got.Summary() != "Could not do it" {
					t.Errorf("diagnostic %v", got)
				}
				if diff := cmp.Diff(wording.Sentence(err.Error())+"\n\n"+test.want, got.Detail()); diff != "" {
					t.Errorf("detail (-want +got):\n%s", diff)
				}
			}
		})
	}
}
