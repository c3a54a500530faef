package main

// memoryMutations change what planning remembers, and who an object belongs to.
var memoryMutations = []mutation{
	{
		name:   "other-workspace-accepted",
		breaks: "with the key of another workspace, objects of the same id are changed and deleted there",
		file:   "internal/identity/identity.go",
		old:    "workspace != \"\" && !strings.EqualFold(workspace, string(w)) {",
		new:    "workspace != \"\" && workspace == \"?\" {",
		tests:  suite{"internal/importresource", "TestStateOfAnotherWorkspaceIsLeftAlone"},
	},
	{
		name:   "destruction-forgotten",
		breaks: "an integration that the plan keeps at one address is deleted at another",
		file:   "internal/planmemory/integrations.go",
		old:    "one.destroyed = true }).kept",
		new:    "one.destroyed = true }).destroyed && false",
		tests:  suite{"internal/planmemory", "TestWhicheverComesLastSeesThatAnIntegrationIsKeptAndDestroyed"},
	},
	{
		name:   "replacement-unrecognized",
		breaks: "a replacement is refused because of the name of what it replaces",
		file:   "internal/planmemory/replacements.go",
		old:    "return ok && planned.Equal(config)",
		new:    "return ok && false && planned.Equal(config)",
		tests:  suite{"internal/planmemory", "TestAReplacementIsRecognizedByItsConfiguration"},
	},
	{
		name:   "two-creations-of-one-name",
		breaks: "two new integrations of one name pass the plan, and the apply fails half-way",
		file:   "internal/planmemory/creations.go",
		old:    "c.names[name] = true",
		new:    "",
		tests:  suite{"internal/planmemory", "TestTheSecondCreationOfANameSeesTheFirst"},
	},
	{
		name:   "ended-by-the-time-of-another",
		breaks: "an operation with a minute fails because another one had a second",
		file:   "internal/singlecall/singlecall.go",
		old:    "if leads.Load() || !OutOfTime(result.Err) || ctx.Err() != nil {",
		new:    "if leads.Load() || result.Err == nil || result.Err != nil || ctx.Err() != nil {",
		tests:  suite{"internal/singlecall", "TestACallerIsNotEndedByTheTimeOfAnother"},
	},
	{
		name:   "limit-of-a-query-ignored",
		breaks: "terraform query reads more objects than it was asked for",
		file:   "internal/listresult/listresult.go",
		old:    "if !push(result) || pushed == request.Limit {",
		new:    "if !push(result) {",
		tests:  suite{"internal/adointegration", "TestListFindsWhatTheFiltersSay"},
	},
	{
		name:   "rights-not-named",
		breaks: "a key without the right to write is told that the object is gone",
		file:   "internal/flowerror/flowerror.go",
		old:    "if status == http.StatusForbidden {",
		new:    "if status == http.StatusNotFound {",
		tests:  suite{"internal/flowerror", "TestEachFailureComesWithItsNextStep"},
	},
}
