package adoserver

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const subscriptionsPath = "/dev.azure.com/contoso/_apis/hooks/subscriptions"

// subscription is the body of a valid subscription to pushes.
func subscription(project, url string) string {
	return fmt.Sprintf(`{"publisherId":"tfs","eventType":"git.push","resourceVersion":"1.0","consumerId":"webHooks","consumerActionId":"httpRequest",
		"publisherInputs":{"projectId":%q},"consumerInputs":{"url":%q}}`, project, url)
}

func (f *fixture) subscribe(token, body string) reply {
	return f.send(request{method: "POST", path: subscriptionsPath + "?api-version=7.1", token: token, body: body})
}

func TestSubscriptionsNeedTheEditRight(t *testing.T) {
	f := start(t)
	payments := f.world.organization("contoso").projectsByKey["payments"].GUID
	for _, project := range []string{"", payments} {
		r := f.subscribe("reader", subscription(project, "https://hooks.example.com/"))
		token := strings.TrimSuffix(hooksToken+"/"+project, "/")
		want := "Access Denied: Flow Reader needs the following permission(s) on the resource " + token + " to perform this action: Edit Subscription"
		if r.status != 403 || r.typeKey() != "AccessCheckException" || !strings.Contains(r.body, want) {
			t.Errorf("got %d %s", r.status, r.body)
		}
	}
	if got := f.Subscriptions("contoso"); len(got) != 0 {
		t.Errorf("created subscriptions: %+v", got)
	}
	created := f.subscribe("no-work", subscription(payments, "https://hooks.example.com/"))
	if created.status != 200 {
		t.Fatalf("administrator: %d %s", created.status, created.body)
	}
	var shown struct{ ID string }
	json.Unmarshal([]byte(created.body), &shown)
	if r := f.send(request{path: subscriptionsPath, token: "reader"}); !strings.Contains(r.body, `"count":0`) {
		t.Errorf("a reader sees %s", r.body)
	}
	one := subscriptionsPath + "/" + shown.ID + "?api-version=7.1"
	if r := f.send(request{method: "DELETE", path: one, token: "reader"}); r.status != 403 {
		t.Errorf("a reader deletes: %d", r.status)
	}
	if r := f.send(request{method: "DELETE", path: one, token: "full"}); r.status != 204 || r.body != "" {
		t.Errorf("delete: %d %q", r.status, r.body)
	}
	if r := f.send(request{path: one, token: "full"}); r.status != 404 {
		t.Errorf("after the deletion: %d", r.status)
	}
}

