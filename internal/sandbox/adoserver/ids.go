package adoserver

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// idSpace makes ids the same on every machine, for stable tests and recorded output.
var idSpace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://dev.azure.com/#sandbox"))

// guid returns the id of an object, computed from its kind and names.
func guid(kind string, names ...string) string {
	return uuid.NewSHA1(idSpace, []byte(strings.ToLower(kind+"\x00"+strings.Join(names, "\x00")))).String()
}

func isGUID(text string) bool {
	_, err := uuid.Parse(text)
	return err == nil && len(text) == 36
}

// userDescriptor returns the subject descriptor of an Entra account. It contains a GUID that is neither the identity id nor the
// object id.
func userDescriptor(guid string) string {
	return "aad." + base64.RawURLEncoding.EncodeToString([]byte(guid))
}

// groupDescriptor returns the subject descriptor of a group, which contains its SID.
func groupDescriptor(sid string) string {
	return "vssgp." + base64.RawURLEncoding.EncodeToString([]byte(sid))
}

// Ends of the SIDs of groups that exist in every domain.
const (
	administratorsRID = "-0-0-0-0-1"
	validUsersRID     = "-0-0-0-0-3"

	serviceAccountsRID      = "-0-0-0-0-2"
	securityServiceRID      = "-0-0-0-0-5"
	buildServiceAccountsRID = "-0-0-0-1-1"
	buildAdministratorsRID  = "-0-0-0-1-2"
)

// domainSID returns the start of all SIDs of an organization or project: its GUID in the byte order of .NET (the first three
// fields are little-endian), as four big-endian words.
func domainSID(domain string) string {
	return "S-1-9-1551374245" + words(domain)
}

// customSID returns the SID of any other group.
func customSID(domain, group string) string {
	return domainSID(domain) + "-1" + words(group)
}

func words(guid string) string {
	id := uuid.MustParse(guid)
	mixed := [16]byte{id[3], id[2], id[1], id[0], id[5], id[4], id[7], id[6]}
	copy(mixed[8:], id[8:])
	var text strings.Builder
	for i := 0; i < len(mixed); i += 4 {
		fmt.Fprintf(&text, "-%d", binary.BigEndian.Uint32(mixed[i:]))
	}
	return text.String()
}
