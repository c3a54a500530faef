package deadline_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/deadline"
)

func TestAnOperationEndsInItsTime(t *testing.T) {
	for name, test := range map[string]struct {
		configured deadline.Configured
		want       time.Duration
	}{
		"nothing to configure": {nil, deadline.Read},
		"configured":           {func(context.Context, time.Duration) (time.Duration, diag.Diagnostics) { return time.Hour, nil }, time.Hour},
		"left out": {func(_ context.Context, otherwise time.Duration) (time.Duration, diag.Diagnostics) {
			return otherwise, nil
		}, deadline.Read},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				ctx, cancel, diagnostics := deadline.Within(t.Context(), test.configured, deadline.Read)
				defer cancel()
				<-ctx.Done()
				if got := time.Since(start); got != test.want || diagnostics.HasError() {
					t.Errorf("it ended after %s with %v, want %s", got, diagnostics, test.want)
				}
			})
		})
	}
}

func TestTimeoutsHaveToLeaveTime(t *testing.T) {
	attribute, ok := deadline.ResourceAttribute(t.Context(), "").(schema.SingleNestedAttribute)
	if !ok || len(attribute.Validators) != 1 {
		t.Fatalf("the attribute is %#v", attribute)
	}
	for value, want := range map[string]string{
		"10m": "", "1h30m": "", "0.5s": "",
		"0":          `"0" leaves no time.`,
		"0s":         `"0s" leaves no time.`,
		"-5m":        `"-5m" leaves no time.`,
		"":           `"" is not a duration.`,
		"30":         `"30" is not a duration.`,
		"10 minutes": `"10 minutes" is not a duration.`,
		"forever":    `"forever" is not a duration.`,
	} {
		object := types.ObjectValueMust(
			map[string]attr.Type{"create": types.StringType, "read": types.StringType, "delete": types.StringType},
			map[string]attr.Value{"create": types.StringValue(value), "read": types.StringNull(), "delete": types.StringUnknown()})
		var response validator.ObjectResponse
		attribute.Validators[0].ValidateObject(t.Context(), validator.ObjectRequest{Path: path.Root("timeouts"), ConfigValue: object}, &response)
		var expected diag.Diagnostics
		if want != "" {
			expected.AddAttributeError(path.Root("timeouts"), "Invalid timeout for create", want+"\n\nWrite a number greater than zero with its unit, such as \"90s\", \"30m\" or \"2h\".")
		}
		if !response.Diagnostics.Equal(expected) {
			t.Errorf("%q: got %v, want %v", value, response.Diagnostics, expected)
		}
	}
}
