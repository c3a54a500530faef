package adoserver

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

const (
	anonymousID   = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
	anonymousName = "Anonymous"
)

// htmlPage is a body of HTML.
type htmlPage string

const signInPage htmlPage = `<!DOCTYPE html><html lang="en-US"><head><title>Azure DevOps Services | Sign In</title></head>` +
	`<body><h1>Sign in to your account</h1><p>This is the sandbox: there is nobody to sign in as.</p></body></html>`

// authenticate finds the identity of the credential. An unknown or revoked token, or one of another organization, is no
// credential: in an organization with public projects, the identity is Anonymous.
func (c *call) authenticate() error {
	token := c.findToken()
	expired := token != nil && token.State == scenario.TokenExpired
	switch {
	case c.operation != nil && c.operation.public:
		if token != nil && !expired {
			c.identify(token)
		}
		return nil
	case token == nil:
		return c.admitAnonymous()
	case expired:
		return c.rejectCredential(c.expired())
	}
	c.identify(token)
	if token.ConditionalAccess {
		return conditionalAccess()
	}
	return nil
}

// findToken returns the token of the request, or nil without one that this organization knows.
func (c *call) findToken() *tokenRow {
	header := c.request.Header.Get("Authorization")
	if scheme, secret, _ := strings.Cut(header, " "); strings.EqualFold(scheme, "Bearer") {
		return c.findAccess(strings.TrimSpace(secret))
	}
	token := c.server.world.tokens[credential(header)]
	if token == nil || token.Organization != c.org.Name || token.State == scenario.TokenRevoked {
		return nil
	}
	return token
}

// findAccess returns what somebody has consented to, as a token of that account, or nil without a consent for this
// organization.
func (c *call) findAccess(secret string) *tokenRow {
	access, ok := c.server.oauth.Access(secret)
	if !ok {
		return nil
	}
	// The id is of one organization's account; the e-mail may have changed since.
	owner, ok := c.org.subjects[access.Account.ID].(*account)
	if !ok {
		return nil
	}
	return &tokenRow{Organization: c.org.Name, Owner: owner.Email, Scopes: access.Scopes, State: scenario.TokenActive}
}

func (c *call) admitAnonymous() error {
	switch {
	case !c.org.allowsAnonymous():
		return c.rejectCredential(c.emptyUnauthorized())
	case c.operation != nil && c.operation.anonymous:
		return nil
	}
	return c.rejectCredential(notAuthorized())
}

func (c *call) identify(token *tokenRow) {
	c.token = token
	c.who = c.org.accountsByEmail[strings.ToLower(token.Owner)]
	c.userData = c.who.GUID + ":" + c.who.SignInName
}

// credential returns the secret of an Authorization header. Azure DevOps ignores the user name of Basic authentication.
func credential(header string) string {
	scheme, value, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Basic") {
		return ""
	}
	pair, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
	if err != nil {
		return ""
	}
	_, secret, _ := strings.Cut(string(pair), ":")
	return secret
}

// suppressed reports whether the client wants a plain 401 instead of the sign-in page.
func (c *call) suppressed() bool {
	return strings.EqualFold(c.request.Header.Get("X-TFS-FedAuthRedirect"), "Suppress")
}

// rejectCredential redirects to the sign-in page, unless the client suppresses that.
func (c *call) rejectCredential(plain error) error {
	if c.suppressed() {
		return plain
	}
	if c.server.options.SignInPage {
		return &rawError{status: http.StatusNonAuthoritativeInfo, contentType: "text/html; charset=utf-8", body: string(signInPage)}
	}
	// The service redirects to another host; the sandbox stays on loopback.
	target := c.base + "/" + string(vssps) + "/_signin?realm=dev.azure.com&reply_to=" + url.QueryEscape(c.base+c.request.URL.RequestURI())
	return &rawError{
		status:      http.StatusFound,
		contentType: "text/html; charset=utf-8",
		body:        "<html><head><title>Object moved</title></head><body><h2>Object moved to <a href=\"" + target + "\">here</a>.</h2></body></html>",
		header:      http.Header{"Location": {target}},
	}
}
