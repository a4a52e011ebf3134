// Package importing takes files into a practice: long tables with one row for
// each answer, rosters of groups and people, and flat REDCap exports. A file is
// read whole and compared with what is stored before anything is written; every
// fault is named with its line and column, and what would be stored is said
// first. A file is applied session by session, one write for each, so that an
// import that was cut off is finished by the same command, with the same result.
package importing
