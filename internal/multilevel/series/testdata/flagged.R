# Writes flagged.json: the share of stable people who are ever worse than at the
# beginning by more than a threshold, by R's integrate, and by pnorm for one
# comparison. Run in this directory: Rscript flagged.R
library(jsonlite)
share <- function(threshold, sd, n) {
  if (n == 1) return(pnorm(-threshold / (sqrt(2) * sd)))
  f <- function(z) dnorm(z) * -expm1(n * pnorm(z + threshold / sd, log.p = TRUE))
  integrate(f, -12, 12, rel.tol = 1e-12, abs.tol = 1e-14, subdivisions = 2000L)$value
}
cases <- expand.grid(threshold = c(0.5, 4, 5.5, qnorm(.975) * sqrt(2) * 2), sd = c(1, 2, 3.7), n = c(1, 2, 10, 50))
cases$share <- mapply(share, cases$threshold, cases$sd, cases$n)
write(toJSON(cases, digits = NA, pretty = TRUE), "flagged.json")
