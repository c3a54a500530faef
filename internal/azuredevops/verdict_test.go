package azuredevops_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

func TestConnectionDataIsJudged(t *testing.T) {
	const (
		jsonType = "application/json; charset=utf-8"
		htmlType = "text/html; charset=utf-8"
		signIn   = "<!DOCTYPE html><html><head><title>Azure DevOps Services | Sign In</title></head></html>"
	)
	user := func(id, descriptor string) string {
		return `{"authenticatedUser":{"id":"` + id + `","descriptor":"` + descriptor + `"}}`
	}
	tests := map[string]struct {
		status      int
		contentType string
		header      map[string]string
		body        string
		// unmarked answers lack Azure DevOps' own headers.
		unmarked bool
		want     azuredevops.Verdict
		message  string
	}{
		"a user":              {status: 200, contentType: jsonType, body: user("d6", "Microsoft.IdentityModel.Claims.ClaimsIdentity;x"), want: azuredevops.VerdictAccepted},
		"a user behind a BOM": {status: 200, contentType: jsonType, body: "\xef\xbb\xbf" + user("d6", "Microsoft.IdentityModel.Claims.ClaimsIdentity;x"), want: azuredevops.VerdictAccepted},
		"a service principal": {status: 200, contentType: jsonType, body: user("d6", "Microsoft.VisualStudio.Services.Claims.AadServicePrincipal;x"), want: azuredevops.VerdictAccepted},
		"a user through a proxy that marks its answers": {status: 203, contentType: jsonType, body: user("d6", "x"), want: azuredevops.VerdictAccepted},
		"anonymous by id":         {status: 200, contentType: jsonType, body: user("aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", ""), want: azuredevops.VerdictAnonymous},
		"anonymous by descriptor": {status: 200, contentType: jsonType, body: user("b", "System:PublicAccess;aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"), want: azuredevops.VerdictAnonymous},
		"nobody":                  {status: 200, contentType: jsonType, body: `{}`, want: azuredevops.VerdictUndecided},
		"a null user":             {status: 200, contentType: jsonType, body: `{"authenticatedUser":null}`, want: azuredevops.VerdictUndecided},
		"sign-in page as 200":     {status: 200, contentType: htmlType, body: signIn, want: azuredevops.VerdictSignIn},
		"sign-in page as 203":     {status: 203, contentType: htmlType, body: signIn, want: azuredevops.VerdictSignIn},
		"redirect":                {status: 302, contentType: htmlType, header: map[string]string{"Location": "https://spsprodneu1.vssps.visualstudio.com/_signin"}, body: signIn, want: azuredevops.VerdictSignIn},
		"empty 401":               {status: 401, want: azuredevops.VerdictRejected},
		"unknown user": {
			status: 401, contentType: jsonType, body: `{"$id":"1","message":"TF400813: The user is not authorized to access this resource."}`,
			want: azuredevops.VerdictRejected, message: "TF400813: The user is not authorized to access this resource.",
		},
		"expired, in plain text": {
			status: 401, contentType: "text/plain; charset=utf-8", body: "Access Denied: The Personal Access Token used has expired.",
			want: azuredevops.VerdictExpired, message: "Access Denied: The Personal Access Token used has expired.",
		},
		"expired, in the header alone": {
			status: 401, header: map[string]string{"X-TFS-ServiceError": "Access%20Denied%3A%20The%20Personal%20Access%20Token%20used%20has%20expired."},
			want: azuredevops.VerdictExpired, message: "Access Denied: The Personal Access Token used has expired.",
		},
		"expired, in the header beside another sentence": {
			status: 401, contentType: jsonType, body: `{"message":"TF400813"}`, header: map[string]string{"X-TFS-ServiceError": "has%20expired"},
			want: azuredevops.VerdictExpired, message: "TF400813",
		},
		"conditional access": {
			status: 403, contentType: jsonType, body: "\xef\xbb\xbf" + `{"message":"VS403463: The conditional access policy has failed."}`,
			want: azuredevops.VerdictRefused, message: "VS403463: The conditional access policy has failed.",
		},
		"another refusal, in the older form": {
			status: 403, contentType: jsonType, body: `{"count":1,"value":{"Message":"The address is not allowed."}}`,
			want: azuredevops.VerdictRefused, message: "The address is not allowed.",
		},
		"a refusal as a page":                    {status: 403, contentType: htmlType, body: "<html>", want: azuredevops.VerdictRefused},
		"a sign-in page as 203, without headers": {status: 203, contentType: htmlType, body: signIn, unmarked: true, want: azuredevops.VerdictSignIn},
		"a redirect to Visual Studio":            {status: 302, header: map[string]string{"Location": "https://app.vssps.visualstudio.com/_signin"}, unmarked: true, want: azuredevops.VerdictSignIn},
		"a redirect to Entra":                    {status: 302, header: map[string]string{"Location": "https://login.microsoftonline.com/common"}, unmarked: true, want: azuredevops.VerdictSignIn},
		"a redirect to a Microsoft account":      {status: 302, header: map[string]string{"Location": "https://login.live.com/login.srf"}, unmarked: true, want: azuredevops.VerdictSignIn},
		"a redirect to a look-alike":             {status: 302, header: map[string]string{"Location": "https://notvisualstudio.com/"}, unmarked: true, want: azuredevops.VerdictUndecided},
		"a redirect to a gateway":                {status: 307, header: map[string]string{"Location": "https://gateway.corp-proxy.example/block"}, unmarked: true, want: azuredevops.VerdictUndecided},
		"a redirect to nowhere":                  {status: 302, unmarked: true, want: azuredevops.VerdictUndecided},
		"a proxy's page, 200":                    {status: 200, contentType: htmlType, body: "<html>", unmarked: true, want: azuredevops.VerdictUndecided},
		"a proxy's text, 200":                    {status: 200, contentType: "text/plain", body: "blocked", unmarked: true, want: azuredevops.VerdictUndecided},
		"a proxy's page, 401":                    {status: 401, contentType: htmlType, body: "<html>", unmarked: true, want: azuredevops.VerdictUndecided},
		"a proxy's page, 403":                    {status: 403, contentType: htmlType, body: "<html>", unmarked: true, want: azuredevops.VerdictUndecided},
		"a gateway's JSON, 403":                  {status: 403, contentType: jsonType, body: `{"message":"Forbidden"}`, unmarked: true, want: azuredevops.VerdictUndecided},
		"a proxy's page, 404":                    {status: 404, contentType: htmlType, body: "<html>", unmarked: true, want: azuredevops.VerdictUndecided},
		"a proxy that wants a password, 407":     {status: 407, want: azuredevops.VerdictUndecided},
		"a captive portal, 511":                  {status: 511, want: azuredevops.VerdictUndecided},
		"a throttled 401":                        {status: 401, header: map[string]string{"Retry-After": "3600"}, want: azuredevops.VerdictUndecided},
		"a throttled 401, by its limits":         {status: 401, header: map[string]string{"X-RateLimit-Remaining": "0", "Retry-After": "3600"}, want: azuredevops.VerdictUndecided},
		"no organization":                        {status: 404, contentType: "text/plain", body: "The resource cannot be found.", want: azuredevops.VerdictNoOrganization, message: "The resource cannot be found."},
		"no organization, as a page":             {status: 404, contentType: htmlType, body: "<html>Page not found.</html>", want: azuredevops.VerdictNoOrganization},
		"a wrong request":                        {status: 400, contentType: jsonType, body: `{"message":"VssVersionOutOfRangeException"}`, want: azuredevops.VerdictUndecided, message: "VssVersionOutOfRangeException"},
		"throttled beyond patience":              {status: 429, header: map[string]string{"Retry-After": "3600"}, want: azuredevops.VerdictUndecided},
		"maintenance":                            {status: 503, header: map[string]string{"Retry-After": "3600"}, contentType: htmlType, body: "<html>", want: azuredevops.VerdictUndecided},
		"empty 200":                              {status: 200, contentType: jsonType, want: azuredevops.VerdictUndecided},
		"truncated":                              {status: 200, contentType: jsonType, body: `{"authenticatedUser":{"id":"d6"`, want: azuredevops.VerdictUndecided},
		"another shape":                          {status: 200, contentType: jsonType, body: `{"authenticatedUser":7}`, want: azuredevops.VerdictUndecided},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			client := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				// An explicit nil keeps net/http from guessing.
				w.Header()["Content-Type"] = nil
				if test.contentType != "" {
					w.Header().Set("Content-Type", test.contentType)
				}
				if !test.unmarked {
					w.Header().Set("ActivityId", "5a1e")
				}
				for name, value := range test.header {
					w.Header().Set(name, value)
				}
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			})
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			connection, err := client.ConnectionData(ctx)
			if got := azuredevops.JudgeCredential(connection, err); got != test.want {
				t.Errorf("verdict %d, want %d; error: %v", got, test.want, err)
			}
			if failed, ok := errors.AsType[*httpclient.Error](err); ok {
				if failed.Message != test.message {
					t.Errorf("message %q, want %q", failed.Message, test.message)
				}
				if (failed.RequestID == "5a1e") == test.unmarked {
					t.Errorf("request id %q, want the activity id", failed.RequestID)
				}
			}
		})
	}
}

