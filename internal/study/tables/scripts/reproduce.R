# Computes the numbers of the table analyses again, from the other tables, and prints
# Holon's beside R's with their relative difference.
#   Rscript reproduce.R        ends with 1 if any difference is beyond 1e-6
# Needs the package lme4; the rest is base R. Run it in the directory of the package,
# or set HOLON_PACKAGE to that directory.
#
# Restricted likelihood: lme4's default settings stop at a relative difference of about
# 1e-4 to 1e-6 of a small variance. Here its optimiser (BOBYQA of nloptr) runs to
# xtol_abs = ftol_abs = 1e-12, and Newton steps on lme4's own criterion follow, so that
# variances agree to about 1e-8. Of a release of the level aggregate three digits are
# known, counts to the nearest five, and sizes of groups to whole ratings: there half of
# the last digit is allowed.
source(file.path(Sys.getenv("HOLON_PACKAGE", "."), "load.R"))
suppressPackageStartupMessages(library(lme4))

release_level <- "@[level]@"
tolerance <- 1e-6
table_of <- c(alliance = "alliances", bond = "bonds", member_group = "member_group", cohesion = "cohesion",
              system = "system", encounter = "encounter", outcome = "outcomes")
key <- function(...) paste(..., sep = "\r")

# ---- rows ------------------------------------------------------------------------

# All values of a measure among therapy groups, or among families and couples, with
# whose they are and what sort of session they are from.
values_of <- function(measure, home) {
  m <- holon$measures[match(measure, holon$measures$measure), ]
  d <- holon[[table_of[[m$level]]]]
  kind <- holon$groups$kind[match(d$group, holon$groups$group)]
  d <- d[d$measure == measure & !is.na(d$value) & (kind == "group") == (home == "group"), ]
  d$who <- if (m$level %in% c("cohesion", "system", "encounter")) d$rater else d$member
  if (m$level == "outcome") d <- d[d$rater_kind != "member" | d$rater == d$member, ]
  d$sort <- holon$sessions$session_kind[match(key(d$group, d$session), key(holon$sessions$group, holon$sessions$session))]
  d
}

# One row for each member and session: the mean, where a member rated several therapists.
by_member <- function(d) {
  k <- key(d$group, d$session, d$who)
  first <- !duplicated(k)
  at <- match(k, k[first])
  out <- d[first, c("group", "session", "who", "sort")]
  out$y <- as.vector(rowsum(d$value, at) / rowsum(rep(1, nrow(d)), at))
  out
}

# The rows of the group-level test: no sessions with one member or a part of the family,
# except of outcomes, and assessments only where there is nothing else.
group_rows <- function(measure, home) {
  d <- values_of(measure, home)
  level <- holon$measures$level[match(measure, holon$measures$measure)]
  if (level != "outcome") d <- d[!d$sort %in% c("individual", "subsystem"), ]
  if (any(d$sort != "assessment")) d <- d[d$sort != "assessment", ]
  by_member(d)
}

# ---- models ----------------------------------------------------------------------

# Newton steps on a criterion of lme4, for those parameters that are not at zero.
polish <- function(criterion, theta) {
  for (k in which(theta < 1e-3)) {
    at_zero <- replace(theta, k, 0)
    if (criterion(at_zero) <= criterion(theta) + 1e-9) theta <- at_zero
  }
  free <- which(theta > 0)
  if (!length(free)) return(theta)
  move <- function(t, k, by) replace(t, k, t[k] + by)
  h <- 0.02 * theta # seven points: the error is of the order of h^6
  slope <- function(t) vapply(free, function(k) {
    apart <- vapply(1:3, function(n) criterion(move(t, k, n * h[k])) - criterion(move(t, k, -n * h[k])), 0)
    sum(c(45, -9, 1) * apart) / (60 * h[k])
  }, 0)
  here <- criterion(theta)
  bend <- matrix(0, length(free), length(free))
  for (i in seq_along(free)) for (j in seq_len(i)) {
    a <- free[i]; b <- free[j]
    bend[i, j] <- bend[j, i] <- if (i == j) {
      (criterion(move(theta, a, h[a])) - 2 * here + criterion(move(theta, a, -h[a]))) / h[a]^2
    } else {
      (criterion(move(move(theta, a, h[a]), b, h[b])) - criterion(move(move(theta, a, h[a]), b, -h[b])) -
        criterion(move(move(theta, a, -h[a]), b, h[b])) + criterion(move(move(theta, a, -h[a]), b, -h[b]))) / (4 * h[a] * h[b])
    }
  }
  for (turn in 1:8) {
    step <- tryCatch(solve(bend, slope(theta)), error = function(e) rep(0, length(free)))
    if (any(abs(step) > 0.5 * theta[free])) break
    theta[free] <- theta[free] - step
    if (max(abs(step) / theta[free]) < 1e-10) break
  }
  theta
}

