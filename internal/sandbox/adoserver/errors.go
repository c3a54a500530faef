package adoserver

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
)

// apiError is an error in the JSON of the API. Clients identify errors by the typeKey.
type apiError struct {
	status   int
	typeKey  string
	typeName string
	message  string
	custom   object
}

func (e *apiError) Error() string { return e.message }

// rawError is an error with another body.
type rawError struct {
	status      int
	contentType string
	body        string
	header      http.Header
}

func (e *rawError) Error() string { return fmt.Sprintf("status %d", e.status) }

// The assemblies of exceptions. Only typeKey and message are known for every error; the assembly is the usual one.
const (
	commonAssembly    = "Microsoft.VisualStudio.Services.Common"
	webAPIAssembly    = "Microsoft.VisualStudio.Services.WebApi"
	frameworkAssembly = "Microsoft.TeamFoundation.Framework.Server"
	coreAssembly      = "Microsoft.TeamFoundation.Core.WebApi"
	buildAssembly     = "Microsoft.TeamFoundation.Build.WebApi"
	gitAssembly       = "Microsoft.TeamFoundation.Git.Server"
	witAssembly       = "Microsoft.TeamFoundation.WorkItemTracking.Server"
	hooksAssembly     = "Microsoft.VisualStudio.Services.ServiceHooks.WebApi"
	graphAssembly     = "Microsoft.VisualStudio.Services.Graph"
)

func newError(status int, assembly, typeKey, format string, args ...any) *apiError {
	return &apiError{
		status:   status,
		typeKey:  typeKey,
		typeName: assembly + "." + typeKey + ", " + assembly,
		message:  fmt.Sprintf(format, args...),
	}
}

func badRequest(message string) error {
	return newError(http.StatusBadRequest, webAPIAssembly, "VssPropertyValidationException", "%s", message)
}

// organizationNotFound is the answer to an unknown organization, of which both forms have been seen.
func (c *call) organizationNotFound() error {
	if c.server.options.NotFoundPage {
		return pageNotFound()
	}
	return &rawError{status: http.StatusNotFound, contentType: "text/plain; charset=utf-8", body: "The resource cannot be found."}
}

// pageNotFound is the answer to an unknown path.
func pageNotFound() error {
	return &rawError{
		status:      http.StatusNotFound,
		contentType: "text/html; charset=utf-8",
		body:        "<!DOCTYPE html><html lang=\"en-US\"><head><title>Page not found</title></head><body>Page not found.</body></html>",
	}
}

// emptyUnauthorized is the answer to a missing scope, and since 2026 to every credential that is not accepted.
func (c *call) emptyUnauthorized() error {
	return &rawError{status: http.StatusUnauthorized, header: c.challenge()}
}

func (c *call) expired() error {
	if c.server.options.EmptyExpired {
		return c.emptyUnauthorized()
	}
	const message = "Access Denied: The Personal Access Token used has expired."
	header := c.challenge()
	header.Set("X-TFS-ServiceError", percentEncode(message))
	return &rawError{status: http.StatusUnauthorized, contentType: "text/plain; charset=utf-8", body: message, header: header}
}

// percentEncode encodes a sentence for the header X-TFS-ServiceError.
func percentEncode(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

func (c *call) challenge() http.Header {
	header := http.Header{}
	header.Add("WWW-Authenticate", "Bearer authorization_uri=https://login.microsoftonline.com/"+c.org.TenantID)
	header.Add("WWW-Authenticate", `Basic realm="https://tfsprodcus14.visualstudio.com/"`)
	header.Add("WWW-Authenticate", "TFS-Federated")
	return header
}

func notAuthorized() error {
	return newError(http.StatusUnauthorized, frameworkAssembly, "UnauthorizedRequestException",
		"TF400813: The user '%s' is not authorized to access this resource.", anonymousID)
}

func conditionalAccess() error {
	return newError(http.StatusForbidden, commonAssembly, "VssServiceException",
		"VS403463: The conditional access policy defined by your Azure Active Directory administrator has failed.")
}

// accessDenied reports a right that the identity lacks on a security token.
func (c *call) accessDenied(namespace, token, right string, bits int) error {
	err := newError(http.StatusForbidden, frameworkAssembly, "AccessCheckException",
		"Access Denied: %s needs the following permission(s) on the resource %s to perform this action: %s",
		c.who.DisplayName, token, right)
	err.custom = object{
		"Descriptor":           c.who.claims(c.org),
		"IdentityDisplayName":  c.who.DisplayName,
		"Token":                token,
		"RequestedPermissions": bits,
		"NamespaceId":          namespace,
	}
	return err
}

func projectNotFound(name string) error {
	if isGUID(name) {
		return newError(http.StatusNotFound, coreAssembly, "ProjectDoesNotExistException",
			"VS800075: The project with id 'vstfs:///Classification/TeamProject/%s' does not exist, or you do not have permission to access it.", name)
	}
	return newError(http.StatusNotFound, coreAssembly, "ProjectDoesNotExistWithNameException",
		"TF200016: The following project does not exist: %s. Verify that the name of the project is correct and that the project exists on the specified Azure DevOps Server.", name)
}

func repositoryNotFound(name string) error {
	return newError(http.StatusNotFound, gitAssembly, "GitRepositoryNotFoundException",
		"TF401019: The Git repository with name or identifier %s does not exist or you do not have permissions for the operation you are attempting.", name)
}

func subjectNotFound(descriptor string) error {
	return newError(http.StatusNotFound, graphAssembly, "GraphSubjectNotFoundException",
		"VS860018: The graph subject with descriptor '%s' could not be found.", descriptor)
}

// refuse sends an error.
func (c *call) refuse(w http.ResponseWriter, err error) {
	if raw, ok := errors.AsType[*rawError](err); ok {
		maps.Copy(w.Header(), raw.header)
		if raw.body == "" {
			w.Header().Set("Content-Length", "0")
			w.WriteHeader(raw.status)
			return
		}
		writeText(w, raw.status, raw.contentType, raw.body)
		return
	}
	api, ok := errors.AsType[*apiError](err)
	if !ok {
		api = newError(http.StatusInternalServerError, commonAssembly, "VssServiceException", "%v", err)
	}
	body := object{
		"$id": "1", "innerException": nil, "message": api.message,
		"typeName": api.typeName, "typeKey": api.typeKey, "errorCode": 0, "eventId": 3000,
	}
	if api.custom != nil {
		body["customProperties"] = api.custom
	}
	w.Header().Set("X-TFS-ServiceError", percentEncode(api.message))
	c.writeJSON(w, api.status, body)
}
