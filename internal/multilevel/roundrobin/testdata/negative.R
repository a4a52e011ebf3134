# The restricted likelihood of one complete round robin of six in which the partner
# variance is estimated below zero (g07 of reference/srm-multi-group.csv), maximised
# without any bound but a positive definite V. There its solution is that of the
# closed formulas, of which this script knows none. Run it beside this file.
d <- subset(read.csv("reference/srm-multi-group.csv"), group == "g07")
who <- sort(unique(d$actor)); n <- length(who)
ij <- cbind(match(d$actor, who), match(d$partner, who))
v <- d$y; N <- length(v)
A <- outer(1:N, 1:n, function(k, i) ij[k, 1] == i) * 1
B <- outer(1:N, 1:n, function(k, i) ij[k, 2] == i) * 1
K <- outer(1:N, 1:N, function(k, l) ij[k, 1] == ij[l, 2] & ij[k, 2] == ij[l, 1]) * 1
f <- function(th) {
  V <- th[1] * A %*% t(A) + th[2] * B %*% t(B) + th[3] * (A %*% t(B) + B %*% t(A)) + th[4] * diag(N) + th[5] * K
  R <- tryCatch(chol(V), error = function(e) NULL)
  if (is.null(R)) return(1e10)
  W <- chol2inv(R); x <- rep(1, N); xx <- sum(W); b <- sum(W %*% v) / xx; r <- v - b
  2 * sum(log(diag(R))) + log(xx) + sum(r * (W %*% r))
}
th <- c(0, 0, 0, var(v), 0)
for (i in 1:40) th <- optim(th, f, method = "Nelder-Mead", control = list(reltol = 1e-15, maxit = 5000, parscale = pmax(abs(th), .1)))$par
names(th) <- c("var_actor", "var_partner", "cov_actor_partner", "var_relationship", "cov_relationship")
print(th, digits = 9)
