package adourl

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseReadsEveryFormOfAnAddress(t *testing.T) {
	organization := Address{Organization: "contoso"}
	payments := Address{Organization: "contoso", Project: "Payments"}
	api := Address{Organization: "contoso", Project: "Payments", Repository: "api"}
	shorthand := Address{Organization: "contoso", Project: "Payments", Repository: "Payments"}
	notebooks := Address{Organization: "contoso", Project: "Data Science", Repository: "note books"}
	at := func(service string, address Address) Address {
		address.Service = service
		return address
	}
	for name, group := range map[string]struct {
		want Address
		raw  []string
	}{
		"an organization": {organization, []string{
			"https://dev.azure.com/contoso",
			"https://dev.azure.com/contoso/",
			"https://dev.azure.com/contoso//",
			"https://dev.azure.com//contoso",
			"http://dev.azure.com/contoso",
			"HTTPS://DEV.Azure.Com:443/contoso",
			"https://somebody:p4ssw0rd@dev.azure.com/contoso",
			"  https://dev.azure.com/contoso\n",
			"dev.azure.com/contoso",
			"dev.azure.com/contoso?next=https://example.com",
			"https://dev.azure.com/con%74oso",
			"https://dev.azure.com/contoso?a=b",
			"https://dev.azure.com/contoso#top",
			"https://dev.azure.com/contoso/_settings/users",
			"https://dev.azure.com/contoso/_apis/projects/Payments",
			"https://dev.azure.com/contoso/_git",
			"https://contoso.visualstudio.com",
			"https://contoso.visualstudio.com/",
			"https://Contoso.VisualStudio.com/DefaultCollection",
			"https://contoso.visualstudio.com/defaultcollection/",
			"https://contoso.visualstudio.com/_apis/projects",
			"contoso.visualstudio.com",
			"git@ssh.dev.azure.com:v3/contoso",
		}},
		"an organization in its own spelling": {Address{Organization: "Contoso-2"}, []string{
			"https://dev.azure.com/Contoso-2",
			"Contoso-2@vs-ssh.visualstudio.com:v3/Contoso-2",
		}},
		"a project": {payments, []string{
			"https://dev.azure.com/contoso/Payments",
			"https://dev.azure.com/contoso/Payments/",
			"https://dev.azure.com/contoso/Payments/_git",
			"https://dev.azure.com/contoso/Payments/_git/",
			"https://dev.azure.com/contoso/Payments/_workitems/edit/12",
			"https://dev.azure.com/contoso/Payments/_wiki/wikis/Payments.wiki/1/A%2FB",
			"https://dev.azure.com/contoso/Payments/The%20Team/_sprints/taskboard",
			"https://dev.azure.com/contoso/Payments/_versionControl?path=%24%2FPayments",
			"https://contoso.visualstudio.com/Payments",
			"https://contoso.visualstudio.com/DefaultCollection/Payments/_build",
			"git@ssh.dev.azure.com:v3/contoso/Payments",
		}},
		"a repository": {api, []string{
			"https://dev.azure.com/contoso/Payments/_git/api",
			"https://dev.azure.com/contoso/Payments/_git/api/",
			"https://contoso@dev.azure.com/contoso/Payments/_git/api",
			"https://dev.azure.com/contoso/Payments/_git/api?path=/main.tf&version=GBmain",
			"https://dev.azure.com/contoso/Payments/_git/api/pullrequest/12",
			"https://dev.azure.com/contoso/Payments/_GIT/api",
			"https://dev.azure.com/contoso/Payments/_git/_full/api",
			"https://dev.azure.com/contoso/Payments/_git/_optimized/api",
			"https://dev.azure.com/contoso/Payments/The%20Team/_git/api",
			"https://contoso.visualstudio.com/Payments/_git/api",
			"https://contoso.visualstudio.com/DefaultCollection/Payments/_git/api",
			"https://contoso@contoso.visualstudio.com/DefaultCollection/Payments/_git/_full/api",
			"git@ssh.dev.azure.com:v3/contoso/Payments/api",
			"git@ssh.dev.azure.com:v3/contoso/Payments/api/",
			"ssh.dev.azure.com:v3/contoso/Payments/api",
			"ssh://git@ssh.dev.azure.com/v3/contoso/Payments/api",
			"ssh://git@ssh.dev.azure.com:22/v3/contoso/Payments/api",
			"ssh://git@ssh.dev.azure.com:v3/contoso/Payments/api",
			"GIT@SSH.dev.azure.com:V3/contoso/Payments/api",
			"https://ssh.dev.azure.com/v3/contoso/Payments/api",
			"contoso@vs-ssh.visualstudio.com:v3/contoso/Payments/api",
			"ssh://contoso@vs-ssh.visualstudio.com/v3/contoso/Payments/api",
			"ssh://contoso@vs-ssh.visualstudio.com:22/v3/contoso/Payments/api?ref=main",
			"ssh://contoso@vs-ssh.visualstudio.com:22/Payments/_ssh/api",
			"ssh://contoso@vs-ssh.visualstudio.com:22/DefaultCollection/Payments/_ssh/api",
			"ssh://contoso@contoso.visualstudio.com:22/DefaultCollection/Payments/_git/api",
		}},
		"the repository that has its project's name": {shorthand, []string{
			"https://dev.azure.com/contoso/_git/Payments",
			"https://dev.azure.com/contoso/Payments/_git/Payments",
			"https://contoso@dev.azure.com/contoso/_git/Payments",
			"https://contoso.visualstudio.com/_git/Payments",
			"https://contoso.visualstudio.com/DefaultCollection/_git/Payments",
			"ssh://contoso@vs-ssh.visualstudio.com:22/_ssh/Payments",
			"ssh://contoso@vs-ssh.visualstudio.com:22/DefaultCollection/_ssh/Payments",
			"git@ssh.dev.azure.com:v3/contoso/Payments/Payments",
		}},
		"encoded names": {notebooks, []string{
			"https://dev.azure.com/contoso/Data%20Science/_git/note%20books",
			"https://dev.azure.com/contoso/Data Science/_git/note books",
			"https://contoso.visualstudio.com/Data%20Science/%5Fgit/note%20books",
			"git@ssh.dev.azure.com:v3/contoso/Data%20Science/note%20books",
			"git@ssh.dev.azure.com:v3/contoso/Data Science/note books",
			"ssh://git@ssh.dev.azure.com/v3/contoso/Data%20Science/note%20books",
		}},
		"names beyond ASCII": {Address{Organization: "contoso", Project: "Zürich", Repository: "a+b&c=100%"}, []string{
			"https://dev.azure.com/contoso/Z%C3%BCrich/_git/a+b&c=100%25",
			"https://dev.azure.com/contoso/Zürich/_git/a%2Bb%26c%3D100%25",
		}},
		"identities":            {at("vssps", organization), []string{"https://vssps.dev.azure.com/contoso/_apis/graph/users", "https://contoso.vssps.visualstudio.com/_apis/graph/users"}},
		"releases of a project": {at("vsrm", payments), []string{"https://vsrm.dev.azure.com/contoso/Payments/_apis/release/releases", "https://contoso.vsrm.visualstudio.com/DefaultCollection/Payments/_apis/release"}},
		"entitlements":          {at("vsaex", organization), []string{"https://vsaex.dev.azure.com/contoso", "https://contoso.vsaex.visualstudio.com"}},
		"feeds":                 {at("feeds", payments), []string{"https://feeds.dev.azure.com/contoso/Payments/_apis/packaging/feeds", "https://contoso.feeds.visualstudio.com/Payments/_apis/packaging/feeds"}},
		"packages":              {at("pkgs", organization), []string{"https://pkgs.dev.azure.com/contoso/_packaging/feed/nuget/v3/index.json", "https://contoso.pkgs.visualstudio.com/_packaging/feed/npm/registry/"}},
	} {
		for _, raw := range group.raw {
			got, err := Parse(raw)
			if diff := cmp.Diff(group.want, got); err != nil || diff != "" {
				t.Errorf("%s, %q: %v (-want +got):\n%s", name, raw, err, diff)
			}
		}
	}
}

