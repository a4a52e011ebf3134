package store

// Collections lists every collection with its indexes: the one table from which
// both engines make theirs when they open. Uniqueness stands in `_id` wherever
// a key can be derived: an instrument is `<id>@<version>`, a superseded
// revision is `<document>@<revision>` (document names its collection too).
func Collections() []Collection {
	return []Collection{
		groupsCollection(),
		membersCollection(),
		therapistsCollection(),
		sessionsCollection(),
		instrumentsCollection(),
		historyCollection(),
		reportsCollection(),
		accountsCollection(),
		auditCollection(),

		attestationsCollection(),
		wordingsCollection(),
		goalTextsCollection(),
		findingsCollection(),
		settingsCollection(),
		redactionsCollection(),
		objectivesCollection(),
		importsCollection(),

		studiesCollection(),
		studyKeysCollection(),
		consentsCollection(),
		snapshotsCollection(),
		frozenGroupsCollection(),
		frozenSessionsCollection(),
		releasesCollection(),
		contributionsCollection(),

		unfinishedCollection(),
	}
}

// groupsCollection holds therapy groups, families and couples, by code or kind.
func groupsCollection() Collection {
	return Collection{Name: "groups", Indexes: []Index{
		{Name: "code", Fields: []string{"code"}, Unique: true},
		{Name: "kind", Fields: []string{"kind", "code"}, Unique: true},
	}}
}

// membersCollection holds members, by the code that stands for the person.
func membersCollection() Collection {
	return Collection{Name: "members", Indexes: []Index{
		{Name: "code", Fields: []string{"code"}, Unique: true},
	}}
}

// therapistsCollection holds therapists, by code.
func therapistsCollection() Collection {
	return Collection{Name: "therapists", Indexes: []Index{
		{Name: "code", Fields: []string{"code"}, Unique: true},
	}}
}

// sessionsCollection holds session documents. The group leads every index, so
// that it can be the shard key.
func sessionsCollection() Collection {
	return Collection{Name: "sessions", Indexes: []Index{
		{Name: "number", Fields: []string{"group_id", "number"}, Unique: true},
		{Name: "held_on", Fields: []string{"group_id", "held_on"}},
	}}
}

// instrumentsCollection holds the definitions that were used, by `_id` alone.
func instrumentsCollection() Collection {
	return Collection{Name: "instruments"}
}

// historyCollection holds superseded revisions of every document; key is the
// idempotency key that the revision's change carried, if any.
func historyCollection() Collection {
	return Collection{Name: "history", Indexes: []Index{
		{Name: "revision", Fields: []string{"document", "revision"}},
		{Name: "key", Fields: []string{"document", "key"}},
	}}
}

// reportsCollection holds the analyses that were asked for, with what became of
// them, by asker.
func reportsCollection() Collection {
	return Collection{Name: "reports", Indexes: []Index{
		{Name: "principal", Fields: []string{"principal"}},
	}}
}

// accountsCollection holds those who may sign in, found by their token's hash.
func accountsCollection() Collection {
	return Collection{Name: "accounts", Indexes: []Index{
		{Name: "token_hash", Fields: []string{"token_hash"}, Unique: true},
	}}
}

// auditCollection holds who read and wrote what, by time.
func auditCollection() Collection {
	return Collection{Name: "audit", Indexes: []Index{
		{Name: "at", Fields: []string{"at"}},
	}}
}
