// Runs once, on an empty data volume: the account that Holon itself uses may
// read and write its own database and nothing else.
db.getSiblingDB("holon").createUser({
  user: "holon",
  pwd: process.env.HOLON_DB_PASSWORD,
  roles: [{ role: "readWrite", db: "holon" }],
});
