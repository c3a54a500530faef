package acctest

import (
	"slices"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

func TestWhatAMessageSaysIsReadOutOfIt(t *testing.T) {
	t.Parallel()
	result := terraformcli.Result{Diagnostics: []tfjson.Diagnostic{
		{Detail: "Write it as https://dev.azure.com/contoso. Or leave it."},
		{Detail: "Two ways:\n\n  moved {\n    from = a.b\n    to   = a.c\n  }\n\nOr set name = \"A.B\" or id = 2.\n\nimport {\n  to = a.c\n  lifecycle {\n    x = 1\n  }\n}\n\nmore {\n}"},
	}}
	if got := Told(t, result, `set name = "…" or id = …`); !slices.Equal(got, []string{"A.B", "2"}) {
		t.Errorf("got %q", got)
	}
	if got := Told(t, result, "Write it as …."); !slices.Equal(got, []string{"https://dev.azure.com/contoso"}) {
		t.Errorf("got %q", got)
	}
	for kind, want := range map[string]string{
		"moved":  "moved {\n  from = a.b\n  to   = a.c\n}\n",
		"import": "import {\n  to = a.c\n  lifecycle {\n    x = 1\n  }\n}\n",
	} {
		if got := ToldBlock(t, result, kind); got != want {
			t.Errorf("%s: got %q, want %q", kind, got, want)
		}
	}
}
