# Members crossed with sessions within groups, with covariates of groups, phases
# and time, and growth of members with the sessions of each group. Writes the
# data and what lme4 makes of them, polished by nlminb on its deviance function:
#   Rscript covariates.R
suppressMessages({library(lme4); library(jsonlite)})
set.seed(20261120)
weeks <- do.call(rbind, lapply(1:14, function(g) expand.grid(group = g, member = 1:(4 + g %% 4), session = 1:(6 + g %% 3))))
weeks$size <- ave(weeks$member, weeks$group, FUN = max)
weeks$format <- as.numeric(weeks$group %% 2 == 0)
weeks$phase <- as.numeric(weeks$session > 4)
weeks$time <- weeks$session - 1
id <- interaction(weeks$group, weeks$member, drop = TRUE); meeting <- interaction(weeks$group, weeks$session, drop = TRUE)
u0 <- rnorm(nlevels(id), sd = .7); u1 <- .15 * u0 + rnorm(nlevels(id), sd = .12)
weeks$y <- round(4 + .3 * weeks$format + .2 * weeks$phase + .08 * weeks$time + rnorm(14, sd = .35)[weeks$group] +
  u0[id] + u1[id] * weeks$time + rnorm(nlevels(meeting), sd = .3)[meeting] + rnorm(nrow(weeks), sd = .6), 2)
weeks <- weeks[runif(nrow(weeks)) > .2, ]
write.csv(weeks[c("group", "member", "session", "size", "format", "phase", "time", "y")], "covariates.csv", row.names = FALSE, quote = FALSE)
weeks$m <- interaction(weeks$group, weeks$member, drop = TRUE); weeks$s <- interaction(weeks$group, weeks$session, drop = TRUE)

polish <- function(formula, reml) {
  f <- lFormula(formula, weeks, REML = reml); dev <- do.call(mkLmerDevfun, f)
  lower <- environment(dev)$lower
  o <- nlminb(rep(.5, length(lower)) * (lower == 0) + 0, dev, lower = lower, control = list(rel.tol = 1e-15, x.tol = 1e-12, eval.max = 5000, iter.max = 5000))
  for (i in 1:5) o <- nlminb(o$par, dev, lower = lower, control = list(rel.tol = 1e-15, x.tol = 1e-13, eval.max = 5000, iter.max = 5000))
  dev(o$par)
  mkMerMod(environment(dev), list(par = o$par, fval = o$objective, conv = 0, feval = 0, message = ""), f$reTrms, f$fr)
}
report <- function(m) {
  v <- as.data.frame(VarCorr(m))
  list(deviance = -2 * as.numeric(logLik(m)), var = setNames(as.list(v$vcov), ifelse(is.na(v$var1), "residual", ifelse(is.na(v$var2), paste(sub("\\.[0-9]+$", "", v$grp), v$var1), paste(sub("\\.[0-9]+$", "", v$grp), "cov")))),
    beta = unname(fixef(m)), se = unname(sqrt(diag(as.matrix(vcov(m))))))
}
crossed <- y ~ format + phase + time + (1 | group) + (1 | m) + (1 | s)
growth <- y ~ format + time + (1 | group) + (time | m) + (1 | s)
write_json(list(lme4 = as.character(packageVersion("lme4")),
  crossed = list(reml = report(polish(crossed, TRUE)), ml = report(polish(crossed, FALSE))),
  growth = list(reml = report(polish(growth, TRUE)), ml = report(polish(growth, FALSE)))),
  "covariates.json", digits = 12, auto_unbox = TRUE, pretty = TRUE)