func TestParseRefusesWhatNamesNoOrganization(t *testing.T) {
	for want, all := range map[error][]string{
		errEmpty:     {"", " \n"},
		errMalformed: {"https://dev.azure.com/%zz", "https://dev.azure.com/contoso/100%", "https://dev.azure.com:port/contoso", "git@ssh.dev.azure.com:v3/contoso/100%/api", `https://dev.azure.com\contoso`, "git@github.com:contoso/api.git"},
		errNoHost:    {"https:///contoso", "ssh://"},
		errScheme:    {"ftp://dev.azure.com/contoso", "git://dev.azure.com/contoso", "vso://contoso"},
		errOtherHost: {
			"contoso", "https://github.com/contoso", "https://tfs.contoso.com/tfs/DefaultCollection", "https://notdev.azure.com/contoso", "https://azure.com/contoso",
			"https://dev.azure.com.evil.example/contoso", "https://a.b.dev.azure.com/contoso", "https://a.b.c.visualstudio.com", "https://.dev.azure.com/contoso",
			"https://evilvisualstudio.com/contoso", "mailto:Svc-Flow@contoso.com",
		},
		errNoOrganization: {
			"https://dev.azure.com", "https://dev.azure.com/", "https://dev.azure.com/_apis/resourceAreas", "https://vssps.dev.azure.com", "https://aex.dev.azure.com/me",
			"https://visualstudio.com/contoso", "https://app.vssps.visualstudio.com/_apis/profile/profiles/me", "https://marketplace.visualstudio.com/items",
			"https://spsprodeus21.vssps.visualstudio.com/_signin", "https://tfsprodcus14.visualstudio.com/", "https://vs-ssh.visualstudio.com",
			"git@ssh.dev.azure.com:v3", "git@ssh.dev.azure.com:v3/", "git@ssh.dev.azure.com:contoso/Payments/api", "ssh://vs-ssh.visualstudio.com:22/Payments/_ssh/api",
		},
		errOrganization: {"https://dev.azure.com/con%20toso", "https://dev.azure.com/contoso%2FPayments", "https://dev.azure.com/contöso", "https://con_toso.visualstudio.com", "git@ssh.dev.azure.com:v3/con.toso/Payments/api"},
		errName: {
			"https://dev.azure.com/contoso/Pay%2Fments", "https://dev.azure.com/contoso/Pay%5Cments", "https://dev.azure.com/contoso/../fabrikam", "https://dev.azure.com/contoso/%20",
			"https://dev.azure.com/contoso/Pay%00ments", "https://dev.azure.com/contoso/Payments/_git/%FF", "https://dev.azure.com/contoso/Payments/_git/.", "git@ssh.dev.azure.com:v3/contoso/_git/api",
		},
	} {
		for _, raw := range all {
			if got, err := Parse(raw); !errors.Is(err, want) || got != (Address{}) {
				t.Errorf("%q: %+v and the error %v, want %v", raw, got, err, want)
			}
		}
	}
}

