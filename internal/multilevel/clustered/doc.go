// Package clustered fits linear regressions by least squares whose errors may
// go together within clusters, such as members of one therapy group: each
// coefficient comes with the classical standard error and with one that holds
// whatever the errors of one cluster have to do with each other.
package clustered
