package sandboxprocess_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/sandboxprocess"
)

func TestTheClientCallsFlowAndItsControls(t *testing.T) {
	p, err := sandboxprocess.Start(t.Context(), program(t), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := p.End(); err != nil {
			t.Error(err)
		}
	}()
	client := p.Client()
	var page struct{ Count int }
	if err := client.Call(t.Context(), http.MethodGet, "integrations/", nil, &page); err != nil || page.Count != 0 {
		t.Errorf("%d integrations, %v", page.Count, err)
	}
	err = client.Call(t.Context(), http.MethodPost, "integrations/create_with_vendor/", map[string]string{"name": "Contoso"}, nil)
	if err == nil || !strings.Contains(err.Error(), "HTTP 400: ") {
		t.Errorf("a refused request: %v", err)
	}
	if err := client.Call(t.Context(), http.MethodDelete, "/_sandbox/requests", nil, nil); err != nil {
		t.Error(err)
	}
	var log []struct{ Path string }
	if err := client.Call(t.Context(), http.MethodGet, "/_sandbox/requests", nil, &log); err != nil || len(log) != 0 {
		t.Errorf("the log has %v, %v", log, err)
	}
	if err := client.Call(t.Context(), http.MethodGet, p.AzureDevOpsEndpoint+"/_sandbox/faults", nil, nil); err != nil {
		t.Errorf("another address: %v", err)
	}
}
