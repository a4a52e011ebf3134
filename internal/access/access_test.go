package access_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"holon/internal/access"
	"holon/internal/fault"
)

// kindOf says for every action the kind of thing it is done to.
var kindOf = map[access.Action]string{
	access.ReadGroup: access.KindGroup, access.WriteGroup: access.KindGroup,
	access.ReadMember: access.KindMember, access.WriteMember: access.KindMember,
	access.ReadTherapist: access.KindTherapist, access.WriteTherapist: access.KindTherapist,
	access.ReadSession: access.KindSession, access.WriteSession: access.KindSession, access.ReadHistory: access.KindSession,
	access.SubmitForms: access.KindSession, access.CorrectRating: access.KindSession,
	access.ReadInstruments: access.KindInstrument, access.RunReport: access.KindReport, access.CancelReport: access.KindReport, access.ReadReport: access.KindReport,
	access.ReadAudit: access.KindAudit, access.CreateAccount: access.KindAccount,
	access.WriteInstrument: access.KindInstrument, access.AttestInstrument: access.KindInstrument,
	access.MoveForm: access.KindSession, access.VoidForm: access.KindSession, access.RateGoals: access.KindSession,
	access.GiveUpGuess: access.KindSession,
	access.ReadFinding: access.KindFinding, access.WriteFinding: access.KindFinding,
	access.ReadSettings: access.KindSettings, access.WriteSettings: access.KindSettings,
	access.RedactMember: access.KindMember, access.ReadRedaction: access.KindRedaction,
	access.WriteGoal: access.KindGroup, access.ReadObjective: access.KindObjective, access.WriteObjective: access.KindObjective,
	access.ImportData: access.KindPractice, access.BackUpData: access.KindPractice,
	access.RestoreData: access.KindPractice, access.MoveData: access.KindPractice,
	access.ReadBonds: access.KindGroup, access.ReadGoalText: access.KindGroup, access.WriteGoalText: access.KindGroup,
	access.ReadStudy: access.KindStudy, access.WriteStudy: access.KindStudy, access.FreezeProtocol: access.KindStudy, access.WriteConsent: access.KindStudy,
	access.TakeSnapshot: access.KindStudy, access.ReadSnapshot: access.KindStudy, access.ReleaseNumbers: access.KindStudy, access.ReadRelease: access.KindStudy,
	access.ReadRows: access.KindStudy, access.MakeResearcher: access.KindStudy, access.ReadResearcher: access.KindStudy, access.SaveSelection: access.KindStudy,
}

// kinds are all kinds of thing, and some that are none.
func kinds() []string {
	return []string{
		access.KindGroup, access.KindMember, access.KindTherapist, access.KindSession, access.KindInstrument, access.KindReport, access.KindAudit, access.KindAccount,
		access.KindFinding, access.KindSettings, access.KindRedaction, access.KindObjective, access.KindPractice, access.KindStudy, "", "key",
	}
}

// TestAResearcherHasTheOwnStudyAlone goes through every action, kind of thing and
// study.
func TestAResearcherHasTheOwnStudyAlone(t *testing.T) {
	t.Parallel()
	open := []access.Action{access.ReadStudy, access.SaveSelection, access.ReadSnapshot, access.ReleaseNumbers, access.ReadRelease, access.ReadRows}
	for _, who := range []access.Principal{
		{ID: "a-1", Role: access.RoleResearcher, Study: "st-1"},
		{ID: "a-2", Role: access.RoleResearcher},
		{Role: access.RoleResearcher, Study: "st-1"},
		{ID: "a-3", Role: "guest", Study: "st-1"},
	} {
		for _, a := range access.Actions() {
			for _, k := range kinds() {
				for _, id := range []string{"st-1", "st-2", ""} {
					want := who.ID == "a-1" && slices.Contains(open, a) && k == access.KindStudy && id == "st-1"
					if allowed := access.Decide(who, a, access.Object{Kind: k, ID: id}) == nil; allowed != want {
						t.Errorf("%+v: %s on %q %q: allowed %v", who, a, k, id, allowed)
					}
				}
			}
		}
	}
}