func TestNoAnswerDecidesNothing(t *testing.T) {
	for name, err := range map[string]error{
		"unreachable":   &httpclient.Error{Kind: httpclient.KindUnreachable},
		"timeout":       &httpclient.Error{Kind: httpclient.KindTimeout},
		"another error": errors.New("something else"),
	} {
		if got := azuredevops.JudgeCredential(azuredevops.ConnectionData{}, err); got != azuredevops.VerdictUndecided {
			t.Errorf("%s: verdict %d, want undecided", name, got)
		}
	}
}

func TestDenialsAreToldApart(t *testing.T) {
	status := func(status int, contentType, message string) error {
		return &httpclient.Error{Kind: httpclient.KindStatus, Status: status, Header: http.Header{"Content-Type": {contentType}}, Message: message}
	}
	const jsonType = "application/json; charset=utf-8"
	tests := map[string]struct {
		err  error
		want azuredevops.Denial
	}{
		"no error":                  {nil, azuredevops.DenialNone},
		"401":                       {status(401, "", ""), azuredevops.DenialScope},
		"404 about an object":       {status(404, jsonType, "VS403283"), azuredevops.DenialPermission},
		"404 about a route":         {status(404, "text/html", ""), azuredevops.DenialNone},
		"403 by access control":     {status(403, jsonType, "Access Denied: reader needs the following permission(s) on the resource $: View"), azuredevops.DenialPermission},
		"403 by access control, TF": {status(403, jsonType, "TF50309: The following account does not have sufficient permissions"), azuredevops.DenialPermission},
		"403 by policy":             {status(403, jsonType, "VS403463: The conditional access policy has failed."), azuredevops.DenialPolicy},
		"403 by a proxy":            {&httpclient.Error{Kind: httpclient.KindForeign, Status: 403}, azuredevops.DenialNone},
		"404 by a proxy":            {&httpclient.Error{Kind: httpclient.KindForeign, Status: 404}, azuredevops.DenialNone},
		"503":                       {status(503, jsonType, ""), azuredevops.DenialNone},
		"timeout":                   {&httpclient.Error{Kind: httpclient.KindTimeout}, azuredevops.DenialNone},
	}
	for name, test := range tests {
		if got := azuredevops.Denied(test.err); got != test.want {
			t.Errorf("%s: denial %d, want %d", name, got, test.want)
		}
	}
}
