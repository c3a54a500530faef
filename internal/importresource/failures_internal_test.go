package importresource

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

func refused(path, requestID, message string) bulkimport.Failure {
	return bulkimport.Failure{Item: bulkimport.Item{Path: path}, Err: &httpclient.Error{
		Service: "Flow", Operation: "import " + path, Method: http.MethodPost, URL: "https://flow.example/import/",
		Kind: httpclient.KindStatus, Status: http.StatusBadRequest, Message: message, RequestID: requestID,
	}}
}

func TestAReasonInCommonIsToldOnce(t *testing.T) {
	for name, test := range map[string]struct {
		failures []bulkimport.Failure
		want     string
	}{
		"one reason, of several requests": {
			[]bulkimport.Failure{refused("A/a", "1", "Too large."), refused("A/b", "2", "Too large.")},
			"Flow answered HTTP 400 Bad Request (POST https://flow.example/import/): Too large. [request id 1]\n  - A/a\n  - A/b",
		},
		"several, in the order of what they befell": {
			[]bulkimport.Failure{
				refused("A/a", "", "Too large."), {Item: bulkimport.Item{Path: "A/b"}, Err: errors.New("it has no id")}, refused("A/c", "", "Too large."),
			},
			"Flow answered HTTP 400 Bad Request (POST https://flow.example/import/): Too large.\n  - A/a\n  - A/c\nIt has no id.\n  - A/b",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, byReason(each(test.failures, unwritten))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOfManyOnlyTheFirstAreListed(t *testing.T) {
	var failures []bulkimport.Failure
	var names []string
	for n := range 120 {
		failures = append(failures, refused(fmt.Sprintf("A/%03d", n), "", fmt.Sprintf("Reason %d.", n%3)))
		names = append(names, fmt.Sprintf("A/%03d", n))
	}
	for what, list := range map[string]string{"failures": byReason(each(failures, unwritten)), "names": wording.Bullets(names, longestList)} {
		if got := strings.Count(list, "  - A/"); got != longestList || !strings.Contains(list, "A/049") || !strings.HasSuffix(list, "\n  and 70 more") {
			t.Errorf("%s: %d are listed:\n%s", what, got, list)
		}
	}
}