func TestSubscriptionRules(t *testing.T) {
	f := start(t)
	payments := f.world.organization("contoso").projectsByKey["payments"].GUID
	valid := subscription(payments, "https://hooks.example.com/")
	tests := map[string]string{
		"no JSON":             `{`,
		"unknown publisher":   strings.Replace(valid, `"tfs"`, `"nobody"`, 1),
		"unknown event":       strings.Replace(valid, "git.push", "git.pull", 1),
		"unknown consumer":    strings.Replace(valid, "webHooks", "slack", 1),
		"unknown input":       strings.Replace(valid, `{"projectId"`, `{"color":"red","projectId"`, 1),
		"unknown project":     strings.Replace(valid, payments, "10feb381-82c3-4902-8e1f-840299a48ae4", 1),
		"no URL":              subscription(payments, ""),
		"another scheme":      subscription(payments, "ftp://hooks.example.com/"),
		"localhost":           subscription(payments, "https://localhost/hook"),
		"loopback address":    subscription(payments, "https://127.0.0.1:8080/hook"),
		"loopback in IPv6":    subscription(payments, "https://[::1]/hook"),
		"private address":     subscription(payments, "https://10.0.0.7/hook"),
		"link-local address":  subscription(payments, "https://169.254.169.254/"),
		"password over plain": strings.Replace(subscription(payments, "http://hooks.example.com/"), `"consumerInputs":{`, `"consumerInputs":{"basicAuthPassword":"p",`, 1),
	}
	for name, body := range tests {
		if r := f.subscribe("full", body); r.status != 400 || r.typeKey() == "" {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	if got := f.Subscriptions("contoso"); len(got) != 0 {
		t.Errorf("kept %+v", got)
	}
	local := start(t, func(o *Options) { o.AllowLocalHooks = true })
	if r := local.subscribe("full", subscription("", "http://127.0.0.1:8080/hook")); r.status != 200 {
		t.Errorf("allowed localhost: %d %s", r.status, r.body)
	}
}

func TestReplacedSubscriptionKeepsWhatWasMasked(t *testing.T) {
	f := start(t)
	body := strings.Replace(subscription("", "https://hooks.example.com/"), `"consumerInputs":{`, `"consumerInputs":{"basicAuthPassword":"kept",`, 1)
	created := f.subscribe("full", body)
	if strings.Contains(created.body, "kept") {
		t.Errorf("the password comes back: %s", created.body)
	}
	var shown subscriptionJSON
	if err := json.Unmarshal([]byte(created.body), &shown); err != nil {
		t.Fatal(err)
	}
	shown.EventType = "build.complete"
	sent, err := json.Marshal(shown)
	if err != nil {
		t.Fatal(err)
	}
	r := f.send(request{method: "PUT", path: subscriptionsPath + "/" + shown.ID + "?api-version=7.1", token: "full", body: string(sent)})
	if r.status != 200 {
		t.Fatalf("%d %s", r.status, r.body)
	}
	row := f.world.organization("contoso").subscriptions[0]
	if row.ConsumerInputs["basicAuthPassword"] != "kept" || row.EventType != "build.complete" || row.GUID != shown.ID {
		t.Errorf("stored %+v", row)
	}
}

func TestSubscriptionsQueryFiltersByInputs(t *testing.T) {
	f := start(t)
	org := f.world.organization("contoso")
	for _, name := range []string{"payments", "platform"} {
		if r := f.subscribe("full", subscription(org.projectsByKey[name].GUID, "https://hooks.example.com/")); r.status != 200 {
			t.Fatal(r.body)
		}
	}
	count := func(operator string) int {
		body := fmt.Sprintf(`{"PublisherId":"tfs","publisherInputFilters":[{"conditions":[{"inputId":"projectId","operator":%q,"inputValue":%q}]}]}`,
			operator, org.projectsByKey["platform"].GUID)
		r := f.send(request{method: "POST", path: "/dev.azure.com/contoso/_apis/hooks/subscriptionsquery?api-version=7.1", token: "full", body: body})
		var answer struct{ Results []subscriptionJSON }
		if err := json.Unmarshal([]byte(r.body), &answer); err != nil {
			t.Fatalf("%v in %s", err, r.body)
		}
		for _, found := range answer.Results {
			if equal := found.PublisherInputs["projectId"] == org.projectsByKey["platform"].GUID; equal != (operator == "equals") {
				t.Errorf("%s found %+v", operator, found)
			}
		}
		return len(answer.Results)
	}
	if diff := cmp.Diff([]int{1, 1}, []int{count("equals"), count("notEquals")}); diff != "" {
		t.Error(diff)
	}
}

func TestHookDescriptions(t *testing.T) {
	f := start(t)
	hooks := "/dev.azure.com/contoso/_apis/hooks/"
	for path, want := range map[string]string{
		"publishers":                             `"id":"tfs"`,
		"publishers/tfs":                         `"git.push"`,
		"publishers/tfs/eventTypes":              `"build.complete"`,
		"publishers/tfs/eventtypes/git.push":     `"pushedBy"`,
		"consumers":                              `"webHooks"`,
		"consumers/webHooks":                     `"httpRequest"`,
		"consumers/webHooks/actions":             `"httpRequest"`,
		"consumers/webHooks/actions/HTTPRequest": `"isConfidential":true`,
	} {
		if r := f.send(request{path: hooks + path, token: "no-code"}); r.status != 200 || !strings.Contains(r.body, want) {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
	for _, path := range []string{"publishers/nobody", "publishers/nobody/eventTypes", "publishers/tfs/eventTypes/no", "consumers/no", "consumers/no/actions", "consumers/webHooks/actions/no"} {
		if r := f.send(request{path: hooks + path, token: "full"}); r.status != 404 || r.typeKey() == "" {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
}