# Fits y = mu + sum of effects + e. `effects` are factors by name.
fitted <- function(y, effects, REML = TRUE) {
  if (!length(effects)) {
    n <- length(y); m <- mean(y); ss <- sum((y - m)^2)
    v <- if (REML) ss / (n - 1) else ss / n
    criterion <- if (REML) (n - 1) * (1 + log(2 * pi * v)) + log(n) else n * (1 + log(2 * pi * v))
    return(list(variance = c(residual = v), mean = m, mean_se = sqrt(v / n), criterion = criterion))
  }
  d <- data.frame(y = y, effects)
  formula <- as.formula(paste("y ~ 1 +", paste0("(1 | ", names(effects), ")", collapse = " + ")))
  control <- lmerControl(calc.derivs = FALSE, check.nobs.vs.nlev = "ignore", check.nobs.vs.rankZ = "ignore", check.nobs.vs.nRE = "ignore")
  parts <- lFormula(formula, d, REML = REML, control = control)
  criterion <- do.call(mkLmerDevfun, c(parts, list(start = NULL, verbose = 0L, control = control)))
  found <- suppressWarnings(optimizeLmer(criterion, optimizer = "nloptwrap",
    control = list(algorithm = "NLOPT_LN_BOBYQA", xtol_abs = 1e-12, ftol_abs = 1e-12, maxeval = 10000), calc.derivs = FALSE))
  theta <- polish(criterion, found$par)
  value <- criterion(theta)
  fit <- mkMerMod(environment(criterion), list(par = theta, fval = value, conv = 0, message = ""), parts$reTrms, fr = parts$fr)
  v <- as.data.frame(VarCorr(fit))
  variance <- setNames(v$vcov, sub("Residual", "residual", v$grp))
  list(variance = variance, mean = fixef(fit)[[1]], mean_se = sqrt(vcov(fit)[1, 1]), criterion = value)
}

# The factors of a group-level model.
effects_of <- function(d, which) {
  list(group = factor(d$group), member = factor(key(d$group, d$who)), session = factor(key(d$group, d$session)))[which]
}

# The F of members, or of sessions, within groups, each beside the other: the residual
# sums of squares of every group's own two-way table added up.
within_f <- function(d, of) {
  other <- if (of == "who") "session" else "who"
  total <- Reduce(`+`, lapply(split(d, d$group), function(g) {
    design <- function(names) do.call(cbind, c(list(rep(1, nrow(g))), lapply(names, function(n) {
      f <- factor(g[[n]])
      if (nlevels(f) > 1) model.matrix(~ f)[, -1, drop = FALSE]
    })))
    rss <- function(names) {
      q <- qr(design(names))
      c(sum(qr.resid(q, g$y)^2), nrow(g) - q$rank)
    }
    c(rss(other), rss(c("who", "session")))
  }))
  df1 <- total[2] - total[4]
  f <- ((total[1] - total[3]) / df1) / (total[3] / total[4])
  c(f = f, p = pf(f, df1, total[4], lower.tail = FALSE))
}

