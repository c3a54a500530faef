package flowserver

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/oauthclient"
)

// The set-up page's two messages for a failed connection (facts: the vendor's set-up page).
const (
	messageDenied = "Authorization denied"  // the page advises to verify the access token
	messageFailed = "An error has occurred" // the page advises to verify the e-mail and the base URL
)

// The words of connection_status. They are assumed; the user interface's names are documented.
const (
	statusProcessing        = "processing"
	statusHealthy           = "healthy"
	statusFailedIntegration = "failed_integration"
	statusFailedRepo        = "failed_repo"
	statusFailedPullRequest = "failed_pull_request_project"
	statusFailedTicket      = "failed_ticket_project"
	statusRateLimited       = "rate_limited"
	statusPendingConsent    = "pending_authorization"
)

// A finding is one thing that a connection cannot do.
type finding struct {
	status string // the word of connection_status
	detail string // the set-up page's message
	kind   failure
}

func findingOf(err error, status string) finding {
	found := finding{status: status, detail: messageFailed, kind: failureOf(err)}
	switch found.kind {
	case failureDenied:
		found.detail = messageDenied
		if errors.Is(err, oauthclient.ErrRevoked) {
			found.detail = messageRevoked
		}
	case failureLimited:
		found.status = statusRateLimited
	}
	return found
}

// connect tries what the integration's services need, with its credential. Without findings, the connection works.
//
// Which calls the vendor's test makes is not public. This one checks what the set-up page requires: a valid token, its
// owner's exact e-mail, the right to view instance-level information, and the scopes. Code and Build are needed for
// repositories and pull requests, Work Items for tickets, and the others always.
func (s *Server) connect(ctx context.Context, i Integration) []finding {
	if _, ok := organizationOf(i.URL); !ok {
		return []finding{{statusFailedIntegration, messageFailed, failureMissing}}
	}
	if found := s.wrongOrganization(i); found != nil {
		return []finding{*found}
	}
	o := s.organization(i)
	found := o.identify(ctx, i)
	if found != nil && found.kind == failureDenied && i.byConsent() {
		// An access token is rejected before its end if the consent was revoked. Only refreshing it shows that.
		if err := s.oauth.Renew(ctx, i.ID); err != nil {
			return []finding{findingOf(err, statusFailedIntegration)}
		}
		found = o.identify(ctx, i)
	}
	if found != nil {
		return []finding{*found}
	}
	var findings []finding
	if i.Services.Repos || i.Services.PullRequests {
		if err := o.readsCode(ctx); err != nil {
			findings = append(findings, findingOf(err, failedCode(i.Services)))
		}
	}
	if i.Services.Tickets {
		if err := o.readsWork(ctx); err != nil {
			findings = append(findings, findingOf(err, statusFailedTicket))
		}
	}
	return findings
}

func failedCode(services Services) string {
	if services.Repos {
		return statusFailedRepo
	}
	return statusFailedPullRequest
}

// identify checks what all services need. It returns nil if nothing is wrong.
func (o *organization) identify(ctx context.Context, i Integration) *finding {
	fail := func(err error) *finding {
		found := findingOf(err, statusFailedIntegration)
		return &found
	}
	descriptor, err := o.signIn(ctx)
	if err != nil {
		return fail(err)
	}
	owner, err := o.email(ctx)
	if err != nil {
		return fail(err)
	}
	if owner != i.Username && !i.byConsent() { // nobody enters an e-mail for a connection by OAuth
		return &finding{statusFailedIntegration, messageFailed, failureDenied}
	}
	sees, err := o.seesInstance(ctx)
	if err != nil {
		return fail(err)
	}
	if !sees {
		return &finding{statusFailedIntegration, messageDenied, failureDenied}
	}
	if err := o.readsDirectory(ctx, descriptor); err != nil {
		return fail(err)
	}
	return nil
}

// connectionStatus reports what the stored credential can do now, not what it could do at the last look-up.
func (s *Server) connectionStatus(w http.ResponseWriter, r request) {
	i, ok := s.integrations.Get(r.id)
	if !ok {
		writeNotFound(w)
		return
	}
	status, detail := s.status(r.Context(), i)
	if shape := s.behavior().status; shape != nil {
		writeJSON(w, http.StatusOK, shape(i, status, detail))
		return
	}
	writeJSON(w, http.StatusOK, object{"status": status, "detail": detail, "checked_at": stamp(time.Now())})
}

func (s *Server) status(ctx context.Context, i Integration) (status, detail string) {
	if i.Manual {
		return statusHealthy, ""
	}
	if !s.mayConnect(i) && s.wrongOrganization(i) == nil {
		return statusPendingConsent, s.waitingFor(i)
	}
	if findings := s.connect(ctx, i); len(findings) > 0 {
		return findings[0].status, findings[0].detail
	}
	if i.FirstLookup.IsZero() {
		return statusProcessing, "Looking up projects and repositories."
	}
	return statusHealthy, ""
}
