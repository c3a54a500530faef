package sandboxprocess

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

const (
	callTimeout = 30 * time.Second
	// idleConnections is how many connections stay open, enough for concurrent calls.
	idleConnections = 16
)

var httpClient = &http.Client{Timeout: callTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: idleConnections}}

// Client calls a sandbox's Flow from outside Terraform.
type Client struct {
	baseURL, apiKey string
}

// Client returns a client with the key that may do everything.
func (p *Process) Client() Client { return Client{p.FlowBaseURL, p.APIKey()} }

// Call sends one request and decodes the answer unless into is nil. The path is relative to Flow's base URL unless it is a URL
// itself; the body is sent as JSON unless it is nil.
func (c Client) Call(ctx context.Context, method, path string, body, into any) error {
	base, err := url.Parse(c.baseURL)
	if err != nil {
		return err
	}
	address, err := base.Parse(path)
	if err != nil {
		return err
	}
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, address.String(), &content)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+c.apiKey)
	request.Header.Set("Accept", "application/json")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if err := send(request, into); err != nil {
		return fmt.Errorf("%s %s: %w", method, address, err)
	}
	return nil
}

func send(request *http.Request, into any) error {
	response, err := httpClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("HTTP %d: %s", response.StatusCode, answer)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}
