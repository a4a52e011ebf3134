# Expected values of share-intervals.json: profile-likelihood intervals, by REML, of
# the shares of every level, from lme4's own deviance function. lme4's confint is of
# standard deviations; a share is profiled here by the best fit among those with that
# share, found by optim over how the rest of the variance is divided.
# Run: Rscript share-intervals.R (reads reference/*.csv, writes share-intervals.json).
options(warn = -1) # optim tries divisions with no residual left
suppressMessages({ library(lme4); library(jsonlite) })

# deviance returns -2 log REML of shares of the total (named by term; the rest is residual).
deviance_of <- function(formula, d) {
  f <- lFormula(formula, d, REML = TRUE)
  devfun <- do.call(mkLmerDevfun, f)
  terms <- names(f$reTrms$cnms)
  function(shares) devfun(sqrt(shares[terms] / (1 - sum(shares))))
}

# profiled returns the smallest deviance where one term has the share p. The rest is
# divided by a softmax, from several starts: an optimum may be at a border.
profiled <- function(dev, terms, term, p) {
  others <- setdiff(terms, term)
  divide <- function(x) { w <- exp(c(x, 0) - max(c(x, 0))); (1 - p) * w / sum(w) }
  at <- function(x) { s <- c(p, divide(x)[seq_along(others)]); names(s) <- c(term, others); v <- dev(s); if (is.finite(v)) v else 1e10 }
  if (length(others) == 0) return(dev(setNames(p, term)))
  best <- Inf
  for (start in list(rep(0, length(others)), rep(-2, length(others)), c(-8, rep(-1, length(others) - 1)), c(rep(-1, length(others) - 1), -8))) {
    x <- start
    for (i in 1:6) x <- optim(x, at, method = "Nelder-Mead", control = list(reltol = 1e-15, maxit = 4000))$par
    best <- min(best, at(x))
  }
  best
}

# interval of a term's share: where the deviance is by the quantile above its best.
interval <- function(formula, d, term, level) {
  dev <- deviance_of(formula, d)
  terms <- names(lFormula(formula, d)$reTrms$cnms)
  best <- optimise(function(p) profiled(dev, terms, term, p), c(1e-9, .95), tol = 1e-9)
  over <- function(p) profiled(dev, terms, term, p) - best$objective - qchisq(level, 1)
  lower <- if (over(1e-10) <= 0) 0 else uniroot(over, c(1e-10, best$minimum), tol = 1e-10)$root
  c(lower, uniroot(over, c(best$minimum, .9999), tol = 1e-10)$root)
}

crossed <- y ~ 1 + (1 | group) + (1 | member) + (1 | session)
nested <- y ~ 1 + (1 | group) + (1 | member)
cases <- list("crossed-in-group-balanced" = crossed, "crossed-in-group-missing" = crossed, "three-level-sessions" = nested, "nested-pastes" = nested)
out <- lapply(names(cases), function(id) {
  d <- read.csv(file.path("reference", paste0(id, ".csv")))
  d$member <- interaction(d$group, d$member, drop = TRUE)
  if (!is.null(d$session)) d$session <- interaction(d$group, d$session, drop = TRUE)
  terms <- names(lFormula(cases[[id]], d)$reTrms$cnms)
  sapply(terms, function(term) list("0.95" = interval(cases[[id]], d, term, .95), "0.90" = interval(cases[[id]], d, term, .90)), simplify = FALSE)
})
names(out) <- names(cases)
write_json(out, "share-intervals.json", digits = NA, pretty = TRUE)
