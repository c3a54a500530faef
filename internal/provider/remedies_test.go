package provider_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// followers are the tests that do what a message says and end with a clean plan, with the beginnings of the sentences
// that they follow.
var followers = map[string][]string{
	"adointegration.TestAMistakeIsUndoneByWhatItsMessageSays": {
		"Write it as …", "Write it as https://dev.azure.com/<organization>, for example …", "Write the base URL as https://dev.azure.com/<organization>, with",
		"Write the address alone, exactly as in the Azure profile", "Set the e-mail to …", "Set the e-mail to …, or give a token that … created",
		"Give the token alone", "Remove the line break", "Use a token of Azure DevOps for real plans", "Check that the token was copied whole",
		"Look the token up at …", "Regenerate the token at …, and give the new value here", "Edit the token at …, or create a new one, and add …",
		"Set … to the service account's personal access token of Azure DevOps", `Remove the token, or set auth_method = "access_token"`,
		"Remove personal_access_token, which is stored in the state", "Use personal_access_token_wo instead of personal_access_token",
		"Set personal_access_token_wo as well, or remove …", `Write year, month and day, such as "2027-03-31"`,
		"Create a new token under User settings > Personal access tokens", "Write a number greater than zero", "Turn on what Flow should read, or turn webhooks off",
	},
	"adointegration.TestACreationSucceedsAfterWhatItsMessageSays": {
		"Set personal_access_token_wo (before", "Check under User settings > Personal access tokens in Azure DevOps",
		"Spell the e-mail as in the Azure profile", "Set the base URL to https://dev.azure.com/<organization>", "Choose another name",
		"Or switch webhooks off, which are on by default:", "Without webhooks, set … to Allow for the account", "If only Flow is to be allowed",
		"In Azure DevOps, set … to Allow for the account",
	},
	"adointegration.TestATokenMovesIntoTheVariableOfTheMessage": {"Revoke the token if it was committed", "Then write … = var.ado_pat"},
	"adointegration.TestALostCreationIsAdoptedWithTheBlockOfTheMessage": {
		"Run `terraform plan` again", "If it says that the integration exists, import it:", "Run `terraform state list -id=…` first", "If it lists nothing, import the integration, or choose another name:",
	},
	"adointegration.TestABaseURLThatIsNotKnownIsAppliedFirst": {"Apply what it depends on first with -target"},
	"adointegration.TestAConnectionThatFlowReportsAsFailedWarns": {
		"Check the token in Azure DevOps", "To send a new one, give it as personal_access_token_wo, and set personal_access_token_wo_version = 1",
		"To send a new one, give it as personal_access_token_wo, and set personal_access_token_wo_version = …",
	},
	"adointegration.TestATokenThatIsNotSentWarns":                     {"To send the new one, set personal_access_token_wo_version = …"},
	"adointegration.TestAChangeThatNeedsTheConnection":                {"To send it with this change, set personal_access_token_wo_version = …"},
	"adointegration.TestAChangeThatFlowIgnoresIsAnError":              {"To leave it to Flow, add to the resource:"},
	"adointegration.TestTheVendorsName":                               {"Set the provider's azure_devops_vendor", "Create an Azure DevOps integration in Flow under … to see it"},
	"adointegration.TestTheProfilesAddressIsNamedFirst":               {"Set the e-mail to …, the first of the account's addresses", "Set the e-mail to …, the address in the Azure profile of the token's owner"},
	"adointegration.TestARenamedBlockKeepsTheIntegration":             {"Find its address with `terraform state list -id=…`", "- If you renamed the block or its module"},
	"adointegration.TestAnImportOfWhatTheSamePlanDestroysIsRefused":   {"Otherwise, run `terraform state rm` with the address that is destroyed"},
	"adointegration.TestAnImportThatShouldHaveBeenAMove":              {"If you renamed the block or its module, or the key of for_each, remove the import block and add a moved block"},
	"adointegration.TestAnotherNameMakesAnotherIntegration":           {"Otherwise, choose another name"},
	"adointegration.TestATaintedIntegrationCanBeUntainted":            {"Run `terraform untaint ADDRESS`"},
	"adointegration.TestBlocksThatSwappedTheirNamesCanBeSwappedBack":  {"- If two blocks swapped their names"},
	"adointegration.TestAReplacementThatCannotBeMadeFirstCanBeUndone": {"- If Terraform shows this resource as deposed", "Change the name as well, or remove create_before_destroy"},
	"adointegration.TestAnInstanceMovesToABlockOfItsOwn":              {"- If one instance of count or for_each is to be managed elsewhere"},
	"adointegration.TestAnIntegrationWithADeadTokenCanBeDestroyed":    {"To destroy the integration anyway"},
	"adointegration.TestTheWaysOutOfTheDeletionGuard": {
		"To stop managing it without deleting it, use a removed block with destroy = false",
		"To stop managing it without deleting it, use a removed block with destroy = false, or", "To delete it, set deletion_protection = false, apply, and try again", "To keep it, set …",
	},
	"adointegration.TestWhatIsOfferedToImportCanBeImported":  {"To manage that one instead, import it", "If the integration exists in Flow already"},
	"adointegration.TestAWorkspaceAtANewAddress":             {"Correct the provider's workspace or base_url, or the environment", "If this is the same workspace at a new address"},
	"adointegration.TestWhatOAuthSaysWithoutAnAddress":       {"Create it in Flow under …, choosing OAuth", "Then import it, and everything else is managed here:"},
	"adointegration.TestConsentToAnotherOrganization":        {"If … is right, set base_url = …", "To destroy it without a new one"},
	"adointegration.TestAnActionThatFailedIsInvokedAgain":    {"Raise timeouts.invoke if people need longer", "To ask again, run `terraform apply -invoke"},
	"adointegration.TestAnActionIsGivenAnIntegrationByOAuth": {"Remove the action, or give it an integration with auth_method"},
	"adointegration.TestAReadOnlyWorkspace":                  {"Create it in Flow under …, and import it:", "Delete it in Flow under …, or use a removed block"},
	"adointegration.TestTwoIntegrationsOfOneName":            {"Give each a name of its own", "With count or for_each, put"},
	"adointegration.TestWhatIsNotFromAzureDevOpsIsNoVerdict": {"To plan without these checks"},
	"adointegration.TestBrokenAnswersAreNamed": {
		"Check the provider's api_key (or FLOW_API_KEY)", "Give the API key's user a role", "Check the provider's workspace or base_url, spelling included",
		"Check the provider's workspace or base_url, and whether", "Check the provider's workspace or base_url: this address", "If it happens again, report it with the data source", "If it happens again, check whether a proxy changes",
		"Try again later, with a smaller max_concurrent_requests", "Try again, or raise the provider's request_timeout",
	},
	"adointegration.TestRefusedWritesSayWhatToDo": {"Give the API key's user the right, or do it by hand", "Import what was created by hand:"},
	"repoimport.TestAMistakeIsUndoneByWhatItsMessageSays": {
		"Write include = […] to select everything", "Write … instead", "Remove the element, or give it a value", "Correct or remove the selector", "Check the id: the data source",
		"Correct or remove the selector.…",
	},
	"repoimport.TestAnImportThatFailsIsMadeAsItsMessageSays": {"Remove the import, write the resource", "Look up the id with the data source"},
	"repoimport.TestWhatFlowDidNotDoIsDoneAsTheMessageSays": {
		"It timed out: raise timeouts", "Look at their status in Flow", "Read it later, or add depends_on", "Run `terraform destroy` again",
		"If something was imported by mistake", "If you only renamed the resource",
	},
	"repoimport.TestAnUpdateIsDoneAsItsMessageSays":                {"Import repositories with flow_repo_import first", "Run `terraform apply -invoke"},
	"repoimport.TestWhatAWarningOfARemovalSaysKeepsEverything":     {`To keep them, set on_destroy = "keep"`, "If it is an instance of count or for_each, run"},
	"repoimport.TestDeposedAndTaintedObjectsRemoveNothing":         {"If Terraform shows it as deposed"},
	"repoimport.TestUnknownSelectorsMayKeepWhatIsRemoved":          {"If selectors are known only after apply"},
	"repoimport.TestARenamedBlockRemovesNothing":                   {"If you renamed the block or its module, add a moved block", "If you removed the block on purpose"},
	"repoimport.TestAServiceIsTurnedOnAndUsedInOneApply":           {"Set services = {"},
	"repoimport.TestAnIntegrationThatIsGoneTakesTheResourceWithIt": {"If the integration was deleted in Flow"},
	"ticketproject.TestTheVendorsRefusalIsNamed":                   {"Ask Flow's support, who alone"},
	"ticketproject.TestDataSource":                                 {"To list only the others"},
	"provider.TestAMistakeOfTheProvidersIsUndoneByWhatItsMessageSays": {
		"Set the provider's argument workspace", "Set the provider's argument api_key", "Set … to the key that Flow showed", "Set … to Flow's API key",
		"Remove … from the provider block", "Set azure_devops_endpoint to the address", "the API key begins with", "the API key begins or ends", "the API key holds",
		"… is plain http", "Check the port, and whether a proxy",
	},
	"provider.TestTheWayThroughAProxyIsTheOneThatItsMessageSays": {
		"Correct HTTPS_PROXY", "Check HTTPS_PROXY", "Name in SSL_CERT_FILE", "Ask whoever runs the proxy", "Put the name and password for the proxy",
	},
	"provider.TestAnUnknownKeyStopsOnlyWhatNeedsItNow": {"Set them to values that are known at plan time"},
}

