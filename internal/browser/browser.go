// Package browser lets tests use pages as a person does, with Chromium.
package browser

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const (
	// AxeVariable is the environment variable with the path of axe-core's script, which Violations needs.
	AxeVariable = "FLOW_TEST_AXE"
	// ScreenshotsVariable is the environment variable with the folder that Screenshot writes to; without it, nowhere.
	ScreenshotsVariable = "FLOW_TEST_SCREENSHOTS"

	// patience is how long a step may take.
	patience = 15 * time.Second
)

// Tab is a tab of a browser.
type Tab struct {
	t   testing.TB
	ctx context.Context //nolint:containedctx // chromedp keeps the tab in it.
}

// Start opens a browser with one tab, which ends with the test. It skips the test where there is no Chromium.
func Start(t testing.TB, options ...chromedp.ExecAllocatorOption) *Tab {
	t.Helper()
	options = append(append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(find(t)), chromedp.NoSandbox), options...)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	tab := &Tab{t, ctx}
	if err := chromedp.Do(ctx); err != nil { // Starts it, without a time limit, which would end the browser.
		t.Fatalf("starting Chromium: %v", err)
	}
	tab.Size(1200, 900)
	return tab
}

func find(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("needs Chromium, which is not on the PATH")
	return ""
}

func (b *Tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v; the page says:\n%s", what, err, b.Text())
	}
}

// Size makes the page so many pixels wide and high.
func (b *Tab) Size(width, height int64) {
	b.t.Helper()
	b.do("resize", chromedp.EmulateViewport(width, height))
}

// Open goes to an address.
func (b *Tab) Open(address string) {
	b.t.Helper()
	b.do("open "+address, chromedp.Navigate(address))
}

// Click clicks on what a CSS selector finds.
func (b *Tab) Click(selector string) {
	b.t.Helper()
	b.do("click on "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// Fill replaces the content of a field.
func (b *Tab) Fill(selector, text string) {
	b.t.Helper()
	b.do("fill "+selector, chromedp.Clear(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), text))
}

// Press presses keys, wherever the focus is.
func (b *Tab) Press(keys string) {
	b.t.Helper()
	b.do("press keys", chromedp.KeyEvent(keys))
}

// See waits until the page shows a text.
func (b *Tab) See(text string) {
	b.t.Helper()
	deadline := time.Now().Add(patience)
	for !strings.Contains(b.Text(), text) {
		if time.Now().After(deadline) {
			b.t.Fatalf("the page does not say %q:\n%s", text, b.Text())
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Text returns what the page shows; "" while it loads.
func (b *Tab) Text() string {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body ? document.body.innerText : ''"))
	if err != nil {
		return ""
	}
	return text
}

// Focused returns what has the focus: an element's accessible name or its text.
func (b *Tab) Focused() string {
	b.t.Helper()
	const script = `(e => e.getAttribute('aria-label') ||
		(e.getAttribute('aria-labelledby') && document.getElementById(e.getAttribute('aria-labelledby')).innerText) || (e.labels && e.labels.length ? e.labels[0].innerText : e.innerText || e.tagName))(document.activeElement)`
	name, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](script))
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.TrimSpace(name)
}

// Screenshot writes a picture of the whole page, if anybody wants it.
func (b *Tab) Screenshot(name string) {
	b.t.Helper()
	folder := os.Getenv(ScreenshotsVariable)
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600)
	}
	if err != nil {
		b.t.Errorf("the picture %s: %v", strconv.Quote(name), err)
	}
}

// Violation is a finding of axe-core.
type Violation struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML string `json:"html"`
	} `json:"nodes"`
}

// Violations returns what axe-core finds on the page. It skips the test without axe-core.
func (b *Tab) Violations() []Violation {
	b.t.Helper()
	script, err := os.ReadFile(filepath.Clean(os.Getenv(AxeVariable)))
	if err != nil {
		b.t.Skip("needs axe-core: the environment variable " + AxeVariable + " names no file")
	}
	if _, err = chromedp.Run(b.ctx, chromedp.Evaluate[bool](string(script)+";true")); err != nil {
		b.t.Fatal(err)
	}
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]Violation]("axe.run().then(r => r.violations)", chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}
