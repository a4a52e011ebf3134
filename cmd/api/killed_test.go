package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// kills is how often the service is killed.
const kills = 20

// posting is one form of one session that is posted, under a key of its own.
type posting struct {
	session, key string
	body         object
}

// acknowledged is a form that the service said it has stored.
type acknowledged struct {
	posting

	rating string
	rev    int64 // of the session, as the receipt says
}

// TestNothingAcknowledgedIsLostWhenTheServiceIsKilled kills a serving process
// twenty times while several people post forms, and after each restart looks
// for every form that was acknowledged, in the session and in its history.
func TestNothingAcknowledgedIsLostWhenTheServiceIsKilled(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGKILL on this system")
	}
	bin := build(t)
	dir := t.TempDir()
	chance := rand.New(rand.NewPCG(9, 20))
	p, c := launch(t, bin, dir, "")
	group, therapist, members := c.group(t, "KILL", 8)
	c.bonds(t, group)
	stored := 0
	for round := range kills {
		held := c.must(t, http.StatusCreated, "POST", "/v1/groups/"+group+"/sessions", "",
			object{"kind": "meeting", "held_on": "2026-01-12", "number": round + 1}).id
		all := postings(held, therapist, members, round)
		acks := post(t, c, all, func() {
			time.Sleep(time.Duration(20+chance.IntN(180)) * time.Millisecond)
			if err := p.Process.Kill(); err != nil {
				t.Error(err)
			}
		})
		_ = p.Wait() // it was killed
		p, c = launch(t, bin, dir, c.token)
		check(t, c, held, acks)
		stored += len(acks)
		retry(t, c, held, all)
	}
	t.Logf("%d kills, %d forms acknowledged before them", kills, stored)
	if stored < kills {
		t.Errorf("only %d forms were acknowledged: the kills came before the writes", stored)
	}
	if err := p.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("the last stop was not a clean one: %v", err)
	}
	if code, out, errs := command(t, "doctor", "--data-dir", dir); code != exitDone {
		t.Errorf("doctor: code %d: %s%s", code, out, errs)
	}
}

// build makes the program once.
func build(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "holon")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return bin
}

// ran runs the program that was made, as a process of its own, to its end.
func ran(t *testing.T, bin string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	p := exec.CommandContext(t.Context(), bin, args...)
	p.Env = append(os.Environ(), "HOLON_MONGODB_URI=")
	p.Stdout, p.Stderr = &out, &errs
	err = p.Run()
	return out.String(), errs.String(), err
}

// launch starts a process that serves. Its token is only known to the first.
func launch(t *testing.T, bin, dir, token string) (*exec.Cmd, client) {
	t.Helper()
	p, c, _ := launched(t, bin, "", "serve", "--addr", "127.0.0.1:0", "--data-dir", dir)
	if token != "" {
		c.token = token
	}
	return p, c
}

// launched starts a process of a program that serves, with a MongoDB in its
// environment, and returns what it says on standard error as well.
func launched(t *testing.T, bin, mongo string, args ...string) (*exec.Cmd, client, *lockedBuffer) {
	t.Helper()
	p := exec.CommandContext(t.Context(), bin, args...)
	p.Env = append(os.Environ(), "HOLON_MONGODB_URI="+mongo)
	stdout, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	log := &lockedBuffer{}
	p.Stderr = log
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	return p, serving(t, stdout, log), log
}

// postings lists what can be posted about a session: four levels of every
// member and every bond.
func postings(session, therapist string, members []string, round int) []posting {
	var out []posting
	add := func(f object) {
		out = append(out, posting{session: session, key: fmt.Sprintf("kill-%d-%d", round, len(out)), body: object{"forms": []object{f}}})
	}
	for i, m := range members {
		with := object{"therapist_id": therapist}
		add(form("holon-alliance-1", m, with, i))
		add(form("holon-presence-1", m, with, i))
		add(form("holon-cohesion-1", m, nil, i))
		add(form("holon-standing-1", m, nil, i))
		for _, o := range members {
			if o != m {
				add(form("holon-bond-1", m, object{"member_id": o}, i))
			}
		}
	}
	return out
}