// outside are the sentences that no test here can follow to a clean plan, with the reason.
var outside = map[string]string{
	"Check the network and DNS of the machine":                    anotherNetwork,
	"Check the network of the machine that runs Terraform, and":   anotherNetwork,
	"Set HTTPS_PROXY if this machine reaches":                     anotherNetwork,
	"Set HTTPS_PROXY if … is reached through a proxy":             anotherNetwork,
	"Run Terraform again with TF_LOG=DEBUG":                       "it asks for a report, and changes nothing",
	"Import what is missing in Flow under …":                      "no plan is clean in such a workspace, and the sentence says so",
	"Correct the id: the data source":                             "terraform query lists, and makes no plan",
	"Upgrade Terraform, or set on_destroy":                        "it is for Terraform 1.2 and older; TestRemovalNeedsAVersionThatPlansIt follows it in the protocol",
	"Remove the resource from the state, and import it by its id": "the provider writes no such state; it is for one that was edited",
}

// anotherNetwork is the reason of what tests of httpclient show with transports of their own.
const anotherNetwork = "it is for a name or a way beyond this machine, which no test leaves"

const imperatives = "add|apply|ask|change|check|choose|convert|copy|correct|create|delete|destroy|edit|find|give|import|list|look|make|name in|pass|plan|put|raise|read|" +
	"regenerate|remove|report|revoke|run|send|set|sign|spell|swap|switch|trim|try|turn|undo|unset|upgrade|use|write"