# One-way analysis of variance.
one_way <- function(d) {
  n <- tapply(d$y, d$group, length); m <- tapply(d$y, d$group, mean)
  N <- sum(n); J <- length(n)
  msb <- sum(n * (m - mean(d$y))^2) / (J - 1)
  msw <- sum((d$y - m[match(d$group, names(m))])^2) / (N - J)
  n0 <- (N - sum(n^2) / N) / (J - 1)
  list(f = msb / msw, p = pf(msb / msw, J - 1, N - J, lower.tail = FALSE), icc1 = (msb - msw) / (msb + (n0 - 1) * msw), icc_group_mean = 1 - msw / msb, n0 = n0)
}

# ---- beside Holon's --------------------------------------------------------------

compared <- data.frame()
passed <- data.frame()
note <- function(r, what, holon_value, r_value, floor = 0) {
  if (release_level == "aggregate") {
    counts <- what %in% c("groups", "members", "therapists", "sessions", "ratings")
    difference <- abs(holon_value - r_value)
    whole <- startsWith(r$statistic, "group_size_")
    allowed <- if (counts) 2.5 else if (whole) 0.5 else 0.5 * 10^(floor(log10(abs(holon_value) + 1e-300)) - 2) + max(1e-9, floor)
    relative <- if (is.na(r_value) || difference > allowed * (1 + 1e-9)) Inf else 0
  } else {
    scale <- max(abs(holon_value), abs(r_value), floor)
    relative <- if (is.na(r_value)) Inf else if (holon_value == r_value) 0 else abs(holon_value - r_value) / scale
  }
  compared <<- rbind(compared, data.frame(record = r$record, kind = r$kind, measure = r$measure, analysis = r$analysis,
    statistic = r$statistic, of = ifelse(is.na(r$of), "", r$of), number = what, holon = holon_value, R = r_value, relative = relative))
}
skip <- function(r, why) {
  if (r$statistic == "excluded_rows") why <- "what was left out has no row here"
  if (startsWith(r$statistic, "heterogeneity_")) why <- "single therapy models are not fitted again"
  passed <<- rbind(passed, data.frame(analysis = r$analysis, statistic = r$statistic, why = why))
}

# Compares the counts of one analysis, once.
counted <- function(r, counts) {
  r$statistic <- "counts"; r$of <- NA
  for (what in names(counts)) if (!is.na(r[[what]])) note(r, what, r[[what]], counts[[what]])
}

