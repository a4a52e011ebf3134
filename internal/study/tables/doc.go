// Package tables writes the rows of a frozen selection for those who may have
// them: tidy tables of pseudonyms, one for each level, as CSV or lines of JSON,
// and all of them as one package with codebook, scripts to read them and a script
// that computes a release's numbers again. It reads one group at a time and keeps
// none.
package tables
