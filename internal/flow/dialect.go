package flow

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// dialect is what a client has learned of the forms that its workspace accepts. The most likely form is sent first. When
// Flow refuses it and names the field, nothing was carried out, and the next form is sent, each at most once. What worked is
// remembered for the run. It is safe for concurrent use.
type dialect struct {
	mutex sync.Mutex
	// vendor is the slug with which an integration was created; "" before.
	vendor string
	// omitsWebhooks is set if creations are accepted only without webhooks_enabled.
	omitsWebhooks bool
	// authData is the form that worked; nil before.
	authData *authDataForm
}

// The fields whose refusal leads to another form.
const (
	fieldAuthData = "authData"
	fieldVendor   = "vendor"
	fieldAuthType = "auth_type"
	fieldWebhooks = "webhooks_enabled"
)

// refuses reports whether an error is a refusal that names a field, and not one of the connection.
func refuses(err error, field string) bool {
	if httpclient.StatusOf(err) != http.StatusBadRequest {
		return false
	}
	_, ofConnection := errors.AsType[*ConnectionRefusedError](refusal(err))
	return !ofConnection && slices.Contains(RefusedFields(err), field)
}

// authDataForm is one of the forms of a changed connection: a public client of 2020 sends a text and does not say what is in
// it.
type authDataForm struct {
	// asText encodes the object once more, as a text.
	asText bool
	// whole holds all parts of the connection, not just what changes.
	whole bool
}

// authDataForms returns the forms in which to send a change, the most likely first. An object goes first, since where a text
// is wanted it is refused; a text where an object is wanted may be stored as it is.
func (d *dialect) authDataForms(change IntegrationChange) []authDataForm {
	if !change.connects() {
		return []authDataForm{{}}
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	forms := []authDataForm{{}, {asText: true}}
	if change.Whole != nil {
		forms = append(forms, authDataForm{whole: true}, authDataForm{asText: true, whole: true})
	}
	if d.authData != nil && slices.Contains(forms, *d.authData) {
		forms = append([]authDataForm{*d.authData}, slices.DeleteFunc(forms, func(form authDataForm) bool { return form == *d.authData })...)
	}
	return forms
}

// accepted remembers a form that Flow did not refuse.
func (d *dialect) accepted(logger *slog.Logger, form authDataForm, change IntegrationChange, err error) {
	if err != nil && !acknowledged(err) || !change.connects() {
		return
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.authData == nil && form != (authDataForm{}) {
		logger.Info("learned how this workspace takes a connection", "as_text", form.asText, "whole", form.whole)
	}
	d.authData = &form
}

// encode returns the value of authData.
func (f authDataForm) encode(change IntegrationChange) any {
	parts := struct {
		Username *string `json:"username,omitempty"`
		Token    *string `json:"token,omitempty"`
		URL      *string `json:"url,omitempty"`
	}{Username: change.Email, Token: change.Token}
	if f.whole {
		parts.Username, parts.Token, parts.URL = &change.Whole.Email, &change.Whole.Token, &change.Whole.BaseURL
	}
	if !f.asText {
		return parts
	}
	encoded, err := json.Marshal(parts)
	if err != nil {
		return parts // Texts can always be encoded.
	}
	return string(encoded)
}

// defaultVendor is the slug of Azure DevOps Services that is assumed first, both as "vendor" on creation and as "vendor_type"
// on reads.
const defaultVendor = "azure_devops"

// vendorCandidates are tried on creation where nothing else is known. None of them may mean Azure DevOps Server.
var vendorCandidates = []string{defaultVendor, "vsts", "azure_devops_services", "azuredevops", "azure-devops"}

// vendorNames are the slugs that stand for Azure DevOps Services, in lower case and without separators.
var vendorNames = []string{"azuredevops", "azuredevopsservices", "azuredevopscloud", "vsts", "visualstudioteamservices", "ado"}

// otherVendors are parts of slugs that may come with an address of Azure DevOps Services and mean something else.
var otherVendors = []string{"server", "tfs", "onprem", "git", "generic", "manual", "https", "ssh", "other", "jira"}

func squeezed(slug string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, slug)
}

// standsForAzureDevOps reports whether a slug means Azure DevOps Services, whatever its spelling.
func standsForAzureDevOps(slug string) bool { return slices.Contains(vendorNames, squeezed(slug)) }

// isAzureDevOps reports whether an integration is one of Azure DevOps Services: by its slug, or by its address.
func (c *Client) isAzureDevOps(i Integration) bool {
	if c.vendor != "" && strings.EqualFold(i.VendorType, c.vendor) || standsForAzureDevOps(i.VendorType) {
		return true
	}
	slug := squeezed(i.VendorType)
	address, err := url.Parse(i.BaseURL)
	if err != nil || slug == "" || slices.ContainsFunc(otherVendors, func(other string) bool { return strings.Contains(slug, other) }) {
		return false
	}
	host := strings.ToLower(address.Hostname())
	return host == "dev.azure.com" || strings.HasSuffix(host, ".visualstudio.com")
}

// vendorOf returns the slug for a creation in a workspace with these integrations.
func (c *Client) vendorOf(existing []Integration) string {
	c.dialect.mutex.Lock()
	defer c.dialect.mutex.Unlock()
	var seen string
	if at := slices.IndexFunc(existing, func(i Integration) bool { return i.AzureDevOps }); at >= 0 {
		seen = existing[at].VendorType
	}
	return cmp.Or(c.vendor, c.dialect.vendor, seen, defaultVendor)
}

// otherVendor returns a slug for a creation that was refused for those that were tried: one that Flow offers, or else the
// next candidate. It returns "" if there is none, or if the slug is configured.
func (c *Client) otherVendor(ctx context.Context, tried []string) string {
	if c.vendor != "" {
		return ""
	}
	offered := slices.DeleteFunc(c.route(ctx, createPath...).vendors, func(slug string) bool { return !standsForAzureDevOps(slug) })
	for _, slug := range append(offered, vendorCandidates...) {
		if !slices.Contains(tried, slug) {
			return slug
		}
	}
	return ""
}

// created remembers the form of a creation that worked.
func (d *dialect) created(logger *slog.Logger, body createBody) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if body.Vendor != defaultVendor && body.Vendor != d.vendor {
		logger.Info("learned what this workspace calls Azure DevOps", "vendor", body.Vendor)
	}
	d.vendor, d.omitsWebhooks = body.Vendor, body.WebhooksEnabled == nil
}

func (d *dialect) createsWithoutWebhooks() bool {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return d.omitsWebhooks
}
