package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
)

// marker is no secret and went the same ways as the token: it stood beside it in the configuration, and in the address
// of each request that carried it.
const marker = "dev.azure.com/contoso"

var secrecy = chapter{
	title: "No secret was written down",
	why: "All of this ran with TF_LOG=TRACE. The API key and the tokens may be in no log, no state, no backup of one, no plan " +
		"(a zip, which is opened) and nothing that was printed.",
	steps: []step{
		{
			does: "search all that is left for the organization's address", holds: "found in each kind of file, so the search works", alone: true,
			run: func(_ context.Context, s *stage) (string, error) {
				if s.keepErr != nil {
					return "", s.keepErr
				}
				files, err := s.left()
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
						err = fmt.Errorf("%q is in no %s, so that searching them proves nothing", marker, each)
					}
					places = append(places, fmt.Sprintf("%s: %d", each, counts[each]))
				}
				return "files and entries of plans with it, by kind: " + strings.Join(places, ", "), err
			},
		},
		{
			does: "search it for the API keys and tokens", holds: "none of them anywhere", alone: true,
			run: func(_ context.Context, s *stage) (string, error) {
				files, err := s.left()
				if err != nil {
					return "", err
				}
				var size int
				for _, file := range files {
					size += len(file.content)
				}
				sightings := search(files, forms(s.secrets))
				if len(sightings) > 0 {
					return "", fmt.Errorf("found secrets: %v", sightings)
				}
				return fmt.Sprintf("%d secrets, %d files and plan entries, %.1f MB", len(s.secrets), len(files), float64(size)/1e6), nil
			},
		},
	},
}

// forms gives what to search for: each secret, and what HTTP's Basic authentication makes of it, by a name that is safe
// to print.
func forms(secrets []string) map[string]string {
	texts := map[string]string{}
	for n, secret := range secrets {
		texts[fmt.Sprintf("secret %d", n)] = secret
		texts[fmt.Sprintf("secret %d in Basic authentication", n)] = base64.RawStdEncoding.EncodeToString([]byte(":" + secret))
	}
	return texts
}
