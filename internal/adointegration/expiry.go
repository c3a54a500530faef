package adointegration

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// expiryArgument is the day on which Azure DevOps ends the token, which its API does not tell.
const expiryArgument = "personal_access_token_expires_on"

// expiryNotice is how many days before that day plans begin to warn.
const expiryNotice = 14

// calendarDay accepts a day as the token page of Azure DevOps' API has it: 2027-03-31.
type calendarDay struct{}

func (calendarDay) Description(context.Context) string { return "a day such as 2027-03-31" }

func (c calendarDay) MarkdownDescription(ctx context.Context) string { return c.Description(ctx) }

func (calendarDay) ValidateString(_ context.Context, request validator.StringRequest, response *validator.StringResponse) {
	value := request.ConfigValue
	if value.IsNull() || value.IsUnknown() {
		return
	}
	if _, err := time.Parse(time.DateOnly, value.ValueString()); err != nil {
		response.Diagnostics.AddAttributeError(request.Path, "Invalid day", fmt.Sprintf("%q is not a day.\n\nWrite year, month and day, such as \"2027-03-31\".", value.ValueString()))
	}
}

// refuseExpiryWithoutToken refuses the day of a token that is not there.
func refuseExpiryWithoutToken(config model) diag.Diagnostics {
	if config.PersonalAccessTokenExpiresOn.IsNull() || tokenOf(config).given() {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root(expiryArgument), "Expiry date without a token",
		expiryArgument+" is about the token of this configuration, and none is given.\n\nSet personal_access_token_wo as well, or remove "+expiryArgument+".")}
}

// warnOfExpiry warns of a token that ends within two weeks of now, or has ended.
func warnOfExpiry(plan model, now time.Time) diag.Diagnostics {
	if !isKnown(plan.PersonalAccessTokenExpiresOn) {
		return nil
	}
	written := plan.PersonalAccessTokenExpiresOn.ValueString()
	day, err := time.Parse(time.DateOnly, written)
	if err != nil {
		return nil // Validation has refused it.
	}
	days := int(day.Sub(now.UTC().Truncate(24*time.Hour)) / (24 * time.Hour))
	summary, when := "Token expires soon", fmt.Sprintf("ends in %s", inDays(days))
	switch {
	case days > expiryNotice:
		return nil
	case days == 0:
		when = "ends today"
	case days < 0:
		summary, when = "Token has expired", fmt.Sprintf("ended %s ago", inDays(-days))
	}
	return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root(expiryArgument), summary,
		fmt.Sprintf("By %s = %q, the token %s. Without a token that Azure DevOps accepts, Flow reads nothing new.\n\n"+
			"Create a new token under User settings > Personal access tokens in Azure DevOps, pass it in, raise personal_access_token_wo_version if it is set, and set %s to its day.",
			expiryArgument, written, when, expiryArgument))}
}

func inDays(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}
