package providerdata_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

func TestEachFailureComesWithItsNextStep(t *testing.T) {
	const (
		unreachable = "Check the provider's workspace or base_url, and the network, proxy and DNS of the machine that runs Terraform."
		otherServer = "This is not how Flow's API answers: check the provider's workspace or base_url, and whether a proxy or sign-in page is in between."
		broken      = "Try again. If it stays, check whether a proxy changes the answers, and report it with the log of TF_LOG=DEBUG."
		patience    = "Flow asks for patience: try again later, with a smaller max_concurrent_requests or terraform's -parallelism."
		fault       = "The fault is on Flow's side: try again later, and give Flow's support the request id if there is one."
		unknown     = "This answer is not one that the provider knows. Please report it, with the log of TF_LOG=DEBUG."
	)
	kind := func(kind httpclient.Kind) error { return &httpclient.Error{Kind: kind} }
	status := func(status int) error { return &httpclient.Error{Kind: httpclient.KindStatus, Status: status} }
	refused := func(cause string) string {
		return "This workspace does not accept this write by API with this key. " + cause + " Reading and the detection of drift still work. " +
			"Give the API key's user the right, or do it by hand in Flow under Settings > Integrations; the next plan then sees it, and what was created there has to be imported."
	}
	const noCall = "This workspace does not offer the call, or the object is gone."
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"unreachable": {kind(httpclient.KindUnreachable), unreachable},
		"timeout": {
			kind(httpclient.KindTimeout),
			"Flow can be slow: try again, or raise the provider's request_timeout or the resource's timeouts.",
		},
		"canceled":  {kind(httpclient.KindCanceled), "Terraform was interrupted. What was done is in the state; run it again to go on."},
		"redirect":  {kind(httpclient.KindRedirect), otherServer},
		"not JSON":  {kind(httpclient.KindNotJSON), otherServer},
		"empty":     {kind(httpclient.KindEmpty), broken},
		"truncated": {kind(httpclient.KindTruncated), broken},
		"malformed": {kind(httpclient.KindMalformed), broken},
		"400":       {status(400), "Correct what Flow's sentence names, and run Terraform again."},
		"401": {
			status(401), "Flow does not accept the API key. Check the provider's api_key (or FLOW_API_KEY) and that it belongs to this workspace; " +
				"a user has one active key, so a newer one ends the older.",
		},
		"403": {status(403), "The API key's user may not see this. Give the user a role with the Flow permission to view integrations."},
		"404": {status(404), "Check the provider's workspace or base_url: this address has no such object. A missing permission can look the same."},
		"422": {status(422), "Correct what Flow's sentence names, and run Terraform again."},
		"429": {status(429), patience},
		"500": {status(500), fault},
		"502": {status(502), fault},
		"503": {status(503), patience},
		"504": {status(504), fault},
		"write, 403": {
			&flow.WriteRefusedError{Status: 403, Err: status(403)},
			refused(`The API key's user lacks the right: it takes the Flow permission "View and manage" integrations, and "View, manage and delete" to delete.`),
		},
		"write, 404": {&flow.WriteRefusedError{Status: 404, Err: status(404)}, refused(noCall)},
		"write, 405": {&flow.WriteRefusedError{Status: 405, Err: status(405)}, refused(noCall)},
		"lost answer": {
			&flow.LostAnswerError{Name: "Main", Err: status(504)},
			"Run terraform plan again: an integration that came to be after all is reported there, with the import block that adopts it.",
		},
		"connection refused": {&flow.ConnectionRefusedError{Err: status(400)}, "Correct what Flow's sentence names, and run Terraform again."},
		"another error":      {errors.New("what is this"), unknown},
	} {
		t.Run(name, func(t *testing.T) {
			for _, err := range []error{test.err, fmt.Errorf("wrapped: %w", test.err)} {
				got := providerdata.FlowError("Could not do it", err, "Settings > Integrations")
				if got.Severity() != diag.SeverityError || got.Summary() != "Could not do it" {
					t.Errorf("diagnostic %v", got)
				}
				if diff := cmp.Diff(providerdata.Sentence(err)+"\n\n"+test.want, got.Detail()); diff != "" {
					t.Errorf("detail (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestAnErrorIsShownAsASentence(t *testing.T) {
	for text, want := range map[string]string{
		"could not read integration 12":           "Could not read integration 12.",
		"Flow may have done it: Not found.":       "Flow may have done it: Not found.",
		"could not read it: No. [request id r-7]": "Could not read it: No. [request id r-7].",
		"x":               "X.",
		"12 integrations": "12 integrations.",
	} {
		if got := providerdata.Sentence(errors.New(text)); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}
