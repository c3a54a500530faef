package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// summarize returns what is printed for the input, and the result of finish.
func summarize(t *testing.T, input string) (string, bool) {
	t.Helper()
	var out strings.Builder
	s := newSummary(&out)
	if err := s.read(strings.NewReader(input)); err != nil {
		t.Fatal(err)
	}
	ok := s.finish()
	return out.String(), ok
}

func TestSkippedTestsAreListedWithTheirReasons(t *testing.T) {
	got, ok := summarize(t, `go: downloading example.com/m v1.0.0
{"Action":"start","Package":"m/a"}
{"Action":"run","Package":"m/a","Test":"TestPass"}
{"Action":"output","Package":"m/a","Test":"TestPass","Output":"=== RUN   TestPass\n"}
{"Action":"output","Package":"m/a","Test":"TestPass","Output":"    a_test.go:3: chatter\n"}
{"Action":"pass","Package":"m/a","Test":"TestPass","Elapsed":0}
{"Action":"run","Package":"m/a","Test":"TestSkip"}
{"Action":"output","Package":"m/a","Test":"TestSkip","Output":"=== RUN   TestSkip\n"}
{"Action":"output","Package":"m/a","Test":"TestSkip","Output":"    a_test.go:7: needs Terraform 1.14:\n"}
{"Action":"output","Package":"m/a","Test":"TestSkip","Output":"        list resources\n"}
{"Action":"output","Package":"m/a","Test":"TestSkip","Output":"--- SKIP: TestSkip (0.00s)\n"}
{"Action":"skip","Package":"m/a","Test":"TestSkip","Elapsed":0}
{"Action":"run","Package":"m/a","Test":"TestSilentSkip"}
{"Action":"skip","Package":"m/a","Test":"TestSilentSkip","Elapsed":0}
{"Action":"output","Package":"m/a","Output":"PASS\n"}
{"Action":"output","Package":"m/a","Output":"ok  \tm/a\t0.1s\n"}
{"Action":"pass","Package":"m/a","Elapsed":0.1}
{"Action":"output","Package":"m/b","Output":"?   \tm/b\t[no test files]\n"}
{"Action":"skip","Package":"m/b","Elapsed":0}
`)
	want := `go: downloading example.com/m v1.0.0
ok  	m/a	0.1s

Skipped:
  m/a TestSilentSkip: no reason given
  m/a TestSkip: needs Terraform 1.14: list resources

1 passed, 0 failed, 2 skipped
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !ok {
		t.Error("skipped tests count as failures")
	}
}

func TestInputThatEndsEarlyIsAFailure(t *testing.T) {
	got, ok := summarize(t, `{"Action":"run","Package":"m/a","Test":"TestPass"}
{"Action":"pass","Package":"m/a","Test":"TestPass"}
{"Action":"run","Package":"m/a","Test":"TestCut"}
`)
	if ok || !strings.HasSuffix(got, "\nFailed:\n  m/a TestCut\n\n1 passed, 1 failed, 0 skipped\n") {
		t.Errorf("ok %t:\n%s", ok, got)
	}
}

func TestNoTestAtAllIsAFailure(t *testing.T) {
	if got, ok := summarize(t, ""); ok || !strings.HasSuffix(got, "\n0 passed, 0 failed, 0 skipped\n") {
		t.Errorf("ok %t:\n%s", ok, got)
	}
}

// TestRealRuns uses the output of the installed go command, to notice changes of its format.
func TestRealRuns(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"go.mod":            "module m\n\ngo 1.25\n",
		"good/good_test.go": "package good\n\nimport \"testing\"\n\nfunc TestGood(t *testing.T) { t.Run(\"sub\", func(t *testing.T) { t.Skip(\"no moon\") }) }\n",
		"bad/bad_test.go":   "package bad\n\nimport \"testing\"\n\nfunc TestBad(t *testing.T) { t.Log(\"quiet\"); t.Error(\"wrong color\") }\n",
		"crash/c_test.go":   "package crash\n\nimport \"testing\"\n\nfunc TestCrash(t *testing.T) { panic(\"the sky fell\") }\n",
		"broken/b_test.go":  "package broken\n\nfunc broken() { undefined() }\n",
		"main/main_test.go": "package main\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestMain(*testing.M) { os.Exit(7) }\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "-json", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod")
	input, err := cmd.Output()
	if len(input) == 0 {
		t.Fatal(err)
	}

	got, ok := summarize(t, string(input))
	if ok {
		t.Error("failures count as success")
	}
	for _, want := range []string{
		"ok  \tm/good", "wrong color", "panic: the sky fell", "undefined: undefined",
		"\nFailed:\n  m/bad TestBad\n  m/broken\n  m/crash TestCrash\n  m/main\n",
		"\nSkipped:\n  m/good TestGood/sub: no moon\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if !strings.HasSuffix(got, "\n1 passed, 4 failed, 1 skipped\n") || t.Failed() {
		t.Errorf("got:\n%s", got)
	}
}
