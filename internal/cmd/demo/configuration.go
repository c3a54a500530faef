package main

import (
	"strings"
	"text/template"
)

const (
	integrationName = "Contoso Azure DevOps"
	organizationURL = "https://dev.azure.com/contoso"
	serviceAccount  = "Svc-Flow@contoso.com"
	// address is the resource's, in Terraform.
	address = "flow_ado_integration.main"
)

// configuration is what differs between the versions of main.tf.
type configuration struct {
	BaseURL, Email string
	Token          string // the name of one of the sandbox's tokens; "": the argument is left out
	Version        int    // of the token; 0: the argument is left out
	Unprotected    bool
	Import         string // an import block; "": none
}

// standard is the configuration with nothing wrong in it.
var standard = configuration{BaseURL: organizationURL, Email: serviceAccount, Token: "full", Version: 1}

// changed gives a version of the standard configuration.
func changed(change func(*configuration)) configuration {
	c := standard
	change(&c)
	return c
}

func (c configuration) hcl() string { return execute(preamble, c) + "\n" + c.resource() }

// resource is the block that the story is about.
func (c configuration) resource() string { return execute(resourceBlock, c) }

func execute(t *template.Template, c configuration) string {
	var text strings.Builder
	if err := t.Execute(&text, c); err != nil {
		panic(err) // The templates are constant, and a strings.Builder takes everything.
	}
	return text.String()
}

// preamble has no secret. The provider takes its settings from the environment, and so does the variable; being ephemeral,
// it is in no plan, where Terraform writes the values of ordinary variables.
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
