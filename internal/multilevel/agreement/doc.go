// Package agreement says how much the members of a group say the same about
// it, and how much observers of the same targets do.
//
// Agreement within a group (r_wg and its relatives) and reliability between
// raters (the intraclass correlations of Shrout and Fleiss) answer different
// questions. Agreement never stands alone here: beside it stand ICC(1) and what
// strangers, members drawn at random over all groups, would have agreed.
//
// Undefined numbers are nil, and a reason or a caveat says why.
package agreement
