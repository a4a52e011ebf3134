# Levels by R's own Kalman filter, and slopes by lm, for the tests of this package.
# Rscript level.R > level.json
library(jsonlite)
set.seed(26)
y <- round(5 + cumsum(rnorm(8, 0, .4)) + rnorm(8, 0, .8), 2)
filtered <- function(error, drift, mean, start) {
  # Pn is the variance before the first value.
  m <- list(T = matrix(1), Z = 1, h = error, V = matrix(drift), a = mean, P = matrix(start), Pn = matrix(start))
  run <- KalmanRun(y, m, nit = 0L, update = TRUE)
  after <- attr(run, "mod")
  c(level = after$a[1], variance = after$P[1, 1])
}
fit <- summary(lm(y ~ seq_along(y)))
ci <- confint(lm(y ~ seq_along(y)))[2, ]
cat(toJSON(list(
  values = y,
  drifting = as.list(filtered(.64, .16, 5.5, 1.2)),
  steady = as.list(filtered(.64, 0, 5.5, 1.2)),
  slope = list(estimate = fit$coefficients[2, 1], intercept = fit$coefficients[1, 1], se = fit$coefficients[2, 2], p = fit$coefficients[2, 4], lower = ci[[1]], upper = ci[[2]]),
  lag1 = acf(y, plot = FALSE)$acf[2]
), auto_unbox = TRUE, digits = NA, pretty = TRUE), "\n")