func TestAnAddressHasAKindAndAURL(t *testing.T) {
	for want, address := range map[string]Address{
		"organization https://dev.azure.com/contoso":                                        {Organization: "contoso", Service: "vssps"},
		"project https://dev.azure.com/contoso/Data%20Science":                              {Organization: "contoso", Project: "Data Science"},
		"repository https://dev.azure.com/contoso/Data%20Science/_git/Z%C3%BCrich%20%3F%25": {Organization: "contoso", Project: "Data Science", Repository: "Zürich ?%"},
	} {
		if got := string(address.Kind()) + " " + address.URL(); got != want {
			t.Errorf("%+v is %s, want %s", address, got, want)
		}
	}
}

func TestSSHAddressesAreTold(t *testing.T) {
	for raw, want := range map[string]bool{
		"git@ssh.dev.azure.com:v3/contoso/Payments/api":              true,
		"ssh://git@ssh.dev.azure.com/":                               true,
		"ssh://contoso@vs-ssh.visualstudio.com:22/Payments/_ssh/api": true,
		"git@github.com:contoso/api":                                 false,
		"https://dev.azure.com/ssh.dev.azure.com:v3/contoso":         false,
		"https://dev.azure.com/contoso":                              false,
	} {
		if got := IsSSH(raw); got != want {
			t.Errorf("%q: %t, want %t", raw, got, want)
		}
	}
}

func TestErrorsDoNotRepeatTheAddress(t *testing.T) {
	const secret = "s3cr3t"
	for _, raw := range []string{
		"https://me:" + secret + "@github.com/contoso", "https://me:" + secret + "?@dev.azure.com/contoso", secret, "https://dev.azure.com/" + secret + "_",
		"ftp://me:" + secret + "@dev.azure.com/contoso", "https://dev.azure.com/contoso/" + secret + "%2F", "ssh://" + secret + "%",
	} {
		if _, err := Parse(raw); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: the error is %v", raw, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"https://dev.azure.com/contoso/Data%20Science/_git/_full/api?x#y", "https://contoso@contoso.visualstudio.com/DefaultCollection/_git/api/",
		"git@ssh.dev.azure.com:v3/contoso/p/r", "ssh://contoso@vs-ssh.visualstudio.com:22/DefaultCollection/p/_ssh/r", "contoso.pkgs.visualstudio.com/p",
		"https://vssps.dev.azure.com/contoso/_x", "contoso", " https://dev.azure.com//x%20y/ ", "https://[::1]/", "::", "http://%", "https://dev.azure.com/a/%5f/..%2f",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		address, err := Parse(raw)
		if err != nil {
			if address != (Address{}) {
				t.Errorf("%q: %+v with the error %v", raw, address, err)
			}
			return
		}
		if !IsOrganization(string(address.Organization)) || address.Repository != "" && address.Project == "" {
			t.Errorf("%q gives %+v", raw, address)
		}
		address.Service = ""
		if again, err := Parse(address.URL()); err != nil || again != address {
			t.Errorf("%q gives %+v, but %q gives %+v and the error %v", raw, address, address.URL(), again, err)
		}
		if again, err := Parse(address.Organization.BaseURL()); err != nil || again != (Address{Organization: address.Organization}) {
			t.Errorf("%q gives organization %q, whose base URL gives %+v and the error %v", raw, address.Organization, again, err)
		}
	})
}
