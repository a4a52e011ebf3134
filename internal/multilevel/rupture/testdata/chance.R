# Falls in members whose level never moves, written anew from the description of
# the rules in docs/ruptures.md. Rscript chance.R > chance.json
# Rscript chance.R .3 gives the same of neighbouring values that correlate by .3.
library(jsonlite)
set.seed(70)
rho <- as.numeric(c(commandArgs(trailingOnly = TRUE), 0)[1])
# Normal, mean 0 and standard deviation 1; each value correlates with the next by rho.
drawn <- function(n) { e <- rnorm(n); if (n > 1) for (t in 2:n) e[t] <- rho * e[t - 1] + sqrt(1 - rho^2) * e[t]; e }
find <- function(y, within, between) {
  episodes <- NULL; kept <- numeric(0); t <- 1
  while (t <= length(y)) {
    rules <- character(0); n <- length(kept)
    if (t > 1 && n >= 1 && y[t - 1] - y[t] >= 2 * within) rules <- c(rules, "drop_from_previous")
    if (n >= 4) {
      mr <- mean(abs(diff(kept)))
      if (mr > 0 && y[t] < mean(kept) - 3 * mr / (2 / sqrt(pi))) rules <- c(rules, "control_chart")
      if (mean(kept) - y[t] >= 2 * max(sd(kept), between)) rules <- c(rules, "stricter_of_within_and_between_sd")
    }
    if (n >= 1 && y[t] >= mean(tail(kept, 3)) - within / 2) rules <- character(0)
    if (length(rules) == 0) { kept <- c(kept, y[t]); t <- t + 1; next }
    level <- mean(tail(kept, 3)); back <- NA
    if (t < length(y)) { later <- which(y[(t + 1):min(length(y), t + 6)] >= level - within / 2); if (length(later)) back <- later[1] }
    episodes <- rbind(episodes, data.frame(drop = "drop_from_previous" %in% rules, chart = "control_chart" %in% rules,
      strict = "stricter_of_within_and_between_sd" %in% rules, after = back, later = length(y) - t))
    if (is.na(back) && length(y) - t >= 6) { kept <- y[(t + 1):(t + 6)]; t <- t + 7; next }
    if (is.na(back)) break
    t <- t + back; kept <- c(kept, y[t]); t <- t + 1
  }
  episodes
}
cell <- function(n, within, between, lines = 20000) {
  by <- within * sqrt(1 - rho) # what neighbours give
  all <- do.call(rbind, lapply(seq_len(lines), function(i) find(rnorm(1, 0, between) + within * drawn(n), by, between)))
  waited <- all[all$later >= 3, ]
  list(length = n, within = within, between = between, lines = lines, episodes = nrow(all) / lines, drop = sum(all$drop) / lines, chart = sum(all$chart) / lines,
       strict = sum(all$strict) / lines, returned = mean(!is.na(all$after)), soon = mean(!is.na(waited$after) & waited$after <= 3))
}
cat(toJSON(list(cell(8, 1, 1.5), cell(20, 1, .5), cell(12, 1.5, 1.5)), auto_unbox = TRUE, digits = NA, pretty = TRUE), "\n")
