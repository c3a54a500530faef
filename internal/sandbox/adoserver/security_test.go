package adoserver

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// evaluate asks for a right in both ways and expects the same answer.
func (f *fixture) evaluate(token, namespace, resource string, bits int) bool {
	f.t.Helper()
	body := fmt.Sprintf(`{"evaluations":[{"securityNamespaceId":%q,"token":%q,"permissions":%d}]}`, namespace, resource, bits)
	r := f.send(request{method: "POST", path: "/dev.azure.com/contoso/_apis/security/permissionevaluationbatch?api-version=7.1", token: token, body: body})
	var batch struct{ Evaluations []permissionEvaluation }
	if err := json.Unmarshal([]byte(r.body), &batch); err != nil || len(batch.Evaluations) != 1 {
		f.t.Fatalf("batch: %d %s", r.status, r.body)
	}
	var single struct{ Value []bool }
	f.get(token, fmt.Sprintf("/dev.azure.com/contoso/_apis/permissions/%s/%d?tokens=%s", namespace, bits, resource), &single)
	if diff := cmp.Diff([]bool{batch.Evaluations[0].Value}, single.Value); diff != "" {
		f.t.Errorf("batch and single answer differ: %s", diff)
	}
	return batch.Evaluations[0].Value
}

func TestPermissionsAreEffective(t *testing.T) {
	f := start(t)
	payments := f.world.organization("contoso").projectsByKey["payments"].GUID
	hooksOfPayments := hooksToken + "/" + payments
	tests := []struct {
		token, namespace, resource string
		bits                       int
		want                       bool
	}{
		{"full", collectionNamespace, collectionToken, viewInstanceBit, true}, // through a nested group
		{"full", collectionNamespace, collectionToken, editInstanceBit, true},
		{"full", hooksNamespace, hooksToken, 3, true},
		{"full", hooksNamespace, hooksOfPayments, 3, true},
		{"full", hooksNamespace, "SomethingElse", 1, false},
		{"no-code", hooksNamespace, hooksToken, 3, true}, // needs no scope
		{"reader", collectionNamespace, collectionToken, viewInstanceBit, true},
		{"reader", collectionNamespace, collectionToken, editInstanceBit, false},
		{"reader", collectionNamespace, collectionToken, viewInstanceBit | editInstanceBit, false},
		{"reader", hooksNamespace, hooksToken, hooksViewBit, false},
		{"reader", projectNamespace, projectToken + payments, projectReadBit, true},
		{"reader", gitNamespace, gitToken + "/" + payments, gitReadBit, true},
		{"reader", gitNamespace, gitToken + "/" + payments, 4, false},
		{"outsider", collectionNamespace, collectionToken, viewInstanceBit, false},
		{"outsider", gitNamespace, gitToken + "/" + payments, gitReadBit, false},
	}
	for _, test := range tests {
		if got := f.evaluate(test.token, test.namespace, test.resource, test.bits); got != test.want {
			t.Errorf("%s has %d on %s: %v", test.token, test.bits, test.resource, got)
		}
	}
}

func TestPermissionsFollowGroupsAndDenials(t *testing.T) {
	custom := scenario.Default()
	org := &custom.Organizations[0]
	org.Groups = append(org.Groups,
		scenario.Group{Name: "Editors", Members: []string{"outsider@contoso.com"}, Allow: []scenario.Permission{scenario.EditInstance, scenario.EditSubscriptions}},
		scenario.Group{Name: "Barred", Members: []string{"reader@contoso.com"}, Deny: []scenario.Permission{scenario.ViewInstance}},
	)
	f := start(t, func(o *Options) { o.Scenario = custom })
	if !f.evaluate("outsider", collectionNamespace, collectionToken, editInstanceBit) || !f.evaluate("outsider", hooksNamespace, hooksToken, hooksEditBit) {
		t.Error("a right of a group has no effect")
	}
	if f.evaluate("reader", collectionNamespace, collectionToken, viewInstanceBit) {
		t.Error("a denial does not override the permission of another group")
	}
	if err := f.SetGroupMember("contoso", "Integration Services", "Svc-Flow@contoso.com", false); err != nil {
		t.Fatal(err)
	}
	if f.evaluate("full", collectionNamespace, collectionToken, editInstanceBit) {
		t.Error("still an administrator after leaving the group")
	}
	if err := f.SetGroupMember("contoso", scenario.AdministratorsGroup, "Svc-Flow@contoso.com", true); err != nil {
		t.Fatal(err)
	}
	if !f.evaluate("full", collectionNamespace, collectionToken, editInstanceBit) {
		t.Error("not an administrator as a direct member")
	}
}

func TestUnknownNamespaceIsNotFound(t *testing.T) {
	f := start(t)
	r := f.send(request{path: "/dev.azure.com/contoso/_apis/permissions/10feb381-82c3-4902-8e1f-840299a48ae4/1?tokens=x", token: "full"})
	if r.status != 404 || r.typeKey() != "InvalidSecurityNamespaceException" {
		t.Errorf("got %d %s", r.status, r.body)
	}
}
