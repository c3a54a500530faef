package main

import (
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// successor is the name of a second token of the service account, which the default world does not have.
const successor = "successor"

// world is the sandbox's default world with one more token, in the form of a scenario file.
func world() []byte {
	w := scenario.Default()
	for i := range w.Organizations {
		if organization := &w.Organizations[i]; organization.Name == "contoso" {
			organization.Tokens = append(organization.Tokens, scenario.Token{Name: successor, Owner: serviceAccount})
		}
	}
	file := hclwrite.NewEmptyFile()
	gohcl.EncodeIntoBody(w, file.Body())
	return file.Bytes()
}
