package main

import (
	"strings"
	"text/template"
)

const (
	integrationName = "Contoso Azure DevOps"
	organizationURL = "https://dev.azure.com/contoso"
	serviceAccount  = "Svc-Flow@contoso.com"
	// address is the resource's address in Terraform.
	address = "flow_ado_integration.main"
)

// configuration holds what differs between versions of main.tf.
type configuration struct {
	BaseURL, Email string
	Token          string // the name of one of the sandbox's tokens; "": the argument is left out
	Version        int    // of the token; 0: the argument is left out
	Unprotected    bool
	Import         string // an import block; "": none
}

// standard is a configuration without mistakes.
var standard = configuration{BaseURL: organizationURL, Email: serviceAccount, Token: "full", Version: 1}

// changed returns the standard configuration with changes.
func changed(change func(*configuration)) configuration {
	c := standard
	change(&c)
	return c
}

func (c configuration) hcl() string { return execute(preamble, c) + "\n" + c.resource() }

// resource returns the resource block.
func (c configuration) resource() string { return execute(resourceBlock, c) }

func execute(t *template.Template, c configuration) string {
	var text strings.Builder
	if err := t.Execute(&text, c); err != nil {
		panic(err) // The templates are constant, and writing to a strings.Builder cannot fail.
	}
	return text.String()
}

// preamble holds no secret: provider and variable take their values from the environment. The variable is ephemeral, because
// plans contain the values of others.
var preamble = template.Must(template.New("preamble").Parse(`terraform {
  required_providers {
    flow = {
      source = "flow-community/flow"
    }
  }
}

provider "flow" {} # FLOW_BASE_URL, FLOW_API_KEY, FLOW_AZURE_DEVOPS_ENDPOINT
{{- if .Token}}

variable "ado_pat" { # TF_VAR_ado_pat
  type      = string
  sensitive = true
  ephemeral = true
}
{{- end}}
{{- with .Import}}

{{.}}
{{- end}}
`))

var resourceBlock = template.Must(template.New("resource").Parse(`resource "flow_ado_integration" "main" {
  name     = "` + integrationName + `"
  base_url = "{{.BaseURL}}"
  email    = "{{.Email}}"
{{- if .Token}}

  personal_access_token_wo         = var.ado_pat
{{- if .Version}}
  personal_access_token_wo_version = {{.Version}}
{{- end}}
{{- end}}

  services = {
    repos         = true
    pull_requests = true
    tickets       = true
    webhooks      = true
  }
{{- if .Unprotected}}

  deletion_protection = false
{{- end}}
}
`))
