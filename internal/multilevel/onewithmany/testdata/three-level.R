# Reference values of the one-with-many model with several sessions of a pair:
# both sides, unbalanced, either side missing now and then. Run in this
# directory:  Rscript three-level.R
# It simulates three-level.csv and fits it by nlme, whose own tolerance on the
# components is about 1e-4.
suppressMessages({library(nlme); library(jsonlite)})
set.seed(20261126)
chol2 <- function(va, vb, r) { c <- r * sqrt(va * vb); t(chol(matrix(c(va, c, c, vb), 2))) }
Lt <- chol2(.6, .4, .3); Lp <- chol2(.8, .9, .5); Le <- chol2(.5, .7, .25)
rows <- list()
for (t in 1:14) {
  a <- Lt %*% rnorm(2)
  for (m in seq_len(sample(2:6, 1))) {
    p <- Lp %*% rnorm(2)
    for (s in seq_len(sample(1:5, 1))) {
      y <- round(c(4.5, 5.2) + a + p + Le %*% rnorm(2), 3)
      gap <- runif(1)
      if (gap < .10) y[1] <- NA else if (gap < .22) y[2] <- NA
      rows[[length(rows) + 1]] <- data.frame(therapist = sprintf("t%02d", t), member = sprintf("t%02dm%d", t, m), session = s, t = y[1], m = y[2])
    }
  }
}
d <- do.call(rbind, rows)
write.csv(d, "three-level.csv", row.names = FALSE, quote = FALSE, na = "")
long <- rbind(data.frame(d[1:3], side = "t", n = 1, y = d$t), data.frame(d[1:3], side = "m", n = 2, y = d$m))
long <- long[!is.na(long$y), ]
long$side <- factor(long$side, levels = c("t", "m"))
long <- long[order(long$therapist, long$member, long$session, long$n), ]
fit <- function(method) {
  f <- lme(y ~ side - 1, data = long, method = method,
    random = list(therapist = pdSymm(~ side - 1), member = pdSymm(~ side - 1)),
    correlation = corSymm(form = ~ n | therapist/member/session),
    weights = varIdent(form = ~ 1 | side),
    control = lmeControl(opt = "optim", maxIter = 500, msMaxIter = 500, tolerance = 1e-9, msTol = 1e-10, reltol = 1e-13, returnObject = TRUE))
  s2 <- f$sigma^2
  G <- lapply(as.matrix(f$modelStruct$reStruct), function(x) x * s2)
  w <- c(1, 1); names(w) <- c("t", "m")
  k <- coef(f$modelStruct$varStruct, unconstrained = FALSE); w[names(k)] <- k
  r <- coef(f$modelStruct$corStruct, unconstrained = FALSE)
  three <- function(M) c(M[1, 1], M[2, 2], M[1, 2])
  list(therapist = three(G$therapist), pair = three(G$member), error = c(s2 * w["t"]^2, s2 * w["m"]^2, r * s2 * w["t"] * w["m"]),
    means = unname(fixef(f)), logLik = as.numeric(logLik(f)))
}
write(toJSON(list(source = "simulated for this project; nlme", reml = fit("REML"), ml = fit("ML")), digits = 10, auto_unbox = TRUE, pretty = TRUE), "three-level.json")
