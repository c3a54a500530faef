package preflight

import (
	"reflect"
	"slices"
	"testing"
)

// A call whose answer is not among the results would be refused by a policy without a word.
func TestEveryAnswerIsAmongTheResults(t *testing.T) {
	fields := reflect.TypeFor[Evidence]()
	for i := range fields.NumField() {
		field := fields.Field(i)
		if field.Type.Kind() != reflect.Struct || field.Name == "Connection" {
			continue
		}
		outcome, isAnswer := field.Type.FieldByName("Outcome")
		if !isAnswer {
			continue
		}
		var evidence Evidence
		reflect.ValueOf(&evidence).Elem().Field(i).FieldByIndex(outcome.Index).Set(reflect.ValueOf(OutcomeRefused))
		if !slices.ContainsFunc(evidence.results(), func(one result) bool { return one.outcome == OutcomeRefused }) {
			t.Errorf("the answer %s is not among the results", field.Name)
		}
	}
}
