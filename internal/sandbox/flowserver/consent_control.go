package flowserver

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/control"
)

// controlConsent adds the calls for what a person does with an OAuth connection in a browser.
func (s *Server) controlConsent(api *control.API) {
	const path = "/_sandbox/integrations/{id}/"
	api.Handle("POST "+path+"consent", `consents to an integration by OAuth: {"account": "Svc-Flow@contoso.com", "organization": "contoso"}, both optional`, s.consentByControl)
	api.Handle("POST "+path+"refuse", "refuses to consent to it", func(w http.ResponseWriter, r *http.Request) {
		respondDecision(w, s.Refuse(r.Context(), pathID(r)))
	})
	api.Handle("DELETE "+path+"consent", "revokes the consent in Azure DevOps, of which Flow is not told", func(w http.ResponseWriter, r *http.Request) {
		respondDecision(w, s.RevokeConsent(r.Context(), pathID(r)))
	})
}

func (s *Server) consentByControl(w http.ResponseWriter, r *http.Request) {
	var who struct {
		Account      string `json:"account"`
		Organization string `json:"organization"`
	}
	if err := control.Decode(r, &who, "a JSON object"); err != nil && !errors.Is(err, io.EOF) {
		control.Respond(w, err)
		return
	}
	respondDecision(w, s.Consent(r.Context(), pathID(r), who.Account, who.Organization))
}

// respondDecision answers a call on one integration, with the reason if it failed.
func respondDecision(w http.ResponseWriter, err error) {
	if errors.Is(err, errNotFound) {
		writeNotFound(w)
		return
	}
	control.Respond(w, err)
}

// Consent does what a person does who consents at the integration's authorization URL. An empty organization is the
// integration's own, and an empty account that organization's service account.
func (s *Server) Consent(ctx context.Context, id int64, account, organization string) error {
	i, err := s.consentable(id)
	if err != nil {
		return err
	}
	if organization == "" {
		organization = i.Organization()
	}
	if account == "" {
		account = s.serviceAccount(organization)
	}
	return s.visit(ctx, i, url.Values{"account": {account}, "organization": {organization}, "decision": {"accept"}})
}

// Refuse does what a person does who refuses at the integration's authorization URL.
func (s *Server) Refuse(ctx context.Context, id int64) error {
	i, err := s.consentable(id)
	if err != nil {
		return err
	}
	return s.visit(ctx, i, url.Values{"decision": {"deny"}})
}

// RevokeConsent revokes an integration's consent in Azure DevOps. Flow finds out when it uses it next.
func (s *Server) RevokeConsent(ctx context.Context, id int64) error {
	if _, err := s.consentable(id); err != nil {
		return err
	}
	return s.oauth.Revoke(ctx, id)
}

// consentable returns the integration if it is connected by consent.
func (s *Server) consentable(id int64) (Integration, error) {
	i, ok := s.integrations.Get(id)
	switch {
	case !ok:
		return i, errNotFound
	case !i.byConsent():
		return i, fmt.Errorf("integration %d is not connected by a consent", id)
	}
	return i, nil
}

// serviceAccount returns the owner of an organization's first token, or the first account of one without tokens.
func (s *Server) serviceAccount(organization string) string {
	for _, o := range s.options.Scenario.Organizations {
		switch {
		case !strings.EqualFold(o.Name, organization):
		case len(o.Tokens) > 0:
			return o.Tokens[0].Owner
		case len(o.Accounts) > 0:
			return o.Accounts[0].Email
		}
	}
	return ""
}

// visit sends a decision to the page of Azure DevOps, and takes the answer that a browser would be redirected with.
func (s *Server) visit(ctx context.Context, i Integration, decision url.Values) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.oauth.AuthorizationURL(i.ID), strings.NewReader(decision.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := s.azureDevOps.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	back, err := response.Location()
	if err != nil {
		return fmt.Errorf("the consent failed, Azure DevOps answered %d: is %q an account of the organization %q?",
			response.StatusCode, decision.Get("account"), decision.Get("organization"))
	}
	_, err = s.decided(ctx, back.Query())
	return err
}
