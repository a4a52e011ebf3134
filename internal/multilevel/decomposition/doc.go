// Package decomposition separates what several measures share between groups
// from what they share between the members of one group. Members give several
// ratings each; the moments, the bivariate two-level likelihood, the test
// whether one measure's group variance goes beyond another's, the table of
// correlations between measures and the reliability of scales at both levels
// are all computed from one reduction of the ratings.
//
// Write y = mu + b + w for the vector of one member's ratings, b with covariance
// Sigma_B shared by the members of a group and w with covariance Sigma_W their
// own, measurement error included. A mean of n members has covariance Sigma_B +
// Sigma_W/n: the correlation of group means therefore contains what the same
// respondents share within groups, and dividing it by the reliabilities of the
// means does not take that out again where Sigma_W has covariance. Only the
// numbers called latent refer to Sigma_B.
package decomposition
