package adoserver

import "testing"

func TestAdministratorsDescriptorFollowsFromTheDomain(t *testing.T) {
	tests := []struct{ domain, sid, descriptor string }{
		{
			"10feb381-82c3-4902-8e1f-840299a48ae4", "S-1-9-1551374245-2176056848-3280077385-2384430082-2577697508",
			"vssgp.Uy0xLTktMTU1MTM3NDI0NS0yMTc2MDU2ODQ4LTMyODAwNzczODUtMjM4NDQzMDA4Mi0yNTc3Njk3NTA4LTAtMC0wLTAtMQ",
		},
		{
			"8cb9df66-e487-4ad9-9852-28da9bf255b2", "S-1-9-1551374245-1725938060-2279921994-2555521242-2616350130",
			"vssgp.Uy0xLTktMTU1MTM3NDI0NS0xNzI1OTM4MDYwLTIyNzk5MjE5OTQtMjU1NTUyMTI0Mi0yNjE2MzUwMTMwLTAtMC0wLTAtMQ",
		},
	}
	for _, test := range tests {
		if got := domainSID(test.domain); got != test.sid {
			t.Errorf("SID %s, want %s", got, test.sid)
		}
		if got := groupDescriptor(domainSID(test.domain) + administratorsRID); got != test.descriptor {
			t.Errorf("descriptor %s, want %s", got, test.descriptor)
		}
	}
}

func TestIsGUID(t *testing.T) {
	for text, want := range map[string]bool{
		"10feb381-82c3-4902-8e1f-840299a48ae4":   true,
		"{10feb381-82c3-4902-8e1f-840299a48ae4}": false,
		"Payments":                               false,
		"":                                       false,
	} {
		if got := isGUID(text); got != want {
			t.Errorf("isGUID(%q) = %v", text, got)
		}
	}
}
