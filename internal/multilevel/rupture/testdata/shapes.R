# Shapes of the courses of members whose level never moves, by the number of values,
# written anew from docs/ruptures.md. Rscript shapes.R > shapes.json
library(jsonlite)
set.seed(71)
# Whether one fall at least came back: the rules of the page, with known spreads.
came_back <- function(y, within, between) {
  kept <- numeric(0); t <- 1
  while (t <= length(y)) {
    fell <- FALSE; n <- length(kept)
    if (n >= 1 && y[t] < mean(tail(kept, 3)) - within / 2) {
      fell <- y[t - 1] - y[t] >= 2 * within
      if (n >= 4) fell <- fell || y[t] < mean(kept) - 3 * mean(abs(diff(kept))) * sqrt(pi) / 2 || mean(kept) - y[t] >= 2 * max(sd(kept), between)
    }
    if (!fell) { kept <- c(kept, y[t]); t <- t + 1; next }
    next_six <- y[-seq_len(t)]; next_six <- next_six[seq_len(min(6, length(next_six)))]
    if (any(next_six >= mean(tail(kept, 3)) - within / 2)) return(TRUE)
    if (length(next_six) < 6) return(FALSE)
    kept <- next_six; t <- t + 7
  }
  FALSE
}
shape <- function(y, within, between) {
  n <- length(y)
  if (n < 4) return("too_few")
  if (came_back(y, within, between)) return("rupture_recovery")
  line <- summary(lm(y ~ seq_len(n)))
  slope <- line$coefficients[2, 1]
  if (line$coefficients[2, 4] <= .05 && abs(slope) * (n - 1) >= within) return(if (slope < 0) "falling" else "rising")
  if (line$sigma >= 1.5 * within) "unstable" else "flat"
}
shapes <- c("too_few", "rupture_recovery", "falling", "rising", "unstable", "flat")
cell <- function(n, lines = 6000) {
  seen <- replicate(lines, shape(rnorm(1) + rnorm(n), 1, 1))
  c(list(length = n, lines = lines), as.list(prop.table(table(factor(seen, shapes)))))
}
cat(toJSON(lapply(c(3, 8, 12, 20, 40), cell), auto_unbox = TRUE, digits = NA, pretty = TRUE), "\n")
