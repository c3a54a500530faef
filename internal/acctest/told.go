package acctest

import (
	"regexp"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// Told returns what stands for each … of a sentence in the detail of a run's diagnostics, so that a test can do what the
// message says. A sentence that ends with … ends with a period as well. The test fails if no diagnostic holds the sentence.
func Told(t testing.TB, result terraformcli.Result, sentence string) []string {
	t.Helper()
	words, ends := strings.CutSuffix(sentence, ".")
	pattern := strings.ReplaceAll(regexp.QuoteMeta(words), "…", `([^\n]+?)`)
	if ends {
		pattern += `(?:\.(?:\s|$)|\n|$)` // and not a period within an address
	}
	said := regexp.MustCompile(pattern)
	for _, diagnostic := range result.Diagnostics {
		if found := said.FindStringSubmatch(diagnostic.Detail); found != nil {
			return found[1:]
		}
	}
	t.Fatalf("nothing says %q:\n%s", sentence, describe(result.Diagnostics))
	return nil
}

// ToldBlock returns the first block of a type in the detail of a run's diagnostics, without the indentation that it has
// there. The test fails if no diagnostic holds one.
func ToldBlock(t testing.TB, result terraformcli.Result, kind string) string {
	t.Helper()
	for _, said := range result.Diagnostics {
		if block := blockIn(said.Detail, kind); block != "" {
			return block
		}
	}
	t.Fatalf("nothing has a block %q:\n%s", kind, describe(result.Diagnostics))
	return ""
}

func blockIn(text, kind string) string {
	var block strings.Builder
	indent := ""
	for line := range strings.Lines(text) {
		trimmed := strings.TrimLeft(line, " ")
		if block.Len() == 0 {
			if !strings.HasPrefix(trimmed, kind+" ") || !strings.HasSuffix(strings.TrimSpace(line), "{") {
				continue
			}
			indent = line[:len(line)-len(trimmed)]
		}
		line = strings.TrimRight(strings.TrimPrefix(line, indent), "\n")
		block.WriteString(line + "\n")
		if line == "}" {
			return block.String()
		}
	}
	return ""
}
