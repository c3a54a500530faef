package scenario

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDefaultHoldsTheDocumentedWorld(t *testing.T) {
	s := Default()
	got := map[string][]string{}
	for _, key := range s.Workspace.APIKeys {
		got["api keys"] = append(got["api keys"], key.Key+" may "+string(key.Access))
	}
	for _, org := range s.Organizations {
		for _, account := range org.Accounts {
			got[org.Name+" accounts"] = append(got[org.Name+" accounts"], account.Email)
		}
		for _, token := range org.Tokens {
			got[org.Name+" tokens"] = append(got[org.Name+" tokens"], token.Name)
		}
		for _, p := range org.Projects {
			line := p.Name + " (" + p.VersionControl + ", " + p.Visibility + ")"
			for _, r := range p.Repositories {
				line += " " + r.Name
			}
			if !p.TicketsSupported() {
				line += ", tickets unsupported"
			}
			got[org.Name+" projects"] = append(got[org.Name+" projects"], line)
		}
	}
	want := map[string][]string{
		"api keys":         {"sandbox-api-key may View, manage and delete", "sandbox-readonly-key may View"},
		"contoso accounts": {"Svc-Flow@contoso.com", "reader@contoso.com", "outsider@contoso.com"},
		"contoso tokens": {
			"full", "full-2", "no-code", "no-build", "no-graph", "no-identity", "no-project", "no-work",
			"reader", "outsider", "expired", "revoked", "conditional-access",
		},
		"contoso projects": {
			"Payments (Git, private) api web ledger",
			"Platform (Git, private) terraform images docs",
			"Data Science (Git, private) notebooks",
			"Legacy (TFVC, private)",
			"Archive (TFVC, private) attic, tickets unsupported",
		},
		"fabrikam accounts": {"Svc-Flow@fabrikam.com"},
		"fabrikam tokens":   {"fabrikam"},
		"fabrikam projects": {"Open Source (Git, public) samples"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSecretHasTheFormatOfNewTokens(t *testing.T) {
	seen := map[string]string{}
	for _, org := range Default().Organizations {
		for _, token := range org.Tokens {
			secret := Secret(org.Name, token.Name)
			if !regexp.MustCompile(`^[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}$`).MatchString(secret) {
				t.Errorf("%s: %q", token.Name, secret)
			}
			if other, double := seen[secret]; double {
				t.Errorf("%s and %s have the same secret", token.Name, other)
			}
			seen[secret] = token.Name
			if again := Secret(org.Name, token.Name); again != secret {
				t.Errorf("%s changed from %q to %q", token.Name, secret, again)
			}
		}
	}
}

// small is a valid scenario in which tests replace parts.
const small = `
workspace "w" {
  api_key "a" {
    key    = "k"
    access = "View"
  }
}
organization "one" {
  account "a@one.com" {}
  group "G" {
    members = ["a@one.com"]
  }
  project "P" {
    repository "r" {}
  }
  token "t" {
    owner = "a@one.com"
  }
}
`

func TestParseFillsInDefaults(t *testing.T) {
	s, err := Parse("small.hcl", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	org := s.Organizations[0]
	if a := org.Accounts[0]; a.DisplayName != "a@one.com" || a.SignInName != "a@one.com" {
		t.Errorf("account: %+v", a)
	}
	if p := org.Projects[0]; p.VersionControl != Git || p.Visibility != Private || !p.TicketsSupported() {
		t.Errorf("project: %+v", p)
	}
	if token := org.Tokens[0]; token.State != TokenActive || !cmp.Equal(token.Scopes, RequiredScopes) {
		t.Errorf("token: %+v", token)
	}
}

func TestParseNamesThePlaceOfEachMistake(t *testing.T) {
	tests := map[string]struct{ old, new, want string }{
		"syntax":               {`repository "r" {}`, `repository "r" {`, "small.hcl:"},
		"unknown attribute":    {`repository "r" {}`, `color = "red"`, "small.hcl:14"},
		"missing attribute":    {`owner = "a@one.com"`, ``, `"owner"`},
		"unknown owner":        {`owner = "a@one.com"`, `owner = "A@one.com"`, "small.hcl:16,3-12: Unknown account"},
		"unknown member":       {`["a@one.com"]`, `["b@one.com"]`, "small.hcl:10,3-12: Unknown member"},
		"group within itself":  {`["a@one.com"]`, `["G"]`, "Group within itself"},
		"unknown permission":   {`members = ["a@one.com"]`, `allow = ["Everything"]`, `"Everything"`},
		"unknown access":       {`"View"`, `"Admin"`, "View, manage and delete"},
		"bad scope":            {`owner = "a@one.com"`, "owner = \"a@one.com\"\nscopes = [\"code\"]", "Unknown scope"},
		"bad state":            {`owner = "a@one.com"`, "owner = \"a@one.com\"\nstate = \"lost\"", "expired"},
		"duplicate repository": {`repository "r" {}`, "repository \"r\" {}\nrepository \"R\" {}", "Duplicate name"},
		"bad organization":     {`organization "one"`, `organization "one/two"`, "Invalid organization name"},
		"bad version control":  {`repository "r" {}`, `version_control = "SVN"`, "TFVC"},
		"unknown author": {
			`repository "r" {}`, "repository \"r\" {\npull_request {\ntitle = \"t\"\nauthor = \"x@one.com\"\nage_days = 1\n}\n}",
			"Unknown account",
		},
		"closed before opened": {
			`repository "r" {}`, "repository \"r\" {\npull_request {\ntitle = \"t\"\nauthor = \"a@one.com\"\nage_days = 1\nstatus=\"completed\"\nclosed_days = 2\n}\n}",
			"Impossible closing",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			source := strings.Replace(small, test.old, test.new, 1)
			if source == small {
				t.Fatalf("%q is not in the scenario", test.old)
			}
			_, err := Parse("small.hcl", []byte(source))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q in it", err, test.want)
			}
		})
	}
}

func TestParseReportsEveryMistake(t *testing.T) {
	source := strings.NewReplacer(`owner = "a@one.com"`, `owner = "x@one.com"`, `["a@one.com"]`, `["y@one.com"]`).Replace(small)
	_, err := Parse("small.hcl", []byte(source))
	if err == nil || !strings.Contains(err.Error(), "x@one.com") || !strings.Contains(err.Error(), "y@one.com") {
		t.Errorf("got %v", err)
	}
}

func TestLoadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "world.hcl")
	if err := os.WriteFile(path, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := LoadFile(path); err != nil || s.Workspace.Name != "w" {
		t.Errorf("got %+v, %v", s, err)
	}
	if _, err := LoadFile(path + ".missing"); err == nil {
		t.Error("a missing file is no error")
	}
}

func TestScaledAddsExactlyWhatIsAsked(t *testing.T) {
	tests := []struct {
		scale           Scale
		projects, repos int
	}{
		{Scale{}, 0, 0},
		{Scale{Projects: 3}, 3, 0},
		{Scale{Repos: 5}, 1, 5},
		{Scale{Projects: 3, Repos: 10}, 3, 10},
		{Scale{Projects: 100, Repos: 20_000}, 100, 20_000},
	}
	base := Default()
	baseProjects, baseRepos := count(base)
	for _, test := range tests {
		start := time.Now()
		scaled := base.Scaled(test.scale)
		if err := scaled.Validate(); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%+v took %v", test.scale, took)
		}
		projects, repos := count(scaled)
		if projects-baseProjects != test.projects || repos-baseRepos != test.repos {
			t.Errorf("%+v added %d projects and %d repositories", test.scale, projects-baseProjects, repos-baseRepos)
		}
		if diff := cmp.Diff(scaled, base.Scaled(test.scale)); diff != "" {
			t.Errorf("%+v differs the second time: %s", test.scale, diff)
		}
	}
	if p, r := count(base); p != baseProjects || r != baseRepos {
		t.Error("the scenario itself was changed")
	}
}

func count(s *Scenario) (projects, repos int) {
	for _, org := range s.Organizations {
		projects += len(org.Projects)
		for _, project := range org.Projects {
			repos += len(project.Repositories)
		}
	}
	return projects, repos
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add(defaultSource)
	f.Fuzz(func(t *testing.T, source []byte) {
		s, err := Parse("fuzz.hcl", source)
		if (s == nil) == (err == nil) {
			t.Errorf("got %v and %v", s, err)
		}
	})
}
