# How often a test of a4 at .05 finds something where nothing is, by four kinds of error:
# classical, HC3 with n - 6 degrees of freedom, HC2 with Bell and McCaffrey's, HC2 with
# n - 6. Errors are equal, or grow with the first rating. The figures of
# docs/response-surface.md. Run: Rscript errors.R (prints).
set.seed(1)
rates <- function(n, unequal, draws = 2000) {
  found <- matrix(0, draws, 4, dimnames = list(NULL, c("classical", "HC3", "HC2, Bell-McCaffrey", "HC2, n - 6")))
  for (r in seq_len(draws)) {
    u <- rnorm(n); x <- sqrt(.4) * u + sqrt(.6) * rnorm(n); y <- sqrt(.4) * u + sqrt(.6) * rnorm(n)
    z <- rnorm(n) * (if (unequal) .5 + abs(x) else 1)
    X <- cbind(1, x, y, x^2, x * y, y^2); M <- solve(crossprod(X)); P <- M %*% t(X); e <- drop(z - X %*% (P %*% z)); H <- X %*% P; h <- diag(H)
    k <- c(0, 0, 0, 1, -1, 1); w <- drop(k %*% P); b <- sum(w * z); a <- w^2 / (1 - h)
    df <- sum(a * (1 - h))^2 / sum(outer(a, a) * (diag(n) - H)^2)
    se <- sqrt(c(sum(e^2) / (n - 6) * drop(k %*% M %*% k), sum(w^2 * e^2 / (1 - h)^2), sum(a * e^2), sum(a * e^2)))
    found[r, ] <- 2 * pt(-abs(b / se), c(n - 6, n - 6, df, n - 6)) <= .05
  }
  colMeans(found)
}
for (n in c(40, 60, 120)) for (unequal in c(FALSE, TRUE)) cat(n, if (unequal) "unequal" else "equal", rates(n, unequal), "\n")