// post sends the forms by several people at once, ends the service meanwhile,
// and returns what was acknowledged.
func post(t *testing.T, c client, all []posting, end func()) []acknowledged {
	t.Helper()
	work := make(chan posting, len(all))
	for _, x := range all {
		work <- x
	}
	close(work)
	var (
		mu   sync.Mutex
		acks []acknowledged
		wg   sync.WaitGroup
	)
	for range 5 {
		wg.Go(func() {
			for x := range work {
				a, err := c.ask(t.Context(), "POST", "/v1/sessions/"+x.session+"/forms", x.key, "", x.body)
				if err != nil {
					return // the service is gone
				}
				if a.status != http.StatusCreated {
					t.Errorf("%s: status %d: %s", x.key, a.status, a.body)
					return
				}
				var r receipt
				if err := json.Unmarshal(a.body, &r); err != nil {
					t.Errorf("%s: %v: %s", x.key, err, a.body)
					return
				}
				mu.Lock()
				acks = append(acks, acknowledged{posting: x, rating: r.Forms[0].Ratings[0].ID, rev: r.Rev})
				mu.Unlock()
			}
		})
	}
	end()
	wg.Wait()
	return acks
}

// receipt is what the service answers to forms.
type receipt struct {
	Rev      int64 `json:"rev"`
	Replayed bool  `json:"replayed"`
	Forms    []struct {
		Ratings []struct {
			ID string `json:"rating_id"`
		} `json:"ratings"`
	} `json:"forms"`
}

// check looks for every acknowledged form in the session, and in the revision
// of its history that the receipt named.
func check(t *testing.T, c client, session string, acks []acknowledged) {
	t.Helper()
	now := ratings(t, c, "/v1/sessions/"+session)
	for _, a := range acks {
		if !slices.Contains(now, a.rating) {
			t.Errorf("%s was acknowledged and is not in the session", a.key)
		}
		if then := ratings(t, c, fmt.Sprintf("/v1/sessions/%s/history/%d", session, a.rev)); !slices.Contains(then, a.rating) {
			t.Errorf("%s was acknowledged at revision %d and is not in it", a.key, a.rev)
		}
	}
}

// retry sends every form again under its key: all must succeed, and the
// session must hold each exactly once.
func retry(t *testing.T, c client, session string, all []posting) {
	t.Helper()
	var want []string
	for _, x := range all {
		a, err := c.ask(t.Context(), "POST", "/v1/sessions/"+session+"/forms", x.key, "", x.body)
		if err != nil || a.status != http.StatusCreated {
			t.Fatalf("%s again: %v, status %d: %s", x.key, err, a.status, a.body)
		}
		want = append(want, read[receipt](t, a).Forms[0].Ratings[0].ID)
	}
	got := ratings(t, c, "/v1/sessions/"+session)
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) || len(slices.Compact(want)) != len(all) {
		t.Errorf("session %s holds %d ratings, want each of %d once", session, len(got), len(all))
	}
}

// ratings lists the identifiers of all ratings of a session.
func ratings(t *testing.T, c client, path string) []string {
	t.Helper()
	type list []struct {
		ID string `json:"rating_id"`
	}
	s := read[struct {
		Alliances   list `json:"alliances"`
		Bonds       list `json:"bonds"`
		MemberGroup list `json:"member_group"`
		Cohesion    list `json:"cohesion"`
		Encounter   list `json:"encounter"`
	}](t, c.must(t, http.StatusOK, "GET", path, "", nil))
	var out []string
	for _, l := range []list{s.Alliances, s.Bonds, s.MemberGroup, s.Cohesion, s.Encounter} {
		for _, r := range l {
			out = append(out, r.ID)
		}
	}
	return out
}
