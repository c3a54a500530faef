package adoserver

import (
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"strconv"
)

// Versions of the service: the released one, and the newest one.
const (
	releasedMajor, releasedMinor = 7, 1
	latestMajor, latestMinor     = 7, 2
)

// apiVersion is a version such as 7.1 or 7.1-preview.3.
type apiVersion struct {
	major, minor int
	preview      bool
	revision     int // of a preview; 0: the newest
}

var apiVersionText = regexp.MustCompile(`^(\d{1,3})(?:\.(\d{1,3}))?(-preview(?:\.(\d{1,3}))?)?$`)

func parseAPIVersion(text string) (apiVersion, bool) {
	match := apiVersionText.FindStringSubmatch(text)
	if match == nil {
		return apiVersion{}, false
	}
	var v apiVersion
	v.major, _ = strconv.Atoi(match[1])
	v.minor, _ = strconv.Atoi(match[2])
	v.preview = match[3] != ""
	v.revision, _ = strconv.Atoi(match[4])
	return v, v.major > 0
}

func (v apiVersion) String() string {
	text := fmt.Sprintf("%d.%d", v.major, v.minor)
	if v.preview {
		text += fmt.Sprintf("-preview.%d", v.revision)
	}
	return text
}

// after reports whether the version is newer than major.minor.
func (v apiVersion) after(major, minor int) bool {
	return v.major > major || v.major == major && v.minor > minor
}

// negotiateVersion finds the version of the answer. A GET without a version gets the newest. All others need one, and a
// resource in preview needs a preview version.
func (c *call) negotiateVersion() error {
	text := c.requestedVersion()
	method := c.request.Method
	switch {
	case text == "" && (method == http.MethodGet || c.operation.public):
		c.version = c.resource.newest()
		return nil
	case text == "":
		return versionError("VssVersionNotSpecifiedException",
			`No api-version was supplied for the "%s" request. The version must be supplied either as part of the Accept header (e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").`, method)
	}
	version, valid := parseAPIVersion(text)
	switch {
	case !valid:
		return versionError("VssInvalidApiVersionException", "The api-version '%s' is not in a valid format.", text)
	case version.after(latestMajor, latestMinor):
		return versionError("VssVersionOutOfRangeException",
			"The requested REST API version of %s is out of range for this server. The latest REST API version this server supports is %d.%d.", text, latestMajor, latestMinor)
	case !version.preview && (c.resource.preview || version.after(releasedMajor, releasedMinor)):
		return versionError("VssInvalidPreviewVersionException",
			`The requested version "%s" of the resource is under preview. The -preview flag must be supplied in the api-version for such requests. For example: "%d.%d-preview"`, text, version.major, version.minor)
	case version.preview && version.revision > c.resource.newestIn(version):
		return versionError("VssVersionOutOfRangeException",
			`The requested resource version of "%s" is out of range. The latest version of this resource is "%s".`, text, c.resource.newest())
	}
	if version.preview && version.revision == 0 {
		version.revision = c.resource.newestIn(version)
	}
	c.version = version
	return nil
}

// newestIn returns the newest revision of a resource in a version of the service.
func (r *resource) newestIn(version apiVersion) int {
	if version.after(releasedMajor, releasedMinor) {
		return max(r.version, r.next)
	}
	return r.version
}

func versionError(typeKey, format string, args ...any) error {
	return newError(http.StatusBadRequest, webAPIAssembly, typeKey, format, args...)
}

// requestedVersion returns the version of the query or else of the Accept header, which SDKs use.
func (c *call) requestedVersion() string {
	if version := c.arg("api-version"); version != "" {
		return version
	}
	_, params, err := mime.ParseMediaType(c.request.Header.Get("Accept"))
	if err != nil {
		return ""
	}
	return params["api-version"]
}
