package main

// configurationMutations change what is made of the provider's configuration.
var configurationMutations = []mutation{
	{
		name:   "plain-http",
		breaks: "the API key is sent readable over the network",
		file:   "internal/provider/settings.go",
		old:    "case address.Scheme == \"https\", address.Scheme == \"http\" && httpclient.IsLoopback(address.Hostname()):",
		new:    "case address.Scheme == \"https\", address.Scheme == \"http\":",
		tests:  suite{"internal/provider", "TestAnAddressThatWouldGiveTheCredentialAwayIsRefused"},
	},
	{
		name:   "key-in-the-message",
		breaks: "an API key that was given as the workspace is in the message",
		file:   "internal/provider/settings.go",
		old:    "return nil, fmt.Errorf(\"this is not the name of a workspace: ",
		new:    "return nil, fmt.Errorf(raw + \" is not the name of a workspace: ",
		tests:  suite{"internal/provider", "TestWhatIsNoWorkspaceIsRefusedWithTheRule"},
	},
	{
		name:   "token-to-the-public-hosts",
		breaks: "while azure_devops_endpoint is not known, the token is sent to dev.azure.com",
		file:   "internal/providerdata/providerdata.go",
		old:    "return !d.config.AzureDevOpsUnknown && !d.config.AzureDevOpsProblems.HasError()",
		new:    "return !d.config.AzureDevOpsProblems.HasError()",
		tests:  suite{"internal/provider", "TestAnUnknownEndpointKeepsTheTokenHere"},
	},
	{
		name:   "token-despite-a-wrong-endpoint",
		breaks: "with a wrong FLOW_AZURE_DEVOPS_ENDPOINT, the token is sent to dev.azure.com",
		file:   "internal/providerdata/providerdata.go",
		old:    "return !d.config.AzureDevOpsUnknown && !d.config.AzureDevOpsProblems.HasError()",
		new:    "return !d.config.AzureDevOpsUnknown",
		tests:  suite{"internal/provider", "TestAWrongEndpointKeepsTheTokenHere"},
	},
	{
		name:   "token-to-flow",
		breaks: "with both addresses the same, tokens of Azure DevOps are sent to Flow as if it were Azure DevOps",
		file:   "internal/provider/configure.go",
		old:    "\trefuseFlowAsAzureDevOps(&config)\n\treportMissing(&config)",
		new:    "\treportMissing(&config)",
		tests:  suite{"internal/provider", "TestFlowsAddressIsNotTheOneOfAzureDevOps"},
	},
	{
		name:   "environment-wins",
		breaks: "an environment variable overrides what the configuration says",
		file:   "internal/provider/configure.go",
		old:    "if argument.IsNull() {\n\t\traw = os.Getenv(variable)",
		new:    "if argument.IsNull() || os.Getenv(variable) != \"\" {\n\t\traw = os.Getenv(variable)",
		tests:  suite{"internal/provider", "TestTheEnvironmentStandsInForTheConfiguration"},
	},
	{
		name:   "request-timeout-unread",
		breaks: "request_timeout does nothing",
		file:   "internal/provider/configure.go",
		old:    "setting(m.RequestTimeout, \"\", parseTimeout, &config.HTTP.Timeout, problems)",
		new:    "",
		tests:  suite{"internal/provider", "TestTheLimitsOfRequestsAreTakenOver"},
	},
	{
		name:   "concurrency-unread",
		breaks: "max_concurrent_requests does nothing",
		file:   "internal/provider/configure.go",
		old:    "config.HTTP.Limiter = httpclient.NewLimiter(int(n))",
		new:    "_ = n",
		tests:  suite{"internal/provider", "TestTheLimitsOfRequestsAreTakenOver"},
	},
}
