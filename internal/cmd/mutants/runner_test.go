package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// calculator is a module with a test that checks less than its name says.
func calculator(t *testing.T, test string) string {
	t.Helper()
	module := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":          "module calculator\n\ngo 1.26\n",
		"sum/sum.go":      "package sum\n\n// Of adds.\nfunc Of(a, b int) int { return a + b }\n\n// Difference subtracts.\nfunc Difference(a, b int) int { return a - b }\n",
		"sum/sum_test.go": test,
		"main.go":         "package main\n\nimport \"calculator/sum\"\n\nfunc main() { print(sum.Of(1, 2)) }\n",
		// As tests with Terraform do, it builds the program.
		"built/built_test.go": "package built\n\nimport (\n\t\"os/exec\"\n\t\"testing\"\n)\n\nfunc TestTheProgramAdds(t *testing.T) {\n" +
			"\tif out, err := exec.Command(\"go\", \"run\", \"calculator\").CombinedOutput(); string(out) != \"3\" {\n\t\tt.Errorf(\"%s %v\", out, err)\n\t}\n}\n",
	} {
		path := filepath.Join(module, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return module
}

const calculatorTest = "package sum\n\nimport \"testing\"\n\nfunc TestSum(t *testing.T) {\n\tt.Run(\"small\", func(t *testing.T) {\n\t\tif Of(1, 2) != 3 {\n\t\t\tt.Error()\n\t\t}\n\t})\n}\n"

func TestAMutationIsCaughtSurvivesOrShowsNothing(t *testing.T) {
	sum := suite{"sum", "TestSum"}
	chosen := []mutation{
		{name: "subtracted", breaks: "sums", file: "sum/sum.go", old: "a + b", new: "a - b", tests: sum},
		{name: "untested", breaks: "differences", file: "sum/sum.go", old: "a - b", new: "a + b", tests: sum},
		{name: "mistyped", breaks: "nothing", file: "sum/sum.go", old: "a - b", new: "a - c", tests: sum},
		{name: "crashing", breaks: "all", file: "sum/sum.go", old: "a + b", new: "[]int{}[a]", tests: sum},
		{name: "moved", breaks: "nothing", file: "sum/sum.go", old: "a * b", new: "a / b", tests: sum},
	}
	chosen = append(chosen, mutation{name: "program", breaks: "programs", file: "sum/sum.go", old: "a + b", new: "a * b", tests: suite{"built", "TestTheProgramAdds"}})
	var out strings.Builder
	file := filepath.Join(t.TempDir(), "new", "mutants.json")
	module := calculator(t, calculatorTest)
	if err := (runner{root: module, out: &out, file: file}).run(t.Context(), chosen); err == nil {
		t.Error("it is content although a mutation survived")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got []result
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := []result{
		{Name: "subtracted", Breaks: "sums", File: "sum/sum.go", Outcome: caught, Test: "TestSum/small"},
		{Name: "untested", Breaks: "differences", File: "sum/sum.go", Outcome: survived},
		{Name: "mistyped", Breaks: "nothing", File: "sum/sum.go", Outcome: broken},
		{Name: "crashing", Breaks: "all", File: "sum/sum.go", Outcome: caught, Test: "TestSum/small"},
		{Name: "moved", Breaks: "nothing", File: "sum/sum.go", Outcome: broken},
		{Name: "program", Breaks: "programs", File: "sum/sum.go", Outcome: caught, Test: "TestTheProgramAdds"},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(result{}, "Seconds", "Error")); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, out.String())
	}
	for _, line := range []string{
		`(?m)^subtracted +TestSum/small +\d+\.\d$`, `(?m)^untested +SURVIVED +`, `(?m)^6 mutations, 3 caught$`,
		`(?m)^untested SURVIVED \(sum/sum\.go\): differences$`, `undefined: c`, `sum/sum\.go holds 0 times, instead of once: a \* b`,
	} {
		if !regexp.MustCompile(line).MatchString(out.String()) {
			t.Errorf("it does not print %s:\n%s", line, out.String())
		}
	}
	if unchanged, err := os.ReadFile(filepath.Join(module, "sum/sum.go")); err != nil || !strings.Contains(string(unchanged), "a + b") || !strings.Contains(string(unchanged), "a - b") {
		t.Errorf("the sources were changed: %s, %v", unchanged, err)
	}
}

func TestNothingIsTriedWithTestsThatFailAnyway(t *testing.T) {
	failing := strings.Replace(calculatorTest, "!= 3", "!= 4", 1)
	skipped := strings.Replace(calculatorTest, "if Of", "t.Skip()\n\t\tif Of", 1)
	for name, test := range map[string]struct{ text, tests, want string }{
		"failing":  {failing, "TestSum", "TestSum/small fails in sum without a mutation"},
		"missing":  {calculatorTest, "TestProduct", "no test of sum ran"},
		"unclosed": {calculatorTest + "}", "TestSum", "sum cannot be compiled"},
		"skipped":  {strings.Replace(skipped, "t.Run", "t.Skip()\n\tt.Run", 1), "TestSum", "no test of sum ran"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			r := runner{root: calculator(t, test.text), out: &out}
			err := r.run(t.Context(), []mutation{{name: "subtracted", file: "sum/sum.go", old: "a + b", new: "a - b", tests: suite{"sum", test.tests}}})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %s", err, test.want)
			}
			if strings.Contains(out.String(), "subtracted") {
				t.Errorf("it was tried:\n%s", out.String())
			}
		})
	}
}
