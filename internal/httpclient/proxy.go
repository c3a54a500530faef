package httpclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// IsLoopback reports whether a host is this machine by its name alone: localhost in any case, or a loopback address. What
// only a resolver could tell is not, such as 127.1 or localhost with a dot at its end.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.Unmap().IsLoopback()
}

// proxyChoice names the proxy for a request; nil for none.
type proxyChoice = func(*http.Request) (*url.URL, error)

// exceptLoopback reaches loopback without a proxy, whatever its spelling: net/http knows fewer of them, and would hand the
// credential to the proxy. It refuses a proxy without a name, which would be looked up.
func exceptLoopback(choose proxyChoice) proxyChoice {
	return func(request *http.Request) (*url.URL, error) {
		if IsLoopback(request.URL.Hostname()) {
			return nil, nil
		}
		proxy, err := choose(request)
		if err == nil && proxy != nil && strings.HasSuffix(proxy.Host, ":") {
			return nil, errProxySetting // net/http took the scheme of what is no URL, such as http://proxy:port, for the host
		}
		return proxy, err
	}
}

func withoutUser(proxy *url.URL) string {
	if proxy == nil {
		return ""
	}
	return (&url.URL{Scheme: proxy.Scheme, Host: proxy.Host}).String()
}

var errProxySetting = errors.New("the proxy that the environment names is not a URL")

// connectError is a proxy's refusal to connect to a host.
type connectError struct{ status int }

func (e *connectError) Error() string {
	return fmt.Sprintf("the proxy answered HTTP %s", statusText(e.status))
}

// proxyRefusal implements OnProxyConnectResponse of http.Transport.
func proxyRefusal(_ context.Context, _ *url.URL, _ *http.Request, response *http.Response) error {
	if response.StatusCode != http.StatusOK {
		return &connectError{response.StatusCode}
	}
	return nil
}
