package main

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"holon/internal/store/mongostore/mongotest"
)

func TestAPracticeInMongoDBIsThereAfterARestart(t *testing.T) {
	t.Parallel()
	server, err := url.Parse(mongotest.URI(t))
	if err != nil {
		t.Fatal(err)
	}
	server.Path = "/" + mongotest.Database(t)
	getenv := func(name string) string {
		if name == "HOLON_MONGODB_URI" {
			return server.String()
		}
		return ""
	}
	s := startIn(t, getenv, "serve", "--addr", "127.0.0.1:0")
	group, _, members := s.group(t, "MONGO", 2)
	held := s.must(t, http.StatusCreated, "POST", "/v1/groups/"+group+"/sessions", "", object{"kind": "meeting", "held_on": "2026-01-12"}).id
	forms := []object{form("holon-cohesion-1", members[0], nil, 7), form("holon-cohesion-1", members[1], nil, 3)}
	s.must(t, http.StatusCreated, "POST", "/v1/sessions/"+held+"/forms", "", object{"forms": forms})
	if code := s.stop(); code != exitDone {
		t.Fatalf("code %d", code)
	}

	again := startIn(t, getenv, "serve", "--addr", "127.0.0.1:0")
	again.token = s.token
	if got := ratings(t, again.client, "/v1/sessions/"+held); len(got) != 2 {
		t.Errorf("after the restart there are %d ratings", len(got))
	}
	for _, said := range []string{s.said.String(), again.said.String()} {
		if !strings.Contains(said, "Data: MongoDB") || strings.Contains(said, "mongodb://") || strings.Contains(said, server.Host) {
			t.Errorf("the start does not say where the data are, or says too much: %s", said)
		}
	}
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"doctor"}, getenv, strings.NewReader(""), &out, &errs); code != exitDone {
		t.Errorf("doctor: code %d: %s%s", code, out.String(), errs.String())
	}
}

func TestADatabaseThatCannotBeReachedIsSaidWithoutItsName(t *testing.T) {
	t.Parallel()
	code, _, errs := command(t, "doctor", "--mongodb-uri", "mongodb://clinic:secret@127.0.0.1:1/holon?serverSelectionTimeoutMS=200&connectTimeoutMS=200")
	if code != exitNoStart || strings.Contains(errs, "secret") || strings.Contains(errs, "clinic") {
		t.Errorf("code %d: %s", code, errs)
	}
}
