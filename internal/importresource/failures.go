package importresource

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// longestList bounds the names in a diagnostic.
const longestList = 50

// failures describes what could not be written, and why.
func (k Kind) failures(ctx context.Context, outcome bulkimport.Outcome, wanted int, s step) diag.Diagnostics {
	notDone := len(outcome.Failed) + len(outcome.Left)
	if notDone == 0 {
		return nil
	}
	var detail strings.Builder
	if len(outcome.Failed) > 0 {
		detail.WriteString(byReason(each(outcome.Failed, unwritten)) + "\n\n" + k.advice(outcome.Failed[0].Err) + "\n\n")
	}
	switch {
	case len(outcome.Left) > 0 && ctx.Err() != nil:
		detail.WriteString(ended(ctx, s) + "\n\n")
	case len(outcome.Left) > 0:
		fmt.Fprintf(&detail, "The other %d were not tried: %s.\n\n", len(outcome.Left), outcome.Stopped)
	}
	detail.WriteString(s.after)
	return diag.Diagnostics{diag.NewErrorDiagnostic(fmt.Sprintf("%d of %s could not be %s", notDone, k.counted(wanted), s.done), detail.String())}
}

// advice returns the next step after a failure.
func (k Kind) advice(err error) string {
	if errors.Is(err, bulkimport.ErrNotListed) {
		return fmt.Sprintf("Look in Flow under %s whether they appear there. If they do, plan again.", k.Place)
	}
	return flowerror.Advice(err, k.Place)
}

// failure is something that could not be done.
type failure struct {
	path   string
	reason reason
	text   string // the reason in words
}

// reason is what failures may have in common: not the request, nor the id that the server gave to it.
type reason struct {
	kind    httpclient.Kind
	status  int
	message string
}

// unwritten describes why something was not written.
func unwritten(one bulkimport.Failure) failure {
	if answered, ok := errors.AsType[*httpclient.Error](one.Err); ok {
		return failure{one.Item.Path, reason{answered.Kind, answered.Status, answered.Message}, answered.Answer()}
	}
	return failure{one.Item.Path, reason{message: one.Err.Error()}, wording.Sentence(one.Err.Error())}
}

// unprocessed describes why Flow did not process something.
func unprocessed(one bulkimport.Unprocessed) failure {
	return failure{one.Item.Path, reason{message: one.Reason}, cmp.Or(one.Reason, "Flow gives no reason.")}
}

// byReason lists failures below the reasons that they have in common; of many only the first.
func byReason(all []failure) string {
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
		blocks[i] = texts[why] + "\n" + wording.Bullets(names[why], longestList)
	}
	list := strings.Join(blocks, "\n")
	if more := len(all) - longestList; more > 0 {
		list += fmt.Sprintf("\n  and %d more", more)
	}
	return list
}

// each applies a function to each element.
func each[T, R any](list []T, f func(T) R) []R {
	results := make([]R, len(list))
	for i, one := range list {
		results[i] = f(one)
	}
	return results
}
