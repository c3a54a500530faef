package adointegration_test

import (
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// Each read that Flow refuses is named for what it was for, with Flow's status and what to do.
func TestARefusedReadSaysWhatItWasFor(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	byHand(t, s, "Contoso")
	p := s.Protocol(t, nil)
	const data = "flow_ado_integration"
	for _, test := range []struct {
		path, want string
		read       func() []*acctest.Diagnostic
	}{
		{"integrations/", "Could not look for the integration to import", func() []*acctest.Diagnostic {
			_, diagnostics := p.Import(resourceType, "1", nil)
			return diagnostics
		}},
		{"integrations/", "Could not read the integrations", func() []*acctest.Diagnostic {
			_, diagnostics := p.ReadData(data, acctest.Values{"id": "1"})
			return diagnostics
		}},
		{"integrations/1/connection_status/", "Could not read the connection status", func() []*acctest.Diagnostic {
			_, diagnostics := p.ReadData(data, acctest.Values{"id": "1"})
			return diagnostics
		}},
	} {
		remove := s.Flow().Traffic().Inject(traffic.Fault{Path: "/v3/customer/core/" + test.path, Status: 403, ContentType: "application/json", Body: `{"detail": "No."}`})
		got := acctest.Sentences(test.read())
		remove()
		if !strings.HasPrefix(got, "ERROR: "+test.want+": ") || !strings.Contains(got, "HTTP 403") || !strings.Contains(got, "role") {
			t.Errorf("%s: it says %q", test.want, got)
		}
	}
}
