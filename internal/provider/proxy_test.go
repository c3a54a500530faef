package provider_test

import (
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

// flowName is a name of the certificate that httptest's servers have.
const flowName = "example.com"

// corporate is a proxy, in front of a sandbox's Flow that is at https://example.com for whoever asks it.
type corporate struct {
	*httptest.Server
	refuses, wantsLogin atomic.Bool
	flow                string // where Flow really listens
}

// ServeHTTP answers CONNECT, as a proxy does.
func (c *corporate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case c.wantsLogin.Load() && r.Header.Get("Proxy-Authorization") == "":
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	case c.refuses.Load() || r.Method != http.MethodConnect || r.Host != flowName+":443":
		w.WriteHeader(http.StatusForbidden)
		return
	}
	target, err := new(net.Dialer).DialContext(r.Context(), "tcp", c.flow)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer func() { _ = target.Close() }()
	client, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = client.Close() }()
	_, _ = io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
	go func() { _, _ = io.Copy(target, client) }()
	_, _ = io.Copy(client, target)
}

// behindProxy starts a sandbox whose Flow is reached only through a proxy, and with a certificate that only a file has.
func behindProxy(t *testing.T) (s *acctest.Sandbox, proxy *corporate, certificates string) {
	t.Helper()
	s = acctest.Start(t, sandbox.Options{})
	target, err := url.Parse(s.FlowBaseURL())
	if err != nil {
		t.Fatal(err)
	}
	target.Path = ""
	flow := httptest.NewUnstartedServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }})
	flow.Config.ErrorLog = log.New(io.Discard, "", 0) // of the certificate that is not trusted at first
	flow.StartTLS()
	t.Cleanup(flow.Close)
	proxy = &corporate{flow: flow.Listener.Addr().String()}
	proxy.Server = httptest.NewServer(proxy)
	t.Cleanup(proxy.Close)
	certificates = filepath.Join(t.TempDir(), "authorities.pem")
	if err := os.WriteFile(certificates, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: flow.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return s, proxy, certificates
}

// Whoever sets the variable that the message names, or has the proxy opened, reaches Flow, and the plan is clean.
func TestTheWayThroughAProxyIsTheOneThatItsMessageSays(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.WriteOnly)
	s, proxy, certificates := behindProxy(t)
	w := acctest.NewWorkspace(t)
	own := w.Env
	environment := func(proxy, certificates string) {
		w.Env = slices.Concat(own, []string{"HTTPS_PROXY=" + proxy, "SSL_CERT_FILE=" + certificates, "NO_PROXY=", "CHECKPOINT_DISABLE=1"})
	}
	w.Configure(acctest.Source, fmt.Sprintf("provider \"flow\" {\n  base_url = \"https://%s\"\n  api_key = %q\n  azure_devops_endpoint = %q\n}\n", flowName, s.APIKey(), s.AzureDevOpsEndpoint()),
		fmt.Sprintf(integration, s.Token("full")))
	environment(proxy.URL, certificates)
	w.MustApply()
	w.ExpectEmptyPlan()
	for _, test := range []struct {
		proxy, certificates string
		closed              *atomic.Bool
		says                string
		then                string // HTTPS_PROXY, if it is not the proxy's address
	}{
		{"http://proxy.example.com:none", certificates, nil, "Correct HTTPS_PROXY (or HTTP_PROXY): it has to be a URL such as http://proxy.example.com:3128.", ""},
		{"http://127.0.0.1:1", certificates, nil, "Check HTTPS_PROXY: the proxy … cannot be reached.", ""},
		{proxy.URL, "", nil, "Name in SSL_CERT_FILE a file that holds the certificate of the authority that inspects TLS here and the public authorities as well", ""},
		{proxy.URL, certificates, &proxy.refuses, "Ask whoever runs the proxy … to allow " + flowName + ", or list it in NO_PROXY if it can be reached without the proxy.", ""},
		{
			proxy.URL, certificates, &proxy.wantsLogin,
			"Put the name and password for the proxy into … (http://<name>:<password>@<host>:<port>), or list " + flowName + " in NO_PROXY if it can be reached without the proxy.",
			strings.Replace(proxy.URL, "://", "://jo:s3cr3t@", 1),
		},
	} {
		environment(test.proxy, test.certificates)
		if test.closed != nil {
			test.closed.Store(true)
		}
		acctest.Told(t, w.MustPlan(), test.says)
		proxy.refuses.Store(false)
		environment(proxy.URL, certificates)
		if test.then != "" {
			environment(test.then, certificates)
		}
		w.ExpectEmptyPlan()
		proxy.wantsLogin.Store(false)
	}
}
