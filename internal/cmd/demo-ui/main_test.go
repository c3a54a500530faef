package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// It prints an address where the integration is shown, stays there, and removes everything at its end.
func TestItStaysUntilItIsInterrupted(t *testing.T) {
	if os.Getenv("TF_ACC") == "" {
		t.Skip("runs Terraform: set TF_ACC=1")
	}
	t.Setenv("TMPDIR", t.TempDir())
	ctx, interrupt := context.WithTimeout(t.Context(), 5*time.Minute)
	defer interrupt()
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, in); _ = in.Close() }()
	address := regexp.MustCompile(`http://\S+`)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		found := address.FindString(lines.Text())
		if found == "" {
			continue
		}
		response, err := http.Get(found)
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(response.Body)
		if err != nil || !strings.Contains(string(page), "Contoso Azure DevOps") {
			t.Errorf("error %v; the page is\n%s", err, page)
		}
		_ = response.Body.Close()
		interrupt()
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("error %v; it left %v", err, left)
	}
}
