// Package aggregate makes the numbers that a study releases: every question that
// its measures allow, asked of a frozen selection, as records that all have the
// same keys, and the rule by which a record stands on enough people or is
// suppressed.
package aggregate