func TestAnAccountEndsAtItsTime(t *testing.T) {
	t.Parallel()
	end := time.Unix(1000, 0)
	for name, c := range map[string]struct {
		ends *time.Time
		now  time.Time
		want bool
	}{
		"never": {nil, end, false}, "before": {&end, end.Add(-1), false}, "then": {&end, end, true}, "after": {&end, end.Add(1), true},
	} {
		if got := (access.Account{ExpiresAt: c.ends}).Expired(c.now); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestTheOperatorMayDoEveryActionToItsKindOfThing(t *testing.T) {
	t.Parallel()
	if len(kindOf) != len(access.Actions()) {
		t.Fatalf("%d actions, %d in this test", len(access.Actions()), len(kindOf))
	}
	operator := access.Principal{ID: "operator", Role: access.RoleOperator}
	for _, a := range access.Actions() {
		if !a.Valid() {
			t.Errorf("%s is not valid", a)
		}
		for _, k := range kinds() {
			err := access.Decide(operator, a, access.Object{Kind: k, ID: "x"})
			if allowed := err == nil; allowed != (k == kindOf[a]) {
				t.Errorf("%s on %q: allowed %v", a, k, allowed)
			}
		}
	}
}

func TestWhatNoRuleAllowsIsDenied(t *testing.T) {
	t.Parallel()
	operator := access.Principal{ID: "operator", Role: access.RoleOperator}
	for name, c := range map[string]struct {
		who    access.Principal
		action access.Action
	}{
		"nobody":                {access.Principal{}, access.ReadGroup},
		"somebody of no role":   {access.Principal{ID: "x"}, access.ReadGroup},
		"an unknown role":       {access.Principal{ID: "x", Role: "guest"}, access.ReadGroup},
		"an operator unnamed":   {access.Principal{Role: access.RoleOperator}, access.ReadGroup},
		"a role in other case":  {access.Principal{ID: "x", Role: "Operator"}, access.ReadGroup},
		"a member and bonds":    {access.Principal{ID: "x", Role: "member"}, access.ReadBonds},
		"a guest and bonds":     {access.Principal{ID: "x", Role: "guest"}, access.ReadBonds},
		"nobody and bonds":      {access.Principal{}, access.ReadBonds},
		"an unknown action":     {operator, "delete_everything"},
		"no action at all":      {operator, ""},
		"an action's near name": {operator, "read_groups"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := access.Decide(c.who, c.action, access.Object{Kind: access.KindGroup, ID: "g-1", GroupID: "g-1"})
			if !fault.Is(err, fault.Forbidden) || fault.RuleOf(err) != "not_allowed" {
				t.Errorf("got %v", err)
			}
		})
	}
	if access.Role("guest").Valid() || !access.RoleOperator.Valid() || !access.RoleResearcher.Valid() || access.Action("x").Valid() {
		t.Error("an unknown role or action is valid")
	}
}

func TestATokenIsShownOnceAndKeptAsAHash(t *testing.T) {
	t.Parallel()
	secret := bytes.Repeat([]byte{0xa5}, 32)
	token, hash, err := access.NewToken(bytes.NewReader(secret))
	if err != nil {
		t.Fatal(err)
	}
	if want := "holon_" + strings.Repeat("paWl", 10) + "paU"; token != want {
		t.Errorf("token %q, want %q", token, want)
	}
	// printf '%s' "$token" | sha256sum
	if want := "70cd1ae07904f9ef202fed5d86149749034262ffbd40b956b2e1530979da7b5c"; hash != want || access.HashToken(token) != want {
		t.Errorf("hash %q, want %q", hash, want)
	}
	if strings.Contains(hash, token[6:]) {
		t.Error("the hash holds the token")
	}
	for name, s := range map[string]string{
		"empty": "", "no prefix": token[6:], "cut": token[:len(token)-1], "longer": token + "A", "of other letters": token[:len(token)-1] + "+", "a hash": hash,
	} {
		if access.LooksLikeToken(s) {
			t.Errorf("%s looks like a token", name)
		}
	}
	if !access.LooksLikeToken(token) {
		t.Error("a token does not look like one")
	}
	_, _, err = access.NewToken(iotest.ErrReader(errors.New("no entropy")))
	if fault.RuleOf(err) != "no_randomness" {
		t.Errorf("without chance: %v", err)
	}
	if _, _, err := access.NewToken(bytes.NewReader(secret[:31])); err == nil {
		t.Error("a token of 31 bytes of chance was made")
	}
}

func TestAnAccountIsItsPrincipal(t *testing.T) {
	t.Parallel()
	a := access.Account{ID: "a-1", Role: access.RoleResearcher, Study: "st-1", Therapist: "t-1"}
	if a.Principal() != (access.Principal{ID: "a-1", Role: access.RoleResearcher, Study: "st-1", Therapist: "t-1"}) {
		t.Errorf("principal %+v", a.Principal())
	}
}
