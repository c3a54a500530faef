package httpclient

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
)

// fault is a way in which a server cannot be reached. All but faultNone last until somebody corrects something.
type fault int

const (
	// faultNone may pass by itself.
	faultNone fault = iota
	faultProxySetting
	faultProxyLogin
	faultProxyRefusal
	faultProxyUnreachable
	faultName
	faultAuthority
	faultCertificate
	faultPlainHTTP
	faultNothingListens
)

// faultOf classifies the error of an attempt.
func faultOf(err error) fault {
	var (
		refusal     *connectError
		name        *net.DNSError
		authority   x509.UnknownAuthorityError
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		dial        *net.OpError
	)
	_ = errors.As(err, &dial)
	switch {
	case errors.Is(err, errProxySetting):
		return faultProxySetting
	case errors.As(err, &refusal):
		switch {
		case refusal.status == http.StatusProxyAuthRequired:
			return faultProxyLogin
		case refusal.status < http.StatusInternalServerError:
			return faultProxyRefusal
		}
		return faultNone
	case errors.As(err, &name) && name.IsNotFound && dial != nil && dial.Op == "proxyconnect":
		return faultProxyUnreachable
	case errors.As(err, &name) && name.IsNotFound:
		return faultName
	case errors.As(err, &authority):
		return faultAuthority
	case errors.As(err, &certificate):
		return faultCertificate
	case errors.As(err, &record):
		return faultPlainHTTP
	}
	return closedPort(dial)
}

// closedPort is the fault of a connection to a port of this machine that nothing listens on. On another machine, the
// server may only be starting anew.
func closedPort(dial *net.OpError) fault {
	if dial == nil {
		return faultNone
	}
	proxied := dial.Op == "proxyconnect"
	if proxied && !errors.As(dial.Err, &dial) {
		return faultNone
	}
	address, ok := dial.Addr.(*net.TCPAddr)
	switch {
	case dial.Op != "dial" || dial.Timeout() || !ok || !address.IP.IsLoopback():
		return faultNone
	case proxied:
		return faultProxyUnreachable
	}
	return faultNothingListens
}

// permanent reports whether a second attempt would fail in the same way.
func permanent(err error) bool {
	var held *heldBackError
	return faultOf(err) != faultNone || errors.As(err, &held) || errors.Is(err, errBodyTooLarge)
}

// MayBeWrongAddress reports whether the cause may be that the address is not the service's.
func (e *Error) MayBeWrongAddress() bool {
	switch e.Kind {
	case KindForeign:
		return true
	case KindUnreachable:
		return e.fault == faultNone || e.fault == faultName || e.fault == faultCertificate || e.fault == faultPlainHTTP
	}
	return false
}

// Advice says what to do about the network between here and the service; "" if that is not what failed.
func (e *Error) Advice() string {
	switch {
	case e.Kind == KindForeign:
		return e.foreignAdvice()
	case e.Kind == KindUnreachable:
		return e.unreachableAdvice()
	case e.Kind == KindTimeout && e.Attempts > 0 && !e.Sent:
		return e.networkAdvice()
	}
	return ""
}

func (e *Error) foreignAdvice() string {
	switch {
	case e.Status == http.StatusNetworkAuthenticationRequired:
		return "Sign in to this network in a browser first."
	case e.Proxy != "":
		return e.proxyAdvice()
	case IsLoopback(e.hostname()):
		return fmt.Sprintf("Check which server listens at %s.", e.host())
	}
	return fmt.Sprintf("Set HTTPS_PROXY if %s is reached through a proxy, or ask whoever runs the network to allow it: something between here and there answered in its place.", e.host())
}

func (e *Error) unreachableAdvice() string {
	switch e.fault {
	case faultProxySetting:
		return "Correct HTTPS_PROXY (or HTTP_PROXY): it has to be a URL such as http://proxy.example.com:3128."
	case faultProxyLogin:
		return fmt.Sprintf("Put the name and password for the proxy into HTTPS_PROXY (http://<name>:<password>@<host>:<port>), "+
			"or list %s in NO_PROXY if it can be reached without the proxy.", e.hostname())
	case faultProxyRefusal:
		return e.proxyAdvice()
	case faultProxyUnreachable:
		return fmt.Sprintf("Check HTTPS_PROXY: the proxy %s cannot be reached.", e.Proxy)
	case faultName:
		return fmt.Sprintf("Set HTTPS_PROXY if this machine reaches %s only through a proxy, or check its DNS: the name is not known here.", e.hostname())
	case faultAuthority:
		return "Name in SSL_CERT_FILE a file that holds the certificate of the authority that inspects TLS here and the public authorities as well: it replaces the system's. " +
			"On Windows and macOS, add the certificate to the system's instead."
	case faultCertificate:
		return fmt.Sprintf("Check the clock of this machine, and whether a proxy or sign-in page answers in place of %s.", e.hostname())
	case faultPlainHTTP:
		return fmt.Sprintf("Check the port, and whether a proxy or sign-in page is in between: plain HTTP came from %s where https was expected.", e.host())
	case faultNothingListens:
		return fmt.Sprintf("Is the sandbox running? Start it, or correct the address: nothing listens at %s.", e.host())
	}
	return e.networkAdvice()
}

func (e *Error) proxyAdvice() string {
	return fmt.Sprintf("Ask whoever runs the proxy %s to allow %s, or list it in NO_PROXY if it can be reached without the proxy.", e.Proxy, e.hostname())
}

func (e *Error) networkAdvice() string {
	if e.Proxy != "" {
		return fmt.Sprintf("Check the network of the machine that runs Terraform, and the proxy %s (HTTPS_PROXY, NO_PROXY).", e.Proxy)
	}
	return "Check the network and DNS of the machine that runs Terraform, and set HTTPS_PROXY if it needs a proxy."
}