group_level <- function(records) {
  if (holon$measures$level[match(records$measure[1], holon$measures$measure)] == "bond") {
    return(for (i in seq_len(nrow(records))) if (!is.na(records$estimate[i])) skip(records[i, ], "bonds are tested by round_robin"))
  }
  d <- group_rows(records$measure[1], records$kind[1])
  if (!nrow(d)) return(for (i in seq_len(nrow(records))) skip(records[i, ], "its rows are not in the package"))
  counted(records[1, ], list(groups = length(unique(d$group)), members = length(unique(d$who)), sessions = length(unique(key(d$group, d$session))), ratings = nrow(d)))
  in_model <- intersect(c("group", "member", "session"), records$of[records$statistic == "variance" & !is.na(records$estimate)])
  fit <- if (length(in_model)) fitted(d$y, effects_of(d, in_model))
  total <- sum(fit$variance)
  oneway <- one_way(d)
  crossed <- all(c("member", "session") %in% in_model)
  for (i in seq_len(nrow(records))) {
    r <- records[i, ]
    if (is.na(r$estimate)) next
    of <- r$of
    if (r$statistic == "mean") {
      note(r, "estimate", r$estimate, mean(d$y))
    } else if (r$statistic == "mean_reml") {
      note(r, "estimate", r$estimate, fit$mean)
      if (!is.na(r$se)) note(r, "se", r$se, fit$mean_se)
    } else if (r$statistic == "mean_of_group_means") note(r, "estimate", r$estimate, mean(tapply(d$y, d$group, mean)))
    else if (r$statistic == "group_size_mean") note(r, "estimate", r$estimate, nrow(d) / length(unique(d$group)))
    else if (r$statistic == "group_size_n0") note(r, "estimate", r$estimate, oneway$n0)
    else if (r$statistic == "variance") note(r, "estimate", r$estimate, fit$variance[[of]], 1e-6 * total)
    else if (r$statistic == "variance_share") note(r, "estimate", r$estimate, fit$variance[[of]] / total, 1e-6)
    else if (r$statistic == "icc1") note(r, "estimate", r$estimate, oneway$icc1)
    else if (r$statistic == "icc_group_mean") note(r, "estimate", r$estimate, oneway$icc_group_mean)
    else if (r$statistic == "test" && r$method %in% c("reml_lrt", "ml_lrt", "exact_rlrt", "bootstrap_rlrt") && of %in% in_model) {
      reml <- r$method != "ml_lrt"
      whole <- if (reml) fit else fitted(d$y, effects_of(d, in_model), REML = FALSE)
      less <- fitted(d$y, effects_of(d, setdiff(in_model, of)), REML = reml)
      statistic <- max(0, less$criterion - whole$criterion)
      note(r, "estimate", r$estimate, statistic, 1e-3)
      if (r$method %in% c("reml_lrt", "ml_lrt") && !is.na(r$p) && statistic > 1e-6) note(r, "p", r$p, pchisq(statistic, 1, lower.tail = FALSE) / 2)
    } else if (r$statistic == "test" && r$method == "anova_f" && of == "group" && identical(in_model, "group")) {
      note(r, "estimate", r$estimate, oneway$f)
      note(r, "p", r$p, oneway$p)
    } else if (r$statistic == "test" && r$method == "anova_f" && crossed && of %in% c("member", "session")) {
      f <- within_f(d, c(member = "who", session = "session")[[of]])
      note(r, "estimate", r$estimate, f[["f"]])
      note(r, "p", r$p, f[["p"]])
    } else skip(r, "simulated, or of another method than lme4's and base R's")
  }
}

# Members' side alone: with therapists' ratings both are fitted together, which lme4 does not do.
one_with_many <- function(records) {
  d <- values_of(records$measure[1], records$kind[1])
  d <- d[d$sort == "meeting" & !d$after_seeing, ]
  d <- d[order(d$occasion == "post", decreasing = TRUE), ]
  d <- d[!duplicated(key(d$group, d$session, d$therapist, d$member)), ]
  both <- any(grepl("^therapists_rate", records$of) & !is.na(records$estimate))
  pair <- key(d$therapist, d$member)
  error <- any(records$of == "members_rate:error" & records$statistic == "variance" & !is.na(records$estimate))
  if (!nrow(d) || both || (!error && anyDuplicated(pair))) {
    why <- if (!nrow(d)) "its rows are not in the package" else if (both) "both sides are fitted together" else "sessions were averaged"
    return(for (i in seq_len(nrow(records))) if (!is.na(records$estimate[i])) skip(records[i, ], why))
  }
  counted(records[grepl("^members_rate", records$of), ][1, ], list(groups = length(unique(d$group)), members = length(unique(d$member)), therapists = length(unique(d$therapist)),
    sessions = length(unique(key(d$group, d$session))), ratings = nrow(d)))
  if (!any(!is.na(records$estimate) & records$statistic == "variance")) return(invisible())
  effects <- list(therapist = factor(d$therapist), relationship = factor(pair))
  fit <- fitted(d$value, if (error) effects else effects["therapist"])
  v <- fit$variance
  names(v)[names(v) == "residual"] <- if (error) "error" else "relationship"
  for (i in seq_len(nrow(records))) {
    r <- records[i, ]
    if (is.na(r$estimate)) next
    part <- sub("^members_rate:", "", r$of)
    if (r$statistic == "mean") {
      note(r, "estimate", r$estimate, fit$mean)
      if (!is.na(r$se)) note(r, "se", r$se, fit$mean_se)
    } else if (r$statistic == "variance") note(r, "estimate", r$estimate, v[[part]], 1e-6 * sum(v))
    else if (r$statistic == "variance_share") note(r, "estimate", r$estimate, v[[part]] / sum(v), 1e-6)
    else skip(r, "not a part of members' side")
  }
}