// capital are the imperatives at the beginning of a sentence.
var capital = regexp.MustCompile(`(^|\|)[a-z]`).ReplaceAllStringFunc(imperatives, strings.ToUpper)

var (
	sentenceEnd = regexp.MustCompile(`\n+|\. `)
	// A sentence that says what to do, perhaps behind the case that it is for: "If it is tainted, run ...".
	instruction = regexp.MustCompile(`^(- )?(` + capital + `)\b|^(- )?((Or|Then) |(Otherwise|If|To|For|Where|Without|With|In)\b[^,]*, ([^,]*, )?|[^:]+: )(` + imperatives + `)\b`)
	// What it names: an argument, a variable of the environment, a command, a block, or one of these in words.
	named = regexp.MustCompile("`|[a-z]+_[a-z]+| = |[A-Z]{2,}_[A-Z]+|block|-target|e-mail|base URL|token|selector|include|exclude|services|webhooks|workspace|timeouts|key|name\\b|value|https|[wW]rite |[sS]et …|import|:$")
)

// remedies returns the sentences of the provider's code that name what to write, run or change.
func remedies(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			slices.Contains(notProvider, strings.Split(filepath.ToSlash(path), "/")[1]) {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if pair, ok := node.(*ast.KeyValueExpr); ok && isDescription(pair.Key) {
				return false
			}
			text, whole := wholeText(node)
			for _, sentence := range sentenceEnd.Split(text, -1) {
				sentence = strings.TrimRight(strings.TrimSpace(sentence), ".")
				if instruction.MatchString(sentence) && named.MatchString(sentence) {
					found[sentence] = true
				}
			}
			return !whole
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(found))
}

// isDescription reports whether a field describes something of a schema, on a page and not in a message.
func isDescription(expression ast.Expr) bool {
	field, ok := expression.(*ast.Ident)
	return ok && strings.HasSuffix(field.Name, "Description")
}

// wholeText returns the text of a string that is put together in the code, and whether that is all of the node.
func wholeText(node ast.Node) (text string, whole bool) {
	switch node := node.(type) {
	case *ast.BasicLit:
		if node.Kind != token.STRING {
			return "", false
		}
		text, _ = strconv.Unquote(node.Value)
	case *ast.BinaryExpr:
		text = textOf(node)
	default:
		return "", false
	}
	text = anyVerb.ReplaceAllString(text, "…")
	return afterVariable.ReplaceAllString(text, "…. $1"), strings.Trim(text, "… ") != ""
}

// afterVariable is a new sentence behind one that is put in.
var afterVariable = regexp.MustCompile(`… ((?:` + capital + `)\b)`)

