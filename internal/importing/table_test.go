package importing_test

import (
	"strings"
	"testing"

	"holon/internal/fault"
	"holon/internal/importing"
)

func TestSpreadsheetsAreRead(t *testing.T) {
	t.Parallel()
	plain := long(
		`THU,1,2026-02-05,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,`, ``,
		`,,,,,,,,,,,,,,,,`,
		`"THU", 1 ,2026-02-05,"member",A2,,,holon-cohesion-1,1,post,1,8,,,,,`,
	)
	for name, text := range map[string]string{
		"plain":        plain,
		"a mark":       "\xef\xbb\xbf" + plain,
		"CRLF":         strings.ReplaceAll(plain, "\n", "\r\n"),
		"semicolons":   strings.ReplaceAll(plain, ",", ";"),
		"tabs":         strings.ReplaceAll(plain, ",", "\t"),
		"no last line": strings.TrimSuffix(plain, "\n"),
	} {
		c := open(t)
		c.people(t, 2)
		if r := c.take(t, text, importing.Options{Kind: importing.Long}); r.New.Forms != 2 || r.New.Sessions != 1 || r.Rows != 2 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 1)
	for rule, text := range map[string]string{
		"empty_file":        " \n",
		"not_csv":           "PK\x03\x04 and so on",
		"wrong_encoding":    "\xff\xfeg\x00r\x00",
		"header_unreadable": "group,\"what\n",
		"no_rows":           long(),
	} {
		if _, err := c.run(t, text, importing.Options{Kind: importing.Long}); fault.RuleOf(err) != rule || !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", rule, err)
		}
	}
}

func TestAQuoteThatIsNeverClosedIsNamed(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 1)
	good := `THU,1,2026-02-05,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,` + "\n"
	for name, rest := range map[string]string{"short": good, "long": strings.Repeat(good, 60_000)} {
		r, err := c.run(t, long(strings.TrimSpace(good))+`THU,"1,2026-02-05`+"\n"+rest, importing.Options{Kind: importing.Long})
		must(t, err)
		if r.State != importing.Refused || len(r.Faults) != 1 || r.Faults[0].Line != 3 {
			t.Errorf("%s: %+v", name, r.Faults)
		}
	}
}

// TestARowWithoutEndIsNamedWhereItBegins: the row before it may be one of many
// lines, and right or not.
func TestARowWithoutEndIsNamedWhereItBegins(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 1)
	good := `THU,1,2026-02-05,member,A1,,,holon-cohesion-1,1,post,1,7,,,,,` + "\n"
	for name, before := range map[string]string{
		"a row of three lines":             strings.TrimSuffix(good, ",\n") + ",\"\n\n\"\n",
		"one of three that cannot be read": strings.TrimSuffix(good, ",\n") + ",\"\n\n\"x\n",
	} {
		r, err := c.run(t, long(strings.TrimSuffix(before, "\n"))+"THU,\"1,2026-02-05\n"+strings.Repeat(good, 60_000), importing.Options{Kind: importing.Long})
		must(t, err)
		if n := len(r.Faults); n == 0 || r.Faults[n-1].Rule != "row_without_end" || r.Faults[n-1].Line != 5 {
			t.Errorf("%s: %+v", name, r.Faults)
		}
	}
}

func TestAHeaderIsToldAllItsFaults(t *testing.T) {
	t.Parallel()
	c := open(t)
	r, err := c.run(t, "group,rater,rater,colour,A-17,item\nTHU,A1,A1,red,x,1\n", importing.Options{Kind: importing.Long})
	must(t, err)
	rules := map[string]int{}
	for _, f := range r.Faults {
		rules[f.Rule]++
		if f.Line != 1 || strings.Contains(f.Name, "A-17") {
			t.Errorf("%+v", f)
		}
	}
	if rules["unknown_column"] != 2 || rules["column_twice"] != 1 || rules["column_missing"] != 6 {
		t.Errorf("%+v", r.Faults)
	}
}

func TestSessionsAreFoundByNumberAndByDay(t *testing.T) {
	t.Parallel()
	c := open(t)
	c.people(t, 2)
	row := func(number, day, member string) string {
		return "THU," + number + "," + day + ",member," + member + ",,,holon-cohesion-1,1,post,1,7,,,,,"
	}
	c.take(t, long(row("4", "2026-02-26", "A1")), importing.Options{Kind: importing.Long})
	// By day: one that is stored, one that another row numbers, two new ones.
	r := c.take(t, long(row("", "2026-03-12", "A1"), row("", "2026-02-26", "A2"), row("", "2026-02-05", "A2"), row("1", "2026-02-05", "A1"), row("", "2026-03-05", "A1")), importing.Options{Kind: importing.Long})
	var got []string
	for _, s := range c.sessionsOf(t, "THU") {
		got = append(got, string(itoa(s.Number))+" "+string(s.HeldOn)+" "+string(itoa(len(s.Cohesion))))
	}
	if want := "1 2026-02-05 2, 4 2026-02-26 2, 5 2026-03-05 1, 6 2026-03-12 1"; strings.Join(got, ", ") != want || r.New.Sessions != 3 || r.Extended != 1 {
		t.Errorf("%v, %+v", got, r)
	}
	c.take(t, long(row("9", "2026-03-12", "A1")), importing.Options{Kind: importing.Long})
	if r, err := c.run(t, long(row("", "2026-03-12", "A2")), importing.Options{Kind: importing.Long}); err != nil || len(r.Faults) != 1 || r.Faults[0].Rule != "several_sessions" {
		t.Errorf("%v, %+v", err, r)
	}
}
