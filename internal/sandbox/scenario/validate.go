package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

var (
	// organizationName is the rule of
	// https://learn.microsoft.com/azure/devops/organizations/accounts/organization-name-limitations
	organizationName = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?$`)
	scopeName        = regexp.MustCompile(`^(vso\.[a-z_.]+|app_token)$`)
)

// Validate reports duplicate names, names that refer to nothing, and values that are not allowed.
func (s *Scenario) Validate() error {
	v := &validator{seen: map[string]bool{}}
	v.workspace(s.Workspace)
	for _, org := range s.Organizations {
		v.organization(org)
	}
	if v.diags.HasErrors() {
		return asError(v.diags)
	}
	return nil
}

type validator struct {
	diags hcl.Diagnostics
	seen  map[string]bool
}

func (v *validator) errorf(at hcl.Range, summary, format string, args ...any) {
	v.diags = v.diags.Append(&hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  summary,
		Detail:   fmt.Sprintf(format, args...),
		Subject:  &at,
	})
}

// unique reports a second object of the same kind and name within the scope. Azure DevOps ignores case in names.
func (v *validator) unique(at hcl.Range, scope, kind, name string) {
	key := strings.ToLower(scope + "\x00" + kind + "\x00" + name)
	switch {
	case name == "":
		v.errorf(at, "Empty name", "Every %s needs a name.", kind)
	case v.seen[key]:
		v.errorf(at, "Duplicate name", "There is another %s named %q. Case does not matter.", kind, name)
	}
	v.seen[key] = true
}

func (v *validator) oneOf(at hcl.Range, attribute, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		v.errorf(at, "Unknown value", "%s is %q, it must be one of: %s.", attribute, value, strings.Join(allowed, "; "))
	}
}

func (v *validator) age(at hcl.Range, attribute string, days int) {
	if days < 0 {
		v.errorf(at, "Negative age", "%s is %d. An age is a number of days before the first start.", attribute, days)
	}
}

func (v *validator) workspace(w Workspace) {
	keys := map[string]bool{}
	for _, key := range w.APIKeys {
		v.unique(key.DefRange, "", "API key", key.Name)
		v.oneOf(key.DefRange, "access", string(key.Access), string(AccessView), string(AccessManage), string(AccessDelete))
		if key.Key == "" || keys[key.Key] {
			v.errorf(key.DefRange, "Unusable key", "Each API key needs a different key that is not empty.")
		}
		keys[key.Key] = true
	}
	if len(w.APIKeys) == 0 {
		v.errorf(w.DefRange, "No API key", "The workspace needs at least one api_key block.")
	}
}

func (v *validator) organization(org Organization) {
	v.unique(org.DefRange, "", "organization", org.Name)
	if !organizationName.MatchString(org.Name) {
		v.errorf(org.DefRange, "Invalid organization name", "%q must have at most 50 letters, digits and hyphens, and start and end with a letter or digit.", org.Name)
	}
	members := memberNames(org)
	for _, account := range org.Accounts {
		v.unique(account.DefRange, org.Name, "account or group", account.Email)
		if !strings.Contains(account.Email, "@") {
			v.errorf(account.DefRange, "Invalid account", "The name of an account is its e-mail, which %q is not.", account.Email)
		}
	}
	for _, group := range org.Groups {
		v.group(org, group, members)
	}
	v.cycles(org)
	for _, project := range org.Projects {
		v.project(org, project, members)
	}
	for _, token := range org.Tokens {
		v.token(org, token)
	}
}

func (v *validator) group(org Organization, group Group, members map[string]bool) {
	v.unique(group.DefRange, org.Name, "account or group", group.Name)
	v.members(group.DefRange, "members", group.Members, members)
	for _, permission := range slices.Concat(group.Allow, group.Deny) {
		v.oneOf(group.DefRange, "a permission", string(permission),
			string(ViewInstance), string(EditInstance), string(ViewSubscriptions), string(EditSubscriptions))
	}
}

// memberNames returns the names that a list of members may contain, in lower case.
func memberNames(org Organization) map[string]bool {
	names := map[string]bool{strings.ToLower(AdministratorsGroup): true}
	for _, account := range org.Accounts {
		names[strings.ToLower(account.Email)] = true
	}
	for _, group := range org.Groups {
		names[strings.ToLower(group.Name)] = true
	}
	return names
}

func (v *validator) members(at hcl.Range, attribute string, given []string, known map[string]bool) {
	for _, member := range given {
		if !known[strings.ToLower(member)] {
			v.errorf(at, "Unknown member", "%s contains %q, which is neither an account nor a group of this organization.", attribute, member)
		}
	}
}

// cycles reports a group that contains itself, directly or not.
func (v *validator) cycles(org Organization) {
	groups := map[string]Group{}
	for _, group := range org.Groups {
		groups[strings.ToLower(group.Name)] = group
	}
	state := map[string]int{} // 1: being visited, 2: done
	var visit func(name string)
	visit = func(name string) {
		group, ok := groups[name]
		if !ok || state[name] == 2 {
			return
		}
		if state[name] == 1 {
			v.errorf(group.DefRange, "Group within itself", "The group %q is a member of itself, directly or through others.", group.Name)
			return
		}
		state[name] = 1
		for _, member := range group.Members {
			visit(strings.ToLower(member))
		}
		state[name] = 2
	}
	for _, group := range org.Groups {
		visit(strings.ToLower(group.Name))
	}
}

func (v *validator) project(org Organization, project Project, members map[string]bool) {
	v.unique(project.DefRange, org.Name, "project", project.Name)
	v.oneOf(project.DefRange, "version_control", project.VersionControl, Git, TFVC)
	v.oneOf(project.DefRange, "visibility", project.Visibility, Private, Public)
	v.members(project.DefRange, "readers", project.Readers, members)
	v.members(project.DefRange, "administrators", project.Administrators, members)
	for _, repository := range project.Repositories {
		v.unique(repository.DefRange, org.Name+"/"+project.Name, "repository", repository.Name)
		for _, pr := range repository.PullRequests {
			v.pullRequest(org, pr)
		}
	}
	for _, item := range project.WorkItems {
		v.age(item.DefRange, "age_days", item.AgeDays)
	}
}

func (v *validator) pullRequest(org Organization, pr PullRequest) {
	v.account(pr.DefRange, "author", org, pr.Author)
	v.oneOf(pr.DefRange, "status", pr.Status, "active", "completed", "abandoned")
	v.age(pr.DefRange, "age_days", pr.AgeDays)
	if pr.ClosedDays == nil {
		return
	}
	v.age(pr.DefRange, "closed_days", *pr.ClosedDays)
	if pr.Status == "active" || *pr.ClosedDays > pr.AgeDays {
		v.errorf(pr.DefRange, "Impossible closing", "closed_days needs a status other than active, and must not be greater than age_days.")
	}
}

func (v *validator) token(org Organization, token Token) {
	v.unique(token.DefRange, "", "token", token.Name)
	v.account(token.DefRange, "owner", org, token.Owner)
	v.oneOf(token.DefRange, "state", string(token.State), string(TokenActive), string(TokenExpired), string(TokenRevoked))
	for _, scope := range token.Scopes {
		if !scopeName.MatchString(scope) {
			v.errorf(token.DefRange, "Unknown scope", "scopes contains %q. A scope has a name such as %q, or app_token for full access.", scope, "vso.code")
		}
	}
}

func (v *validator) account(at hcl.Range, attribute string, org Organization, email string) {
	known := slices.ContainsFunc(org.Accounts, func(a Account) bool { return a.Email == email })
	if !known {
		v.errorf(at, "Unknown account", "%s is %q, which is not an account of the organization %s. Case matters here.", attribute, email, org.Name)
	}
}
