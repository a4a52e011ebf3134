// Package analysis asks questions of recorded sessions: it loads them from a
// Source, lets the level named in the question make its table, has the table
// tested, and assembles the Report that every reader gets, over the API, on a
// page and from the command line.
package analysis
