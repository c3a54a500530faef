package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
)

// marker is not secret, and was wherever the token was: next to it in the configuration, and in the URL of each request with
// it. Finding it shows that the search works.
const marker = "dev.azure.com/contoso"

var secrecy = section{
	title: "Secrets are written nowhere",
	why: "All of this ran with TF_LOG=TRACE. API keys and tokens must be in no log, state, backup, plan (a zip file, which is " +
		"opened) or output.",
	steps: []step{
		{
			does: "search all files for the organization's URL", want: "found in each kind of file, so the search works", independent: true,
			run: func(_ context.Context, e *environment) (string, error) {
				if e.keepErr != nil {
					return "", e.keepErr
				}
				files, err := e.leftovers()
				if err != nil {
					return "", err
				}
				counts := map[kind]int{}
				for _, found := range search(files, map[string]string{"the marker": marker}) {
					counts[found.kind]++
				}
				var places []string
				for _, each := range kinds {
					if counts[each] == 0 {
						err = fmt.Errorf("%q is in no %s, so searching them proves nothing", marker, each)
					}
					places = append(places, fmt.Sprintf("%s: %d", each, counts[each]))
				}
				return strings.Join(places, ", "), err
			},
		},
		{
			does: "search them for API keys and tokens", want: "not found", independent: true,
			run: func(_ context.Context, e *environment) (string, error) {
				files, err := e.leftovers()
				if err != nil {
					return "", err
				}
				var size int
				for _, file := range files {
					size += len(file.content)
				}
				matches := search(files, forms(e.secrets))
				if len(matches) > 0 {
					return "", fmt.Errorf("found secrets: %v", matches)
				}
				return fmt.Sprintf("%d secrets, %d files and plan entries, %.1f MB", len(e.secrets), len(files), float64(size)/1e6), nil
			},
		},
	},
}

// forms returns the texts to search for, by names that are safe to print: each secret as it is, and encoded for HTTP Basic
// authentication.
func forms(secrets []string) map[string]string {
	texts := map[string]string{}
	for n, secret := range secrets {
		texts[fmt.Sprintf("secret %d", n)] = secret
		texts[fmt.Sprintf("secret %d in Basic authentication", n)] = base64.RawStdEncoding.EncodeToString([]byte(":" + secret))
	}
	return texts
}
