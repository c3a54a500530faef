// Package webpage is what the pages of both sandbox servers have in common: the style sheet, and who may see them.
package webpage

import (
	"bytes"
	_ "embed"
	"net"
	"net/http"
	"time"
)

//go:embed style.css
var style []byte

// Style answers with the style sheet.
func Style(w http.ResponseWriter, r *http.Request) {
	http.ServeContent(w, r, "style.css", time.Time{}, bytes.NewReader(style))
}

// Admit sets the headers of a page, which is for this origin alone. It reports whether the request came under a loopback
// name, so that no other site's name can lead here; if not, it has answered.
func Admit(w http.ResponseWriter, r *http.Request) bool {
	if !isLoopback(r.Host) {
		http.Error(w, "The sandbox's pages are only for this machine.", http.StatusForbidden)
		return false
	}
	header := w.Header()
	SubmitTo(w, "")
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	return true
}

// SubmitTo sets the policy of a page whose forms may lead to another origin, through a redirect. "" is none.
func SubmitTo(w http.ResponseWriter, origin string) {
	policy := "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
	if origin != "" {
		policy += " " + origin
	}
	w.Header().Set("Content-Security-Policy", policy)
}

func isLoopback(hostPort string) bool {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		host = hostPort
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
