# Courses of members whose level never moves, written anew from the page
# docs/ruptures.md; the falls are those of chance.R. Rscript shapes.R > shapes.json
library(jsonlite)
lines <- readLines("chance.R")
eval(parse(text = lines[seq_len(grep("^cell <-", lines)[1] - 1)]))
set.seed(71)
shape <- function(y, within, between) {
  if (length(y) < 4) return("too_few")
  e <- find(y, within, between)
  if (!is.null(e) && any(!is.na(e$after))) return("rupture_recovery")
  at <- seq_along(y); fit <- lm(y ~ at); moved <- coef(fit)[[2]] * (length(y) - 1)
  if (summary(fit)$coefficients[2, 4] <= .05 && abs(moved) >= within) return(if (moved < 0) "falling" else "rising")
  if (summary(fit)$sigma >= 1.5 * within) return("unstable")
  "flat"
}
cell <- function(n, within, between, lines = 8000) {
  all <- replicate(lines, shape(rnorm(1, 0, between) + rnorm(n, 0, within), within, between))
  names <- c("too_few", "rupture_recovery", "falling", "rising", "unstable", "flat")
  c(list(length = n, within = within, between = between, lines = lines), as.list(setNames(sapply(names, function(x) mean(all == x)), names)))
}
cat(toJSON(list(cell(5, 1, 1.5), cell(8, 1, 1.5), cell(12, 1, 1.5), cell(20, 1, 1.5)), auto_unbox = TRUE, digits = NA, pretty = TRUE), "\n")