# How two measures go together in the same session. The slopes from session to session
# are corrected for the bias of short courses, which base R has no word for.
lagged <- function(records) {
  members <- function(measure) {
    d <- values_of(measure, records$kind[1])
    by_member(d[d$sort == "meeting", ])
  }
  x <- members(records$measure[1]); y <- members(records$against[1])
  at <- match(key(x$group, x$session, x$who), key(y$group, y$session, y$who))
  d <- cbind(x, z = y$y[at])
  came <- holon$attendance[is.na(holon$attendance$attendance) | !holon$attendance$attendance %in% c("excused", "no_show"), ]
  d <- d[!is.na(d$z) & key(d$group, d$session, d$who) %in% key(came$group, came$session, came$member), ]
  if (!nrow(d)) return(for (i in seq_len(nrow(records))) if (!is.na(records$estimate[i])) skip(records[i, ], "its rows are not in the package"))
  who <- key(d$group, d$who)
  counted(records[records$statistic == "r_between", ][1, ], list(groups = length(unique(d$group)), members = length(unique(d$who)), sessions = length(unique(key(d$group, d$session))), ratings = nrow(d)))
  mean_y <- ave(d$y, who); mean_z <- ave(d$z, who); first <- !duplicated(who)
  for (i in seq_len(nrow(records))) {
    r <- records[i, ]
    if (is.na(r$estimate)) next
    if (r$statistic == "r_within") note(r, "estimate", r$estimate, cor(d$y - mean_y, d$z - mean_z), 1e-6)
    else if (r$statistic == "r_between") note(r, "estimate", r$estimate, cor(mean_y[first], mean_z[first]), 1e-6)
    else skip(r, "corrected for the bias of short courses")
  }
}

if (release_level == "none") {
  cat("The package was asked for without a release: there are no numbers to compute again.\n")
  quit(status = 2)
}
again <- list(group_level = group_level, one_with_many = one_with_many, lagged = lagged)
all_records <- holon$analyses[!holon$analyses$suppressed, ]
for (records in split(all_records, key(all_records$kind, all_records$measure, all_records$against, all_records$analysis))) {
  name <- records$analysis[1]
  if (name %in% names(again)) again[[name]](records)
  else for (i in seq_len(nrow(records))) if (!is.na(records$estimate[i])) skip(records[i, ], "the analysis needs items, or more than lme4 and base R have")
}
# What is not computed, with why.
tell_passed <- function() {
  if (!nrow(passed)) return(invisible())
  cat("\nNot computed again:\n")
  for (g in split(passed, key(passed$analysis, passed$statistic, passed$why))) cat(sprintf("%4d  %s %s: %s\n", nrow(g), g$analysis[1], g$statistic[1], g$why[1]))
}
if (!nrow(compared)) {
  tell_passed()
  cat("\nThere was no number to compare.\n")
  quit(status = 2)
}
compared <- compared[order(compared$record), ]
cat(sprintf("%6s %-7s %-32s %-14s %-20s %-28s %-10s %24s %24s %9s\n", "record", "kind", "measure", "analysis", "statistic", "of", "number", "Holon", "R", "relative"))
cat(sprintf("%6d %-7s %-32s %-14s %-20s %-28s %-10s %24.17g %24.17g %9.1e\n", compared$record, compared$kind, compared$measure, compared$analysis,
            compared$statistic, compared$of, compared$number, compared$holon, compared$R, compared$relative), sep = "")
tell_passed()
beyond <- sum(compared$relative > tolerance)
cat(sprintf("\n%d numbers compared, %d not computed again; the largest relative difference is %.1e; %d beyond %g.\n",
            nrow(compared), nrow(passed), max(compared$relative), beyond, tolerance))
if (beyond > 0) quit(status = 1)