var anyVerb = regexp.MustCompile(`%(\[[0-9]\])?[a-z]|\{[a-z]+\}`)

// declarations are the functions, variables and constants of the tests of a package by their names.
type declarations map[string]ast.Node

// tests returns the declarations in the tests of each package of internal.
func tests(t *testing.T) map[string]declarations {
	t.Helper()
	files, err := filepath.Glob("../*/*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files with tests: %v", len(files), err)
	}
	packages := map[string]declarations{}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(filepath.Dir(path))
		if packages[name] == nil {
			packages[name] = declarations{}
		}
		for _, declaration := range file.Decls {
			packages[name].add(declaration)
		}
	}
	return packages
}

func (d declarations) add(declaration ast.Decl) {
	switch declaration := declaration.(type) {
	case *ast.FuncDecl:
		d[declaration.Name.Name] = declaration
	case *ast.GenDecl:
		for _, spec := range declaration.Specs {
			if values, ok := spec.(*ast.ValueSpec); ok {
				for _, name := range values.Names {
					d[name.Name] = values
				}
			}
		}
	}
}

// follower is what a test does, with all that it uses of its package.
type follower struct {
	texts     string // all texts in it
	endsClean bool   // it expects an empty plan
}

func (d declarations) follower(name string) follower {
	var texts strings.Builder
	var found follower
	seen := map[string]bool{name: true}
	for queue := []string{name}; len(queue) > 0; queue = queue[1:] {
		ast.Inspect(d[queue[0]], func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.BasicLit:
				if node.Kind == token.STRING {
					text, _ := strconv.Unquote(node.Value)
					texts.WriteString(text + "\n")
				}
			case *ast.Ident:
				found.endsClean = found.endsClean || node.Name == "ExpectEmptyPlan"
				if d[node.Name] != nil && !seen[node.Name] {
					seen[node.Name] = true
					queue = append(queue, node.Name)
				}
			}
			return true
		})
	}
	found.texts = texts.String()
	return found
}

// shown is how much of a sentence a test has to have word for word.
const shown = 20

// reads reports whether the test looks for a sentence, or for a part of it.
func (f follower) reads(sentence string) bool {
	if strings.Contains(f.texts, sentence) {
		return true
	}
	for part := range strings.SplitSeq(sentence, "…") {
		for at := 0; at == 0 || at+shown <= len(part); at++ {
			window := part[at:min(at+shown, len(part))]
			if (len(window) == shown || len(window) >= len(strings.ReplaceAll(sentence, "…", ""))-4) && strings.Contains(f.texts, window) {
				return true
			}
		}
	}
	return false
}

// Every remedy is followed by a test that ends with a clean plan, or is on the list of those that a person has to follow.
func TestEveryRemedyIsFollowed(t *testing.T) {
	t.Parallel()
	all, packages := remedies(t), tests(t)
	if len(all) < 100 {
		t.Fatalf("%d remedies: the search is broken", len(all))
	}
	covered := map[string]bool{}
	for name, sentences := range followers {
		folder, function, _ := strings.Cut(name, ".")
		if packages[folder][function] == nil {
			t.Errorf("there is no %s", name)
			continue
		}
		found := packages[folder].follower(function)
		if !found.endsClean {
			t.Errorf("%s does not end with a clean plan", name)
		}
		for _, begins := range sentences {
			remedy := beginningWith(all, begins)
			if remedy == "" {
				t.Errorf("no message says %q, which %s is to follow", begins, name)
			} else if !found.reads(remedy) {
				t.Errorf("%s does not look for %q", name, remedy)
			}
			covered[remedy] = true
		}
	}
	for begins, reason := range outside {
		remedy := beginningWith(all, begins)
		if remedy == "" || covered[remedy] {
			t.Errorf("no message says %q, or a test follows it, and it is listed as %s", begins, reason)
		}
		covered[remedy] = true
	}
	for _, remedy := range all {
		if !covered[remedy] {
			t.Errorf("no test follows %q", remedy)
		}
	}
	t.Logf("%d remedies, of which tests follow %d; %d are for a person:", len(all), len(all)-len(outside), len(outside))
	for begins, reason := range outside {
		t.Logf("  %s: %s", begins, reason)
	}
}

// beginningWith returns the sentence that is, or else the only one that begins with, a text; "" if there is none.
func beginningWith(sentences []string, begins string) string {
	if slices.Contains(sentences, begins) {
		return begins
	}
	var found []string
	for _, sentence := range sentences {
		if strings.HasPrefix(sentence, begins) {
			found = append(found, sentence)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}
