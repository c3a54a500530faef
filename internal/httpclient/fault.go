package httpclient

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"
)

// fault is a way in which a server cannot be reached that lasts until somebody corrects something.
type fault struct {
	// advice says what to correct. {host}, {name} and {proxy} stand for the host with its port, without it, and the proxy.
	advice string
	// address is set if the server's address may be wrong.
	address bool
}

var (
	faultProxySetting = &fault{advice: "Correct HTTPS_PROXY (or HTTP_PROXY): it has to be a URL such as http://proxy.example.com:3128."}
	faultProxyLogin   = &fault{advice: "Put the name and password for the proxy into HTTPS_PROXY (http://<name>:<password>@<host>:<port>), " +
		"or list {name} in NO_PROXY if it can be reached without the proxy."}
	faultProxyRefusal     = &fault{advice: "Ask whoever runs the proxy {proxy} to allow {name}, or list it in NO_PROXY if it can be reached without the proxy."}
	faultProxyUnreachable = &fault{advice: "Check HTTPS_PROXY: the proxy {proxy} cannot be reached."}
	faultName             = &fault{address: true, advice: "Set HTTPS_PROXY if this machine reaches {name} only through a proxy, or check its DNS: the name is not known here."}
	faultAuthority        = &fault{advice: "Name in SSL_CERT_FILE a file that holds the certificate of the authority that inspects TLS here and the public authorities as well: " +
		"it replaces the system's. On Windows and macOS, add the certificate to the system's instead."}
	faultCertificate    = &fault{address: true, advice: "Check the clock of this machine, and whether a proxy or sign-in page answers in place of {name}."}
	faultPlainHTTP      = &fault{address: true, advice: "Check the port, and whether a proxy or sign-in page is in between: plain HTTP came from {host} where https was expected."}
	faultNothingListens = &fault{advice: "Is the sandbox running? Start it, or correct the address: nothing listens at {host}."}
)

// faultOf returns the fault that the error of an attempt shows, or nil if it may pass by itself.
func faultOf(err error) *fault {
	var dial *net.OpError
	_ = errors.As(err, &dial)
	proxied := dial != nil && dial.Op == "proxyconnect"
	if proxied {
		_ = errors.As(dial.Err, &dial)
	}
	if refusal, ok := errors.AsType[*connectError](err); ok {
		return refusal.fault()
	}
	name, unresolved := errors.AsType[*net.DNSError](err)
	unknown := unresolved && name.IsNotFound
	switch {
	case errors.Is(err, errProxySetting):
		return faultProxySetting
	case proxied && (unknown || closedHere(dial)):
		return faultProxyUnreachable
	case unknown:
		return faultName
	case is[x509.UnknownAuthorityError](err), is[x509.SystemRootsError](err):
		return faultAuthority
	case is[*tls.CertificateVerificationError](err):
		return faultCertificate
	case is[tls.RecordHeaderError](err):
		return faultPlainHTTP
	case closedHere(dial):
		return faultNothingListens
	}
	return nil
}

func (e *connectError) fault() *fault {
	switch {
	case e.status == http.StatusProxyAuthRequired:
		return faultProxyLogin
	case e.status < http.StatusInternalServerError:
		return faultProxyRefusal
	}
	return nil
}

func is[T error](err error) bool {
	_, ok := errors.AsType[T](err)
	return ok
}

// closedHere reports whether nothing listens on a port of this machine. On another one, the server may be restarting.
func closedHere(dial *net.OpError) bool {
	if dial == nil || dial.Op != "dial" || dial.Timeout() {
		return false
	}
	address, ok := dial.Addr.(*net.TCPAddr)
	return ok && address.IP.IsLoopback()
}

// permanent reports whether a second attempt would fail in the same way.
func permanent(err error) bool {
	return faultOf(err) != nil || is[*heldBackError](err) || errors.Is(err, errBodyTooLarge)
}

// MayBeWrongAddress reports whether the cause may be that the address is not the service's.
func (e *Error) MayBeWrongAddress() bool {
	return e.Kind == KindForeign || e.Kind == KindUnreachable && (e.fault == nil || e.fault.address)
}

// Advice says what to do about the network between here and the service; "" if that is not what failed.
func (e *Error) Advice() string {
	return strings.NewReplacer("{host}", e.host(), "{name}", e.hostname(), "{proxy}", e.Proxy).Replace(e.advice())
}

func (e *Error) advice() string {
	foreign := e.Kind == KindForeign
	switch {
	case !foreign && e.Kind != KindUnreachable && (e.Kind != KindTimeout || e.Attempts == 0 || e.Sent):
		return ""
	case e.fault != nil:
		return e.fault.advice
	case foreign && e.Status == http.StatusNetworkAuthenticationRequired:
		return "Sign in to this network in a browser first."
	case foreign && e.Proxy != "":
		return faultProxyRefusal.advice
	case foreign && IsLoopback(e.hostname()):
		return "Check which server listens at {host}."
	case foreign:
		return "Set HTTPS_PROXY if {host} is reached through a proxy, or ask whoever runs the network to allow it, if something on the way answered in its place."
	case e.Proxy != "":
		return "Check the network of the machine that runs Terraform, and the proxy {proxy} (HTTPS_PROXY, NO_PROXY)."
	}
	return "Check the network and DNS of the machine that runs Terraform, and set HTTPS_PROXY if it needs a proxy."
}
