package importresource

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

// longestList bounds the names in a diagnostic.
const longestList = 50

// failures says what was not written after all, and why.
func (k Kind) failures(ctx context.Context, outcome bulkimport.Outcome, wanted int, o occasion) diag.Diagnostics {
	notDone := len(outcome.Failed) + len(outcome.Left)
	if notDone == 0 {
		return nil
	}
	var detail strings.Builder
	if len(outcome.Failed) > 0 {
		detail.WriteString(byReason(each(outcome.Failed, failed)) + "\n\n" + providerdata.Advice(outcome.Failed[0].Err, k.Place) + "\n\n")
	}
	switch {
	case len(outcome.Left) > 0 && ctx.Err() != nil:
		detail.WriteString(ended(ctx, o) + "\n\n")
	case len(outcome.Left) > 0:
		fmt.Fprintf(&detail, "The other %d were not tried: %s.\n\n", len(outcome.Left), outcome.Stopped)
	}
	detail.WriteString(o.after)
	return diag.Diagnostics{diag.NewErrorDiagnostic(fmt.Sprintf("%d of %s could not be %s", notDone, k.counted(wanted), o.done), detail.String())}
}

// because is something that came to nothing, and why.
type because struct {
	path   string
	reason reason
	text   string // the reason as it is told
}

// reason is what things may have in common that have failed: not the request, nor the id that the server gave to it.
type reason struct {
	kind    httpclient.Kind
	status  int
	message string
}

// failed says why something was not written.
func failed(failure bulkimport.Failure) because {
	if answered, ok := errors.AsType[*httpclient.Error](failure.Err); ok {
		return because{failure.Item.Path, reason{answered.Kind, answered.Status, answered.Message}, answered.Answer()}
	}
	return because{failure.Item.Path, reason{message: failure.Err.Error()}, providerdata.Sentence(failure.Err)}
}

// unprocessed says why Flow did not process something.
func unprocessed(one bulkimport.Unprocessed) because {
	return because{one.Item.Path, reason{message: one.Reason}, cmp.Or(one.Reason, "Flow gives no reason.")}
}

// byReason lists things below the reasons that they have in common, and of those only the first ones.
func byReason(all []because) string {
	var order []reason
	names, texts := map[reason][]string{}, map[reason]string{}
	for _, one := range all[:min(len(all), longestList)] {
		if _, known := texts[one.reason]; !known {
			order, texts[one.reason] = append(order, one.reason), one.text
		}
		names[one.reason] = append(names[one.reason], one.path)
	}
	blocks := make([]string, len(order))
	for i, why := range order {
		blocks[i] = texts[why] + "\n" + bullets(names[why])
	}
	list := strings.Join(blocks, "\n")
	if more := len(all) - longestList; more > 0 {
		list += fmt.Sprintf("\n  and %d more", more)
	}
	return list
}

// bullets lists names, each on a line of its own, and of many only the first ones.
func bullets(names []string) string {
	lines := make([]string, 0, longestList+1)
	for i, name := range names {
		if i == longestList {
			lines = append(lines, fmt.Sprintf("  and %d more", len(names)-i))
			break
		}
		lines = append(lines, "  - "+name)
	}
	return strings.Join(lines, "\n")
}

// each applies a function to all of a list.
func each[T, R any](list []T, f func(T) R) []R {
	results := make([]R, len(list))
	for i, one := range list {
		results[i] = f(one)
	}
	return results
}
